"""HTTP with one Frigate server: address, TLS choice, login, errors.

Facts about the login (cookie, bearer, life time) are those of Frigate 0.16 to 0.18.
"""

import asyncio
import base64
import binascii
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
import json
import time
from typing import Any, Final

import aiohttp
from yarl import URL

from .errors import (
    FrigateAnswerError,
    FrigateForbiddenError,
    FrigateLoginError,
    FrigateNotFoundError,
    FrigateRefusedError,
    FrigateTlsError,
    FrigateUnreachableError,
)
from .tls import TlsMode, tls_check

type Query = Mapping[str, str | int | float]

TIMEOUT: Final = aiohttp.ClientTimeout(total=30, sock_connect=10)
# A video may take hours, but never pauses for long.
STREAM_TIMEOUT: Final = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=60)
WS_TIMEOUT: Final = 15.0
HEARTBEAT: Final = 30.0
MAX_ERROR: Final = 65_536
MAX_FRAME: Final = 16_000_000
# Frigate never renews a bearer token: a new one is fetched this long before the end, at the latest.
RENEW_BEFORE: Final = 300.0
TOKEN_COOKIE: Final = "frigate_token"
# Any value satisfies Frigate's protection against forged requests.
CSRF: Final = {"X-CSRF-TOKEN": "1"}


@dataclass(frozen=True, kw_only=True)
class Connection:
    """How a server is reached. `fingerprint`: SHA-256 of the pinned certificate in hexadecimal."""

    url: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: TlsMode = TlsMode.VERIFY
    fingerprint: str | None = None


class Session:
    """Requests to one server. The aiohttp session is the caller's and is never closed here."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        connection: Connection,
        *,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Prepare; nothing is sent. Raises ValueError for an impossible address or fingerprint."""
        self.connection = connection
        self.ssl: bool | aiohttp.Fingerprint = tls_check(connection.tls, connection.fingerprint)
        # Seconds by which the server's clock is ahead of ours; None before the first answer.
        self.clock_offset: float | None = None
        self._session = session
        self._base = URL(connection.url)
        if self._base.scheme not in ("http", "https") or not self._base.host:
            raise ValueError("not an http address")
        self._now = now
        self._lock = asyncio.Lock()
        self._token: str | None = None
        self._token_end = 0.0
        # False once the server said that it has no login.
        self._login_exists = True

    # -- address ------------------------------------------------------------------------------------------------

    def url(self, path: str) -> URL:
        """Return the address of a path below the server; its parts must be quoted already."""
        base = self._base.raw_path.rstrip("/")
        return self._base.with_path(f"{base}/{path.lstrip('/')}", encoded=True)

    @property
    def authenticated(self) -> bool:
        """Whether there is a login to use."""
        return bool(self.connection.username and self.connection.password and self._login_exists)

    # -- login --------------------------------------------------------------------------------------------------

    async def login(self) -> None:
        """Log in anew; without a login do nothing. Raises FrigateLoginError and the other errors."""
        if self.authenticated:
            async with self._lock:
                await self._login()

    async def headers(self) -> dict[str, str]:
        """Return the headers that carry the login, valid for some minutes more."""
        if not self.authenticated:
            return {}
        if self._token is None or self._now() >= self._token_end:
            async with self._lock:
                # Who waited here finds the token that another request fetched meanwhile.
                if self._token is None or self._now() >= self._token_end:
                    await self._login()
        return {"Authorization": f"Bearer {self._token}"} if self._token is not None else {}

    async def _again(self, refused: Mapping[str, str]) -> bool:
        """Log in anew after a 401, unless another request just did. Return whether another try makes sense."""
        if not self.authenticated or not refused:
            return False
        async with self._lock:
            if refused.get("Authorization") == f"Bearer {self._token}":
                await self._login()
        return True

    async def _login(self) -> None:
        self._token = None
        body = {"user": self.connection.username, "password": self.connection.password}
        try:
            async with self._open("POST", "api/login", json_body=body, headers={}) as response:
                if response.status == 404:
                    self._login_exists = False
                    return
                if response.status == 429:
                    raise FrigateLoginError("too many attempts", rate_limited=True)
                if response.status in (400, 401, 403, 422):
                    raise FrigateLoginError
                await self._raise_for_status(response)
                token = _token_of(response)
        except aiohttp.ClientPayloadError as err:
            raise FrigateUnreachableError("broken answer") from err
        if token is None:
            raise FrigateAnswerError("the login brought no token")
        self._token = token
        now = self._now()
        # The end is by the server's clock.
        end = (_expiry(token) or now + 3600.0) - (self.clock_offset or 0.0)
        self._token_end = end - min(RENEW_BEFORE, max(end - now, 0.0) / 10)

    # -- requests -----------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Query | None = None,
        json: Any = None,
        data: Any = None,
        headers: Mapping[str, str] | None = None,
        timeout: aiohttp.ClientTimeout = TIMEOUT,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Send a request and give its answer. Logs in again once on 401. Raises the family for any status ≥ 300."""
        login = await self.headers()
        for attempt in (1, 2):
            async with self._open(
                method,
                path,
                params=params,
                json_body=json,
                data=data,
                headers={**(headers or {}), **login},
                timeout=timeout,
            ) as response:
                if response.status == 401 and attempt == 1 and await self._again(login):
                    login = await self.headers()
                    continue
                await self._raise_for_status(response)
                try:
                    yield response
                except TimeoutError as err:
                    raise FrigateUnreachableError("no answer in time") from err
                except aiohttp.ClientError as err:
                    raise FrigateUnreachableError(f"broken answer: {type(err).__name__}") from err
                return

    async def open(
        self,
        method: str,
        path: str,
        *,
        params: Query | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> aiohttp.ClientResponse:
        """Send a request and return the answer whatever its status, for passing on; the caller closes it."""
        login = await self.headers()
        for attempt in (1, 2):
            with _translated():
                response = await self._session.request(
                    method,
                    self.url(path),
                    params=params,
                    headers={**(headers or {}), **login},
                    ssl=self.ssl,
                    allow_redirects=False,
                    timeout=STREAM_TIMEOUT,
                )
            if response.status != 401 or attempt == 2:
                break
            response.close()
            if not await self._again(login):
                raise FrigateLoginError("login missing")
            login = await self.headers()
        if response.status == 401:
            response.close()
            raise FrigateLoginError
        return response

    async def ws_connect(self, path: str = "ws") -> aiohttp.ClientWebSocketResponse:
        """Open a websocket. Raises the family."""
        login = await self.headers()
        for attempt in (1, 2):
            try:
                with _translated():
                    async with asyncio.timeout(WS_TIMEOUT):
                        return await self._session.ws_connect(
                            self.url(path),
                            headers=login,
                            ssl=self.ssl,
                            heartbeat=HEARTBEAT,
                            max_msg_size=MAX_FRAME,
                            compress=0,
                        )
            except _HandshakeError as err:
                if err.status != 401:
                    raise _status_error(err.status, "", is_page=True) from err
                if attempt == 2 or not await self._again(login):
                    raise FrigateLoginError("login missing" if not login else "login refused") from err
                login = await self.headers()
        raise FrigateLoginError

    @asynccontextmanager
    async def _open(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        params: Query | None = None,
        json_body: Any = None,
        data: Any = None,
        timeout: aiohttp.ClientTimeout = TIMEOUT,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        sent = self._now()
        with _translated():
            response = await self._session.request(
                method,
                self.url(path),
                params=params,
                json=json_body,
                data=data,
                headers={**headers, **(CSRF if method not in ("GET", "HEAD") else {})},
                ssl=self.ssl,
                allow_redirects=False,
                timeout=timeout,
            )
        async with response:
            self._note_clock(response, sent)
            yield response

    def _note_clock(self, response: aiohttp.ClientResponse, sent: float) -> None:
        """Compare the clocks. The header is cut to seconds, so half a second is added."""
        try:
            moment: datetime = parsedate_to_datetime(response.headers["Date"])
            server = moment.timestamp()
        except KeyError, ValueError, TypeError, OverflowError:
            return
        self.clock_offset = server + 0.5 - (sent + self._now()) / 2

    async def _raise_for_status(self, response: aiohttp.ClientResponse) -> None:
        if response.status < 300:
            return
        with _translated():
            raw = await response.content.read(MAX_ERROR)
        is_page = response.content_type == "text/html"
        raise _status_error(response.status, "" if is_page else _message(raw), is_page=is_page)


class _HandshakeError(Exception):
    """A websocket handshake that was answered with a status."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


