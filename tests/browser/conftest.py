"""Our pages in a real browser: Chromium of this machine, without a window.

Where there is none the ring is left out, and the summary says so.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.window import Window
from tests.conftest import CHROMIUM, ROOT
from tests.running import Local

HERE = Path(__file__).parent
# In a container without a graphics card, and without a word to its maker's hosts.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PICTURES = ROOT / os.environ.get("KALIT_PICTURES", "build/pictures")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if CHROMIUM is None:
        ring = [item for item in items if HERE in item.path.parents]
        items[:] = [item for item in items if item not in ring]
        config.hook.pytest_deselected(items=ring)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # The first call of each function takes a while, and the reference is drawn whole, all operations of it.
    expect.set_options(timeout=90_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def window(browser: Browser, local: Local) -> Iterator[Window]:
    """A window as wide as a laptop's, of a browser that was never here before."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with browser.new_context(viewport={"width": 1280, "height": 900}, base_url=local.url) as context:
        yield Window(context.new_page(), local.url, PICTURES)
