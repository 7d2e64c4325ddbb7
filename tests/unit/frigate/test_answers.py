"""What each answer means: which error, with which reason, and how much of it is read."""

import asyncio
from datetime import UTC, datetime
from email.utils import format_datetime
import json
from typing import Any

import aiohttp
from aiohttp import web
import pytest

from custom_components.antt_camera.frigate import answers, api
from custom_components.antt_camera.frigate.client import Connection, FrigateClient
from custom_components.antt_camera.frigate.errors import (
    FrigateAnswerError,
    FrigateError,
    FrigateForbiddenError,
    FrigateLoginError,
    FrigateNotFoundError,
    FrigateRefusedError,
    FrigateTlsError,
    FrigateUnreachableError,
)

from .fake_frigate import FakeFrigate, answering, client_of, page, serving


async def error_of(frigate: FakeFrigate) -> FrigateError:
    """The error of a request for the statistics."""
    async with client_of(frigate) as client:
        with pytest.raises(FrigateError) as caught:
            await client.get_stats()
    return caught.value


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (302, FrigateAnswerError),
        (400, FrigateRefusedError),
        (401, FrigateLoginError),
        (403, FrigateForbiddenError),
        (404, FrigateNotFoundError),
        (409, FrigateRefusedError),
        (418, FrigateAnswerError),
        (422, FrigateRefusedError),
        (429, FrigateRefusedError),
        (500, FrigateAnswerError),
        (502, FrigateUnreachableError),
        (503, FrigateRefusedError),
        (504, FrigateUnreachableError),
    ],
)
async def test_status_of_frigate(
    frigate: FakeFrigate, status: int, kind: type[FrigateError]
) -> None:
    """Frigate itself answers, in JSON."""
    frigate.answers["/api/stats"] = answering(status, {"success": False, "message": "Reason"})
    error = await error_of(frigate)
    assert type(error) is kind
    if isinstance(error, FrigateRefusedError):
        assert error.status == status
        assert error.message == "Reason"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, FrigateAnswerError),
        (403, FrigateForbiddenError),
        (404, FrigateNotFoundError),
        (500, FrigateUnreachableError),
        (502, FrigateUnreachableError),
        (503, FrigateUnreachableError),
        (530, FrigateUnreachableError),
    ],
)
async def test_status_of_a_web_server(
    frigate: FakeFrigate, status: int, kind: type[FrigateError]
) -> None:
    """The web server or a proxy answers in Frigate's place: 500 means that Frigate is down."""

    async def handler(_request: web.Request) -> web.StreamResponse:
        return page(status)

    frigate.answers["/api/stats"] = handler
    assert type(await error_of(frigate)) is kind


async def test_redirection_is_not_followed(frigate: FakeFrigate) -> None:
    """It may lead to another server, which must not get our login."""
    frigate.answers["/api/stats"] = answering(302, headers={"Location": "/api/elsewhere"})
    assert type(await error_of(frigate)) is FrigateAnswerError
    assert [request.path for request in frigate.requests] == ["/api/stats"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"success": False, "message": "No recordings found"}, "No recordings found"),
        ({"detail": "Access denied"}, "Access denied"),
        (
            {"detail": [{"loc": ["query"], "msg": "Input should be 0 or 1"}]},
            "Input should be 0 or 1",
        ),
        ("plain", "HTTP 422"),
        (json.dumps("Event not found"), "Event not found"),
        ({"message": {"no": "text"}}, "HTTP 422"),
        ({"detail": []}, "HTTP 422"),
        ([], "HTTP 422"),
        ("[" * 50_000, "HTTP 422"),
        ({"message": "x" * 5000}, "x" * 300),
        (
            {"message": "ffmpeg: rtsp://admin:p@ss/w0rd@10.0.0.9:554/s1 timed out"},
            "ffmpeg: rtsp://*:*@10.0.0.9:554/s1 timed out",
        ),
    ],
)
async def test_reason_of_a_refusal(frigate: FakeFrigate, body: Any, message: str) -> None:
    """Frigate's own words reach the user, whatever their shape, without credentials."""
    frigate.answers["/api/stats"] = answering(422, body)
    error = await error_of(frigate)
    assert isinstance(error, FrigateRefusedError)
    assert error.message == message
    assert str(error) == f"HTTP 422: {message}"


