"""Login: once for all, again when needed, never more often than that, and never shown."""

import asyncio
import traceback

from aiohttp import web
import pytest

from custom_components.antt_camera.frigate.errors import (
    FrigateAnswerError,
    FrigateError,
    FrigateLoginError,
    FrigateUnreachableError,
)

from .fake_frigate import PASSWORD, FakeFrigate, answering, client_of, page


class Clock:
    """A clock moved by hand."""

    def __init__(self, moment: float) -> None:
        """Start at a moment."""
        self.moment = moment

    def __call__(self) -> float:
        """Tell the time."""
        return self.moment


async def test_concurrent_requests_share_one_login(frigate: FakeFrigate) -> None:
    """Twenty cameras' pictures at the start are one login."""
    async with client_of(frigate) as client:
        await asyncio.gather(*(client.get_stats() for _ in range(20)))
    assert len(frigate.logins) == 1
    assert len(frigate.requests) == 20


async def test_concurrent_requests_share_one_renewed_login(frigate: FakeFrigate) -> None:
    """Twenty refused requests at once are one login more, and none of them fails."""
    async with client_of(frigate) as client:
        await client.get_stats()
        frigate.expire()
        await asyncio.gather(*(client.get_stats() for _ in range(20)))
    assert len(frigate.logins) == 2


async def test_concurrent_requests_share_one_refusal(frigate: FakeFrigate) -> None:
    """A wrong password is tried once, not once by each camera: that would look like an attack."""
    async with client_of(frigate, password="wrong") as client:
        results = await asyncio.gather(
            *(client.get_stats() for _ in range(20)), return_exceptions=True
        )
        assert [type(result) for result in results] == [FrigateLoginError] * 20
        assert len(frigate.logins) == 1
        assert frigate.requests == []


async def test_refused_login_is_not_tried_again_at_once(frigate: FakeFrigate) -> None:
    """Polls after a refusal don't each try the password; the user and a later request do."""
    clock = Clock(1_000_000.0)
    async with client_of(frigate, password="wrong", now=clock) as client:
        for _ in range(5):
            with pytest.raises(FrigateLoginError):
                await client.get_stats()
        assert len(frigate.logins) == 1
        with pytest.raises(FrigateLoginError):
            await client.login()
        assert len(frigate.logins) == 2
        clock.moment += 31.0
        with pytest.raises(FrigateLoginError):
            await client.get_stats()
        assert len(frigate.logins) == 3


async def test_cancelled_login_does_not_fail_the_others(frigate: FakeFrigate) -> None:
    """Who cancels the request that happens to log in does not cancel those who wait for it."""
    async with client_of(frigate) as client:
        first = asyncio.create_task(client.get_stats())
        await frigate.login_begun.wait()
        second = asyncio.create_task(client.get_stats())
        await asyncio.sleep(0)
        first.cancel()
        assert await second == {}


async def test_one_retry_only(frigate: FakeFrigate) -> None:
    """A server that refuses fresh tokens too is not asked for ever."""
    frigate.answers["/api/stats"] = answering(401, {"detail": "No"})
    async with client_of(frigate) as client:
        with pytest.raises(FrigateLoginError):
            await client.get_stats()
    assert len(frigate.requests) == 2
    assert len(frigate.logins) == 2


async def test_streams_and_sockets_log_in_again_once(frigate: FakeFrigate) -> None:
    """What is passed on and what is pushed have the same login as everything else."""
    async with client_of(frigate) as client:
        response = await client.open("GET", "vod/x.mp4")
        assert response.status == 200
        response.close()
        frigate.expire()
        response = await client.open("GET", "vod/x.mp4")
        assert response.status == 200
        response.close()
        frigate.expire()
        socket = await client.ws_connect()
        await frigate.sockets[0].close()
        await socket.receive()
    assert len(frigate.logins) == 3


async def test_stream_and_socket_without_login(frigate: FakeFrigate) -> None:
    """Without credentials a refusal is said as such."""
    async with client_of(frigate, login=False) as client:
        with pytest.raises(FrigateLoginError):
            await client.open("GET", "vod/x.mp4")
        with pytest.raises(FrigateLoginError):
            await client.ws_connect()
        with pytest.raises(FrigateLoginError):
            await client.get_stats()
        await client.login()
        assert await client.headers() == {}
        assert not client.authenticated
    assert frigate.logins == []


