"""Who gets in, and who may do what, in the server's own words."""

import base64
import json
import ssl
from typing import Any

import aiohttp
import pytest

from tests.unit.simulator.http_rig import CLINIC, GATE, OFFICE, PASSWORD, Wire, serving

pytestmark = pytest.mark.usefixtures("socket_enabled")

GOOD = {"user": "an", "password": PASSWORD}
NEEDS_ADMIN = {"detail": "Access denied. A user with the admin role is required."}
NOT_AUTHORISED = {"detail": "Role viewer not authorized. Required: admin"}
NOT_YOURS = {"detail": f"Access denied to camera '{GATE}'. Allowed: ['{OFFICE}', '{CLINIC}']"}


def claims(token: str) -> Any:
    middle = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))


@pytest.mark.parametrize(
    ("release", "names"),
    [("0.16", {"sub", "role", "exp"}), ("0.18", {"sub", "role", "exp", "iat"})],
)
async def test_a_login_is_a_cookie_that_works_as_bearer_too(release: str, names: set[str]) -> None:
    async with serving(release, session_length=3600) as wire:
        answer = await wire.ask("POST", "/api/login", "", json=GOOD)
        assert (answer.status, answer.body) == (200, b"")
        cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith("frigate_token=")
        for part in ("HttpOnly", "Max-Age=3600", "Path=/", "SameSite=lax"):
            assert part.lower() in cookie.lower()
        pair = cookie.partition(";")[0]
        token = pair.partition("=")[2]
        assert claims(token).keys() == names
        assert (claims(token)["sub"], claims(token)["role"]) == ("an", "admin")
        as_cookie = await wire.get("/api/version", "", headers={"Cookie": pair})
        as_bearer = await wire.get("/api/version", token)
        assert as_cookie.status == as_bearer.status == 200
        assert as_bearer.text == wire.sim.frigate.personality.version
        assert as_bearer.headers["Content-Type"].startswith("text/plain")


async def test_wrong_logins_are_told_apart_from_bad_requests() -> None:
    async with serving() as wire:
        for wrong in ({"user": "an", "password": "x"}, {"user": "nobody", "password": PASSWORD}):
            answer = await wire.ask("POST", "/api/login", "", json=wrong)
            assert (answer.status, answer.json) == (401, {"message": "Login failed"})
            assert "Set-Cookie" not in answer.headers
        bad = await wire.ask("POST", "/api/login", "", json={"username": "x"})
        assert bad.status == 422
        assert [one["loc"] for one in bad.json["detail"]] == [
            ["body", "user"],
            ["body", "password"],
        ]
        form = await wire.ask("POST", "/api/login", "", data={"user": "an", "password": "x"})
        assert form.status == 422
        assert form.json["detail"][0]["type"] == "model_attributes_type"
        get = await wire.get("/api/login", "")
        assert (get.status, get.json) == (401, {"detail": "No authorization headers."})


async def test_too_many_logins_are_refused_even_with_the_right_password() -> None:
    async with serving(logins_per_minute=3) as wire:
        wrong = {"user": "an", "password": "x"}
        answers = [await wire.ask("POST", "/api/login", "", json=wrong) for _ in range(3)]
        assert [one.status for one in answers] == [401] * 3
        answer = await wire.ask("POST", "/api/login", "", json=GOOD)
        assert answer.status == 429
        assert answer.json == {"error": "Rate limit exceeded: 3 per 1 minute"}


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c"])
async def test_without_a_login_every_path_is_nginx_own_401(token: str) -> None:
    async with serving() as wire:
        spoofed = {"Remote-Role": "admin", "Remote-User": "an", "X-Server-Port": "5000"}
        for path in ("/api/version", "/api/config", "/ws", "/vod/event/x/index.m3u8", "/clips/"):
            answer = await wire.get(path, token, headers=spoofed)
            assert answer.status == 401
            assert answer.headers["Content-Type"] == "text/html"
            assert answer.headers["Location"] == "/login"
            assert "<h1>401 Authorization Required</h1>" in answer.text
        page = await wire.get("/", token)
        assert page.status == 200
        assert 'id="root"' in page.text


