"""WebRTC: answers a browser's offer with a camera's live video."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import TYPE_CHECKING, Any, override

from aioice import Candidate
from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
import av

from simulator.media.frames import FRAMES_PER_SECOND
from simulator.media.video import TIME_BASE, AccessUnit

if TYPE_CHECKING:
    from simulator.media import Media

H264 = "video/H264"
# Browsers send their offer before they know their own addresses and find ours. The library gives up at once
# on a peer without any address, so it gets one where nobody listens and waits for the browser to call.
NOWHERE = "a=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\n"
CONNECT_SECONDS = 30.0
LOOPBACK = "127.0.0.1"


def offer_loopback(peer: RTCPeerConnection) -> None:
    """Let a peer with its transceivers be reached on this machine too, even where there is no network at all."""
    for transport in {one.sender.transport.transport for one in peer.getTransceivers()}:
        connection: Any = transport.iceGatherer._connection  # noqa: SLF001
        gather = connection.get_component_candidates

        async def with_loopback(
            component: int,
            addresses: list[str],
            timeout: int = 5,
            *,
            gather: Callable[..., Awaitable[list[Candidate]]] = gather,
        ) -> list[Candidate]:
            return await gather(component, [*addresses, LOOPBACK], timeout)

        connection.get_component_candidates = with_loopback


class LiveTrack(MediaStreamTrack):
    """A camera's live video, encoded once for all peers."""

    kind = "video"

    def __init__(self, units: AsyncGenerator[AccessUnit]) -> None:
        super().__init__()
        self._units = units
        self._began: float | None = None
        self._last = -1

    @override
    async def recv(self) -> av.Packet[av.stream.Stream]:
        """The next encoded frame.

        Raises:
            MediaStreamError: The stream has ended.
        """
        unit = await anext(self._units, None)
        if unit is None or self.readyState != "live":
            self.stop()
            raise MediaStreamError
        now = asyncio.get_running_loop().time()
        self._began = now if self._began is None else self._began
        self._last = max(self._last + 1, round((now - self._began) * FRAMES_PER_SECOND))
        packet = av.Packet(unit.data)
        packet.pts = packet.dts = self._last
        packet.time_base = TIME_BASE
        packet.is_keyframe = unit.key
        return packet

    async def aclose(self) -> None:
        """Stop watching the camera."""
        self.stop()
        await self._units.aclose()


class Peers:
    """All peers that are connected now."""

    def __init__(self, media: Media) -> None:
        self._media = media
        self._peers: dict[RTCPeerConnection, tuple[LiveTrack, asyncio.TimerHandle]] = {}
        self._closing: set[asyncio.Task[None]] = set()

    @property
    def count(self) -> int:
        """How many peers there are."""
        return len(self._peers)

    async def answer(self, stream: str, offer: str) -> str:
        """The SDP answer to an SDP offer.

        Raises:
            UnknownStreamError: No such stream, or its camera delivers nothing now.
            ValueError: The offer is no SDP, or it wants no H.264 video.
        """
        self._media.camera_of(stream)
        peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        try:
            return await self._connect(peer, stream, offer)
        except BaseException:
            await (self._drop(peer) if peer in self._peers else peer.close())
            raise

    async def _connect(self, peer: RTCPeerConnection, stream: str, offer: str) -> str:
        if "H264/" not in offer:
            raise ValueError("webrtc: codecs not matched")
        if "a=candidate:" not in offer:
            offer = offer.rstrip("\r\n") + "\r\n" + NOWHERE
        # Known before the offer is read, or the browser's favourite codec would be agreed on.
        video = peer.addTransceiver("video", direction="sendonly")
        codecs = RTCRtpSender.getCapabilities("video").codecs
        video.setCodecPreferences([one for one in codecs if one.mimeType == H264])
        try:
            await peer.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        except Exception as error:  # The library raises whatever its parser stumbles over.
            raise ValueError(f"webrtc: bad offer: {type(error).__name__}") from error
        if video.mid is None:
            raise ValueError("webrtc: no video wanted")
        track = LiveTrack(self._media.watch(stream))
        video.sender.replaceTrack(track)
        self._follow(peer, track)
        offer_loopback(peer)
        await peer.setLocalDescription(await peer.createAnswer())
        return peer.localDescription.sdp

    def _follow(self, peer: RTCPeerConnection, track: LiveTrack) -> None:
        loop = asyncio.get_running_loop()

        def leave() -> None:
            if peer in self._peers:
                task = loop.create_task(self._drop(peer))
                self._closing.add(task)
                task.add_done_callback(self._closing.discard)

        @peer.on("connectionstatechange")
        def changed() -> None:
            if peer.connectionState in ("failed", "closed"):
                leave()
            elif peer.connectionState == "connected":
                patience.cancel()

        patience = loop.call_later(CONNECT_SECONDS, leave)
        self._peers[peer] = (track, patience)

    async def _drop(self, peer: RTCPeerConnection) -> None:
        found = self._peers.pop(peer, None)
        if found is None:
            return  # It is being dropped already: several states of a connection mean its end.
        track, patience = found
        patience.cancel()
        await peer.close()
        await track.aclose()

    async def close(self) -> None:
        """Disconnect everybody."""
        for peer in list(self._peers):
            await self._drop(peer)
        if self._closing:
            await asyncio.gather(*self._closing, return_exceptions=True)
