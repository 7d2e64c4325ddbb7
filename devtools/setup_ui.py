"""The set-up as a volunteer does it, in the browser and in Vietnamese."""

from collections.abc import Awaitable, Callable

from playwright.async_api import Page

from .hass import RealHass

NEXT, FINISH = "Gửi đi", "Hoàn thành"
DIALOG = "dialog-data-entry-flow"

type Shoot = Callable[[str], Awaitable[None]]
"""Called with the name of each step when its form is complete."""


async def no_picture(_step: str) -> None:
    """Take no picture."""


async def set_up_commune(
    page: Page, hass: RealHass, commune: str, address: str, shoot: Shoot = no_picture
) -> int:
    """Add the integration from the empty form to the end; returns how many cameras were given a hamlet."""
    await page.goto(f"{hass.url}/config/integrations/dashboard/add?domain=antt_camera")
    await page.get_by_role("button", name="OK", exact=True).click()
    dialog = page.locator(DIALOG)
    await _fill(page, "Xã của bạn", commune)
    await shoot("setup-commune")
    await _next(page)
    await _fill(page, "Máy chủ Frigate", address)
    await shoot("setup-server")
    await _next(page)
    await dialog.get_by_text("Camera ở đâu?").wait_for()
    hamlets = dialog.locator("step-flow-form ha-generic-picker, step-flow-form ha-combo-box")
    await hamlets.last.wait_for()
    cameras = await hamlets.count()
    await shoot("setup-areas")
    await _next(page)
    finish = page.get_by_role("button", name=FINISH)
    await finish.wait_for()
    await finish.click()
    await dialog.get_by_text("Tên và chỉ định").wait_for(state="detached")
    return cameras


async def _fill(page: Page, title: str, text: str) -> None:
    dialog = page.locator(DIALOG)
    await dialog.get_by_text(title).first.wait_for()
    field = dialog.locator("step-flow-form input").first
    await field.wait_for()
    await field.fill(text)


async def _next(page: Page) -> None:
    await page.get_by_role("button", name=NEXT).click()
