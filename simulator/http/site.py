"""What every handler of the simulated server works with."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
import secrets
import time
from typing import TYPE_CHECKING, Any

from aiohttp import web

from simulator.http.answers import Query, body, detail
from simulator.http.cache import Cache
from simulator.http.faults import Faults, Request
from simulator.http.world import World
from simulator.rows import Json

if TYPE_CHECKING:
    from simulator.http.exports import ExportJobs
    from simulator.http.websocket import Hub
    from simulator.media import Media

ADMIN = "admin"
VIEWER = "viewer"
REQUESTS_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class User:
    """A login of the simulated server."""

    name: str
    password: str = field(repr=False)
    role: str = ADMIN


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks. `cameras` is None for a role that sees all of them."""

    user: str
    role: str
    cameras: tuple[str, ...] | None = None


@dataclass(kw_only=True)
class Options:
    """How the HTTP side behaves. Times in seconds."""

    users: tuple[User, ...] = ()
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    session_length: int = 86400
    refresh_time: int = 1800
    cookie_name: str = "frigate_token"
    logins_per_minute: int | None = None
    cache_seconds: float = 5.0
    export_seconds: float = 1.0
    base_path: str = ""


class Access(StrEnum):
    """Who may call an endpoint."""

    PUBLIC = "pub"
    ANY = "any"
    CAMERA = "cam"
    ADMIN = "adm"


type Handler = Callable[[Call], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint. A path under `/api` goes through the application's own checks, others only through nginx's.

    `admin_since` is the number of the release line that first asked for the admin role.
    """

    method: str
    path: str
    handler: Handler
    access: Access = Access.ANY
    admin_since: int = 0


class Site:
    """One simulated server: its world, logins, faults, log and caches."""

    def __init__(self, world: World, options: Options) -> None:
        self.world = world
        self.options = options
        self.users = {user.name: user for user in options.users}
        self.passwords_changed: dict[str, float] = {}
        self.faults = Faults()
        self.requests: list[Request] = []
        self.cache = Cache(time.monotonic, options.cache_seconds)
        self.running = True
        self.secret = secrets.token_bytes(64)
        self.external_port: int | None = None
        self.login_times: dict[str, list[float]] = {}
        self.hub: Hub
        self.exports: ExportJobs

    @cached_property
    def media(self) -> Media:
        """The media maker; loaded when the first picture is asked for."""
        from simulator.media import Media  # noqa: PLC0415  # it pulls in video libraries

        return Media(self.world)

    def log(self, request: Request) -> None:
        """Remember a request."""
        if len(self.requests) >= REQUESTS_KEPT:
            del self.requests[: REQUESTS_KEPT // 10]
        self.requests.append(request)

    def identity(self, user: str, role: str) -> Identity:
        """Who `user` with `role` is; a role with a camera list sees those that exist."""
        listed = self.options.roles.get(role, ())
        if role in (ADMIN, VIEWER) or not listed:
            return Identity(user, role)
        cameras = self.world.camera_names()
        return Identity(user, role, tuple(name for name in listed if name in cameras))

    def known_role(self, role: str) -> bool:
        """Whether the role exists on this server."""
        return role in (ADMIN, VIEWER) or role in self.options.roles

    def config_json(self, role: str) -> Json:
        """`GET /api/config` with this server's own roles in it."""
        config = self.world.config_json(role)
        roles = {
            ADMIN: [],
            VIEWER: [],
            **{name: list(cameras) for name, cameras in self.options.roles.items()},
        }
        auth = {**config.get("auth", {}), "cookie_name": self.options.cookie_name}
        if self.world.personality.custom_roles:
            auth["roles"] = roles
        return {**config, "auth": auth}


SITE: web.AppKey[Site] = web.AppKey("site", Site)


@dataclass(frozen=True, slots=True)
class Call:
    """One request on its way through a handler."""

    site: Site
    request: web.Request
    identity: Identity

    @property
    def world(self) -> World:
        """The simulated world."""
        return self.site.world

    @property
    def query(self) -> Query:
        """The query string, typed."""
        return Query(self.request)

    def part(self, name: str) -> str:
        """A part of the path."""
        return self.request.match_info[name]

    async def body(self, *required: str, optional: bool = False) -> dict[str, Any]:
        """The JSON body; see `answers.body`."""
        return await body(self.request, *required, optional=optional)

    def require_camera(self, camera: str) -> None:
        """Refuse with 403 a camera the caller's role may not see."""
        allowed = self.identity.cameras
        if allowed is not None and camera not in allowed:
            raise detail(403, f"Access denied to camera '{camera}'. Allowed: {list(allowed)}")

    def require_admin(self) -> None:
        """Refuse with 403 anybody but an administrator, in the words of an endpoint's own check."""
        if self.identity.role != ADMIN:
            raise detail(403, f"Role {self.identity.role} not authorized. Required: admin")

    def visible(self, wanted: tuple[str, ...] | None) -> tuple[str, ...] | None:
        """The cameras of a list request, cut to those the caller may see."""
        allowed = self.identity.cameras
        if allowed is None:
            return wanted
        return allowed if wanted is None else tuple(name for name in wanted if name in allowed)
