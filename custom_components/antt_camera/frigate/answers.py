"""What the answers of Frigate, its web server and proxies mean, and what aiohttp's errors mean."""

import base64
import binascii
from http import HTTPStatus
import json
from types import TracebackType
from typing import Final

import aiohttp

from .errors import (
    FrigateAnswerError,
    FrigateError,
    FrigateForbiddenError,
    FrigateLoginError,
    FrigateNotFoundError,
    FrigateRefusedError,
    FrigateTlsError,
    FrigateUnreachableError,
)

MAX_ERROR: Final = 65_536
COOKIE_NAME: Final = "frigate_token"

_REFUSED: Final = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.CONFLICT,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.SERVICE_UNAVAILABLE,
    }
)


class HandshakeError(Exception):
    """A websocket handshake that was answered with a status."""

    def __init__(self, status: int) -> None:
        """Keep the status."""
        super().__init__(str(status))
        self.status = status


class Translated:
    """Context in which aiohttp's errors become ours.

    Their texts may hold addresses and header values, so only the kind of error is kept.
    """

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Translate."""
        name = type(error).__name__
        match error:
            case None:
                return
            case aiohttp.WSServerHandshakeError():
                raise HandshakeError(error.status) from error
            case aiohttp.ClientSSLError() | aiohttp.ServerFingerprintMismatch():
                raise FrigateTlsError(f"certificate not accepted: {name}") from error
            case TimeoutError():
                raise FrigateUnreachableError("no answer in time") from error
            case aiohttp.ClientPayloadError():
                raise FrigateUnreachableError("broken answer") from error
            case aiohttp.ClientError() | OSError() | ValueError():
                raise FrigateUnreachableError(f"no connection: {name}") from error


async def raise_for_status(response: aiohttp.ClientResponse) -> None:
    """Raise the error for any status from 300 on; no more is read than the reason needs."""
    if response.status < HTTPStatus.MULTIPLE_CHOICES:
        return
    is_page = response.content_type == "text/html"
    message = "" if is_page else _message(await _beginning(response))
    raise status_error(response.status, message, is_page=is_page)


def status_error(status: int, message: str, *, is_page: bool) -> FrigateError:
    """Return the error for a status. `is_page`: a web server answered in Frigate's place."""
    if status == HTTPStatus.UNAUTHORIZED:
        return FrigateLoginError("login missing")
    if status == HTTPStatus.FORBIDDEN:
        return FrigateForbiddenError(f"HTTP {status}")
    if status == HTTPStatus.NOT_FOUND:
        return FrigateNotFoundError(f"HTTP {status}")
    # For a Frigate that is down nginx says 502, and 500 where it asks for the login first;
    # proxies have more numbers.
    if status in (HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT) or (
        status >= HTTPStatus.INTERNAL_SERVER_ERROR and is_page
    ):
        return FrigateUnreachableError(f"Frigate does not run behind its web server: HTTP {status}")
    if status in _REFUSED and not is_page:
        return FrigateRefusedError(status, message)
    return FrigateAnswerError(f"HTTP {status}")


def token_of(response: aiohttp.ClientResponse) -> str | None:
    """Return the token of a login: it comes as a cookie only, whose name can be configured."""
    cookies = {name: morsel.value for name, morsel in response.cookies.items()}
    candidates = [cookies.pop(COOKIE_NAME, None), *cookies.values()]
    return next((value for value in candidates if value and value.count(".") == 2), None)


def token_end(token: str) -> float | None:
    """Return when a token ends (epoch seconds), by its own word, which is not verified."""
    part = token.split(".")[1]
    try:
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError, binascii.Error, RecursionError:
        return None
    end = claims.get("exp") if isinstance(claims, dict) else None
    return float(end) if isinstance(end, int | float) and 0 < end < 1e12 else None


async def _beginning(response: aiohttp.ClientResponse) -> bytes:
    """Read an error's body, or as much of it as is worth reading."""
    raw = b""
    with Translated():
        async for chunk in response.content.iter_any():
            raw += chunk
            if len(raw) >= MAX_ERROR:
                break
    return raw


def _message(raw: bytes) -> str:
    """Return the reason in an error's body: Frigate has four shapes for it."""
    try:
        body = json.loads(raw)
    except ValueError, RecursionError:
        return ""
    if isinstance(body, str):
        return body
    if not isinstance(body, dict):
        return ""
    reason = body.get("message") or body.get("detail")
    if isinstance(reason, list) and reason and isinstance(reason[0], dict):
        reason = reason[0].get("msg")
    return reason if isinstance(reason, str) else ""
