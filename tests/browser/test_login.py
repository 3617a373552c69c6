"""The page on which a one-time password is replaced."""

import uuid

import pytest
import requests
from playwright.sync_api import expect

from tests.browser.window import Window
from tests.running import ADMIN_PASSWORD, Local, User

NEW = "yangi qulf kaliti"


def test_a_manager_logs_in_for_the_first_time_on_a_phone(window: Window, local: Local) -> None:
    username = f"manager-{uuid.uuid4().hex[:8]}"
    admin = User.log_in(local.url, "admin", ADMIN_PASSWORD)
    password = admin.post("/api/manager/create/", {"username": username}).json()["one_time_password"]
    page = window.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/login/")
    assert not window.scrolls_sideways
    for new, again, said in (("short", "short", "This password is too short."), (NEW, "other", "do not match")):
        page.get_by_label("Username").fill(username)
        page.get_by_label("One-time password").fill(password)
        page.get_by_label("New password").fill(new)
        page.get_by_label("Once more").fill(again)
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("alert")).to_contain_text(said)
        expect(page.get_by_label("Username")).to_have_value(username)
    page.get_by_label("One-time password").fill(password)
    page.get_by_label("New password").fill(NEW)
    page.get_by_label("Once more").fill(NEW)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading")).to_have_text("Password changed successfully")
    told = {"username": username, "password": NEW}
    assert requests.post(f"{local.url}/api/token/", json=told, timeout=30).status_code == 200
    assert window.strangers == []
    # Chromium itself says of the refused forms that they were refused.
    assert [text for text in window.complaints if "400" not in text] == []


@pytest.mark.parametrize(("locale", "title"), [("uz-UZ", "Birinchi kirish"), ("ru-RU", "Первый вход")])
def test_it_speaks_the_browsers_language(window: Window, locale: str, title: str) -> None:
    window.page.set_extra_http_headers({"Accept-Language": locale})
    window.page.goto("/login/")
    expect(window.page.get_by_role("heading")).to_have_text(title)
    assert window.complaints == []
