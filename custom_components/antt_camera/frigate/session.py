"""HTTP with one Frigate server: address, TLS choice, login, errors.

Facts about the login (cookie, bearer, life time) are those of Frigate 0.16 to 0.18.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http import HTTPStatus
import time
from typing import Any, Final

import aiohttp
from yarl import URL

from .answers import (
    HandshakeError,
    Translated,
    raise_for_status,
    status_error,
    token_end,
    token_of,
)
from .errors import FrigateAnswerError, FrigateError, FrigateLoginError, FrigateUnreachableError
from .tls import TlsMode, tls_check

type Query = Mapping[str, str | int | float]

TIMEOUT: Final = aiohttp.ClientTimeout(total=30, sock_connect=10)
# A video may take hours, but never pauses for long.
STREAM_TIMEOUT: Final = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=60)
WS_TIMEOUT: Final = 15.0
# Waiting for the other side's farewell; stopping must not take longer.
WS_CLOSE: Final = 2.0
HEARTBEAT: Final = 30.0
MAX_FRAME: Final = 16_000_000
# Frigate never renews a bearer token: a new one is fetched this long before the end, at the latest.
RENEW_BEFORE: Final = 300.0
# A token just given is used for as long as this, even if its end seems past: clocks differ.
MIN_LIFE: Final = 60.0
# A refused password is not sent again sooner unless the user asks.
REFUSED_PAUSE: Final = 30.0
# An answer that took longer says nothing about the clock.
MAX_ROUND_TRIP: Final = 4.0
# nginx keeps answers for 5 s; after a command they are stale.
FRESH: Final = {"X-Cache-Bypass": "1"}
# Any value satisfies Frigate's protection against forged requests.
CSRF: Final = {"X-CSRF-TOKEN": "1"}
SAFE_METHODS: Final = ("GET", "HEAD")


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
        if self._base.raw_user is not None or self._base.raw_password is not None:
            # It would be in every log that names the server, and can't be combined with a bearer.
            raise ValueError("a login in the address")
        self._now = now
        self._lock = asyncio.Lock()
        self._token: str | None = None
        self._renew_at = 0.0
        # Logins tried so far, and what came of the last one.
        self._attempts = 0
        self._failure: FrigateError | None = None
        self._refused_at: float | None = None
        # False after the server said that it has no login.
        self._login_exists = True

    # -- address --------------------------------------------------------------------------------

    def url(self, path: str) -> URL:
        """Return the address of a path below the server; its parts must be quoted already."""
        base = self._base.raw_path.rstrip("/")
        return self._base.with_path(f"{base}/{path.lstrip('/')}", encoded=True)

    @property
    def authenticated(self) -> bool:
        """Whether there is a login to use."""
        return self._has_credentials and self._login_exists

    @property
    def _has_credentials(self) -> bool:
        return bool(self.connection.username and self.connection.password)

    # -- login ----------------------------------------------------------------------------------

    async def login(self) -> None:
        """Log in anew; without a login do nothing. Raises FrigateLoginError and the others."""
        if self._has_credentials:
            self._refused_at = None
            await self._login_once()

    async def headers(self) -> dict[str, str]:
        """Return the headers that carry the login, valid for a minute more."""
        if self.authenticated and (self._token is None or self._now() >= self._renew_at):
            await self._login_once()
        return self._bearer()

    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"} if self._token is not None else {}

    async def _again(self, refused: Mapping[str, str]) -> bool:
        """Log in anew after a 401, unless another request just did.

        Return whether another try makes sense.
        """
        if not self._has_credentials:
            return False
        if self._token is None or refused == self._bearer():
            await self._login_once()
        return bool(self._bearer())

    async def _login_once(self) -> None:
        """Log in. Who comes while another does waits, and shares what comes of it."""
        attempts = self._attempts
        async with self._lock:
            if self._attempts != attempts:
                if self._failure is not None:
                    raise self._failure.with_traceback(None)
                return
            if self._is_pausing() and self._failure is not None:
                raise self._failure.with_traceback(None)
            self._token = None
            try:
                self._token = await self._login()
            except FrigateError as err:
                self._attempts += 1
                self._failure = err
                self._refused_at = self._now() if isinstance(err, FrigateLoginError) else None
                raise
            # An attempt that was cancelled does not count: the next in the line repeats it.
            self._attempts += 1
            self._failure = self._refused_at = None
            self._login_exists = self._token is not None

    def _is_pausing(self) -> bool:
        # A clock set back must not make the pause longer.
        return self._refused_at is not None and (
            0 <= self._now() - self._refused_at < REFUSED_PAUSE
        )

    async def _login(self) -> str | None:
        """Return a token, or None from a server that has no login."""
        body = {"user": self.connection.username, "password": self.connection.password}
        async with self._open("POST", "api/login", json_body=body, headers={}) as response:
            if response.status == HTTPStatus.NOT_FOUND:
                return None
            if response.status == HTTPStatus.TOO_MANY_REQUESTS:
                raise FrigateLoginError("too many attempts", rate_limited=True)
            if response.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
                raise FrigateLoginError
            await raise_for_status(response)
            token = token_of(response)
        if token is None:
            raise FrigateAnswerError("the login brought no token")
        # The jar belongs to others too: there it would log in with our account whoever has none.
        self._session.cookie_jar.clear(lambda cookie: cookie.value == token)
        now = self._now()
        # The end is by the server's clock.
        end = (token_end(token) or now + 3600.0) - (self.clock_offset or 0.0)
        life = max(end - now, MIN_LIFE)
        self._renew_at = now + life - min(RENEW_BEFORE, life / 2)
        return token

    # -- requests -------------------------------------------------------------------------------

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
        timeout: aiohttp.ClientTimeout | None = None,
        bypass_cache: bool = False,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Send a request and give its answer.

        Logs in again once on 401. Raises the family for any status from 300 on.
        """
        login = await self.headers()
        for attempt in (1, 2):
            async with self._open(
                method,
                path,
                params=params,
                json_body=json,
                data=data,
                headers={**(headers or {}), **(FRESH if bypass_cache else {}), **login},
                timeout=timeout or TIMEOUT,
            ) as response:
                if response.status == 401 and attempt == 1 and await self._again(login):
                    login = self._bearer()
                    continue
                await raise_for_status(response)
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
        """Send a request and return the answer whatever its status, for passing on.

        The caller closes it. Only 401 is an error: FrigateLoginError.
        """
        login = await self.headers()
        for attempt in (1, 2):
            response = await self._send(
                method,
                path,
                params=params,
                headers={**(headers or {}), **login},
                timeout=STREAM_TIMEOUT,
            )
            if response.status != HTTPStatus.UNAUTHORIZED:
                return response
            response.close()
            if attempt == 2 or not await self._again(login):
                break
            login = self._bearer()
        raise FrigateLoginError("login refused" if login else "login missing")

    async def ws_connect(self, path: str = "/ws") -> aiohttp.ClientWebSocketResponse:
        """Open a websocket. Raises the family."""
        login = await self.headers()
        for attempt in (1, 2):
            try:
                return await self._handshake(path, login)
            except HandshakeError as err:
                if err.status != HTTPStatus.UNAUTHORIZED:
                    raise status_error(err.status, "", is_page=True) from err
                if attempt == 2 or not await self._again(login):
                    break
                login = self._bearer()
        raise FrigateLoginError("login refused" if login else "login missing")

    async def _handshake(
        self, path: str, login: Mapping[str, str]
    ) -> aiohttp.ClientWebSocketResponse:
        self._check_open()
        with Translated():
            async with asyncio.timeout(WS_TIMEOUT):
                return await self._session.ws_connect(
                    self.url(path),
                    headers=login,
                    ssl=self.ssl,
                    heartbeat=HEARTBEAT,
                    timeout=aiohttp.ClientWSTimeout(ws_close=WS_CLOSE),
                    max_msg_size=MAX_FRAME,
                    compress=0,
                )

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
        async with await self._send(
            method,
            path,
            params=params,
            json=json_body,
            data=data,
            headers=headers,
            timeout=timeout,
        ) as response:
            yield response

    async def _send(
        self, method: str, path: str, *, headers: Mapping[str, str], **options: Any
    ) -> aiohttp.ClientResponse:
        self._check_open()
        sent = self._now()
        with Translated():
            response = await self._session.request(
                method,
                self.url(path),
                headers={**headers, **({} if method in SAFE_METHODS else CSRF)},
                ssl=self.ssl,
                allow_redirects=False,
                **options,
            )
        self._note_clock(response, sent)
        return response

    def _check_open(self) -> None:
        if self._session.closed:
            raise FrigateUnreachableError("Home Assistant is stopping")

    def _note_clock(self, response: aiohttp.ClientResponse, sent: float) -> None:
        """Compare the clocks. The header is cut to seconds, so half a second is added."""
        now = self._now()
        if not 0 <= now - sent <= MAX_ROUND_TRIP:
            return
        try:
            server = parsedate_to_datetime(response.headers["Date"]).timestamp()
        except KeyError, ValueError, TypeError, OverflowError:
            return
        self.clock_offset = server + 0.5 - (sent + now) / 2
