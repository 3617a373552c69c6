import pytest

from .market import Market


@pytest.mark.parametrize(("language", "title"), [("", "Thank you!"), ("ru", "Спасибо!"), ("uz", "Rahmat!")])
def test_whoever_comes_back_is_told_how_it_went(market: Market, language: str, title: str) -> None:
    answer = market.ask("shop.payment_success", headers={"accept-language": language})
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert f"<h1>{title}</h1>" in answer.text
