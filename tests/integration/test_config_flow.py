"""Setting up a commune, from an empty form to a running server."""

from dataclasses import dataclass
from pathlib import Path
import socket
from typing import Any

from homeassistant import config_entries
from homeassistant.components.hassio.const import DATA_ADDONS_LIST
from homeassistant.const import CONF_NAME, CONF_PASSWORD, CONF_URL, CONF_USERNAME
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import area_registry as ar
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    get_schema_suggested_value,
)

from custom_components.antt_camera import probe
from custom_components.antt_camera.const import (
    CONF_AREAS,
    CONF_FINGERPRINT,
    CONF_RTSP_TEMPLATE,
    CONF_TLS,
    CONF_TOPIC_PREFIX,
    CONF_TRANSPORT,
    DOMAIN,
    SUBENTRY_FRIGATE,
    TRANSPORT_AUTO,
    TRANSPORT_MQTT,
)
from custom_components.antt_camera.flow_forms import CONF_ADDRESS, SECTION_ADVANCED
from tests.unit.frigate.conftest import Certificate, make_certificate
from tests.unit.frigate.fake_frigate import FakeFrigate

from .conftest import make_commune
from .small_frigate import PASSWORD, USER, SmallFrigate, camera, running

ADVANCED = {CONF_TRANSPORT: TRANSPORT_AUTO}


def form(address: str, **advanced: Any) -> dict[str, Any]:
    """The address's form as filled in."""
    return {CONF_ADDRESS: address, SECTION_ADVANCED: {**ADVANCED, **advanced}}


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as probe_socket:
        probe_socket.bind(("127.0.0.1", 0))
        return int(probe_socket.getsockname()[1])


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    """A certificate that nobody vouches for."""
    return make_certificate(tmp_path)


async def begin(hass: HomeAssistant, name: str = "ANTT xã Hòa Bình") -> Any:
    """Start and give the name."""
    result: Any = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": config_entries.SOURCE_USER}
    )
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "user"
    assert get_schema_suggested_value(result["data_schema"].schema, CONF_NAME) == "ANTT xã …"
    result = await hass.config_entries.flow.async_configure(result["flow_id"], {CONF_NAME: name})
    assert result["step_id"] == "server"
    return result


async def go_on(hass: HomeAssistant, result: Any, values: dict[str, Any]) -> Any:
    """Submit a form."""
    return await hass.config_entries.flow.async_configure(result["flow_id"], values)


def server_of(result: Any) -> config_entries.ConfigSubentry:
    """The only server of a created commune."""
    assert result["type"] is FlowResultType.CREATE_ENTRY
    entry: config_entries.ConfigEntry = result["result"]
    (subentry,) = entry.subentries.values()
    assert subentry.subentry_type == SUBENTRY_FRIGATE
    return subentry


async def test_open_server_becomes_a_commune(
    hass: HomeAssistant, area_registry: ar.AreaRegistry
) -> None:
    """Name, address, areas: no login and no certificate is asked for where none is needed."""
    there = area_registry.async_create("Thôn Đông")
    cameras = {
        "cong": camera("Cổng ủy ban"),
        "cho": camera("Chợ"),
        "cau": camera("Cầu thôn đông 2"),
        "xa": camera("Đường"),
    }
    groups = {"thon_dong": ["cong", "birdseye"], "Xóm_Chùa": ["cho"], "tat_ca": list(cameras)}
    async with running(SmallFrigate(cameras=cameras, groups=groups)) as frigate:
        result = await begin(hass)
        result = await go_on(hass, result, form(frigate.address))
        assert result["step_id"] == "areas"
        schema = result["data_schema"].schema
        suggested = {str(key): get_schema_suggested_value(schema, str(key)) for key in schema}
        assert suggested == {
            "Cổng ủy ban": "Thôn Đông",
            "Chợ": "Xóm Chùa",
            "Cầu thôn đông 2": "Thôn Đông",
            "Đường": None,
        }
        labels = {
            option["value"]: option["label"]
            for option in next(iter(schema.values())).config["options"]
        }
        assert labels == {"Thôn Đông": "Thôn Đông", "Xóm Chùa": "+ Xóm Chùa"}
        result = await go_on(
            hass, result, {key: value for key, value in suggested.items() if value}
        )
        await hass.async_block_till_done()
        new = area_registry.async_get_area_by_name("Xóm Chùa")
        assert new is not None
        subentry = server_of(result)
        assert result["title"] == "ANTT xã Hòa Bình"
        assert result["data"] == {}
        assert subentry.title == "Frigate 127.0.0.1"
        assert dict(subentry.data) == {
            CONF_URL: frigate.url,
            CONF_TLS: "verify",
            CONF_TRANSPORT: TRANSPORT_AUTO,
            CONF_AREAS: {"cong": there.id, "cho": new.id, "cau": there.id},
        }
        assert result["result"].state is config_entries.ConfigEntryState.LOADED
        assert await hass.config_entries.async_unload(result["result"].entry_id)


