"""What goes wrong while a commune is set up: each has its own text, and the form stays filled."""

import socket
from typing import Any
from unittest.mock import patch

from aiohttp import TCPConnector, web
from homeassistant.const import CONF_NAME, CONF_PASSWORD, CONF_USERNAME
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
import pytest
from pytest_homeassistant_custom_component.common import get_schema_suggested_value

from custom_components.antt_camera import probe
from custom_components.antt_camera.flow_forms import CONF_ADDRESS, SECTION_ADVANCED
from custom_components.antt_camera.frigate.errors import (
    FrigateAnswerError,
    FrigateError,
    FrigateLoginError,
    FrigateRefusedError,
    FrigateTlsError,
)
from tests.unit.frigate.fake_frigate import FakeFrigate

from .small_frigate import PASSWORD, USER, SmallFrigate, running
from .test_config_flow import begin, form, free_port, go_on


@pytest.mark.parametrize(
    ("changes", "error", "placeholders"),
    [
        ({"version": "0.15.2-abc"}, "too_old", {"found": "0.15.2", "needed": "0.16.0"}),
        ({"version": "<html>"}, "not_frigate", {}),
        ({"broken": {"/api/version": 404}}, "not_frigate", {}),
        ({"broken": {"/api/version": 403}}, "not_frigate", {}),
        ({"broken": {"/api/version": 302}}, "not_frigate", {}),
        ({"broken": {"/api/version": 502}}, "frigate_down", {}),
        ({"broken": {"/api/config": 502}}, "frigate_down", {}),
        ({"broken": {"/api/config": 403}}, "forbidden", {}),
        ({"broken": {"/api/config": 418}}, "not_frigate", {}),
    ],
)
async def test_each_failure_has_its_own_text(
    hass: HomeAssistant, changes: dict[str, Any], error: str, placeholders: dict[str, str]
) -> None:
    """The form comes back filled in, says what is wrong, and works once that is mended."""
    async with running(SmallFrigate(**changes)) as frigate:
        values = form(frigate.address, **{CONF_NAME: "Trụ sở"})
        result = await go_on(hass, await begin(hass), values)
        assert result["step_id"] == "server"
        assert result["errors"] == {"base": error}
        assert result["description_placeholders"] == placeholders
        schema = result["data_schema"].schema
        assert get_schema_suggested_value(schema, CONF_ADDRESS) == frigate.address
        advanced = schema[SECTION_ADVANCED].schema.schema
        assert get_schema_suggested_value(advanced, CONF_NAME) == "Trụ sở"
        frigate.version, frigate.broken = "0.18.0-e3fa70189", {}
        result = await go_on(hass, result, values)
        assert result["step_id"] == "areas"


async def test_nothing_answers(hass: HomeAssistant) -> None:
    """A closed port is told from a name that does not exist."""
    result = await go_on(hass, await begin(hass), form(f"127.0.0.1:{free_port()}"))
    assert result["errors"] == {"base": "unreachable"}


async def test_slow_server(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that accepts the connection and then says nothing is given up."""
    monkeypatch.setattr(probe, "PROBE_TIMEOUT", 0.2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        result = await go_on(hass, await begin(hass), form(f"127.0.0.1:{silent.getsockname()[1]}"))
    assert result["errors"] == {"base": "unreachable"}


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (FrigateTlsError("x"), "tls"),
        (FrigateLoginError("x", rate_limited=True), "rate_limited"),
        (FrigateRefusedError(503, "đang bận"), "refused"),
        (FrigateAnswerError("x"), "not_frigate"),
    ],
)
def test_rare_failures(error: FrigateError, key: str) -> None:
    """Failures that take more than a small server to make have their texts too."""
    assert probe.probe_error(error).key == key


async def test_login_limited(hass: HomeAssistant) -> None:
    """Too many attempts are told from a wrong password."""

    async def limited(request: web.Request) -> web.StreamResponse:
        return web.json_response({"error": "Rate limit"}, status=429)

    served = FakeFrigate(needs_login=True, login_answer=limited)
    async with running(SmallFrigate(served=served)) as frigate:
        result = await go_on(hass, await begin(hass), form(frigate.address))
        result = await go_on(hass, result, {CONF_USERNAME: USER, CONF_PASSWORD: PASSWORD})
        assert result["step_id"] == "login"
        assert result["errors"] == {"base": "rate_limited"}


async def test_unknown_host(hass: HomeAssistant) -> None:
    """A name that nobody knows has its own text. The resolver is the edge of the wire here."""
    connector = async_get_clientsession(hass).connector
    assert isinstance(connector, TCPConnector)
    unknown = OSError(-2, "Name or service not known")
    with patch.object(connector._resolver, "resolve", side_effect=unknown):
        result = await go_on(hass, await begin(hass), form("khong-co-may-nay"))
    assert result["errors"] == {"base": "host_not_found"}
