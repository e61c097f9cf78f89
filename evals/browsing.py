"""A real browser for tests and benches: the Chromium of this machine, without a window."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


def chromium() -> str:
    """Say where this machine has a Chromium; empty where it has none. `apt-get install chromium` brings one."""
    return next((found for name in _NAMES if (found := shutil.which(name))), "")


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """Open the browser for as long as the block lasts."""
    # Chromium refuses to put root, as in a container, into its sandbox.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as play:
        opened = await play.chromium.launch(executable_path=chromium(), args=arguments)
        try:
            yield opened
        finally:
            await opened.close()
