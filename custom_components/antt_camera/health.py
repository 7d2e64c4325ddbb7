"""What is wrong with a server and what cures it, as repair issues that come and go with their cause."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
import re
import time
from typing import TYPE_CHECKING, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_URL
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.issue_registry import IssueSeverity
from yarl import URL

from .const import CLOCK_TOLERANCE, DOMAIN, UNREACHABLE_ISSUE_AFTER
from .frigate.errors import FrigateLoginError, FrigateTlsError, FrigateTooOldError

if TYPE_CHECKING:
    from .server import FrigateServer

type Placeholders = dict[str, str]

INTERVAL: Final = timedelta(seconds=30)
# Entry options: the server's id -> the issues that were accepted. Not in the server's own data, whose change would
# make its connection anew.
OPTION_ACCEPTED: Final = "accepted"
# The port that Frigate lets everybody in by, as an administrator.
ANONYMOUS: Final = "anonymous"
# Networks of this machine only: itself, and that of Home Assistant's apps.
_OWN_NETWORKS = (
    ip_network("127.0.0.0/8"),
    ip_network("::1/128"),
    ip_network("172.30.32.0/23"),
)
_APP_HOST = re.compile(r"(?:[0-9a-f]{8}|core|local)-[a-z0-9-]+")
MAX_NAMES = 10


def is_own_network(url: str) -> bool:
    """Return whether an address stays inside this machine."""
    host = (URL(url).host or "").casefold()
    if host == "localhost" or _APP_HOST.fullmatch(host):
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return any(address in network for network in _OWN_NETWORKS)


# -- what may be wrong: each returns the texts' placeholders, or None while all is well -------------------------------


def _too_old(server: FrigateServer) -> Placeholders | None:
    error = server.error
    if server.available or not isinstance(error, FrigateTooOldError):
        return None
    return {"found": error.found, "needed": error.needed}


def _login_refused(server: FrigateServer) -> Placeholders | None:
    error = server.error
    refused = isinstance(error, FrigateLoginError) and not error.rate_limited
    return {} if refused and not server.available else None


def _certificate(server: FrigateServer) -> Placeholders | None:
    return {} if isinstance(server.error, FrigateTlsError) and not server.available else None


def _mqtt_missing(server: FrigateServer) -> Placeholders | None:
    if server.available or not server.uses_mqtt:
        return None
    here = bool(server.hass.config_entries.async_loaded_entries("mqtt"))
    there = server.config is None or server.config.mqtt.enabled
    return None if here and there else {}


def _unreachable(server: FrigateServer) -> Placeholders | None:
    if server.available or server.lost_since is None:
        return None
    if any(check(server) is not None for check in (_too_old, _login_refused, _certificate)):
        return None
    if _mqtt_missing(server) is not None:
        return None
    if time.time() - server.lost_since < UNREACHABLE_ISSUE_AFTER.total_seconds():
        return None
    return {"minutes": str(int(UNREACHABLE_ISSUE_AFTER.total_seconds() // 60))}


def _safe_mode(server: FrigateServer) -> Placeholders | None:
    return {} if server.safe_mode and server.available else None


def _unauthenticated_port(server: FrigateServer) -> Placeholders | None:
    profile = server.sync.profile
    if profile is None or profile.username != ANONYMOUS or server.client.authenticated:
        return None
    return None if is_own_network(server.data[CONF_URL]) else {}


def _recording_off(server: FrigateServer) -> Placeholders | None:
    """Name the cameras whose configuration has recording off. Switched off for a while is somebody's will."""
    if not server.config_is_live or server.safe_mode:
        return None
    off = [
        camera.name
        for camera in server.cameras.values()
        if camera.enabled_in_config and "recordings" not in camera.in_config
    ]
    if not off:
        return None
    more = f", +{len(off) - MAX_NAMES}" if len(off) > MAX_NAMES else ""
    return {"cameras": ", ".join(off[:MAX_NAMES]) + more}


def _not_admin(server: FrigateServer) -> Placeholders | None:
    profile = server.sync.profile
    if server.is_admin or profile is None:
        return None
    return {"username": profile.username, "role": profile.role}


def _face_recognition(server: FrigateServer) -> Placeholders | None:
    config = server.config
    on = config is not None and server.config_is_live and config.face_recognition_enabled
    return {} if on else None


@dataclass(frozen=True, kw_only=True)
class Ailment:
    """Something that may be wrong. `fixable`: there is a fix flow; `acceptable`: the user may say that it is meant."""

    kind: str
    check: Callable[[FrigateServer], Placeholders | None]
    severity: IssueSeverity = IssueSeverity.WARNING
    fixable: bool = False
    acceptable: bool = False


