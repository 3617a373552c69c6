from functools import partial

import pytest

from kalit.kit import tables
from kalit.kit.resources import Queue

from ..rows import unchanged
from ..world import Killed, at_once, conflicting, killed_after, lost, meanwhile, upset
from .market import BUYER, CART, Market

EMPTY = {"error": "Savat bo'sh"}


def test_the_goods_are_held_and_the_cart_is_empty(market: Market) -> None:
    one, two = market.variant(price="10.10", stock=5), market.variant(market.product("Two"), "5.00", 3)
    market.add(one, 2)
    market.add(two, 3)
    answer = market.check_out()
    assert (answer.status, answer.json) == (
        201,
        {"message": "Buyurtma qabul qilindi!", "order_id": 1, "status": "success"},
    )
    assert (market.stock(one), market.stock(two)) == ((3, 2, 0), (0, 3, 0))
    assert market.moves(one) == [(-2, "order placed", 1), (5, "in stock at first", None)]
    assert market.cart() == {}
    order = market.ask("shop.show_any_order", by="manager", id=1).json
    assert (order["user"], order["total_price"], order["status"]) == (None, "35.20", "pending")
    assert [(line["id"], line["quantity"], line["price"]) for line in order["items"]] == [
        (101, 2, "10.10"),
        (102, 3, "5.00"),
    ]


def test_it_is_the_accounts_where_a_token_is_sent(market: Market) -> None:
    order = market.order(by="ali")
    assert market.ask("shop.show_order", by="ali", id=order).json["user"] == "ali"


def test_what_a_visitor_had_in_his_cart_is_ordered_too_when_he_has_logged_in(market: Market) -> None:
    variant = market.variant()
    market.add(variant, 2)
    answer = market.ask("shop.checkout", BUYER, by="ali", cart=CART)
    assert answer.status == 201
    assert (market.stock(variant), market.cart()) == ((8, 2, 0), {})


def test_an_empty_cart_is_no_order(market: Market) -> None:
    with unchanged(market.aws):
        answer = market.check_out()
    assert (answer.status, answer.json) == (400, EMPTY)


@pytest.mark.parametrize(
    ("told", "field", "message"),
    [
        *[({name: None}, name, "This field may not be null.") for name in BUYER],
        *[({name: " "}, name, "This field may not be blank.") for name in BUYER],
        ({"full_name": "x" * 256}, "full_name", "Ensure this field has no more than 255 characters."),
        ({"address": "x" * 501}, "address", "Ensure this field has no more than 500 characters."),
        ({"phone": "123456"}, "phone", "Telefon raqam noto'g'ri"),
        ({"phone": "1" * 21}, "phone", "Telefon raqam noto'g'ri"),
        ({"email": "ali"}, "email", "Enter a valid email address."),
        ({"email": "ali@example"}, "email", "Enter a valid email address."),
        ({"email": "a@b.uz, c@d.uz"}, "email", "Enter a valid email address."),
    ],
)
def test_what_is_missing_or_wrong_is_named(market: Market, told: dict[str, object], field: str, message: str) -> None:
    market.add(market.variant())
    with unchanged(market.aws):
        answer = market.check_out(**told)
    assert (answer.status, answer.json) == (400, {field: [message]})


def test_all_fields_are_required(market: Market) -> None:
    assert set(market.ask("shop.checkout", {}, cart=CART).json) == set(BUYER)


def test_where_something_is_short_nothing_changes(market: Market) -> None:
    one, two = market.variant(stock=5), market.variant(market.product("Kalit Two"), stock=5)
    market.add(one, 2)
    market.add(two, 4)
    market.order(two, 3, cart="00000000-0000-4000-8000-000000000000")
    with unchanged(market.aws):
        answer = market.check_out()
    assert (answer.status, answer.json) == (400, {"error": "'Kalit Two' omborda yetarli emas. Qoldi: 2"})
    assert market.cart() == {one: 2, two: 4}


def test_the_price_is_that_of_the_moment_in_which_it_is_ordered(market: Market) -> None:
    variant = market.variant(price="10.00")
    market.add(variant)
    dearer = partial(market.staff, "update_variant", {"price": "12.00"}, id=variant)
    with upset("TransactWriteItems", meanwhile(dearer)):
        assert market.check_out().status == 201
    assert market.kept(1)["total"] == 1200