async def test_name_is_needed(hass: HomeAssistant) -> None:
    """The suggestion alone is no name, and the form stays as it was filled in."""
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": config_entries.SOURCE_USER}
    )
    result = await go_on(hass, result, {CONF_NAME: " … "})
    assert result["errors"] == {CONF_NAME: "name_missing"}
    assert get_schema_suggested_value(result["data_schema"].schema, CONF_NAME) == " … "


@pytest.mark.parametrize(
    ("typed", "first", "others"),
    [
        (
            "192.168.1.5",
            "http://192.168.1.5:5000",
            ["https://192.168.1.5:8971", "http://192.168.1.5:8971"],
        ),
        (" may-chu/ ", "http://may-chu:5000", ["https://may-chu:8971", "http://may-chu:8971"]),
        ("may-chu:5001", "http://may-chu:5001", ["https://may-chu:5001"]),
        ("may-chu:8971", "https://may-chu:8971", ["http://may-chu:8971"]),
        ("[fe80::1]:8971", "https://[fe80::1]:8971", ["http://[fe80::1]:8971"]),
        ("HTTPS://nha.vn/frigate/", "https://nha.vn/frigate", ["https://nha.vn:8971/frigate"]),
        ("https://nha.vn:444/#/live?x=1", "https://nha.vn:444", []),
        ("http://nha.vn:8971", "https://nha.vn:8971", ["http://nha.vn:8971"]),
        (
            "http://nha.vn",
            "http://nha.vn:5000",
            ["https://nha.vn:8971", "http://nha.vn:8971", "http://nha.vn", "https://nha.vn"],
        ),
    ],
)
def test_what_may_be_typed(typed: str, first: str, others: list[str]) -> None:
    """An address is completed; https never becomes http."""
    assert list(probe.candidates(typed)) == [first, *others]


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "  ",
        "ftp://may-chu",
        "may chu",
        "may-chu:cong",
        "http://",
        "may-chu:99999",
        "http://a:b@c",
    ],
)
async def test_no_address(hass: HomeAssistant, typed: str) -> None:
    """What can't be an address is said at its field, without a request."""
    result = await go_on(hass, await begin(hass), form(typed))
    assert result["step_id"] == "server"
    assert result["errors"] == {CONF_ADDRESS: "invalid_address"}


async def test_usual_ports_are_tried(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, certificate: Certificate
) -> None:
    """A bare host finds Frigate at the port with a login when the open one is closed."""
    served = FakeFrigate(needs_login=True)
    async with running(SmallFrigate(served=served), certificate.context) as frigate:
        monkeypatch.setattr(probe, "OPEN_PORT", free_port())
        monkeypatch.setattr(probe, "LOGIN_PORT", int(frigate.address.partition(":")[2]))
        result = await go_on(hass, await begin(hass), form("127.0.0.1"))
    assert result["step_id"] == "certificate"
    assert result["description_placeholders"]["url"] == frigate.url


async def test_login_and_pinned_certificate(hass: HomeAssistant, certificate: Certificate) -> None:
    """The certificate is asked about, then the login; a refused one can be corrected where it was entered."""
    served = FakeFrigate(needs_login=True)
    admin = {"username": USER, "role": "admin", "allowed_cameras": []}
    frigate = SmallFrigate(served=served, profile=admin, cameras={})
    async with running(frigate, certificate.context):
        result = await go_on(hass, await begin(hass), form(frigate.url + "/"))
        assert result["step_id"] == "certificate"
        shown = result["description_placeholders"]["fingerprint"]
        assert shown.replace(":", "").lower() == certificate.fingerprint
        assert get_schema_suggested_value(result["data_schema"].schema, CONF_TLS) == "pinned"
        assert served.logins == []
        result = await go_on(hass, result, {CONF_TLS: "pinned"})
        assert result["step_id"] == "login"
        assert result["errors"] == {}
        result = await go_on(hass, result, {CONF_USERNAME: USER, CONF_PASSWORD: "sai"})
        assert result["step_id"] == "login"
        assert result["errors"] == {"base": "login_refused"}
        schema = result["data_schema"].schema
        assert get_schema_suggested_value(schema, CONF_USERNAME) == USER
        assert get_schema_suggested_value(schema, CONF_PASSWORD) is None
        result = await go_on(hass, result, {CONF_USERNAME: f" {USER} ", CONF_PASSWORD: PASSWORD})
        await hass.async_block_till_done()
        assert dict(server_of(result).data) == {
            CONF_URL: frigate.url,
            CONF_USERNAME: USER,
            CONF_PASSWORD: PASSWORD,
            CONF_TLS: "pinned",
            CONF_FINGERPRINT: certificate.fingerprint,
            CONF_TRANSPORT: TRANSPORT_AUTO,
            CONF_AREAS: {},
        }
        assert await hass.config_entries.async_unload(result["result"].entry_id)


