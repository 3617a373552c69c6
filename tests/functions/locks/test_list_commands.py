from decimal import Decimal

from kalit.kit.resources import Table

from ..rows import put
from .yard import Yard


def test_commands_are_listed_the_newest_first(yard: Yard) -> None:
    ids = []
    for name in ("unlock", "lock", "reboot"):
        yard.clock.move(seconds=1)
        ids.append(yard.command(name))
    yard.answer(ids[1], "lock")
    answer = yard.ask("list_commands")
    assert (answer.status, answer.json["success"], answer.json["count"]) == (200, True, 3)
    told = [(command["id"], command["command"], command["state"]) for command in answer.json["data"]]
    assert told == [
        (ids[2], "reboot", "published"),
        (ids[1], "lock", "executed"),
        (ids[0], "unlock", "published"),
    ]
    assert answer.json["data"][1] == yard.data("show_command", command_id=ids[1])


def test_those_that_nobody_answered_have_expired(yard: Yard) -> None:
    yard.unlock()
    yard.clock.move(seconds=16)
    assert [command["state"] for command in yard.data("list_commands")] == ["expired"]


def test_the_newest_hundred_are_listed(yard: Yard) -> None:
    row = yard.kept(yard.unlock())
    for number in range(100):
        sk = f"COMMAND#019b8e07-4600-7000-8000-{number:012}"
        put(yard.aws, Table.LOCKS, {**row, "sk": sk, "sequence": Decimal(number)})
    assert len(yard.data("list_commands")) == 100


def test_those_of_other_locks_are_not(yard: Yard) -> None:
    other = yard.register("LOCK-002").json["data"]["id"]
    yard.unlock()
    assert yard.data("list_commands", id=other) == []


def test_what_a_list_costs(yard: Yard, calls: list[str]) -> None:
    yard.unlock()
    calls.clear()
    yard.data("list_commands")
    assert calls == ["GetItem", "GetItem", "Query"]