@pytest.mark.parametrize(("lifetime", "margin"), [(86_400.0, 60.0), (600.0, 60.0), (120.0, 59.0)])
async def test_renewed_before_the_end(frigate: FakeFrigate, lifetime: float, margin: float) -> None:
    """Headers are good for a minute more: a player may use them a little later."""
    clock = Clock(1_000_000.0)
    frigate.clock = clock
    frigate.lifetime = lifetime
    async with client_of(frigate, now=clock) as client:
        await client.headers()
        clock.moment += lifetime * 0.4
        await client.headers()
        assert len(frigate.logins) == 1
        clock.moment += lifetime * 0.6 - margin
        await client.headers()
        assert len(frigate.logins) == 2


async def test_end_of_a_token_is_by_the_servers_clock(frigate: FakeFrigate) -> None:
    """A server an hour behind gives tokens that look as if they were over."""
    frigate.lifetime = 1800.0
    frigate.clock = Clock(1_000_000.0)
    ours = Clock(1_003_600.0)
    async with client_of(frigate, now=ours) as client:
        for _ in range(3):
            await client.get_stats()
        assert len(frigate.logins) == 1
        assert client.clock_offset == pytest.approx(-3600.0, abs=1.0)
        ours.moment += 1000.0
        await client.get_stats()
        assert len(frigate.logins) == 1


async def test_token_that_seems_over_is_used_nevertheless(frigate: FakeFrigate) -> None:
    """Whatever the clocks say: a token just given is tried."""
    frigate.lifetime = -5000.0
    async with client_of(frigate) as client:
        for _ in range(3):
            await client.get_stats()
    assert len(frigate.logins) == 1


async def test_token_in_a_cookie_of_another_name(frigate: FakeFrigate) -> None:
    """`auth.cookie_name` can be anything; other cookies are no tokens."""
    frigate.cookie_name = "ubnd_xa"
    async with client_of(frigate) as client:
        assert await client.get_stats() == {}


async def test_too_many_attempts(frigate: FakeFrigate) -> None:
    """Frigate's rate limit is told apart from a wrong password."""
    frigate.login_answer = answering(429, "Rate limit exceeded")
    async with client_of(frigate) as client:
        with pytest.raises(FrigateLoginError) as caught:
            await client.login()
    assert caught.value.rate_limited


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, FrigateLoginError), (502, FrigateUnreachableError), (200, FrigateAnswerError)],
)
async def test_failed_login(frigate: FakeFrigate, status: int, kind: type[FrigateError]) -> None:
    """A refusal, a Frigate that is down, something else at the address."""
    frigate.login_answer = answering(status, "hello")
    async with client_of(frigate) as client:
        with pytest.raises(kind) as caught:
            await client.login()
    assert not getattr(caught.value, "rate_limited", False)


async def test_plain_http_at_the_encrypted_port(frigate: FakeFrigate) -> None:
    """nginx answers 400: the address is wrong, not the password."""

    async def plain(_request: web.Request) -> web.StreamResponse:
        return page(400)

    frigate.login_answer = plain
    async with client_of(frigate) as client:
        with pytest.raises(FrigateAnswerError):
            await client.login()


async def test_server_without_login_gets_one_later(frigate: FakeFrigate) -> None:
    """404 says that login is off, or that a proxy has lost Frigate for a moment."""
    frigate.needs_login = False
    frigate.login_answer = answering(404, {"detail": "Not Found"})
    async with client_of(frigate) as client:
        await client.get_stats()
        await client.get_stats()
        assert len(frigate.logins) == 1
        frigate.needs_login = True
        frigate.login_answer = None
        assert await client.get_stats() == {}
        assert len(frigate.logins) == 2


async def test_login_leaves_no_cookie_behind(frigate: FakeFrigate) -> None:
    """The session belongs to others too: whoever has no login would be logged in with ours."""
    async with client_of(frigate) as client:
        await client.get_stats()
        await client.get_stats()
    assert frigate.requests[-1].cookies.keys() == {"another"}


async def test_secrets_are_never_shown(
    frigate: FakeFrigate, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither password nor token in errors, their causes, representations or logs."""
    caplog.set_level("DEBUG")
    async with client_of(frigate) as client:
        token = (await client.headers())["Authorization"].removeprefix("Bearer ")
        shown = [repr(client), str(client), repr(client.connection), str(client.connection)]
        frigate.answers["/api/stats"] = answering(503, {"message": "Something broke"})
        with pytest.raises(FrigateError) as caught:
            await client.get_stats()
        shown.append("".join(traceback.format_exception(caught.value)))
        frigate.expire()
        frigate.login_answer = answering(401, {"message": "Login failed"})
        with pytest.raises(FrigateLoginError) as caught:
            await client.ws_connect()
        shown.append("".join(traceback.format_exception(caught.value)))
    text = "\n".join(shown) + caplog.text
    assert PASSWORD not in text
    assert token not in text
