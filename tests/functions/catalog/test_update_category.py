from functools import partial

from ..rows import unchanged
from ..shop.market import Market
from ..world import meanwhile, upset


def test_what_is_left_out_stays(market: Market) -> None:
    id = market.category("Locks")
    assert market.staff("update_category", {"name": "Door locks"}, id=id).json == {
        "id": id,
        "name": "Door locks",
        "slug": "locks",
    }
    assert market.ask("catalog.list_categories").json["results"] == [{"id": id, "name": "Door locks", "slug": "locks"}]
    assert market.acts == ["category.create", "category.update"]


def test_an_old_slug_is_free_again_and_finds_nothing(market: Market) -> None:
    id = market.category("Locks")
    market.product(category=id)
    assert market.staff("update_category", {"slug": "doors"}, id=id).status == 200
    assert (market.products(category="locks"), market.products(category="doors")) == ([], ["Kalit One"])
    assert market.staff("create_category", {"name": "Locks"}).status == 201


def test_anothers_slug_is_refused(market: Market) -> None:
    market.category("Locks")
    id = market.category("Doors")
    with unchanged(market.aws):
        answer = market.staff("update_category", {"slug": "locks"}, id=id)
    assert (answer.status, answer.json) == (400, {"slug": ["This value is already taken."]})


def test_there_must_be_one(market: Market) -> None:
    assert market.staff("update_category", {"name": "Locks"}, id=9).status == 404


def test_who_changes_what_another_changed_meanwhile_changes_what_is_there_now(market: Market) -> None:
    id = market.category("Locks")
    rename = partial(market.staff, "update_category", {"name": "Gates"}, id=id)
    with upset("TransactWriteItems", meanwhile(rename)):
        answer = market.staff("update_category", {"slug": "gates"}, id=id)
    assert answer.json == {"id": id, "name": "Gates", "slug": "gates"}