async def test_reason_in_several_pieces(frigate: FakeFrigate) -> None:
    """The network may cut an answer anywhere."""

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=400, headers={"Content-Type": "application/json"})
        await response.prepare(request)
        for piece in (b'{"success": false, ', b'"message": "No recordings"}'):
            await response.write(piece)
            await asyncio.sleep(0.01)
        await response.write_eof()
        return response

    frigate.answers["/api/stats"] = handler
    assert str(await error_of(frigate)) == "HTTP 400: No recordings"


async def test_endless_reason(frigate: FakeFrigate) -> None:
    """No more of an error is read than can be shown."""
    written = 0

    async def handler(request: web.Request) -> web.StreamResponse:
        nonlocal written
        response = web.StreamResponse(status=400, headers={"Content-Type": "application/json"})
        await response.prepare(request)
        while written < 500 * answers.MAX_ERROR:
            await response.write(b"x" * answers.MAX_ERROR)
            written += answers.MAX_ERROR
        return response

    frigate.answers["/api/stats"] = handler
    assert str(await error_of(frigate)) == "HTTP 400: HTTP 400"
    assert written < 500 * answers.MAX_ERROR


@pytest.mark.parametrize("body", ["", "<html>", "{", "[1]", "5", "[" * 50_000, "\xff"])
async def test_body_of_another_kind(frigate: FakeFrigate, body: str) -> None:
    """200 is not enough: the shape has to be right."""
    frigate.answers["/api/stats"] = answering(200, body)
    assert type(await error_of(frigate)) is FrigateAnswerError


async def test_too_large(frigate: FakeFrigate) -> None:
    """A body without end does not fill the memory."""
    frigate.answers["/api/version"] = answering(200, "x" * 5000)
    async with client_of(frigate) as client:
        with pytest.raises(FrigateAnswerError, match="too large"):
            await client.get_version()


async def test_cut_off_body(frigate: FakeFrigate) -> None:
    """A connection that breaks in the middle of an answer."""

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(b'{"a":')
        assert request.transport is not None
        request.transport.abort()
        return response

    frigate.answers["/api/stats"] = handler
    assert type(await error_of(frigate)) is FrigateUnreachableError


async def test_no_answer_in_time(frigate: FakeFrigate) -> None:
    """A server that takes the request and is silent."""
    released = asyncio.Event()

    async def handler(_request: web.Request) -> web.StreamResponse:
        await released.wait()
        return web.Response()

    frigate.answers["/slow"] = handler
    async with client_of(frigate) as client:
        with pytest.raises(FrigateUnreachableError, match="in time"):
            async with client.request("GET", "slow", timeout=aiohttp.ClientTimeout(total=0.05)):
                pass
    released.set()


async def test_nothing_listens(socket_enabled: None) -> None:
    """A server that is switched off, in every way of asking it."""
    async with serving(FakeFrigate()) as frigate:
        pass
    async with client_of(frigate, login=False) as client:
        for ask in (client.get_stats(), client.open("GET", "x"), client.ws_connect()):
            with pytest.raises(FrigateUnreachableError) as caught:
                await ask
            assert not isinstance(caught.value, FrigateTlsError)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (403, FrigateForbiddenError),
        (404, FrigateNotFoundError),
        (500, FrigateUnreachableError),
        (502, FrigateUnreachableError),
        (200, FrigateAnswerError),
    ],
)
async def test_refused_websocket(
    frigate: FakeFrigate, status: int, kind: type[FrigateError]
) -> None:
    """A handshake that is answered with a page."""
    frigate.answers["/ws"] = answering(status, "x", content_type="text/html")
    async with client_of(frigate) as client:
        with pytest.raises(kind):
            await client.ws_connect()


