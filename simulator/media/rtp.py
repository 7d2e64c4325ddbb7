"""RTP packets of H.264 (RFC 6184) and the SDP that announces them."""

import base64
from collections.abc import Iterator
import re

START_CODE = re.compile(b"\x00{2,3}\x01")
CLOCK = 90_000
PAYLOAD_TYPE = 96
LARGEST = 1380
_FU_A = 28
_SPS, _PPS, _DELIMITER = 7, 8, 9


def nal_units(data: bytes) -> list[bytes]:
    """The NAL units of an access unit with start codes, without delimiters."""
    parts = [part for part in START_CODE.split(data) if part]
    return [part for part in parts if part[0] & 0x1F != _DELIMITER]


def parameter_sets(data: bytes) -> tuple[bytes, bytes] | None:
    """Sequence and picture parameter set of a key frame."""
    found = {unit[0] & 0x1F: unit for unit in nal_units(data)}
    return (found[_SPS], found[_PPS]) if _SPS in found and _PPS in found else None


def describe(name: str, address: str, sets: tuple[bytes, bytes]) -> str:
    """The session description of one camera."""
    sprop = ",".join(base64.b64encode(part).decode() for part in sets)
    profile = sets[0][1:4].hex()
    parameters = f"packetization-mode=1;profile-level-id={profile};sprop-parameter-sets={sprop}"
    return "\r\n".join(
        (
            "v=0",
            f"o=- 1 1 IN IP4 {address}",
            f"s={name}",
            "c=IN IP4 0.0.0.0",
            "t=0 0",
            "a=control:*",
            f"m=video 0 RTP/AVP {PAYLOAD_TYPE}",
            f"a=rtpmap:{PAYLOAD_TYPE} H264/{CLOCK}",
            f"a=fmtp:{PAYLOAD_TYPE} {parameters}",
            "a=control:trackID=0",
            "",
        )
    )


class Packetizer:
    """Cuts access units into RTP packets of one source."""

    def __init__(self, source: int) -> None:
        self._source = source
        self.sequence = 0

    def packets(self, data: bytes, timestamp: int) -> list[bytes]:
        """The packets of one frame; the last one carries the marker."""
        payloads = [part for unit in nal_units(data) for part in _fragments(unit)]
        last = len(payloads) - 1
        return [self._header(timestamp, marker=i == last) + part for i, part in enumerate(payloads)]

    def _header(self, timestamp: int, *, marker: bool) -> bytes:
        first = bytes((0x80, PAYLOAD_TYPE | (0x80 if marker else 0)))
        number = self.sequence
        self.sequence = (self.sequence + 1) & 0xFFFF
        return (
            first
            + number.to_bytes(2)
            + (timestamp & 0xFFFFFFFF).to_bytes(4)
            + self._source.to_bytes(4)
        )


def _fragments(unit: bytes) -> Iterator[bytes]:
    if len(unit) <= LARGEST:
        yield unit
        return
    indicator, kind = (unit[0] & 0xE0) | _FU_A, unit[0] & 0x1F
    body = unit[1:]
    for place in range(0, len(body), LARGEST):
        start, end = place == 0, place + LARGEST >= len(body)
        flags = (0x80 if start else 0) | (0x40 if end else 0)
        yield bytes((indicator, flags | kind)) + body[place : place + LARGEST]
