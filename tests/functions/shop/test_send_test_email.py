import pytest

from kalit.kit.resources import Queue

from .market import FORBIDDEN, Market


@pytest.mark.parametrize(
    ("body", "query", "to"),
    [
        ({}, {}, "test@example.com"),
        ({"email": "ali@example.com"}, {}, "ali@example.com"),
        ({}, {"email": "vali@example.com"}, "vali@example.com"),
    ],
)
def test_staff_send_themselves_a_letter(market: Market, body: dict[str, str], query: dict[str, str], to: str) -> None:
    answer = market.ask("shop.send_test_email", body, by="manager", query=query)
    assert (answer.status, answer.json) == (200, {"message": "Email queuega qo'shildi!"})
    [letter] = market.aws.messages(Queue.EMAIL)
    assert letter["to"] == to


def test_nobody_else_does(market: Market) -> None:
    assert market.ask("shop.send_test_email", {}).status == 401
    assert market.ask("shop.send_test_email", {}, by="ali").json == FORBIDDEN
    assert market.ask("shop.send_test_email", {"email": "nobody"}, by="manager").status == 400
    assert market.aws.messages(Queue.EMAIL) == []
