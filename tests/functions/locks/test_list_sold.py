import pytest

from .yard import LOCK, Yard


def sell(yard: Yard, many: int) -> None:
    for number in range(many):
        yard.clock.move(seconds=1)
        yard.register(f"LOCK-1{number:02}", by="stranger")


@pytest.mark.parametrize("by", ["manager", "boss"])
def test_staff_see_all_locks_the_newest_first(yard: Yard, by: str) -> None:
    sell(yard, 2)
    answer = yard.ask("list_sold", by=by)
    assert answer.status == 200
    page = answer.json
    assert (page["count"], page["next"], page["previous"]) == (3, None, None)
    assert [lock["device_id"] for lock in page["results"]] == ["LOCK-101", "LOCK-100", LOCK]
    assert page["results"][2] == {
        **yard.data("list")[0],
        "owner": yard.people["owner"],
        "created_at": "2026-01-05T12:00:00.000Z",
    }


@pytest.mark.parametrize("by", ["owner", "stranger"])
def test_nobody_else_does(yard: Yard, by: str) -> None:
    answer = yard.ask("list_sold", by=by)
    assert (answer.status, answer.json) == (403, {"detail": "You do not have permission to perform this action."})


def test_fifty_are_on_a_page(yard: Yard) -> None:
    sell(yard, 51)
    first, last = (yard.ask("list_sold", by="boss", query={"page": page}).json for page in (1, 2))
    assert (len(first["results"]), len(last["results"]), first["count"]) == (50, 2, 52)
    assert (last["results"][-1]["device_id"], first["previous"], last["next"]) == (LOCK, None, None)
    assert yard.ask("list_sold", by="boss", query={"page": 3}).json == {"detail": "Invalid page."}


def test_deleted_locks_are_listed_and_counted_no_more(yard: Yard) -> None:
    sell(yard, 1)
    yard.ask("delete")
    page = yard.ask("list_sold", by="boss").json
    assert (page["count"], [lock["device_id"] for lock in page["results"]]) == (1, ["LOCK-100"])


def test_staff_see_no_secrets(yard: Yard) -> None:
    text = yard.ask("list_sold", by="boss").text
    assert yard.secret not in text
    assert "cert/" not in text


def test_what_a_page_costs(yard: Yard, calls: list[str]) -> None:
    yard.ask("list_sold", by="boss")
    calls.clear()
    yard.ask("list_sold", by="boss")
    assert calls == ["GetItem", "Query", "BatchGetItem", "BatchGetItem"]
