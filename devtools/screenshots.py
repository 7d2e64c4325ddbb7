"""Make the pictures of the READMEs: `python -m devtools.screenshots [folder]`, from a demo set up in the browser."""

import asyncio
from pathlib import Path
import sys
import tempfile

from playwright.async_api import Page

from .browser import browser_page
from .demo import FRIGATE_RTSP_PORT, simulator
from .hass import ROOT, HassClient, RealHass, free_port
from .seed import Seed
from .setup_ui import set_up_commune

CAMERA = "nga_ba_cho"
SETTLE_MS = 2500
LIVE_MS = 9000


async def _camera(client: HassClient, camera: str) -> dict[str, str]:
    """Return the registry's entry of a camera's live picture, by Frigate's key of it."""
    registry = await client.call("config/entity_registry/list")
    ours = [one["entity_id"] for one in registry if one["platform"] == "antt_camera"]
    entries = await client.call("config/entity_registry/get_entries", entity_ids=ours)
    found: dict[str, str] = next(
        entry
        for entity_id, entry in entries.items()
        if entity_id.startswith("camera.") and entry["unique_id"].split(":")[1] == camera
    )
    return found


async def _pictures(page: Page, hass: RealHass, folder: Path) -> None:
    async with hass.client() as client:
        camera = await _camera(client, CAMERA)
    await page.goto(f"{hass.url}/config/devices/device/{camera['device_id']}")
    await page.locator("ha-config-device-page").wait_for()
    await page.wait_for_timeout(SETTLE_MS * 2)
    await page.screenshot(path=folder / "device.png")
    await page.goto(f"{hass.url}/history?more-info-entity-id={camera['entity_id']}")
    await page.locator("ha-more-info-dialog").wait_for(state="attached")
    # The live picture begins a few seconds after it was asked for.
    await page.wait_for_timeout(LIVE_MS)
    await page.screenshot(path=folder / "camera.png")


async def run(folder: Path) -> None:
    """Set a demo up in the browser and photograph it."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="antt-pictures-") as config:
        async with simulator("--scene", "commune", "--rtsp-port", FRIGATE_RTSP_PORT) as ports:
            areas = {key: key.replace("thon_", "Thôn ") for key in ports["group_names"]}
            seed = Seed(port=free_port(), areas=areas)
            async with RealHass(Path(config), seed) as hass, browser_page(hass) as page:

                async def shoot(name: str) -> None:
                    await page.wait_for_timeout(SETTLE_MS)
                    await page.screenshot(path=folder / f"{name}.png")

                address = ports["url"].removeprefix("http://")
                await set_up_commune(page, hass, "Xã Đồng Tiến", address, shoot)
                await page.wait_for_timeout(SETTLE_MS)
                await _pictures(page, hass, folder)


if __name__ == "__main__":
    asyncio.run(run(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images"))
