from ..shop.market import Market


def test_they_come_by_id_ten_to_a_page(market: Market) -> None:
    for number in range(1, 13):
        market.category(f"Shelf {number}")
    told = market.ask("catalog.list_categories").json
    assert (told["count"], told["previous"], [each["id"] for each in told["results"]]) == (12, None, list(range(1, 11)))
    assert told["next"] == "http://localhost:8000/api/categories/?page=2"
    assert [each["id"] for each in market.ask("catalog.list_categories", query={"page": "last"}).json["results"]] == [
        11,
        12,
    ]
    assert market.ask("catalog.list_categories", query={"page": "3"}).json == {"detail": "Invalid page."}