def test_of_two_for_the_last_one_gets_it(market: Market) -> None:
    variant = market.variant(stock=1)
    other = "00000000-0000-4000-8000-000000000000"
    for cart in (CART, other):
        market.add(variant, cart=cart)
    with upset("TransactWriteItems", meanwhile(partial(market.check_out, cart=other))):
        answer = market.check_out()
    assert answer.json == {"error": "'Kalit One' omborda yetarli emas. Qoldi: 0"}
    assert (market.stock(variant), market.cart()) == ((0, 1, 0), {variant: 1})


# The same once more


def test_a_double_click_is_one_order(market: Market) -> None:
    variant = market.variant()
    market.add(variant, 2)
    answers = at_once([market.check_out] * 4)
    assert sorted(answer.status for answer in answers) == [201, 400, 400, 400]
    assert market.stock(variant) == (8, 2, 0)


def test_with_a_key_the_same_order_is_answered_again(market: Market) -> None:
    variant = market.variant()
    market.add(variant)
    first = market.check_out(key="order-1")
    market.add(variant)
    again = market.check_out(key="order-1")
    assert (again.status, again.json) == (201, first.json)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (market.cart(), market.stock(variant)) == ({variant: 1}, (9, 1, 0))


def test_after_a_day_a_key_stands_for_another_order(market: Market) -> None:
    """Also where DynamoDB has not yet forgotten what it stood for, which it may take days for."""
    variant = market.variant()
    market.add(variant)
    first = market.check_out(key="order-1").json["order_id"]
    market.clock.move(hours=25, seconds=1)
    market.add(variant)
    assert market.check_out(key="order-1").json["order_id"] == first + 1


def test_a_key_is_each_visitors_own(market: Market) -> None:
    variant, other = market.variant(), "00000000-0000-4000-8000-000000000000"
    for cart in (CART, other):
        market.add(variant, cart=cart)
    assert [market.check_out(cart=cart, key="order-1").json["order_id"] for cart in (CART, other)] == [1, 2]


def test_a_key_with_another_body_is_refused(market: Market) -> None:
    market.order()
    market.add(1)
    market.check_out(key="order-1")
    assert market.check_out(key="order-1", full_name="Vali").status == 422


@pytest.mark.parametrize("calls", range(8))
def test_who_dies_gets_his_order_when_he_asks_again(market: Market, calls: int) -> None:
    """Death after each call on the way; the lease of the key is over when he comes again."""
    operations = [
        "PutItem",
        "GetItem",
        "GetItem",
        "BatchGetItem",
        "BatchGetItem",
        "UpdateItem",
        "TransactWriteItems",
        "PutItem",
    ]
    variant = market.variant()
    market.add(variant, 2)
    operation = operations[calls]
    with pytest.raises(Killed), upset(operation, killed_after, after=operations[:calls].count(operation)):
        market.check_out(key="order-1")
    market.clock.move(seconds=12)
    answer = market.check_out(key="order-1")
    assert answer.status == 201, answer.text
    assert market.stock(variant) == (8, 2, 0)
    assert [row["pk"] for row in market.rows("ORDER#")] == [f"ORDER#{answer.json['order_id']}"]


def test_a_lost_answer_and_a_conflict_are_one_order(market: Market) -> None:
    variant = market.variant()
    for fault in (lost, conflicting):
        market.add(variant)
        with upset("TransactWriteItems", fault):
            assert market.check_out().status == 201
    assert market.stock(variant) == (8, 2, 0)


def test_the_buyer_is_written_to_once(market: Market) -> None:
    market.order()
    row = market.kept(1)
    for _ in range(2):
        market.aws.stream("shop.dispatch", row)
    letters = market.aws.messages(Queue.EMAIL)
    assert {letter["id"] for letter in letters} == {"order-1"}
    assert (letters[0]["to"], letters[0]["subject"]) == ("ali@example.com", "Kalit: buyurtma №1 · заказ №1 · order #1")
    assert "129.99" in letters[0]["body"]
    assert "1 x Kalit One (SKU-1)" in letters[0]["body"]


def test_a_key_is_free_again_when_we_were_too_busy(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "ATTEMPTS", 1)
    market.add(market.variant())
    with upset("TransactWriteItems", conflicting):
        assert market.check_out(key="order-1").status == 503
    assert market.check_out(key="order-1").status == 201
