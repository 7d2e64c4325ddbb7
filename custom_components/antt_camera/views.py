"""Pictures and videos of Frigate for those who are logged in or hold a short-lived signed link. Nothing is public."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from http import HTTPStatus
import re
from typing import Final

from aiohttp import ClientError, ClientResponse, hdrs, web
from homeassistant.components.http import HomeAssistantView
from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import HomeAssistant, callback

from .const import LOGGER
from .directory import async_directory
from .frigate.api import read_body
from .frigate.errors import FrigateError
from .media_paths import SERVER, URL_BASE, Route, find_route, media_path
from .server import FrigateServer

# Only these pass: Frigate's cookies, tokens and server names stay behind.
REQUEST_HEADERS: Final = ("Range", "If-Range")
RESPONSE_HEADERS: Final = (
    "Accept-Ranges",
    "Content-Length",
    "Content-Range",
    "Content-Type",
    "ETag",
    "Last-Modified",
)
SEGMENT_LIFETIME: Final = timedelta(hours=2)
MAX_PLAYLIST: Final = 4_000_000
CHUNK: Final = 65536
URI_ATTRIBUTE = re.compile(r'URI="([^"]+)"')


@callback
def async_setup_views(hass: HomeAssistant) -> None:
    """Register the one view."""
    hass.http.register_view(MediaView(hass))


@callback
def signed_path(hass: HomeAssistant, server_id: str, path: str, lifetime: timedelta) -> str:
    """Return a link that works without a login for a while; for phones and players."""
    return async_sign_path(hass, media_path(server_id, path), lifetime)


class MediaView(HomeAssistantView):
    """`GET` and `HEAD` of what `media_paths.ROUTES` names."""

    url = URL_BASE + "/{server:" + SERVER + "}/{path:.+}"
    name = "api:antt_camera:media"
    requires_auth = True

    def __init__(self, hass: HomeAssistant) -> None:
        """Remember where the servers are."""
        self._hass = hass

    async def get(self, request: web.Request, server: str, path: str) -> web.StreamResponse:
        """Answer with the medium."""
        return await self._answer(request, server, path)

    async def head(self, request: web.Request, server: str, path: str) -> web.StreamResponse:
        """Answer with the medium's headers."""
        return await self._answer(request, server, path)

    async def _answer(self, request: web.Request, server_id: str, path: str) -> web.StreamResponse:
        server = async_directory(self._hass).servers.get(server_id)
        found = find_route(path)
        if server is None or found is None:
            raise web.HTTPNotFound
        route, upstream_path = found
        try:
            upstream = await _open(request, server, route, upstream_path)
        except FrigateError as err:
            LOGGER.debug("No answer for %s: %s", upstream_path, err)
            raise web.HTTPBadGateway from err
        try:
            if upstream.status not in (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT):
                raise _refusal(upstream.status)
            if path.endswith(".m3u8"):
                return await self._playlist(server, path, upstream)
            return await _pass_on(request, path, upstream)
        except (ClientError, FrigateError, TimeoutError) as err:
            LOGGER.debug("Broken answer for %s: %s", upstream_path, type(err).__name__)
            raise web.HTTPBadGateway from err
        finally:
            upstream.close()

    async def _playlist(
        self, server: FrigateServer, path: str, upstream: ClientResponse
    ) -> web.Response:
        """Sign what a playlist names: players fetch segments without our login."""
        raw = await read_body(upstream, MAX_PLAYLIST)
        folder = path.rsplit("/", 1)[0]

        def sign(name: str) -> str:
            target = f"{folder}/{name.rsplit('/', 1)[-1]}"
            if find_route(target) is None:
                raise web.HTTPBadGateway
            return signed_path(self._hass, server.id, target, SEGMENT_LIFETIME)

        text = rewrite_playlist(raw.decode("utf-8", "replace"), sign)
        return web.Response(
            text=text,
            content_type="application/vnd.apple.mpegurl",
            headers={"Cache-Control": "no-store"},
        )


def rewrite_playlist(text: str, sign: Callable[[str], str]) -> str:
    """Replace every URI of an HLS playlist by what `sign(uri)` returns; comments and tags stay."""
    lines = []
    for line in text.splitlines():
        if line.startswith("#"):
            lines.append(URI_ATTRIBUTE.sub(lambda found: f'URI="{sign(found[1])}"', line))
        else:
            lines.append(sign(line.strip()) if line.strip() else line)
    return "\n".join(lines) + "\n"


async def _open(
    request: web.Request, server: FrigateServer, route: Route, path: str
) -> ClientResponse:
    """Ask Frigate. Raises FrigateError."""
    # Frigate knows HEAD only for files; for a picture the headers of a GET are the honest answer.
    methods = ["HEAD", "GET"] if request.method == "HEAD" and route.ranges else ["GET"]
    params = {key: value for key, value in request.query.items() if key in route.options}
    headers = _forwarded(request, route)
    while True:
        upstream = await server.client.open(methods.pop(0), path, params=params, headers=headers)
        if upstream.status != HTTPStatus.METHOD_NOT_ALLOWED or not methods:
            return upstream
        upstream.close()


async def _pass_on(request: web.Request, path: str, upstream: ClientResponse) -> web.StreamResponse:
    """Pass an answer on as it comes."""
    response = web.StreamResponse(status=upstream.status, headers=_passed(upstream.headers))
    if path.endswith(".webp"):
        # Frigate's web server has no name for these.
        response.content_type = "image/webp"
    response.headers["Cache-Control"] = "private, max-age=300"
    await response.prepare(request)
    if request.method != "HEAD":
        try:
            async for chunk in upstream.content.iter_chunked(CHUNK):
                await response.write(chunk)
        except (ClientError, TimeoutError) as err:
            # Too late for an error page, which would become a part of the video: only a hang-up tells.
            LOGGER.debug("%s broke off: %s", path, type(err).__name__)
            if request.transport is not None:
                request.transport.abort()
            return response
    await response.write_eof()
    return response


def _forwarded(request: web.Request, route: Route) -> dict[str, str]:
    # Compressed, a length or a range would count other bytes than those that are passed on.
    headers: dict[str, str] = {hdrs.ACCEPT_ENCODING: "identity"}
    if route.ranges:
        headers |= {
            name: request.headers[name] for name in REQUEST_HEADERS if name in request.headers
        }
    return headers


def _passed(headers: Mapping[str, str]) -> dict[str, str]:
    passed = {name: headers[name] for name in RESPONSE_HEADERS if name in headers}
    if hdrs.CONTENT_ENCODING in headers:
        # Compressed all the same; it is unpacked on the way.
        passed.pop(hdrs.CONTENT_LENGTH, None)
    return passed


def _refusal(status: int) -> web.HTTPException:
    """Frigate's refusal, without its text: to our caller its login is our affair."""
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN):
        return web.HTTPNotFound()
    if status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        return web.HTTPRequestRangeNotSatisfiable()
    return web.HTTPBadGateway()