AILMENTS: Final = (
    Ailment(kind="too_old", check=_too_old, severity=IssueSeverity.ERROR),
    Ailment(kind="login_refused", check=_login_refused, severity=IssueSeverity.ERROR, fixable=True),
    Ailment(kind="certificate", check=_certificate, severity=IssueSeverity.ERROR, fixable=True),
    Ailment(kind="mqtt_missing", check=_mqtt_missing, severity=IssueSeverity.ERROR, fixable=True),
    Ailment(kind="unreachable", check=_unreachable, severity=IssueSeverity.ERROR, fixable=True),
    Ailment(kind="safe_mode", check=_safe_mode, severity=IssueSeverity.ERROR),
    Ailment(
        kind="unauthenticated_port", check=_unauthenticated_port, fixable=True, acceptable=True
    ),
    Ailment(kind="recording_off", check=_recording_off, fixable=True, acceptable=True),
    Ailment(kind="not_admin", check=_not_admin, fixable=True, acceptable=True),
    Ailment(kind="face_recognition", check=_face_recognition, fixable=True, acceptable=True),
)
CLOCK: Final = "clock"
KINDS: Final = (*(ailment.kind for ailment in AILMENTS), CLOCK)


def issue_id(kind: str, server_id: str) -> str:
    """Return the id of an issue."""
    return f"{kind}_{server_id}"


@callback
def async_accept(hass: HomeAssistant, entry: ConfigEntry, server_id: str, kind: str) -> None:
    """Remember that the commune means it to be so."""
    accepted = dict(entry.options.get(OPTION_ACCEPTED, {}))
    accepted[server_id] = sorted({*accepted.get(server_id, ()), kind})
    hass.config_entries.async_update_entry(
        entry, options={**entry.options, OPTION_ACCEPTED: accepted}
    )


@callback
def async_forget_health(hass: HomeAssistant, server_id: str) -> None:
    """Delete every issue of a server, those too that the user chose to ignore."""
    for kind in KINDS:
        ir.async_delete_issue(hass, DOMAIN, issue_id(kind, server_id))


class _Watch:
    """Keeps the issues of one server true."""

    def __init__(self, server: FrigateServer) -> None:
        """Prepare for one server."""
        self._server = server
        self._clock_seen: float | None = None
        self._clock_was_off = False
        self._stops: list[CALLBACK_TYPE] = []

    @callback
    def async_start(self) -> None:
        server = self._server
        self._stops = [
            server.async_listen_availability(self.async_look),
            server.async_listen_config(self.async_look),
            async_track_time_interval(
                server.hass, self._async_tick, INTERVAL, name=f"antt_camera health {server.name}"
            ),
        ]

    @callback
    def async_stop(self) -> None:
        """Stop, and take the issues back. What is ignored stays so until the server itself is removed."""
        while self._stops:
            self._stops.pop()()
        server = self._server
        if server.id not in server.entry.subentries:
            async_forget_health(server.hass, server.id)
            return
        for kind in KINDS:
            self._async_delete(kind)

    @callback
    def _async_tick(self, _now: datetime) -> None:
        self.async_look()
        self._async_look_at_clock()

    @callback
    def async_look(self) -> None:
        """Compare each issue with its cause."""
        server = self._server
        accepted = server.entry.options.get(OPTION_ACCEPTED, {}).get(server.id, ())
        for ailment in AILMENTS:
            found = ailment.check(server)
            if found is None or ailment.kind in accepted:
                self._async_delete(ailment.kind)
            else:
                self._async_create(ailment, found)

    @callback
    def _async_look_at_clock(self) -> None:
        """Compare the clocks; a single slow answer must not look like a wrong clock."""
        offset = self._server.client.clock_offset
        if self._server.available and offset == self._clock_seen:
            # The server has not answered since.
            return
        self._clock_seen = offset
        off = self._server.available and offset is not None and abs(offset) > CLOCK_TOLERANCE
        if off and self._clock_was_off:
            assert offset is not None
            self._async_create(
                Ailment(kind=CLOCK, check=lambda _: None), {"seconds": str(round(abs(offset)))}
            )
        elif not off:
            self._async_delete(CLOCK)
        self._clock_was_off = off

    @callback
    def _async_create(self, ailment: Ailment, placeholders: Placeholders) -> None:
        server = self._server
        ir.async_create_issue(
            server.hass,
            DOMAIN,
            issue_id(ailment.kind, server.id),
            is_fixable=ailment.fixable,
            severity=ailment.severity,
            translation_key=ailment.kind,
            translation_placeholders={
                "server": server.name,
                "commune": server.entry.title,
                "url": str(server.data[CONF_URL]),
                **placeholders,
            },
            data={
                "kind": ailment.kind,
                "entry_id": server.entry.entry_id,
                "server_id": server.id,
            },
        )

    @callback
    def _async_delete(self, kind: str) -> None:
        hass, key = self._server.hass, issue_id(kind, self._server.id)
        issue = ir.async_get(hass).async_get_issue(DOMAIN, key)
        if issue is not None and issue.dismissed_version is None:
            ir.async_delete_issue(hass, DOMAIN, key)


@callback
def async_watch_health(server: FrigateServer) -> CALLBACK_TYPE:
    """Watch over a server until the returned function is called."""
    watch = _Watch(server)
    watch.async_start()
    return watch.async_stop
