"""The websocket link against a real socket: messages, losses, waiting, stopping."""

import asyncio
import json
from typing import Any, override

from aiohttp import WSMsgType, web
import pytest

from custom_components.antt_camera.frigate import session
from custom_components.antt_camera.frigate.errors import (
    FrigateLoginError,
    FrigateUnreachableError,
)
from custom_components.antt_camera.frigate.websocket import WebSocketLink

from .fake_frigate import FakeFrigate, answering, client_of, serving
from .listening import Listener, Waiting, linked


async def test_messages_pass_as_on_the_wire(frigate: FakeFrigate) -> None:
    """JSON documents stay text: who receives decodes them once."""
    listener = Listener()
    document = json.dumps({"type": "new"})

    async def talk(socket: web.WebSocketResponse) -> None:
        await socket.send_json({"topic": "events", "payload": document})
        await socket.send_json({"topic": "front_door/person", "payload": 2})
        await socket.send_json({"topic": "front_door/person", "payload": None})

    frigate.on_socket = talk
    async with client_of(frigate) as client, linked(client, listener) as link:
        await listener.until(lambda: len(listener.messages) == 3)
        assert link.connected
    assert listener.messages == [
        ("events", document),
        ("front_door/person", 2),
        ("front_door/person", None),
    ]
    assert listener.connections == 1


