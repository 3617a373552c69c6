import pytest
from pynamodb.exceptions import TransactWriteError

from ..rows import unchanged
from ..world import meanwhile, refused, upset
from .yard import Yard


def test_commands_that_nobody_answered_are_ended_and_logged(yard: Yard) -> None:
    commands = [yard.unlock("member"), yard.command("lock")]
    yard.clock.move(seconds=196)
    yard.tick("expire_commands")
    for command in commands:
        row = yard.kept(command)
        assert (row["state"], row["error"], "open" in row) == ("expired", "no answer in time", False)
    assert sorted(yard.log) == [("LOCK", False), ("UNLOCK_APP", False)]
    assert yard.data("show")["access_stats"]["failed_attempts_30d"] == 1


def test_what_may_still_be_answered_is_left_alone(yard: Yard) -> None:
    """An answer in time may be worked on late: Lambda tries again for some minutes."""
    yard.unlock()
    yard.clock.move(seconds=194)
    with unchanged(yard.aws):
        yard.tick("expire_commands")


def test_what_was_answered_is_left_alone(yard: Yard) -> None:
    yard.answer(yard.unlock())
    yard.clock.move(seconds=60)
    with unchanged(yard.aws):
        yard.tick("expire_commands")


def test_a_tick_that_comes_twice_logs_once(yard: Yard) -> None:
    yard.unlock()
    yard.clock.move(seconds=196)
    yard.tick("expire_commands")
    yard.clock.move(seconds=60)
    with unchanged(yard.aws):
        yard.tick("expire_commands")
    assert yard.log == [("UNLOCK_APP", False)]


def test_a_reboot_that_nobody_looked_after_ends_with_its_last_sending(yard: Yard) -> None:
    command = yard.command("reboot")
    yard.clock.move(seconds=420)
    yard.tick("expire_commands")
    assert yard.kept(command)["state"] == "published"
    yard.clock.move(seconds=1)
    yard.tick("expire_commands")
    assert yard.kept(command)["state"] == "expired"


def test_commands_of_locks_in_every_shard_are_found(yard: Yard) -> None:
    places = set()
    for number in range(8):
        name = f"LOCK-01{number}"
        id = yard.register(name).json["data"]["id"]
        yard.hear("status", name, status="online")
        assert yard.ask("unlock", {}, id=id).status == 200
        places |= {row["open"] for row in yard.rows(f"DEVICE#{id} COMMAND#")}
    assert len(places) == 8
    yard.clock.move(seconds=196)
    yard.tick("expire_commands")
    states = [row["state"] for row in yard.rows() if row["sk"].startswith("COMMAND#")]
    assert states == ["expired"] * 8


def test_an_answer_that_was_received_in_time_counts_though_it_is_taken_in_late(yard: Yard) -> None:
    """The broker's receipt decides, not when we come to it."""
    command = yard.unlock()
    yard.clock.move(seconds=14)
    received = yard.clock.now
    yard.clock.move(seconds=190)

    def answer() -> None:
        later, yard.clock.now = yard.clock.now, received
        yard.clock.move()
        yard.answer(command)
        yard.clock.now = later
        yard.clock.move()

    with upset("TransactWriteItems", meanwhile(answer), own=True):
        yard.tick("expire_commands")
    assert (yard.kept(command)["state"], yard.log) == ("executed", [("UNLOCK_APP", True)])


def test_an_answer_in_time_counts_even_where_it_was_noted_as_missing(yard: Yard) -> None:
    command = yard.unlock()
    yard.clock.move(seconds=196)
    yard.tick("expire_commands")
    yard.clock.move(seconds=-190)  # when the broker received it
    yard.answer(command)
    assert (yard.state(command), yard.log) == ("executed", [("UNLOCK_APP", True), ("UNLOCK_APP", False)])
    assert (yard.thing["is_locked"], yard.attacks) == (False, [])


def test_one_that_cannot_be_ended_holds_up_no_other(yard: Yard) -> None:
    yard.unlock(), yard.unlock()
    yard.clock.move(seconds=196)
    with upset("TransactWriteItems", refused("InternalServerError"), own=True), pytest.raises(TransactWriteError):
        yard.tick("expire_commands")
    assert len(yard.log) == 1
    yard.tick("expire_commands")
    assert len(yard.log) == 2