async def test_a_token_that_has_run_out_is_refused() -> None:
    async with serving(session_length=0) as wire:
        token = await wire.log_in("an")
        assert (await wire.get("/api/version", token)).status == 401


async def test_a_cookie_is_renewed_by_any_request_and_a_bearer_never() -> None:
    async with serving(session_length=1000, refresh_time=2000) as wire:
        token = await wire.log_in("an")
        cookie = {"Cookie": f"frigate_token={token}"}
        renewed = await wire.get("/api/version", "", headers=cookie)
        assert renewed.headers["Set-Cookie"].startswith("frigate_token=")
        assert "Set-Cookie" not in (await wire.get("/api/version", token)).headers
        wire.sim.site.passwords_changed["an"] = claims(token)["iat"] + 1
        assert (await wire.get("/api/version", "", headers=cookie)).status == 401
        assert (await wire.get("/api/version", token)).status == 200
    async with serving(session_length=5000, refresh_time=2000) as wire:
        cookie = {"Cookie": f"frigate_token={await wire.log_in('an')}"}
        assert "Set-Cookie" not in (await wire.get("/api/version", "", headers=cookie)).headers


async def test_the_port_without_login_is_an_administrator() -> None:
    async with serving() as wire:
        assert (await wire.json("/api/profile"))["role"] == "admin"
        assert (await wire.json("/api/profile"))["username"] == "anonymous"
        assert (await wire.get("/api/users")).status == 200
        answer = await wire.get("/api/version", headers={"Authorization": "Bearer nonsense"})
        assert answer.status == 200


async def test_what_a_viewer_may_not_do() -> None:
    async with serving() as wire:
        viewer, admin = await wire.log_in("binh"), await wire.log_in("an")
        event = next(iter(wire.sim.frigate.db.events))
        for path in ("/api/faces", "/api/users", "/api/profile/active"):
            answer = await wire.get(path, viewer)
            assert (answer.status, answer.json) == (403, NEEDS_ADMIN), path
            assert (await wire.get(path, admin)).status == 200, path
        storage = await wire.get("/api/recordings/storage", viewer)
        assert (storage.status, storage.json) == (403, NOT_AUTHORISED)
        write = f"/api/events/{event}/sub_label"
        refused = await wire.ask("POST", write, viewer, json={"subLabel": "x"})
        assert (refused.status, refused.json) == (403, NOT_AUTHORISED)
        assert wire.sim.frigate.db.events[event].sub_label is None
        assert (await wire.ask("POST", write, admin, json={"subLabel": "x"})).status == 200
        for path in ("/api/profiles", "/api/config", "/api/stats", "/api/events", "/api/review"):
            assert (await wire.get(path, viewer)).status == 200, path


@pytest.mark.parametrize(
    ("release", "faces", "storage"), [("0.16", 200, 200), ("0.17", 403, 200), ("0.18", 403, 403)]
)
async def test_older_releases_let_a_viewer_see_more(release: str, faces: int, storage: int) -> None:
    async with serving(release) as wire:
        viewer = await wire.log_in("binh")
        assert (await wire.get("/api/faces", viewer)).status == faces
        assert (await wire.get("/api/recordings/storage", viewer)).status == storage


async def test_a_role_with_a_list_of_cameras() -> None:
    async with serving() as wire:
        token = await wire.log_in("chi")
        profile = await wire.json("/api/profile", token)
        assert profile == {
            "username": "chi",
            "role": "thon_1",
            "allowed_cameras": [OFFICE, CLINIC],
        }
        latest = await wire.get(f"/api/{GATE}/latest.jpg", token)
        assert (latest.status, latest.json) == (403, NOT_YOURS)
        event = next(one for one in wire.sim.frigate.db.events.values() if one.camera == GATE)
        single = await wire.get(f"/api/events/{event.id}", token)
        assert (single.status, single.json) == (403, NOT_YOURS)
        snapshot = await wire.get(f"/api/events/{event.id}/snapshot.jpg", token)
        assert snapshot.status == 404
        assert snapshot.json == {"success": False, "message": "Unknown error occurred"}
        vod = await wire.get(f"/vod/event/{event.id}/index.m3u8", token)
        assert vod.status == 404
        assert "<h1>404 Not Found</h1>" in vod.text
        assert (await wire.get("/clips/", token)).status == 403
        for path in ("/api/events?limit=-1", "/api/review?after=0"):
            assert {row["camera"] for row in await wire.json(path, token)} == {OFFICE, CLINIC}
        assert await wire.json(f"/api/events?cameras={GATE}", token) == []
        stats = await wire.json("/api/stats", token)
        assert list(stats["cameras"]) == [OFFICE, CLINIC]
        assert GATE in (await wire.json("/api/config", token))["cameras"]


