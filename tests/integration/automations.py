"""Automations of a test: what they were told is kept in a list."""

from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.setup import async_setup_component

from custom_components.antt_camera.const import DOMAIN

from .live_frigate import CAMERA, LiveFrigate, full_camera

OTHER = "khac"


def two_cameras(**more: Any) -> LiveFrigate:
    """A server with a camera `cong_truoc` and another one."""
    return LiveFrigate(cameras={CAMERA: full_camera(), OTHER: full_camera("Khác")}, **more)


async def automate(
    hass: HomeAssistant,
    trigger: str,
    *,
    target: dict[str, Any] | None = None,
    condition: dict[str, Any] | None = None,
    **options: Any,
) -> list[dict[str, Any]]:
    """Set an automation up that waits for a trigger of ours. Returns what it will be told."""
    wanted: dict[str, Any] = {"trigger": f"{DOMAIN}.{trigger}"}
    if target is not None:
        wanted["target"] = target
    if options:
        wanted["options"] = options
    return await run(hass, wanted, condition)


async def run(
    hass: HomeAssistant, trigger: dict[str, Any], condition: dict[str, Any] | None = None
) -> list[dict[str, Any]]:
    """Set an automation up. Returns what it will be told."""
    told: list[dict[str, Any]] = []

    @callback
    def tell(call: ServiceCall) -> None:
        told.append(dict(call.data))

    hass.services.async_register("test", "tell", tell)
    automation: dict[str, Any] = {
        "alias": "Báo",
        "triggers": [trigger],
        "actions": [{"action": "test.tell", "data": {"trigger": "{{ trigger }}"}}],
    }
    if condition is not None:
        automation["conditions"] = [condition]
    assert await async_setup_component(hass, "automation", {"automation": [automation]})
    await hass.async_block_till_done()
    state = hass.states.get("automation.bao")
    assert state is not None
    assert state.state == "on", "the automation is not valid"
    return told