async def test_bad_frames_are_counted_and_logged_once(
    frigate: FakeFrigate, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever comes: the next message is not lost, and the log does not fill."""
    listener = Listener()
    bad = ["", "nonsense", "[]", "5", '"x"', "{}", '{"topic": 5, "payload": 1}', '{"topic": "a"}']
    bad.append("[" * 100_000)

    async def talk(socket: web.WebSocketResponse) -> None:
        for text in bad:
            await socket.send_str(text)
        await socket.send_bytes(b"\xff\xd8\xff")
        await socket.send_json({"topic": "good", "payload": "x" * 1_000_000})

    frigate.on_socket = talk
    async with client_of(frigate) as client, linked(client, listener) as link:
        await listener.until(lambda: bool(listener.messages))
        assert link.bad_frames == len(bad) + 1
    assert [topic for topic, _ in listener.messages] == ["good"]
    assert caplog.text.count("no message") == 1


async def test_mistake_of_the_listener_costs_no_message(
    frigate: FakeFrigate, caplog: pytest.LogCaptureFixture
) -> None:
    """An error in what is done with a message is logged once and the link lives on."""
    listener = Listener()
    listener.fail = True

    async def talk(socket: web.WebSocketResponse) -> None:
        for number in range(3):
            await socket.send_json({"topic": "t", "payload": number})

    frigate.on_socket = talk
    async with client_of(frigate) as client, linked(client, listener) as link:
        await listener.until(lambda: len(listener.messages) == 3)
        assert link.connected
    assert caplog.text.count("RuntimeError: a mistake") == 1
    assert listener.losses == []


async def test_commands_are_texts(frigate: FakeFrigate) -> None:
    """Frigate takes only texts for switches."""
    listener = Listener()
    heard: list[Any] = []
    enough = asyncio.Event()

    async def listen(socket: web.WebSocketResponse) -> None:
        async for message in socket:
            assert message.type is WSMsgType.TEXT
            heard.append(message.json())
            if len(heard) == 2:
                enough.set()

    frigate.on_socket = listen
    async with client_of(frigate) as client, linked(client, listener) as link:
        await listener.until(lambda: link.connected)
        await link.send("onConnect", "")
        await link.send("front_door/motion_threshold/set", 30)
        async with asyncio.timeout(5):
            await enough.wait()
    assert heard == [
        {"topic": "onConnect", "payload": ""},
        {"topic": "front_door/motion_threshold/set", "payload": "30"},
    ]


async def test_command_without_connection(frigate: FakeFrigate) -> None:
    """Before the start, after a loss and after the stop a command says that it can't be sent."""
    listener = Listener()
    async with client_of(frigate) as client:
        link = WebSocketLink(client, listener, sleep=Waiting(1))
        with pytest.raises(FrigateUnreachableError):
            await link.send("onConnect", "")
        await link.start()
        await listener.until(lambda: link.connected)
        await frigate.sockets[0].close()
        await listener.until(lambda: bool(listener.losses))
        with pytest.raises(FrigateUnreachableError):
            await link.send("onConnect", "")
        await link.stop()
        with pytest.raises(FrigateUnreachableError):
            await link.send("onConnect", "")


async def test_waits_longer_and_longer(socket_enabled: None) -> None:
    """From one second to one minute, told each time why."""
    listener, waiting = Listener(), Waiting(9)
    async with serving(FakeFrigate()) as frigate:
        pass
    async with (
        client_of(frigate) as client,
        linked(client, listener, sleep=waiting, jitter=lambda: 1.0),
    ):
        async with asyncio.timeout(5):
            await waiting.reached.wait()
    assert waiting.delays == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert {type(error) for error in listener.losses} == {FrigateUnreachableError}
    assert listener.connections == 0


async def test_jitter_shortens_by_half_at_most(socket_enabled: None) -> None:
    """Servers lost together are not asked again together."""
    waiting = Waiting(3)
    async with serving(FakeFrigate()) as frigate:
        pass
    async with (
        client_of(frigate) as client,
        linked(client, Listener(), sleep=waiting, jitter=lambda: 0.0),
    ):
        async with asyncio.timeout(5):
            await waiting.reached.wait()
    assert waiting.delays == [0.5, 1.0, 2.0]


@pytest.mark.parametrize(
    ("seconds", "delays"), [(31.0, [1, 1, 1, 1]), (29.0, [1, 2, 4, 8])], ids=["good", "short"]
)
async def test_only_a_connection_that_lasted_ends_the_waiting(
    frigate: FakeFrigate, seconds: float, delays: list[float]
) -> None:
    """A server that accepts and closes at once is not asked each second."""
    waiting = Waiting(4)
    moment = 1000.0

    class Slow(Listener):
        """Sees time pass while it is connected."""

        @override
        def on_connected(self) -> None:
            nonlocal moment
            moment += seconds

    listener = Slow()

    async def close(socket: web.WebSocketResponse) -> None:
        await socket.close()

    frigate.on_socket = close
    async with (
        client_of(frigate) as client,
        linked(client, listener, sleep=waiting, jitter=lambda: 1.0, clock=lambda: moment),
    ):
        async with asyncio.timeout(5):
            await waiting.reached.wait()
    assert waiting.delays == delays
    assert listener.losses == [None] * 4


async def test_good_connection_counts_once(frigate: FakeFrigate) -> None:
    """After it was lost, the attempts that fail become rarer as ever."""
    waiting = Waiting(4)
    moment = 1000.0

    async def close(socket: web.WebSocketResponse) -> None:
        nonlocal moment
        frigate.answers["/ws"] = answering(502, "down")
        await socket.receive()
        moment += 100.0
        await socket.close()

    class Talking(Listener):
        """Speaks once it is connected, so that the server waits for that."""

        @override
        def on_connected(self) -> None:
            spoken.append(asyncio.ensure_future(link.send("onConnect", "")))

    spoken: list[asyncio.Future[None]] = []
    frigate.on_socket = close
    async with (
        client_of(frigate) as client,
        linked(client, Talking(), sleep=waiting, jitter=lambda: 1.0, clock=lambda: moment) as link,
    ):
        async with asyncio.timeout(5):
            await waiting.reached.wait()
    assert len(spoken) == 1
    assert waiting.delays == [1, 2, 4, 8]


async def test_slow_attempt_is_no_good_connection(frigate: FakeFrigate) -> None:
    """Half a minute of waiting for a server that then fails is no success."""
    waiting = Waiting(3)
    moment = 1000.0

    async def slow(_request: web.Request) -> web.StreamResponse:
        nonlocal moment
        moment += 40.0
        return web.Response(status=502)

    frigate.answers["/ws"] = slow
    frigate.login_answer = slow
    async with (
        client_of(frigate) as client,
        linked(client, Listener(), sleep=waiting, jitter=lambda: 1.0, clock=lambda: moment),
    ):
        async with asyncio.timeout(5):
            await waiting.reached.wait()
    assert waiting.delays == [1, 2, 4]


async def test_connects_again_with_a_new_login(frigate: FakeFrigate) -> None:
    """After a restart of Frigate with another secret the old token is worth nothing."""
    listener = Listener()

    async def no_wait(_seconds: float) -> None:
        await asyncio.sleep(0)

    async with client_of(frigate) as client, linked(client, listener, sleep=no_wait) as link:
        await listener.until(lambda: listener.connections == 1)
        frigate.expire()
        await frigate.sockets[0].close()
        await listener.until(lambda: listener.connections == 2)
        assert link.connected
    assert len(frigate.logins) == 2


async def test_lost_without_farewell(frigate: FakeFrigate) -> None:
    """A connection that breaks is an error, one that is closed is not."""
    listener = Listener()
    waiting = Waiting(1)

    async def break_off(_socket: web.WebSocketResponse) -> None:
        transport = frigate.requests[-1].transport
        assert transport is not None
        transport.abort()

    frigate.on_socket = break_off
    async with client_of(frigate) as client, linked(client, listener, sleep=waiting):
        async with asyncio.timeout(5):
            await waiting.reached.wait()
    assert [type(error) for error in listener.losses] == [FrigateUnreachableError]


async def test_dead_connection_is_noticed(
    frigate: FakeFrigate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server whose power failed sends no farewell; it just does not answer any more."""
    monkeypatch.setattr(session, "HEARTBEAT", 0.1)
    frigate.answers_pings = False
    listener, waiting = Listener(), Waiting(1)
    async with client_of(frigate) as client, linked(client, listener, sleep=waiting):
        async with asyncio.timeout(5):
            await waiting.reached.wait()
    assert [type(error) for error in listener.losses] == [FrigateUnreachableError]


async def test_frame_too_large(frigate: FakeFrigate, monkeypatch: pytest.MonkeyPatch) -> None:
    """The memory has an end; the connection is made anew and says why."""
    monkeypatch.setattr(session, "MAX_FRAME", 1000)
    listener, waiting = Listener(), Waiting(1)

    async def talk(socket: web.WebSocketResponse) -> None:
        await socket.send_json({"topic": "t", "payload": "x" * 2000})

    frigate.on_socket = talk
    async with client_of(frigate) as client, linked(client, listener, sleep=waiting):
        async with asyncio.timeout(5):
            await waiting.reached.wait()
    assert [type(error) for error in listener.losses] == [FrigateUnreachableError]
    assert listener.messages == []


async def test_refused_login_is_tried_each_minute(frigate: FakeFrigate) -> None:
    """Slowly, since it looks like an attack; and with success as soon as the password is right."""
    listener, waiting = Listener(), Waiting(4)
    frigate.login_answer = answering(401, {"message": "Login failed"})
    clock = 1_000_000.0

    async def sleep(seconds: float) -> None:
        nonlocal clock
        clock += seconds
        if len(waiting.delays) == 2:
            frigate.login_answer = None
        await waiting(seconds)

    async with (
        client_of(frigate, now=lambda: clock) as client,
        linked(client, listener, sleep=sleep, jitter=lambda: 0.0),
    ):
        await listener.until(lambda: listener.connections == 1)
    assert waiting.delays == [60, 60, 60]
    assert [type(error) for error in listener.losses] == [FrigateLoginError] * 3
    assert len(frigate.logins) == 4


async def test_stop_leaves_nothing_behind(frigate: FakeFrigate) -> None:
    """No task, no timer (the test plugin looks for both), no socket, no news of the stop."""
    listener = Listener()
    gone = asyncio.Event()

    async def listen(socket: web.WebSocketResponse) -> None:
        async for _ in socket:
            pass
        gone.set()

    frigate.on_socket = listen
    async with client_of(frigate) as client:
        before = asyncio.all_tasks()
        link = WebSocketLink(client, listener)
        await link.start()
        await link.start()
        assert len(asyncio.all_tasks() - before) == 1
        await listener.until(lambda: link.connected)
        await link.stop()
        await link.stop()
        assert not link.connected
        async with asyncio.timeout(5):
            await gone.wait()
    assert listener.connections == 1
    assert listener.losses == []


async def test_closed_session_is_an_error_of_the_family(frigate: FakeFrigate) -> None:
    """Home Assistant closes its session before everything has stopped."""
    listener, waiting = Listener(), Waiting(1)
    async with client_of(frigate) as client:
        pass
    async with linked(client, listener, sleep=waiting):
        async with asyncio.timeout(5):
            await waiting.reached.wait()
    assert [type(error) for error in listener.losses] == [FrigateUnreachableError]
