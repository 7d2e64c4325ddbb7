"""HS256 JSON web tokens, as Frigate issues them."""

import base64
import binascii
import hashlib
import hmac
import json
from typing import Any


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _sign(secret: bytes, text: str) -> str:
    return _encode(hmac.new(secret, text.encode(), hashlib.sha256).digest())


def issue(claims: dict[str, Any], secret: bytes) -> str:
    """Sign `claims` (sub, role, exp, iat)."""
    header = _encode(b'{"typ":"JWT","alg":"HS256"}')
    text = f"{header}.{_encode(json.dumps(claims, separators=(',', ':')).encode())}"
    return f"{text}.{_sign(secret, text)}"


def read(token: str, secret: bytes) -> dict[str, Any] | None:
    """The claims of a token with a good signature, or None. Expiry is the caller's to judge."""
    text, _, signature = token.rpartition(".")
    if not text or not hmac.compare_digest(_sign(secret, text).encode(), signature.encode()):
        return None
    try:
        claims = json.loads(_decode(text.partition(".")[2]))
    except ValueError, binascii.Error:
        return None
    return claims if isinstance(claims, dict) else None