class _translated:  # noqa: N801
    """Turn aiohttp's errors into ours. A class, because a generator would cost more on each request."""

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Translate. Texts of aiohttp's may hold the address, so only the kind of error is kept."""
        name = type(error).__name__
        match error:
            case None:
                return
            case aiohttp.WSServerHandshakeError():
                raise _HandshakeError(error.status) from error
            case aiohttp.ClientSSLError() | aiohttp.ServerFingerprintMismatch():
                raise FrigateTlsError(f"certificate not accepted: {name}") from error
            case TimeoutError():
                raise FrigateUnreachableError("no answer in time") from error
            case aiohttp.ClientError() | OSError() | ValueError():
                raise FrigateUnreachableError(f"no connection: {name}") from error


def _status_error(status: int, message: str, *, is_page: bool) -> Exception:
    """Return the error for a status. `is_page`: a web server answered in Frigate's place."""
    if status == 401:
        return FrigateLoginError("login missing")
    if status == 403:
        return FrigateForbiddenError(f"HTTP {status}")
    if status == 404:
        return FrigateNotFoundError(f"HTTP {status}")
    # nginx before a Frigate that is down says 502, and 500 where it asks for the login first.
    if status in (502, 504) or (status in (500, 503) and is_page):
        return FrigateUnreachableError(f"Frigate does not run behind its web server: HTTP {status}")
    if status in (400, 409, 422, 429, 503) and not is_page:
        return FrigateRefusedError(status, message)
    return FrigateAnswerError(f"HTTP {status}")


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


def _token_of(response: aiohttp.ClientResponse) -> str | None:
    """Return the token: it comes as a cookie only, whose name can be configured."""
    cookies = {name: morsel.value for name, morsel in response.cookies.items()}
    named = cookies.pop(TOKEN_COOKIE, None)
    candidates = [named, *cookies.values()]
    return next((value for value in candidates if value and value.count(".") == 2), None)


def _expiry(token: str) -> float | None:
    """Return when a token ends, by its own word; nothing depends on its being true."""
    part = token.split(".")[1]
    try:
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError, binascii.Error, RecursionError:
        return None
    end = claims.get("exp") if isinstance(claims, dict) else None
    return float(end) if isinstance(end, int | float) and 0 < end < 1e12 else None