async def test_a_profile_of_0_16_names_no_cameras() -> None:
    async with serving("0.16") as wire:
        profile = await wire.json("/api/profile", await wire.log_in("binh"))
        assert profile == {"username": "binh", "role": "viewer"}


async def test_a_browsers_write_needs_its_extra_header() -> None:
    async with serving() as wire:
        browser = {"Origin": "http://elsewhere"}
        path = f"/api/camera/{GATE}/set/detect"
        refused = await wire.ask("PUT", path, json={"value": "OFF"}, headers=browser)
        assert refused.status == 401
        assert refused.json == {"success": False, "message": "Missing CSRF header"}
        assert (await wire.get("/api/config", headers=browser)).status == 200
        given = {**browser, "X-CSRF-TOKEN": "1"}
        assert (await wire.ask("PUT", path, json={"value": "OFF"}, headers=given)).status == 200


async def test_a_logout_clears_the_cookie_and_not_the_token() -> None:
    async with serving() as wire:
        token = await wire.log_in("an")
        answer = await wire.get("/api/logout", token)
        assert (answer.status, answer.headers["Location"]) == (303, "/login")
        assert "Max-Age=0" in answer.headers["Set-Cookie"]
        assert (await wire.get("/api/version", token)).status == 200


async def refused_by(wire: Wire, url: str, **options: Any) -> type[Exception] | None:
    try:
        async with wire.session.get(url, **options) as response:
            await response.read()
    except aiohttp.ClientError as error:
        return type(error)
    return None


async def test_tls_with_a_certificate_of_its_own() -> None:
    async with serving(tls=True) as wire:
        url = f"{wire.sim.secure_url}/api/login"
        assert url.startswith("https://")
        assert await refused_by(wire, url) is aiohttp.ClientConnectorCertificateError
        certificate = wire.sim.server.certificate
        assert certificate is not None
        pinned = aiohttp.Fingerprint(bytes.fromhex(certificate.fingerprint))
        assert await refused_by(wire, url, ssl=pinned) is None
        other = aiohttp.Fingerprint(bytes(32))
        assert await refused_by(wire, url, ssl=other) is aiohttp.ServerFingerprintMismatch
        trusting = ssl.create_default_context(cadata=certificate.pem.decode())
        async with wire.session.post(url, json=GOOD, ssl=trusting) as response:
            assert response.status == 200
        async with wire.session.get(url.replace("https:", "http:")) as response:
            assert response.status == 400
            assert "The plain HTTP request was sent to HTTPS port" in await response.text()


@pytest.mark.parametrize(("release", "status"), [("0.17", 200), ("0.18", 403)])
async def test_before_0_18_a_role_reads_the_files_of_all_cameras(release: str, status: int) -> None:
    async with serving(release) as wire:
        token = await wire.log_in("chi")
        row = next(
            one
            for one in wire.sim.frigate.db.events.values()
            if one.camera == GATE and one.has_snapshot and one.end_time is not None
        )
        review = next(one for one in wire.sim.frigate.db.reviews.values() if one.camera == GATE)
        for path in (
            f"/clips/{GATE}-{row.id}-clean.webp",
            f"/clips/thumbs/{GATE}/{row.id}.webp",
            review.thumb_path.removeprefix("/media/frigate"),
            f"/recordings/2026-11-24/04/{GATE}/",
            "/clips/",
        ):
            assert (await wire.get(path, token)).status == status, path
        assert (await wire.get(f"/api/{GATE}/latest.jpg", token)).status == 403
