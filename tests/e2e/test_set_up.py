"""From the empty form to live pictures, in the browser and in Vietnamese."""

from pathlib import Path

import pytest

from devtools.browser import browser_page
from devtools.demo import FRIGATE_RTSP_PORT, simulator
from devtools.hass import RealHass, free_port
from devtools.seed import Seed
from devtools.setup_ui import set_up_commune

from .conftest import Ours, assert_clean_log, live

pytestmark = pytest.mark.e2e

# What a picture on the page is: a still, or a video that has begun to play.
SHOWS_A_PICTURE = """
() => {
  const seen = (root) => {
    for (const one of root.querySelectorAll("*")) {
      if (one.tagName === "VIDEO" && one.videoWidth > 0 && one.currentTime > 0) return true;
      if (one.shadowRoot && seen(one.shadowRoot)) return true;
    }
    return false;
  };
  const dialog = document.querySelector("home-assistant").shadowRoot.querySelector("ha-more-info-dialog");
  return Boolean(dialog && dialog.shadowRoot && seen(dialog.shadowRoot));
}
"""


async def test_set_up_in_the_browser(tmp_path: Path, python: str, pictures: Path) -> None:
    async with simulator("--scene", "commune", "--rtsp-port", FRIGATE_RTSP_PORT) as ports:
        seed = Seed(port=free_port())
        async with RealHass(tmp_path / "config", seed, python) as hass:
            async with hass.client() as client, browser_page(hass) as page:

                async def shoot(step: str) -> None:
                    await page.screenshot(path=pictures / f"{step}.png")

                address = ports["url"].removeprefix("http://")
                assert await set_up_commune(page, hass, "Xã Đồng Tiến", address, shoot) == 14
                ours = Ours(client)
                states = await ours.wait(live(15))
                areas = {area["name"] for area in await client.call("config/area_registry/list")}
                assert {"Thon 1", "Thon 2", "Thon 3", "Thon 4"} <= areas
                # The names are Frigate's and ours, in the user's language.
                camera = states["nga_ba_cho:camera"]
                assert camera["attributes"]["friendly_name"] == "Ngã ba chợ"
                await page.goto(f"{hass.url}/history?more-info-entity-id={camera['entity_id']}")
                await page.wait_for_function(SHOWS_A_PICTURE)
                await shoot("live")
            assert_clean_log(hass)
