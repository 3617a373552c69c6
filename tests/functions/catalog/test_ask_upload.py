import pytest

from ..rows import unchanged
from ..shop.market import Market


def test_a_form_is_answered_that_takes_this_file_alone(market: Market) -> None:
    product = market.product()
    answer = market.staff("ask_upload", {"content_type": "image/png", "size": 1000}, id=product)
    assert answer.status == 200
    assert answer.json["image"].startswith(f"uploads/{product}/")
    assert answer.json["fields"]["key"] == answer.json["image"]
    assert answer.json["fields"]["Content-Type"] == "image/png"
    assert "local-pictures" in answer.json["url"]
    assert answer.json["expires_at"] == "2026-01-05T12:05:00.000Z"


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"content_type": "image/svg+xml"}, "content_type"),
        ({"content_type": "text/html"}, "content_type"),
        ({"content_type": None}, "content_type"),
        ({"size": 0}, "size"),
        ({"size": 5_000_001}, "size"),
        ({"size": True}, "size"),
    ],
)
def test_what_is_no_picture_or_too_large_is_refused(market: Market, told: dict[str, object], field: str) -> None:
    product = market.product()
    with unchanged(market.aws):
        answer = market.staff("ask_upload", {"content_type": "image/png", "size": 1000, **told}, id=product)
    assert (answer.status, list(answer.json)) == (400, [field])


def test_there_must_be_such_a_product(market: Market) -> None:
    assert market.staff("ask_upload", {"content_type": "image/png", "size": 1000}, id=9).status == 404
