"""A headless browser on a Home Assistant, logged in, for screenshots and end-to-end tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json
import shutil

from playwright.async_api import Page, async_playwright

from .hass import RealHass

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
TIMEOUT = 60_000
DESKTOP = (1280, 800)


@asynccontextmanager
async def browser_page(hass: RealHass, size: tuple[int, int] = DESKTOP) -> AsyncIterator[Page]:
    """Open a page that is logged in as the seeded user and speaks the user's language."""
    executable = shutil.which("chromium")
    if executable is None:
        raise RuntimeError("chromium is missing: script/setup installs it")
    tokens = {
        "access_token": hass.token,
        "token_type": "Bearer",
        "expires_in": 86400,
        "hassUrl": hass.url,
        "clientId": f"{hass.url}/",
        "expires": 4102444800000,
        "refresh_token": "",
    }
    start = (
        f"localStorage.setItem('hassTokens', {json.dumps(json.dumps(tokens))});"
        f"localStorage.setItem('selectedLanguage', {json.dumps(json.dumps(hass.seed.language))});"
    )
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        try:
            width, height = size
            context = await browser.new_context(
                viewport={"width": width, "height": height}, locale="vi-VN"
            )
            context.set_default_timeout(TIMEOUT)
            await context.add_init_script(start)
            yield await context.new_page()
        finally:
            await browser.close()
