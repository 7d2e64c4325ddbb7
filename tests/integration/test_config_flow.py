"""Setting up a commune, from an empty form to a running server."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
import socket
from typing import Any

from homeassistant import config_entries
from homeassistant.const import CONF_NAME, CONF_PASSWORD, CONF_URL, CONF_USERNAME
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import area_registry as ar, device_registry as dr
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

from .conftest import make_commune
from .small_frigate import PASSWORD, USER, SmallFrigate, camera, running
from tests.unit.frigate.fake_frigate import FakeFrigate

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
    result = await hass.config_entries.flow.async_init(
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
    (subentry,) = result["result"].subentries.values()
    assert subentry.subentry_type == SUBENTRY_FRIGATE
    return subentry


async def test_open_server_becomes_a_commune(
    hass: HomeAssistant, area_registry: ar.AreaRegistry, device_registry: dr.DeviceRegistry
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
        suggested = {
            str(key): get_schema_suggested_value(schema, str(key)) for key in schema
        }
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