async def test_certificates_unchecked(hass: HomeAssistant, certificate: Certificate) -> None:
    """Not to check is a choice too, and is kept without a fingerprint."""
    async with running(SmallFrigate(cameras={}), certificate.context) as frigate:
        result = await go_on(hass, await begin(hass), form(frigate.address))
        result = await go_on(hass, result, {CONF_TLS: "off"})
        await hass.async_block_till_done()
        data = server_of(result).data
        assert data[CONF_TLS] == "off"
        assert CONF_FINGERPRINT not in data
        assert await hass.config_entries.async_unload(result["result"].entry_id)


async def test_advanced_settings(hass: HomeAssistant) -> None:
    """MQTT is checked on both sides, the topic prefix too, and a stream template must give an address."""
    async with running(SmallFrigate()) as frigate:

        def with_(**advanced: Any) -> dict[str, Any]:
            return form(frigate.address, **advanced)

        result = await begin(hass)
        result = await go_on(hass, result, with_(**{CONF_TRANSPORT: TRANSPORT_MQTT}))
        assert result["errors"] == {"base": "mqtt_not_set_up"}
        MockConfigEntry(domain="mqtt").add_to_hass(hass)
        result = await go_on(hass, result, with_(**{CONF_TRANSPORT: TRANSPORT_MQTT}))
        assert result["errors"] == {"base": "mqtt_disabled"}
        frigate.mqtt = {"enabled": True, "client_id": "dong", "topic_prefix": "frigate_dong"}
        mqtt = {CONF_TRANSPORT: TRANSPORT_MQTT, CONF_TOPIC_PREFIX: "frigate"}
        result = await go_on(hass, result, with_(**mqtt))
        assert result["errors"] == {"base": "wrong_prefix"}
        assert result["description_placeholders"] == {"prefix": "frigate_dong"}
        for bad in ("{{ nothing.at.all }}", "{{", "rtsp://", "xin chào", "file:///etc/passwd"):
            result = await go_on(hass, result, with_(**{CONF_RTSP_TEMPLATE: bad}))
            assert result["errors"] == {"base": "invalid_template"}, bad
        good = "rtsp://192.168.1.9:9554/{{ name }}"
        result = await go_on(
            hass,
            result,
            with_(**{CONF_RTSP_TEMPLATE: good, CONF_NAME: "Trụ sở", CONF_TOPIC_PREFIX: "/"}),
        )
        assert result["step_id"] == "areas"
        result = await go_on(hass, result, {"Cổng trước": " "})
        await hass.async_block_till_done()
        subentry = server_of(result)
        assert subentry.title == "Trụ sở"
        assert subentry.data[CONF_RTSP_TEMPLATE] == good
        # Frigate's own prefix: by it the server is known when it announces itself over MQTT.
        assert subentry.data[CONF_TOPIC_PREFIX] == "frigate_dong"
        assert subentry.data[CONF_AREAS] == {}
        assert await hass.config_entries.async_unload(result["result"].entry_id)


async def test_cameras_of_the_same_name(hass: HomeAssistant) -> None:
    """Each camera has its own field, whatever they are called."""
    cameras = {"a": camera("Cổng"), "b": camera("Cổng")}
    async with running(SmallFrigate(cameras=cameras)) as frigate:
        result = await go_on(hass, await begin(hass), form(frigate.address))
        assert [str(key) for key in result["data_schema"].schema] == ["Cổng", "Cổng (b)"]
        result = await go_on(hass, result, {"Cổng (b)": "Thôn Tây"})
        await hass.async_block_till_done()
        assert list(server_of(result).data[CONF_AREAS]) == ["b"]
        assert await hass.config_entries.async_unload(result["result"].entry_id)


async def test_address_of_the_app(hass: HomeAssistant) -> None:
    """Where Home Assistant runs Frigate itself, its address is suggested."""

    @dataclass
    class App:
        slug: str

        def to_dict(self) -> dict[str, str]:
            return {"slug": self.slug}

    hass.config.components.add("hassio")
    result = await begin(hass)
    assert get_schema_suggested_value(result["data_schema"].schema, CONF_ADDRESS) is None
    apps: Any = [App("core_mosquitto"), App("ccab4aaf_frigate-fa")]
    hass.data[DATA_ADDONS_LIST] = apps
    result = await begin(hass)
    suggested = get_schema_suggested_value(result["data_schema"].schema, CONF_ADDRESS)
    assert suggested == "http://ccab4aaf-frigate-fa:5000"


async def test_rename_commune(hass: HomeAssistant) -> None:
    """The commune's name can be changed, not emptied."""
    entry = make_commune(hass, "http://127.0.0.1:1")
    result: Any = await entry.start_reconfigure_flow(hass)
    schema = result["data_schema"].schema
    assert get_schema_suggested_value(schema, CONF_NAME) == "ANTT xã Hòa Bình"
    result = await go_on(hass, result, {CONF_NAME: " "})
    assert result["errors"] == {CONF_NAME: "name_missing"}
    result = await go_on(hass, result, {CONF_NAME: "ANTT xã Tân Lập"})
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    assert entry.title == "ANTT xã Tân Lập"
