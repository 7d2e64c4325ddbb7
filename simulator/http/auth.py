"""Login, tokens and the role checks of the simulated server."""

from collections.abc import Collection
import time

from aiohttp import web

from simulator.http import tokens
from simulator.http.answers import detail, json_answer, refusal
from simulator.http.site import ADMIN, VIEWER, Access, Call, Identity, Route, Site

ANONYMOUS = Identity("anonymous", ADMIN)
SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")
MINUTE = 60.0

# Paths that carry their own check; every other one needs the admin role from 0.17 on.
EXEMPT_PATHS = frozenset(
    {
        *("/auth", "/auth/first_time_login", "/login", "/logout", "/profile", "/profiles"),
        *(
            "/",
            "/version",
            "/config/schema.json",
            "/metrics",
            "/stats",
            "/stats/history",
            "/config",
            "/config/raw",
        ),
        *(
            "/vainfo",
            "/nvinfo",
            "/labels",
            "/sub_labels",
            "/plus/models",
            "/recognized_license_plates",
        ),
        *(
            "/timeline",
            "/timeline/hourly",
            "/recordings/storage",
            "/recordings/summary",
            "/recordings/unavailable",
        ),
        *(
            "/go2rtc/streams",
            "/go2rtc/webrtc",
            "/event_ids",
            "/events",
            "/exports",
            "/cases",
            "/jobs/export",
        ),
        "/openapi.json",
    }
)
EXEMPT_PREFIXES = (
    *(
        "/logs/",
        "/review",
        "/reviews/",
        "/events/",
        "/export/",
        "/exports/",
        "/go2rtc/streams/",
        "/users/",
    ),
    *("/preview/", "/vod/", "/notifications/", "/cases/", "/jobs/export/"),
)


def _secure_token(site: Site, user: str, role: str) -> str:
    now = int(time.time())
    claims = {"sub": user, "role": role, "exp": now + site.options.session_length, "iat": now}
    if not site.world.personality.token_has_issue_time:
        del claims["iat"]
    return tokens.issue(claims, site.secret)


def set_token(site: Site, response: web.StreamResponse, user: str, role: str) -> None:
    """Put a fresh token into the answer's cookie."""
    response.set_cookie(
        site.options.cookie_name,
        _secure_token(site, user, role),
        httponly=True,
        max_age=site.options.session_length,
        path="/",
        samesite="lax",
    )


def authenticate(site: Site, request: web.Request) -> tuple[Identity | None, bool]:
    """Who a request on the authenticated port comes from, and whether its cookie is due for renewal.

    A bearer token wins over a cookie and is never renewed.
    """
    header = request.headers.get("Authorization", "")
    bearer = header.startswith("Bearer ")
    token = (
        header.removeprefix("Bearer ") if bearer else request.cookies.get(site.options.cookie_name)
    )
    claims = tokens.read(token, site.secret) if token else None
    if claims is None or not {"sub", "role", "exp"} <= claims.keys():
        return None, False
    now = int(time.time())
    if int(claims["exp"]) <= now:
        return None, False
    renew = not bearer and int(claims["exp"]) - site.options.refresh_time <= now
    if renew and (
        claims["sub"] not in site.users
        or claims.get("iat", 0) < site.passwords_changed.get(claims["sub"], 0)
    ):
        return None, False
    return site.identity(claims["sub"], claims["role"]), renew


def check_csrf(request: web.Request) -> None:
    """A browser's write needs the extra header; a client without Origin is exempt."""
    if (
        request.method not in SAFE_METHODS
        and "Origin" in request.headers
        and "X-CSRF-TOKEN" not in request.headers
    ):
        raise refusal(401, "Missing CSRF header")


def check_access(call: Call, route: Route, path: str) -> None:
    """Refuse what the caller's role may not do, in the words of the check that refuses it."""
    role = call.identity.role
    guarded = call.world.personality.admin_by_default and not _exempt(
        path, call.world.camera_names()
    )
    if guarded and role != ADMIN:
        raise detail(403, "Access denied. A user with the admin role is required.")
    if route.access is Access.ADMIN and call.world.personality.minor >= route.admin_since:
        call.require_admin()
    elif route.access is Access.CAMERA:
        call.require_camera(call.part("camera"))


def _exempt(path: str, cameras: Collection[str]) -> bool:
    first = path.split("/", 2)[1]
    return path in EXEMPT_PATHS or path.startswith(EXEMPT_PREFIXES) or first in cameras


def _limited(site: Site, request: web.Request) -> bool:
    """Count a login attempt; True if this address has had too many in the last minute."""
    limit = site.options.logins_per_minute
    if limit is None:
        return False
    now = time.monotonic()
    times = [
        moment for moment in site.login_times.get(request.remote or "", []) if moment > now - MINUTE
    ]
    refused = len(times) >= limit
    site.login_times[request.remote or ""] = times if refused else [*times, now]
    return refused


async def login(call: Call) -> web.StreamResponse:
    """`POST /api/login`: the token is in the cookie only, the body is empty."""
    data = await call.body("user", "password")
    site = call.site
    if _limited(site, call.request):
        limit = site.options.logins_per_minute
        return json_answer({"error": f"Rate limit exceeded: {limit} per 1 minute"}, 429)
    user = site.users.get(str(data["user"]))
    if user is None or user.password != data["password"]:
        return json_answer({"message": "Login failed"}, 401)
    response = web.Response(status=200)
    set_token(site, response, user.name, user.role if site.known_role(user.role) else VIEWER)
    return response


async def login_page(_call: Call) -> web.StreamResponse:
    """`GET /api/login` is answered by the profile handler, which finds no identity."""
    raise detail(401, "No authorization headers.")


async def logout(call: Call) -> web.StreamResponse:
    """`GET /api/logout`: clears the cookie; the token itself stays good."""
    response = web.Response(status=303, headers={"Location": "/login"})
    response.del_cookie(call.site.options.cookie_name, path="/", samesite="lax")
    return response


async def profile(call: Call) -> web.StreamResponse:
    """`GET /api/profile`: who am I."""
    identity = call.identity
    answer = {"username": identity.user, "role": identity.role}
    if not call.world.personality.custom_roles:
        return json_answer(answer)
    cameras = call.world.camera_names() if identity.cameras is None else identity.cameras
    return json_answer({**answer, "allowed_cameras": list(cameras)})


async def users(call: Call) -> web.StreamResponse:
    """`GET /api/users`."""
    return json_answer(
        [{"username": user.name, "role": user.role} for user in call.site.users.values()]
    )


async def first_time_login(_call: Call) -> web.StreamResponse:
    """`GET /api/auth/first_time_login`."""
    return json_answer({"admin_first_time_login": False})


ROUTES = (
    Route("POST", "/api/login", login, Access.PUBLIC),
    Route("GET", "/api/login", login_page, Access.PUBLIC),
    Route("GET", "/api/logout", logout, Access.PUBLIC),
    Route("GET", "/api/profile", profile),
    Route("GET", "/api/users", users, Access.ADMIN),
    Route("GET", "/api/auth/first_time_login", first_time_login, Access.PUBLIC),
)
