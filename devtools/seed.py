"""Home Assistant's own files, written before its first start: a user, a place, areas and our config entry.

Onboarding over the API would start flows for cloud services; seeded storage starts with none. Formats are those of
Home Assistant 2026.10 (`.storage/*`), which migrates them itself when it is newer.
"""

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime
import json
from pathlib import Path
import secrets
from typing import Any
import uuid

import bcrypt

CONFIGURATION = """\
automation: []
config:
frontend:
history:
logbook:
media_source:
stream:
logger:
  default: warning
  logs:
    custom_components.antt_camera: info
"""
HTTP: dict[str, Any] = {
    "server_host": ["127.0.0.1"],
    "cors_allowed_origins": ["https://cast.home-assistant.io"],
    "ip_ban_enabled": True,
    "login_attempts_threshold": -1,
    "ssl_profile": "modern",
    "use_x_forwarded_for": False,
    "use_x_frame_options": True,
}
STEPS = ["user", "core_config", "analytics", "integration"]


@dataclass(kw_only=True)
class Seed:
    """What a fresh Home Assistant starts with."""

    port: int
    user: str = "demo"
    password: str = field(default_factory=lambda: secrets.token_urlsafe(9))
    language: str = "vi"
    place: str = "UBND xã Đồng Tiến"
    areas: dict[str, str] = field(default_factory=dict)
    entries: list[dict[str, Any]] = field(default_factory=list)
    configuration: str = CONFIGURATION
    user_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    token_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    jwt_key: str = field(default_factory=lambda: secrets.token_hex(64))

    def write(self, config: Path, component: Path) -> None:
        """Write everything below `config`; the integration is linked, not copied."""
        storage = config / ".storage"
        storage.mkdir(parents=True, exist_ok=True)
        (config / "custom_components").mkdir(exist_ok=True)
        (config / "custom_components" / component.name).symlink_to(component)
        (config / "configuration.yaml").write_text(self.configuration, encoding="utf-8")
        _store(storage, "onboarding", 4, {"done": STEPS})
        _store(storage, "core.config", 1, self._core(), minor=4)
        http = {**HTTP, "server_port": self.port}
        _store(
            storage,
            "http",
            2,
            {"stable": http, "pending": None, "yaml_migration_done": True},
            minor=2,
        )
        _store(storage, "auth", 1, self._auth())
        _store(storage, "auth_provider.homeassistant", 1, {"users": [self._login()]})
        _store(
            storage,
            f"frontend.user_data_{self.user_id}",
            1,
            {"language": {"language": self.language, "number_format": "language"}},
        )
        _store(storage, "core.area_registry", 1, {"areas": self._areas()}, minor=9)
        _store(storage, "core.config_entries", 1, {"entries": self.entries}, minor=5)

    def _login(self) -> dict[str, str]:
        hashed = bcrypt.hashpw(self.password.encode(), bcrypt.gensalt(rounds=6))
        return {"username": self.user, "password": base64.b64encode(hashed).decode()}

    def _core(self) -> dict[str, Any]:
        return {
            "latitude": 19.8,
            "longitude": 105.65,
            "elevation": 10,
            "unit_system_v2": "metric",
            "location_name": self.place,
            "time_zone": "Asia/Ho_Chi_Minh",
            "external_url": None,
            "internal_url": None,
            "currency": "VND",
            "country": "VN",
            "language": self.language,
            "radius": 100,
        }

    def _auth(self) -> dict[str, Any]:
        credential = uuid.uuid4().hex
        return {
            "users": [
                {
                    "id": self.user_id,
                    "group_ids": ["system-admin"],
                    "is_owner": True,
                    "is_active": True,
                    "name": self.user,
                    "system_generated": False,
                    "local_only": False,
                }
            ],
            "groups": [
                {"id": "system-admin", "name": "Administrators"},
                {"id": "system-users", "name": "Users"},
                {"id": "system-read-only", "name": "Read Only"},
            ],
            "credentials": [
                {
                    "id": credential,
                    "user_id": self.user_id,
                    "auth_provider_type": "homeassistant",
                    "auth_provider_id": None,
                    "data": {"username": self.user},
                }
            ],
            "refresh_tokens": [
                {
                    "id": self.token_id,
                    "user_id": self.user_id,
                    "client_id": None,
                    "client_name": "devtools",
                    "client_icon": None,
                    "token_type": "long_lived_access_token",
                    "created_at": _now(),
                    "access_token_expiration": 315360000.0,
                    "token": secrets.token_hex(64),
                    "jwt_key": self.jwt_key,
                    "last_used_at": None,
                    "last_used_ip": None,
                    "expire_at": None,
                    "credential_id": None,
                    "version": None,
                }
            ],
        }

    def _areas(self) -> list[dict[str, Any]]:
        return [
            {
                "aliases": [],
                "floor_id": None,
                "humidity_entity_id": None,
                "icon": None,
                "id": area_id,
                "labels": [],
                "name": name,
                "picture": None,
                "temperature_entity_id": None,
                "created_at": _now(),
                "modified_at": _now(),
            }
            for area_id, name in self.areas.items()
        ]


def commune_entry(
    title: str, data: dict[str, Any], *, server: str = "Frigate", unique_id: str | None = None
) -> dict[str, Any]:
    """Return a stored config entry of ours with one server of the given subentry data."""
    return {
        "created_at": _now(),
        "modified_at": _now(),
        "data": {},
        "options": {},
        "discovery_keys": {},
        "disabled_by": None,
        "domain": "antt_camera",
        "entry_id": uuid.uuid4().hex,
        "version": 1,
        "minor_version": 1,
        "pref_disable_new_entities": False,
        "pref_disable_polling": False,
        "source": "user",
        "title": title,
        "unique_id": None,
        "subentries": [
            {
                "data": data,
                "subentry_id": uuid.uuid4().hex,
                "subentry_type": "frigate",
                "title": server,
                "unique_id": unique_id,
            }
        ],
    }


def mqtt_entry(port: int) -> dict[str, Any]:
    """Return a stored entry of Home Assistant's MQTT integration for a broker on loopback."""
    entry = commune_entry("mosquitto", {})
    return entry | {
        "domain": "mqtt",
        "version": 2,
        "data": {"broker": "127.0.0.1", "port": port, "protocol": "5", "transport": "tcp"},
        "subentries": [],
    }


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _store(folder: Path, key: str, version: int, data: dict[str, Any], *, minor: int = 1) -> None:
    document = {"version": version, "minor_version": minor, "key": key, "data": data}
    (folder / key).write_text(json.dumps(document), encoding="utf-8")
