"""Paying an order of the running shop, on the sandbox's page, in the browser that holds its cart."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.window import Window
from tests.buying import BUYER, becomes, goods, shown, stock
from tests.running import ADMIN_PASSWORD, Local, User, eventually


@pytest.fixture
def boss(local: Local) -> User:
    return User.log_in(local.url, "admin", ADMIN_PASSWORD)


def asked(window: Window, path: str, **body: Any) -> Any:
    """What the shop answers to the browser, whose cookie is its cart."""
    answer = window.page.request.post(path, data=body)
    assert answer.ok, answer.text()
    return answer.json()


def ordered(window: Window, variant: int) -> int:
    asked(window, "/api/cart/", variant_id=variant, quantity=2)
    return int(asked(window, "/api/checkout/", **BUYER)["order_id"])


def pay_page(window: Window, order: int) -> str:
    return str(asked(window, "/api/create-checkout-session/", order_id=order)["checkout_url"])


def test_a_guest_pays_an_order_at_the_second_try(window: Window, local: Local, boss: User) -> None:
    _, variant = goods(boss)
    id = ordered(window, variant)
    page = window.page
    page.goto(pay_page(window, id))
    expect(page.get_by_text(f"Order #{id}")).to_be_visible()
    page.get_by_role("button", name="The card is declined").click()
    expect(page.get_by_role("alert")).to_contain_text("Your card was declined")
    assert (shown(boss, id)["status"], stock(boss, variant)) == ("pending", (3, 2, 0))
    page.get_by_role("button", name="Pay $259.98").click()
    page.wait_for_url(f"{local.url}/api/payment-success/")
    expect(page.get_by_role("heading")).to_have_text("Thank you!")
    assert not window.scrolls_sideways
    becomes(boss, id, status="paid")
    assert stock(boss, variant) == (3, 0, 2)
    assert window.complaints == []


def test_a_page_whose_time_ran_out_is_followed_by_another(window: Window, local: Local, boss: User) -> None:
    _, variant = goods(boss)
    id = ordered(window, variant)
    first = pay_page(window, id)
    page = window.page
    page.goto(first)
    page.get_by_role("button", name="The time runs out").click()
    page.wait_for_url(f"{local.url}/api/payment-cancel/")
    expect(page.get_by_role("heading")).to_have_text("Not paid")
    assert (shown(boss, id)["status"], stock(boss, variant)) == ("pending", (3, 2, 0))
    expect(page.get_by_role("main")).to_contain_text("keeps its goods for a day")

    page.goto(eventually(lambda: (again := pay_page(window, id)) != first and again))
    page.get_by_role("button", name="Pay $259.98").click()
    page.wait_for_url(f"{local.url}/api/payment-success/")
    becomes(boss, id, status="paid")
    assert window.complaints == []


@pytest.mark.parametrize(("locale", "title"), [("uz-UZ", "Rahmat!"), ("ru-RU", "Спасибо!")])
def test_the_way_back_speaks_the_browsers_language(window: Window, locale: str, title: str) -> None:
    window.page.set_extra_http_headers({"Accept-Language": locale})
    window.page.goto("/api/payment-success/")
    expect(window.page.get_by_role("heading")).to_have_text(title)
    assert (window.strangers, window.complaints) == ([], [])
