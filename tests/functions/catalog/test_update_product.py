from functools import partial

from ..rows import unchanged
from ..shop.market import Market
from ..world import meanwhile, upset


def test_what_is_left_out_stays(market: Market) -> None:
    id = market.product("Kalit One", description="Opens.")
    answer = market.staff("update_product", {"name": "Kalit Two"}, id=id)
    assert (answer.json["name"], answer.json["slug"], answer.json["description"]) == (
        "Kalit Two",
        "kalit-one",
        "Opens.",
    )
    assert market.ask("catalog.show_product", id=id).json["name"] == "Kalit Two"
    assert market.staff("update_product", {"name": "Kalit Two"}, id=9).status == 404


def test_it_moves_to_another_category(market: Market) -> None:
    old, new = market.category("Old"), market.category("New")
    id = market.product(category=old)
    market.variant(id)
    assert market.staff("update_product", {"category": new}, id=id).json["category"] == new
    assert (market.products(category="old"), market.products(category="new")) == ([], ["Kalit One"])
    assert market.staff("delete_category", id=old).status == 204
    with unchanged(market.aws):
        answer = market.staff("update_product", {"category": 9}, id=id)
    assert answer.json == {"category": ['Invalid pk "9" - object does not exist.']}


def test_searches_find_it_by_its_new_words_alone(market: Market) -> None:
    id = market.product("Kalit One")
    market.follow()
    market.staff("update_product", {"name": "Qulf"}, id=id)
    market.follow()
    assert (market.products(search="kalit"), market.products(search="qulf")) == ([], ["Qulf"])


def test_of_two_who_change_it_at_once_neither_is_lost(market: Market) -> None:
    id = market.product("Kalit One")
    other = partial(market.staff, "update_product", {"description": "Opens."}, id=id)
    with upset("TransactWriteItems", meanwhile(other)):
        answer = market.staff("update_product", {"name": "Kalit Two"}, id=id)
    assert (answer.json["name"], answer.json["description"]) == ("Kalit Two", "Opens.")
