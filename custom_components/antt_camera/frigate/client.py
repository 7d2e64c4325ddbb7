"""The typed client of a Frigate server. Its methods raise only subclasses of `FrigateError`."""

from dataclasses import dataclass
from typing import Any, Final

import aiohttp

from .api import part, query, read_body
from .api_media import MediaApi
from .errors import FrigateAnswerError
from .session import Connection
from .tls import TlsMode, fetch_certificate
from .version import FrigateVersion

__all__ = [
    "Connection",
    "FrigateClient",
    "Profiles",
    "PtzInfo",
    "TlsMode",
    "UserProfile",
    "fetch_certificate",
]

# Frigate opens the connection to a camera when first asked about it.
PTZ_TIMEOUT: Final = aiohttp.ClientTimeout(total=60, sock_connect=10)
IMAGE_TIMEOUT: Final = aiohttp.ClientTimeout(total=10, sock_connect=5)
MAX_IMAGE: Final = 32_000_000
MAX_SDP: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class UserProfile:
    """Who we are for Frigate. `allowed_cameras` is None for a role that sees all of them."""

    username: str
    role: str
    allowed_cameras: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profiles:
    """Profiles (0.18+): friendly names by name, and the active one."""

    names: dict[str, str]
    active: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PtzInfo:
    """What a camera can do: `pt`, `pt-r-fov`, `zoom`, `focus`, …, and its stored positions."""

    name: str | None
    features: tuple[str, ...]
    presets: tuple[str, ...]


class FrigateClient(MediaApi):
    """All endpoints the integration uses."""

    async def get_version(self) -> FrigateVersion:
        """Return the release, which is remembered as `version`."""
        async with self.request("GET", "api/version") as response:
            raw = await read_body(response, 4096)
        try:
            self.version = FrigateVersion.parse(raw.decode("ascii").strip().strip('"'))
        except ValueError as err:
            raise FrigateAnswerError("no version") from err
        return self.version

    async def get_config_bytes(self) -> bytes:
        """Return the configuration as it came."""
        return await self._raw("GET", "api/config", fresh=True)

    async def get_config(self) -> dict[str, Any]:
        """Return the configuration."""
        return await self._object("GET", "api/config", fresh=True)

    async def get_stats(self) -> dict[str, Any]:
        """Return the statistics."""
        return await self._object("GET", "api/stats")

    async def get_profile(self) -> UserProfile:
        """Return who we are; the port without login says `anonymous`, an administrator."""
        answer = await self._object("GET", "api/profile")
        role, cameras = answer.get("role"), answer.get("allowed_cameras")
        if not isinstance(role, str):
            raise FrigateAnswerError("no role")
        limited = cameras if role not in ("admin", "viewer") and isinstance(cameras, list) else None
        return UserProfile(
            username=str(answer.get("username") or ""),
            role=role,
            allowed_cameras=tuple(map(str, limited)) if limited is not None else None,
        )

    async def get_profiles(self) -> Profiles:
        """Return the profiles (0.18+)."""
        answer = await self._object("GET", "api/profiles", fresh=True)
        rows, active = answer.get("profiles"), answer.get("active_profile")
        return Profiles(
            names={
                row["name"]: str(row.get("friendly_name") or row["name"])
                for row in (rows if isinstance(rows, list) else ())
                if isinstance(row, dict) and isinstance(row.get("name"), str)
            },
            active=active if isinstance(active, str) else None,
        )

    async def restart(self) -> None:
        """Restart Frigate."""
        await self._raw("POST", "api/restart")

    async def get_ptz_info(self, camera: str) -> PtzInfo:
        """Return what a camera can do; nothing for one that can't be moved."""
        answer = await self._object(
            "GET", f"api/{part(camera)}/ptz/info", timeout=PTZ_TIMEOUT, fresh=True
        )
        name = answer.get("name")
        return PtzInfo(
            name=name if isinstance(name, str) else None,
            features=_texts(answer.get("features")),
            presets=_texts(answer.get("presets")),
        )

    async def set_camera_feature(
        self, camera: str, feature: str, value: str, *, part_of: str | None = None
    ) -> None:
        """Switch something of a camera (0.18+): `detect`, or `zone` with its name in `part_of`.

        Frigate reports success even where it refuses.
        """
        path = f"api/camera/{part(camera)}/set/{part(feature)}"
        if part_of is not None:
            path += f"/{part(part_of)}"
        await self._raw("PUT", path, body={"value": value})

    async def get_push_key(self) -> str | None:
        """Return the key of Frigate's notifications; each installation has its own."""
        answer = await self._json("GET", "api/notifications/pubkey")
        return answer if isinstance(answer, str) and answer else None

    async def get_faces(self) -> tuple[str, ...]:
        """Return the names of the known faces."""
        answer = await self._object("GET", "api/faces")
        return tuple(name for name in answer if name != "train")

    async def get_classes(self, model: str) -> tuple[str, ...]:
        """Return the classes of a custom classification model (0.17+)."""
        answer = await self._object("GET", f"api/classification/{part(model)}/dataset")
        categories = answer.get("categories", answer)
        return tuple(categories) if isinstance(categories, dict) else ()

    # -- pictures and streams -------------------------------------------------------------------

    async def get_image(
        self, path: str, params: dict[str, str | int | float] | None = None
    ) -> bytes:
        """Return a picture. FrigateAnswerError for anything else: error pages come with 200 too."""
        async with self.request("GET", path, params=params, timeout=IMAGE_TIMEOUT) as response:
            # Frigate's web server has no name for the WebP files of `clips`.
            is_file = response.content_type == "application/octet-stream"
            if not is_file and not response.content_type.startswith("image/"):
                raise FrigateAnswerError("not a picture")
            content = await read_body(response, MAX_IMAGE)
        if is_file and not content.startswith(b"RIFF"):
            raise FrigateAnswerError("not a picture")
        return content

    async def latest_image(self, camera: str, height: int | None = None) -> bytes:
        """Return a camera's present picture, JPEG."""
        return await self.get_image(f"api/{part(camera)}/latest.jpg", query(height=height))

    async def snapshot(self, event_id: str) -> bytes:
        """Return the best picture of a tracked object, JPEG."""
        return await self.get_image(f"api/events/{part(event_id)}/snapshot.jpg")

    async def thumbnail(self, event_id: str) -> bytes:
        """Return a small picture of a tracked object, JPEG."""
        return await self.get_image(f"api/events/{part(event_id)}/thumbnail.jpg")

    async def webrtc_offer(self, stream: str, sdp: str) -> str:
        """Pass a WebRTC offer to a stream of Frigate's go2rtc and return the answer."""
        async with self.request(
            "POST",
            "api/go2rtc/webrtc",
            params={"src": stream},
            data=sdp.encode(),
            headers={"Content-Type": "application/sdp"},
        ) as response:
            answer = (await read_body(response, MAX_SDP)).decode("utf-8", "replace")
        if not answer.startswith("v=0"):
            raise FrigateAnswerError("no WebRTC answer")
        return answer


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()
