"""The page behind a reset's link."""

import re
import uuid

import pytest
import requests
from playwright.sync_api import expect

from tests.browser.window import Window
from tests.running import ADMIN_PASSWORD, Local, User, eventually

PASSWORD, NEW = "kalit va qulf", "yangi qulf kaliti"


@pytest.fixture
def email(local: Local) -> str:
    """The address of somebody who has an account."""
    email = f"{uuid.uuid4().hex[:12]}@example.com"
    told = {"email": email, "password": PASSWORD, "password_confirm": PASSWORD}
    assert requests.post(f"{local.url}/api/v1/auth/register/", json=told, timeout=30).status_code == 201
    return email


@pytest.fixture
def link(local: Local, email: str) -> str:
    """The link that was sent to him."""
    requests.post(f"{local.url}/api/v1/auth/password-reset/", json={"email": email}, timeout=30)
    admin = User.log_in(local.url, "admin", ADMIN_PASSWORD)
    sent = eventually(lambda: admin.get("/api/email/outbox/", params={"to": email}).json()["results"])
    found = re.search(r"http://\S+", sent[0]["body"])
    assert found
    return found[0]


def test_a_new_password_is_set_on_a_phone(window: Window, local: Local, link: str, email: str) -> None:
    page = window.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(link)
    assert not window.scrolls_sideways
    page.get_by_label("New password").fill("short")
    page.get_by_label("Once more").fill("short")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("This password is too short.")
    page.get_by_label("New password").fill(NEW)
    page.get_by_label("Once more").fill(NEW)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading")).to_have_text("Password changed successfully")
    told = {"email": email, "password": NEW}
    assert requests.post(f"{local.url}/api/v1/auth/login/", json=told, timeout=30).status_code == 200
    assert window.strangers == []
    # Chromium itself says of the refused form that it was refused.
    assert [text for text in window.complaints if "400" not in text] == []


@pytest.mark.parametrize(("locale", "title"), [("uz-UZ", "Yangi parol"), ("ru-RU", "Новый пароль")])
def test_it_speaks_the_browsers_language(window: Window, locale: str, title: str) -> None:
    window.page.set_extra_http_headers({"Accept-Language": locale})
    window.page.goto("/reset/any/")
    expect(window.page.get_by_role("heading")).to_have_text(title)
    assert window.complaints == []
