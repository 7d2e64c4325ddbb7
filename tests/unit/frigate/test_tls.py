"""Which certificates are accepted, by requests, streams and websockets alike."""

import asyncio
from pathlib import Path
import ssl
from typing import Any

import aiohttp
import pytest

from custom_components.antt_camera.frigate.client import (
    Connection,
    FrigateClient,
    TlsMode,
    fetch_certificate,
)
from custom_components.antt_camera.frigate.errors import (
    FrigateTlsError,
    FrigateUnreachableError,
)

from .conftest import Certificate, make_certificate
from .fake_frigate import PASSWORD, USER, FakeFrigate, client_of, serving

OTHER = "ab" * 32


async def ask_everything(client: FrigateClient, frigate: FakeFrigate) -> None:
    """A request, a stream and a websocket."""
    await client.get_stats()
    response = await client.open("GET", "vod/x.mp4")
    response.close()
    socket = await client.ws_connect()
    await frigate.sockets[-1].close()
    await socket.receive()


async def test_pinned(secure: FakeFrigate, certificate: Certificate) -> None:
    """The pinned certificate is enough, in either way of writing it."""
    colons = ":".join(f"{byte:02X}" for byte in bytes.fromhex(certificate.fingerprint))
    for fingerprint in (certificate.fingerprint, colons):
        async with client_of(secure, tls=TlsMode.PINNED, fingerprint=fingerprint) as client:
            await ask_everything(client, secure)


async def test_off(secure: FakeFrigate) -> None:
    """Whoever chose so gets any certificate."""
    async with client_of(secure, tls=TlsMode.OFF) as client:
        await ask_everything(client, secure)


@pytest.mark.parametrize(
    "choice", [{"tls": TlsMode.VERIFY}, {"tls": TlsMode.PINNED, "fingerprint": OTHER}]
)
async def test_refused(secure: FakeFrigate, choice: dict[str, Any]) -> None:
    """Neither password nor request reaches a server that isn't the right one."""
    async with client_of(secure, **choice) as client:
        with pytest.raises(FrigateTlsError):
            await client.get_stats()
        with pytest.raises(FrigateTlsError):
            await client.login()
    async with client_of(secure, login=False, **choice) as client:
        with pytest.raises(FrigateTlsError):
            await client.open("GET", "vod/x.mp4")
        with pytest.raises(FrigateTlsError):
            await client.ws_connect()
    assert secure.logins == []
    assert secure.requests == []


async def test_exchanged_certificate_is_refused(
    secure: FakeFrigate, certificate: Certificate, tmp_path: Path
) -> None:
    """A Frigate that was installed anew has a new certificate: the user decides, not we."""
    folder = tmp_path / "other"
    folder.mkdir()
    other = await asyncio.to_thread(make_certificate, folder)
    async with serving(FakeFrigate(), other.context) as frigate:
        choice: dict[str, Any] = {"tls": TlsMode.PINNED, "fingerprint": certificate.fingerprint}
        async with client_of(frigate, **choice) as client:
            with pytest.raises(FrigateTlsError):
                await client.get_stats()
        assert (await fetch_certificate(frigate.url))[1] == other.fingerprint
    assert frigate.logins == []


async def test_verified(secure: FakeFrigate, certificate: Certificate) -> None:
    """A certificate that the session trusts needs no pin."""
    trusting = ssl.create_default_context(cadata=ssl.DER_cert_to_PEM_cert(certificate.der))
    connector = aiohttp.TCPConnector(ssl=trusting)
    connection = Connection(url=secure.url, username=USER, password=PASSWORD)
    async with aiohttp.ClientSession(connector=connector) as session:
        await ask_everything(FrigateClient(session, connection), secure)


@pytest.mark.parametrize("fingerprint", [None, "", "zz", "ab", "ab" * 20])
async def test_impossible_fingerprint(fingerprint: str | None) -> None:
    """Nothing that is no SHA-256 is ever compared."""
    connection = Connection(url="https://frigate", tls=TlsMode.PINNED, fingerprint=fingerprint)
    async with aiohttp.ClientSession() as session:
        with pytest.raises(ValueError, match=r"hex|fingerprint|digest|sha|length|type"):
            FrigateClient(session, connection)


async def test_fetch_certificate(secure: FakeFrigate, certificate: Certificate) -> None:
    """What the server shows, for the user to compare; no password is sent for that."""
    assert await fetch_certificate(secure.url) == (certificate.der, certificate.fingerprint)
    assert secure.logins == []


@pytest.mark.parametrize("url", ["https:///x", "http://[::1", "frigate", ""])
async def test_fetch_certificate_of_an_impossible_address(url: str, socket_enabled: None) -> None:
    """Whatever the user typed."""
    with pytest.raises(FrigateUnreachableError):
        await fetch_certificate(url)


async def test_fetch_certificate_where_there_is_none(frigate: FakeFrigate) -> None:
    """Frigate's port without a login speaks no TLS; and a server may be off."""
    with pytest.raises(FrigateUnreachableError):
        await fetch_certificate(frigate.url.replace("http:", "https:"))
    async with serving(FakeFrigate()) as gone:
        pass
    with pytest.raises(FrigateUnreachableError):
        await fetch_certificate(gone.url)
