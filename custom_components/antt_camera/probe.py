"""Finding a Frigate server at what somebody typed, and learning what set-up has to know about it."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

import aiohttp
from yarl import URL

from .frigate.client import Connection, FrigateClient, TlsMode, UserProfile, fetch_certificate
from .frigate.config import FrigateConfig
from .frigate.errors import (
    FrigateAnswerError,
    FrigateError,
    FrigateForbiddenError,
    FrigateLoginError,
    FrigateNotFoundError,
    FrigateRefusedError,
    FrigateTlsError,
    FrigateTooOldError,
    FrigateUnreachableError,
)
from .frigate.parse import ParseProblems
from .frigate.version import MINIMUM_VERSION, FrigateVersion

# Frigate's port without a login, and the one with a login, which has TLS unless it was switched off.
OPEN_PORT = 5000
LOGIN_PORT = 8971
PROBE_TIMEOUT = 15.0

# Translation keys, the most telling first: which of several failures the user is told.
_TELLING = (
    "too_old",
    "frigate_down",
    "not_frigate",
    "tls",
    "host_not_found",
    "unreachable",
)


class InvalidAddressError(ValueError):
    """What was typed can't be an address."""


@dataclass(frozen=True, kw_only=True)
class Address:
    """A server that answered. `needs_login`: not without a login. `fingerprint`: of a certificate nobody vouches for."""

    url: str
    needs_login: bool = False
    fingerprint: str | None = None


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """What a server says about itself."""

    version: FrigateVersion
    config: FrigateConfig
    profile: UserProfile | None


class ProbeError(Exception):
    """No server could be used; `key` is the translation key of the reason."""

    def __init__(self, key: str, placeholders: dict[str, str] | None = None) -> None:
        """Keep the reason."""
        super().__init__(key)
        self.key = key
        self.placeholders = placeholders or {}


def probe_error(error: FrigateError) -> ProbeError:
    """Return the reason that a form can show."""
    match error:
        case FrigateTooOldError():
            return ProbeError("too_old", {"found": error.found, "needed": error.needed})
        case FrigateTlsError():
            return ProbeError("tls")
        case FrigateUnreachableError() if isinstance(
            error.__cause__, aiohttp.ClientConnectorDNSError
        ):
            return ProbeError("host_not_found")
        case FrigateUnreachableError() if error.__cause__ is None:
            # Not the connection failed: a web server answered that there is no Frigate behind it.
            return ProbeError("frigate_down")
        case FrigateUnreachableError():
            return ProbeError("unreachable")
        case FrigateLoginError():
            return ProbeError("rate_limited" if error.rate_limited else "login_refused")
        case FrigateForbiddenError():
            return ProbeError("forbidden")
        case FrigateRefusedError():
            return ProbeError("refused", {"message": error.message})
        case _:
            return ProbeError("not_frigate")


def candidates(address: str) -> tuple[str, ...]:
    """Return the addresses that may be meant, the likeliest first. Raises InvalidAddressError.

    A scheme that was typed is kept, but http may become https (never the other way round).
    """
    text = address.strip()
    scheme, separator, rest = text.partition("://")
    if not separator:
        scheme, rest = "", text
    scheme = scheme.lower()
    if scheme not in ("", "http", "https"):
        raise InvalidAddressError("not http")
    try:
        url = URL(f"http://{rest}")
        host, port = url.host, url.explicit_port
    except ValueError as err:
        raise InvalidAddressError("no address") from err
    if not host or any(sign.isspace() for sign in rest) or url.user or url.password:
        raise InvalidAddressError("no address")
    base = url.with_query(None).with_fragment(None)
    found = (base.with_scheme(kind).with_port(number) for kind, number in _ports(scheme, port))
    return tuple(dict.fromkeys(str(one).rstrip("/") for one in found))


def _ports(scheme: str, port: int | None) -> Iterable[tuple[str, int | None]]:
    if port is not None:
        if scheme == "https":
            return (("https", port),)
        both = (("http", port), ("https", port))
        return both[::-1] if port == LOGIN_PORT else both
    if scheme == "https":
        # A proxy before Frigate is at the usual port.
        return (("https", None), ("https", LOGIN_PORT))
    own = (("http", OPEN_PORT), ("https", LOGIN_PORT), ("http", LOGIN_PORT))
    return own if scheme == "" else (*own, ("http", None), ("https", None))


async def find_server(session: aiohttp.ClientSession, address: str) -> Address:
    """Return the first server among the candidates. Raises InvalidAddressError and ProbeError.

    Ports are tried at once, http and https of one port one after the other: only one of them can be right.
    """
    ports: dict[int | None, list[str]] = {}
    for url in candidates(address):
        ports.setdefault(URL(url).explicit_port, []).append(url)
    tasks = [asyncio.create_task(_knock_at_port(session, urls)) for urls in ports.values()]
    reasons: list[ProbeError] = []
    try:
        for task in tasks:
            try:
                return await task
            except ProbeError as err:
                reasons.append(err)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    raise _most_telling(reasons)


def _most_telling(reasons: list[ProbeError]) -> ProbeError:
    return min(reasons, key=lambda reason: _TELLING.index(reason.key))


async def _knock_at_port(session: aiohttp.ClientSession, urls: list[str]) -> Address:
    """Return the first that answers. Raises ProbeError."""
    reasons: list[ProbeError] = []
    for url in urls:
        try:
            return await _knock(session, url)
        except FrigateError as err:
            reasons.append(probe_error(err))
    raise _most_telling(reasons)


async def _knock(session: aiohttp.ClientSession, url: str) -> Address:
    """See what answers, without a login. Raises FrigateError."""
    try:
        async with asyncio.timeout(PROBE_TIMEOUT):
            try:
                return await _greet(session, Connection(url=url))
            except FrigateTlsError:
                _, fingerprint = await fetch_certificate(url)
                # Is it Frigate at all? Nothing secret is sent.
                found = await _greet(
                    session, Connection(url=url, tls=TlsMode.PINNED, fingerprint=fingerprint)
                )
                return Address(url=url, needs_login=found.needs_login, fingerprint=fingerprint)
    except TimeoutError as err:
        raise FrigateUnreachableError("no answer in time") from err
    except (FrigateForbiddenError, FrigateNotFoundError, FrigateRefusedError) as err:
        raise FrigateAnswerError("no version there") from err


async def _greet(session: aiohttp.ClientSession, connection: Connection) -> Address:
    try:
        await _version(FrigateClient(session, connection))
    except FrigateLoginError:
        return Address(url=connection.url, needs_login=True)
    return Address(url=connection.url)


async def _version(client: FrigateClient) -> FrigateVersion:
    version = await client.get_version()
    if version < MINIMUM_VERSION:
        raise FrigateTooOldError(str(version), str(MINIMUM_VERSION))
    return version


async def inspect_server(client: FrigateClient) -> Inspection:
    """Read what set-up needs. Raises FrigateError."""
    version = await _version(client)
    try:
        profile = await client.get_profile()
    except FrigateNotFoundError, FrigateForbiddenError:
        profile = None
    config = FrigateConfig.from_wire(await client.get_config(), ParseProblems())
    return Inspection(version=version, config=config, profile=profile)
