import pytest

from .market import Market


@pytest.mark.parametrize(("language", "title"), [("", "Not paid"), ("ru", "Не оплачено"), ("uz", "Toʻlanmadi")])
def test_whoever_comes_back_is_told_how_it_went(market: Market, language: str, title: str) -> None:
    answer = market.ask("shop.payment_cancel", headers={"accept-language": language})
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert f"<h1>{title}</h1>" in answer.text
