"""Repair issues as a test sees them: what is found, and its fix flow."""

from typing import Any

from homeassistant.components.repairs import repairs_flow_manager
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component

from custom_components.antt_camera.const import DOMAIN


def found(hass: HomeAssistant) -> set[str]:
    """Ids of our issues."""
    return {issue_id for domain, issue_id in ir.async_get(hass).issues if domain == DOMAIN}


def issue(hass: HomeAssistant, kind: str) -> ir.IssueEntry:
    """The issue of a kind at the first server."""
    entry = ir.async_get(hass).async_get_issue(DOMAIN, f"{kind}_server1")
    assert entry is not None, found(hass)
    return entry


async def fix(hass: HomeAssistant, kind: str) -> Any:
    """Begin the fix flow of an issue."""
    await async_setup_component(hass, "repairs", {})
    manager = repairs_flow_manager(hass)
    assert manager is not None
    return await manager.async_init(DOMAIN, context={"issue_id": f"{kind}_server1"})


async def go_on(hass: HomeAssistant, flow: Any, values: dict[str, Any]) -> Any:
    """Submit a step of a fix flow."""
    manager = repairs_flow_manager(hass)
    assert manager is not None
    result = await manager.async_configure(flow["flow_id"], values)
    await hass.async_block_till_done()
    return result
