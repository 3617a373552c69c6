"""The payment sandbox's page in a real browser; it needs nothing of the running system."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import PICTURES
from tests.browser.window import Window
from tests.paying import Paying, Shop, shop
from tests.running import eventually


@pytest.fixture(scope="module")
def heard() -> Iterator[Shop]:
    with shop() as made:
        yield made


@pytest.fixture(scope="module")
def paying(heard: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Paying]:
    with Paying(tmp_path_factory.mktemp("stripe") / "stripe.sqlite", f"{heard.url}/api/webhook/") as made:
        yield made


@pytest.fixture
def phone(browser: Browser, paying: Paying, heard: Shop) -> Iterator[Window]:
    """A phone's window."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    paying.forget()
    heard.heard.clear()
    with browser.new_context(viewport={"width": 390, "height": 844}, locale="en-US") as context:
        yield Window(context.new_page(), paying.url, PICTURES)


def page_of(paying: Paying, heard: Shop, order: int) -> str:
    price = {"currency": "usd", "unit_amount": 123456, "product_data": {"name": f"Order #{order}"}}
    session = paying.client.v1.checkout.sessions.create(
        {
            "mode": "payment",
            "line_items": [{"price_data": price, "quantity": 1}],
            "success_url": f"{heard.url}/api/payment-success/",
            "cancel_url": f"{heard.url}/api/payment-cancel/",
        }
    )
    assert session.url
    return session.url


def told(heard: Shop, number: int) -> list[str]:
    eventually(lambda: len(heard.heard) >= number)
    return [json.loads(body)["type"] for _, body in heard.heard]


def test_a_customer_pays_at_the_second_try(phone: Window, paying: Paying, heard: Shop) -> None:
    page = phone.page
    page.goto(page_of(paying, heard, 1042))
    expect(page.get_by_text("Order #1042")).to_be_visible()
    expect(page.get_by_text("$1,234.56", exact=True)).to_be_visible()
    assert not phone.scrolls_sideways
    phone.picture("pay-phone")
    page.get_by_role("button", name="The card is declined").click()
    expect(page.get_by_role("alert")).to_contain_text("Your card was declined")
    assert phone.strangers == []
    page.get_by_role("button", name="Pay $1,234.56").click()
    page.wait_for_url(f"{heard.url}/api/payment-success/")
    assert told(heard, 5)[-1] == "checkout.session.completed"
    page.go_back()
    page.reload()
    expect(page.get_by_role("status")).to_have_text("This order is paid.")
    assert phone.complaints == []


def test_the_time_runs_out(phone: Window, paying: Paying, heard: Shop) -> None:
    address = page_of(paying, heard, 2)
    phone.page.goto(address)
    phone.page.get_by_role("button", name="The time runs out").click()
    phone.page.wait_for_url(f"{heard.url}/api/payment-cancel/")
    assert told(heard, 1) == ["checkout.session.expired"]
    phone.page.goto(address)
    expect(phone.page.get_by_role("status")).to_contain_text("has expired")
    expect(phone.page.get_by_role("button")).to_have_count(0)


def test_who_goes_back_to_the_shop_can_still_pay(phone: Window, paying: Paying, heard: Shop) -> None:
    address = page_of(paying, heard, 3)
    phone.page.goto(address)
    phone.page.get_by_role("link", name="Back to the shop").click()
    phone.page.wait_for_url(f"{heard.url}/api/payment-cancel/")
    phone.page.goto(address)
    expect(phone.page.get_by_role("button")).to_have_count(5)
    assert heard.heard == []


@pytest.mark.parametrize(("language", "pay"), [("uz", "$1,234.56 toʻlash"), ("ru", "Оплатить $1,234.56")])
def test_it_speaks_three_languages(phone: Window, paying: Paying, heard: Shop, language: str, pay: str) -> None:
    phone.page.goto(f"{page_of(paying, heard, 4)}?copies=2")
    phone.page.get_by_role("link", name=language).click()
    expect(phone.page.locator("html")).to_have_attribute("lang", language)
    expect(phone.page.get_by_role("complementary")).to_contain_text("2")
    phone.page.get_by_role("button", name=pay).click()
    phone.page.wait_for_url(f"{heard.url}/api/payment-success/")
    assert told(heard, 6).count("checkout.session.completed") == 2
    assert phone.complaints == []


def test_there_is_no_page_of_nothing(phone: Window, paying: Paying) -> None:
    phone.page.goto(f"{paying.url}/c/pay/cs_test_none")
    expect(phone.page.get_by_role("status")).to_have_text("There is no such payment.")


def test_a_laptop_shows_it_too(browser: Browser, paying: Paying, heard: Shop) -> None:
    with browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="dark") as context:
        window = Window(context.new_page(), paying.url, PICTURES)
        window.page.goto(f"{page_of(paying, heard, 1042)}?lang=ru&copies=3&shuffle=1")
        expect(window.page.get_by_role("complementary")).to_contain_text("3 раз(а), вразнобой")
        assert not window.scrolls_sideways
        window.picture("pay")