async def test_stream_is_passed_on_as_it_is(frigate: FakeFrigate) -> None:
    """A proxy passes on what Frigate says, and its ranges."""
    frigate.answers["/vod/x.mp4"] = answering(416, "no")
    async with client_of(frigate) as client:
        response = await client.open(
            "GET", "vod/x.mp4", params={"a": "ô"}, headers={"Range": "bytes=5-"}
        )
        assert response.status == 416
        assert await response.read() == b"no"
        response.close()
    assert frigate.requests[-1].headers["Range"] == "bytes=5-"
    assert frigate.requests[-1].query == {"a": "ô"}


async def test_behind_a_reverse_proxy(socket_enabled: None) -> None:
    """The path before Frigate's own is kept for login, requests and websocket."""
    async with serving(FakeFrigate(base="/camera/xa")) as frigate, client_of(frigate) as client:
        await client.get_stats()
        socket = await client.ws_connect()
        await frigate.sockets[0].close()
        await socket.receive()
    assert len(frigate.logins) == 1
    assert [request.path for request in frigate.requests] == [
        "/camera/xa/api/stats",
        "/camera/xa/ws",
    ]


async def test_writes_satisfy_frigates_protection(frigate: FakeFrigate) -> None:
    """Any value will do, but only for what changes something."""
    async with client_of(frigate) as client:
        await client.get_stats()
        await client.restart()
    assert "X-CSRF-TOKEN" not in frigate.requests[0].headers
    assert frigate.requests[1].headers["X-CSRF-TOKEN"]


async def test_cache_is_bypassed_where_it_matters(frigate: FakeFrigate) -> None:
    """Five seconds old is too old for the configuration after a command."""
    async with client_of(frigate) as client:
        await client.get_config()
        await client.get_stats()
    assert [request.headers.get("X-Cache-Bypass") for request in frigate.requests] == ["1", None]


async def test_clock_offset(frigate: FakeFrigate) -> None:
    """The server's clock is compared by the newest answer; cut to seconds, so within half of one."""
    theirs = datetime(2026, 11, 24, 10, 0, 0, tzinfo=UTC)
    ours = theirs.timestamp() + 90.0
    headers = {"Date": format_datetime(theirs, usegmt=True)}
    frigate.answers["/api/stats"] = answering(200, {}, headers=headers)
    frigate.answers["/api/config"] = answering(200, {}, headers={"Date": "yesterday"})
    async with client_of(frigate, login=False, now=lambda: ours) as client:
        frigate.needs_login = False
        assert client.clock_offset is None
        await client.get_stats()
        assert client.clock_offset == pytest.approx(-90.0, abs=0.51)
        await client.get_config()
        assert client.clock_offset == pytest.approx(-90.0, abs=0.51)


async def test_slow_answer_says_nothing_about_the_clock(frigate: FakeFrigate) -> None:
    """A language model that took a minute is no clock half a minute wrong."""
    frigate.needs_login = False
    moment = 1_000_000.0

    async def handler(_request: web.Request) -> web.StreamResponse:
        nonlocal moment
        moment += 60.0
        return web.json_response({"summary": "Quiet."})

    path = "/api/review/summarize/start/1/end/2"
    frigate.answers[path] = handler
    frigate.clock = lambda: moment
    async with client_of(frigate, login=False, now=lambda: moment) as client:
        await client.get_stats()
        before = client.clock_offset
        assert before == pytest.approx(0.0, abs=0.51)
        await client.summarize_reviews(1.0, 2.0)
        assert client.clock_offset == before


@pytest.mark.parametrize(
    "url", ["", "frigate", "ftp://frigate", "http://", "https://admin:pw@frigate:8971", "/api"]
)
async def test_impossible_address(url: str) -> None:
    """A login in the address would be in every log that names the server."""
    async with aiohttp.ClientSession() as session:
        with pytest.raises(ValueError, match="address"):
            FrigateClient(session, Connection(url=url))


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_what_is_no_part_of_a_path(name: str) -> None:
    """A name must not lead elsewhere."""
    with pytest.raises(FrigateAnswerError):
        api.part(name)
