"""The page to read."""

import pytest
from playwright.sync_api import expect

from tests.browser.window import Window


@pytest.mark.parametrize("path", ["/api/redoc/", pytest.param("/redoc", marks=pytest.mark.long)])
def test_it_shows_title_and_operations_and_asks_no_other_host(window: Window, path: str) -> None:
    window.page.goto(path)
    expect(window.page.get_by_role("heading", name="Kalit (1.0.0)")).to_be_visible()
    told = window.page.request.get("/api/schema/").json()
    for item in told["paths"].values():
        for operation in item.values():
            expect(
                window.page.locator(f"[id='tag/{operation['tags'][0]}/operation/{operation['operationId']}']")
            ).to_be_attached()
    assert (window.complaints, window.strangers) == ([], [])
    assert not window.scrolls_sideways


@pytest.mark.long
def test_it_can_be_searched(window: Window) -> None:
    """The search runs in a worker, which the page's policy must let in."""
    window.page.goto("/api/redoc/")
    window.page.get_by_placeholder("Search").fill("countdown")
    expect(window.page.locator("[data-role='search:results'] li").first).to_be_visible()
    assert window.complaints == []


def test_it_fits_a_phone(window: Window) -> None:
    window.page.set_viewport_size({"width": 390, "height": 844})
    window.page.goto("/api/redoc/")
    expect(window.page.get_by_role("heading", name="Kalit (1.0.0)")).to_be_visible()
    assert not window.scrolls_sideways
    assert window.complaints == []


@pytest.mark.long
def test_its_picture(window: Window) -> None:
    window.page.goto("/api/redoc/#tag/tasks/operation/tasks.create")
    heading = window.page.get_by_role("heading", name="Ask for a sum or a countdown")
    heading.scroll_into_view_if_needed()  # what is drawn later above it moves it away
    expect(heading).to_be_in_viewport()
    window.picture("redoc")
