"""Live video through the web server: WebRTC by request and by socket, jsmpeg, and RTSP beside it."""

import asyncio
import base64
from io import BytesIO
import json

import aiohttp
import av
import pytest

from tests.unit.simulator.http_rig import CLINIC, GATE, Wire, serving
from tests.unit.simulator.webrtc_peer import Ask, watched

pytestmark = pytest.mark.usefixtures("socket_enabled")

PATH = "/api/go2rtc/webrtc"


def plain(wire: Wire, kind: str, status: int) -> Ask:
    async def ask(offer: str) -> str:
        answer = await wire.ask(
            "POST", f"{PATH}?src={GATE}", data=offer, headers={"Content-Type": kind}
        )
        assert answer.status == status
        return answer.text

    return ask


def as_json(wire: Wire) -> Ask:
    async def ask(offer: str) -> str:
        data = {"type": "offer", "sdp": offer}
        answer = await wire.ask("POST", f"{PATH}?src={GATE}", json=data)
        assert answer.json["type"] == "answer"
        return str(answer.json["sdp"])

    return ask


def as_form(wire: Wire) -> Ask:
    async def ask(offer: str) -> str:
        data = {"data": base64.b64encode(offer.encode()).decode()}
        answer = await wire.ask("POST", f"{PATH}?src={GATE}", data=data)
        return base64.b64decode(answer.body).decode()

    return ask


def by_socket(wire: Wire) -> Ask:
    async def ask(offer: str) -> str:
        url = f"{wire.sim.url}/live/webrtc/api/ws?src={GATE}"
        async with wire.session.ws_connect(url) as socket:
            await socket.send_json({"type": "webrtc/offer", "value": offer})
            answer = await socket.receive_json(timeout=20)
        assert answer["type"] == "webrtc/answer"
        return str(answer["value"])

    return ask


@pytest.mark.parametrize("way", ["sdp", "text", "json", "form", "socket"])
async def test_webrtc(way: str) -> None:
    async with asyncio.timeout(60), serving() as wire:
        ask = {
            "sdp": plain(wire, "application/sdp", 201),
            "text": plain(wire, "text/plain", 200),
            "json": as_json(wire),
            "form": as_form(wire),
            "socket": by_socket(wire),
        }[way]
        async with watched(ask) as third:
            frame = await third
            assert (frame.width, frame.height) == (640, 360)
            assert wire.sim.site.media.running == (GATE,)


async def test_webrtc_of_a_camera_that_is_off_or_hidden() -> None:
    async with serving() as wire:
        token = await wire.log_in("chi")
        hidden = await wire.ask("POST", f"{PATH}?src={GATE}", token, data="v=0")
        assert hidden.status == 404
        own = await wire.ask("POST", f"{PATH}?src={CLINIC}", token, data="v=0")
        assert own.status == 500
        streams = await wire.json("/api/go2rtc/streams", token)
        assert GATE not in streams
        assert CLINIC in streams
        wire.sim.frigate.command(f"{GATE}/enabled/set", "OFF")
        off = await wire.ask("POST", f"{PATH}?src={GATE}", data="v=0")
        assert off.status == 500


async def test_the_socket_says_what_it_cannot_do() -> None:
    async with serving() as wire:
        for source, message, error in (
            (GATE, {"type": "mse", "value": ""}, "mse: codecs not matched"),
            (
                GATE,
                {"type": "webrtc/offer", "value": "v=0"},
                "webrtc/offer: webrtc: codecs not matched",
            ),
            ("nope", {"type": "mse", "value": ""}, "mse: stream not found"),
        ):
            url = f"{wire.sim.url}/live/mse/api/ws?src={source}"
            async with wire.session.ws_connect(url) as socket:
                await socket.send_json(message)
                answer = await socket.receive_json(timeout=20)
                assert answer == {"type": "error", "value": error}
        assert (await wire.get(f"/live/webrtc/api/ws?src={GATE}")).status == 400


async def test_jsmpeg_is_a_transport_stream_in_binary_frames() -> None:
    async with asyncio.timeout(60), serving() as wire:
        body = b""
        async with wire.session.ws_connect(f"{wire.sim.url}/live/jsmpeg/{GATE}") as socket:
            while body.count(b"\x00\x00\x01\x00") < 6:
                message = await socket.receive(timeout=20)
                assert message.type is aiohttp.WSMsgType.BINARY
                body += message.data
        with av.open(BytesIO(body), "r") as container:
            assert container.streams.video[0].codec_context.name == "mpeg1video"
            assert len(list(container.decode(video=0))) >= 4
        media = wire.sim.site.media
        while media.running:  # noqa: ASYNC110  # Nothing tells of the last viewer leaving.
            await asyncio.sleep(0.02)
        token = await wire.log_in("chi")
        assert (await wire.get(f"/live/jsmpeg/{GATE}", token)).status == 500


async def test_rtsp_runs_beside_it_and_ends_with_the_camera() -> None:
    async with asyncio.timeout(60), serving(rtsp=0) as wire:
        server = wire.sim.server.rtsp
        assert server is not None
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(f"DESCRIBE {server.url}/{GATE} RTSP/1.0\r\nCSeq: 2\r\n\r\n".encode())
        assert await reader.readline() == b"RTSP/1.0 200 OK\r\n"
        writer.close()
        wire.sim.frigate.command(f"{GATE}/enabled/set", "OFF")
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(f"DESCRIBE {server.url}/{GATE} RTSP/1.0\r\nCSeq: 2\r\n\r\n".encode())
        assert await reader.readline() == b"RTSP/1.0 404 Not Found\r\n"
        writer.close()
        assert json.dumps(await wire.json(f"/api/go2rtc/streams/{GATE}")).count("rtsp://*:*@")
        assert (await wire.get("/api/go2rtc/streams/nope")).status == 500
