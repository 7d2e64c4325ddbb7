"""The web server in front of the simulated Frigate: request log, faults, nginx's part, then the application's."""

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web
from multidict import CIMultiDict

from simulator.http import (
    auth,
    cameras,
    enrichments,
    event_edit,
    events,
    exports,
    files,
    images,
    live,
    recordings,
    review,
    system,
    timeline,
    vod,
    websocket,
)
from simulator.http.answers import NGINX, RefusalError, json_answer, nginx_page
from simulator.http.cache import UNCACHED
from simulator.http.faults import Fault, Request
from simulator.http.site import SITE, Call, Identity, Route, Site

type Next = Callable[[web.Request], Awaitable[web.StreamResponse]]

UPLOAD_LIMIT = 20 * 1024 * 1024
DELAY_STEP = 0.1
IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".gif")
NGINX_PREFIXES = ("/api", "/vod/", "/ws", "/live/", "/clips/", "/recordings/", "/exports/")
OPEN_PATHS = ("/api/login", "/api/auth/first_time_login")
SPA = b'<!doctype html><html><head><title>Frigate</title></head><body><div id="root"></div></body></html>\n'

MODULES = (
    *(
        auth,
        system,
        events,
        event_edit,
        review,
        recordings,
        timeline,
        exports,
        enrichments,
        websocket,
    ),
    *(vod, files, live, images, cameras),
)


def routes() -> list[Route]:
    """Every endpoint of the server."""
    return [route for module in MODULES for route in module.ROUTES]


def build(site: Site) -> web.Application:
    """The aiohttp application of one simulated server."""
    app = web.Application(middlewares=[_middleware], client_max_size=UPLOAD_LIMIT)
    app[SITE] = site
    app[vod.PRESENTATIONS] = vod.Presentations()
    for route in routes():
        for base in {"", site.options.base_path}:
            app.router.add_route(route.method, base + route.path, _endpoint(site, route))
    return app


def _endpoint(site: Site, route: Route) -> Next:
    async def handle(request: web.Request) -> web.StreamResponse:
        call = Call(site, request, request["identity"])
        if route.path.startswith("/api"):
            auth.check_access(call, route, request["path"].removeprefix("/api") or "/")
        return await route.handler(call)

    return handle


@web.middleware
async def _middleware(request: web.Request, handler: Next) -> web.StreamResponse:
    site = request.app[SITE]
    request["path"] = (
        request.path.removeprefix(site.options.base_path)
        if site.options.base_path
        else request.path
    )
    external = _port(request) == site.external_port
    identity, renew = auth.authenticate(site, request) if external else (auth.ANONYMOUS, False)
    site.log(await _logged(request, identity))
    try:
        if fault := site.faults.take(request.method, request["path"]):
            response = await _faulty(request, fault)
            if response is not None:
                return response
        response = await _answer(site, request, handler, identity, external=external)
    except RefusalError as refused:
        response = refused.response
    if not response.prepared:
        response.headers["Server"] = NGINX
        if renew and identity is not None:
            auth.set_token(site, response, identity.user, identity.role)
    return response


def _port(request: web.Request) -> int | None:
    transport = request.transport
    name = None if transport is None else transport.get_extra_info("sockname")
    return name[1] if name else None


async def _logged(request: web.Request, identity: Identity | None) -> Request:
    return Request(
        method=request.method,
        path=request["path"],
        query=dict(request.query),
        headers=CIMultiDict(request.headers),
        body=await request.read(),
        port=_port(request) or 0,
        user=identity.user if identity else None,
        role=identity.role if identity else None,
    )


async def _faulty(request: web.Request, fault: Fault) -> web.StreamResponse | None:
    """Carry out a fault; None lets the real answer follow."""
    loop = asyncio.get_running_loop()
    due = loop.time() + fault.delay
    # Nobody tells of a client that has given up, and a server that stops waits for its answers.
    while (left := due - loop.time()) > 0 and request.transport is not None:
        await asyncio.sleep(min(left, DELAY_STEP))
    headers = {"Content-Type": fault.content_type, **fault.headers}
    if fault.partial is not None:
        response = web.StreamResponse(
            headers={**headers, "Content-Length": str(len(fault.partial) + 1000)}
        )
        await response.prepare(request)
        await response.write(fault.partial)
        _cut(request)
        return response
    if fault.drop:
        _cut(request)
        return web.Response()
    if fault.status is None:
        return None
    return web.Response(status=fault.status, body=fault.body, headers=headers)


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


async def _answer(
    site: Site, request: web.Request, handler: Next, identity: Identity | None, *, external: bool
) -> web.StreamResponse:
    path: str = request["path"]
    if not path.startswith(NGINX_PREFIXES):
        return web.Response(
            body=SPA, content_type="text/html", headers={"Cache-Control": "no-store"}
        )
    if not site.running:
        # nginx cannot ask for authorisation: that is a 500 where it must ask, else a bad gateway.
        return nginx_page(500 if external or path.startswith("/ws") else 502)
    if identity is None:
        if path not in OPEN_PATHS:
            return _unauthorised()
        identity = Identity("", "")
    request["identity"] = identity
    if path.startswith("/api"):
        auth.check_csrf(request)
    return await _cached(site, request, handler, identity)


def _unauthorised() -> web.Response:
    response = nginx_page(401)
    response.headers["Location"] = "/login"
    return response


async def _cached(
    site: Site, request: web.Request, handler: Next, identity: Identity
) -> web.StreamResponse:
    """Nginx's cache, and the two headers it adds to good answers of the API."""
    path: str = request["path"]
    image = path.endswith(IMAGE_SUFFIXES)
    if not path.startswith("/api/") or image or path in UNCACHED:
        return await _handled(request, handler)
    if request.method not in ("GET", "HEAD"):
        response = await _handled(request, handler)
        if response.status == 200 and not response.prepared:
            response.headers["Cache-Control"] = "no-store"
        return response
    key = f"{request.method} {request.path_qs}"
    if site.world.personality.cache_per_role:
        key += f" {identity.role} {identity.user}"
    bypass = "X-Cache-Bypass" in request.headers
    stored = None if bypass else site.cache.find(key)
    response = stored or await _handled(request, handler)
    if stored is None:
        site.cache.store(key, response)
    if response.status in (200, 303) and not response.prepared:
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Cache-Status"] = "BYPASS" if bypass else "HIT" if stored else "MISS"
    return response


async def _handled(request: web.Request, handler: Next) -> web.StreamResponse:
    """The application's answer, with its own words for what it does not know."""
    try:
        return await handler(request)
    except RefusalError as refused:
        return refused.response
    except web.HTTPMethodNotAllowed as error:
        return json_answer(
            {"detail": "Method Not Allowed"},
            405,
            {"allow": ",".join(sorted(error.allowed_methods))},
        )
    except web.HTTPNotFound:
        if request["path"].startswith("/api"):
            return json_answer({"detail": "Not Found"}, 404)
        return nginx_page(404)
