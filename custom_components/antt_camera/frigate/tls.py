"""Which certificates of a server are accepted."""

import asyncio
from enum import StrEnum
import hashlib
import ssl
from typing import Final

import aiohttp
from yarl import URL

from .errors import FrigateUnreachableError

CERTIFICATE_TIMEOUT: Final = 10.0


class TlsMode(StrEnum):
    """How a server's certificate is checked."""

    VERIFY = "verify"
    # Exactly one certificate, usually Frigate's own self-signed one.
    PINNED = "pinned"
    OFF = "off"


def tls_check(mode: TlsMode, fingerprint: str | None) -> bool | aiohttp.Fingerprint:
    """Return what aiohttp takes as `ssl`.

    Raises ValueError for a fingerprint that is no SHA-256; colons and spaces in it don't matter.
    """
    if mode is TlsMode.OFF:
        return False
    if mode is TlsMode.PINNED:
        return aiohttp.Fingerprint(bytes.fromhex((fingerprint or "").replace(":", "")))
    return True


async def fetch_certificate(url: str) -> tuple[bytes, str]:
    """Return the certificate that a server shows now (DER) and its SHA-256 in hexadecimal.

    It is not trusted by that. Raises FrigateUnreachableError, also where there is no TLS.
    """
    try:
        address = URL(url)
    except ValueError as err:
        raise FrigateUnreachableError("no address") from err
    if not address.host:
        # asyncio would take this very machine.
        raise FrigateUnreachableError("no address")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        async with asyncio.timeout(CERTIFICATE_TIMEOUT):
            _, writer = await asyncio.open_connection(
                address.host, address.port, ssl=context, server_hostname=address.host
            )
    except (OSError, TimeoutError, ValueError) as err:
        raise FrigateUnreachableError(f"no certificate: {type(err).__name__}") from err
    try:
        certificate = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    finally:
        # Nothing was said, so there is nothing to say goodbye to.
        writer.transport.abort()
    if not certificate:
        raise FrigateUnreachableError("no certificate")
    return certificate, hashlib.sha256(certificate).hexdigest()
