from datetime import UTC, datetime
from typing import Any

import pytest

from ..world import Killed, killed_after, meanwhile, refused, upset
from .yard import Yard


def after(yard: Yard, **by: float) -> None:
    """Time passes; the lock is heard of."""
    yard.clock.move(**by)
    yard.hear("heartbeat", battery_level=87)


def again(yard: Yard, command: str) -> dict[str, Any]:
    """One step of the machine; what it is told."""
    order = {"device": yard.id, "command": command, "next": {"at": "2026-01-05T12:01:00Z", "done": False}}
    told: dict[str, Any] = yard.aws.call("locks.send_again", order)
    return told


def at(seconds: int) -> str:
    return datetime.fromtimestamp(1_767_614_400 + seconds, UTC).isoformat().replace("+00:00", "Z")


def test_a_reboot_is_sent_four_times_a_minute_apart_with_one_id_and_rising_sequences(yard: Yard) -> None:
    command = yard.command("reboot")
    for number in (1, 2, 3):
        after(yard, seconds=60)
        assert again(yard, command) == {"at": at(60 * (number + 1)), "done": False}
    after(yard, seconds=60)
    assert again(yard, command)["done"] is True
    assert [sent["sequence"] for sent in yard.published] == [1, 2, 3, 4]
    assert {sent["command_id"] for sent in yard.published} == {command}
    assert [sent["issued_at"] % 1000 for sent in yard.published] == [400, 460, 520, 580]
    assert len({sent["signature"] for sent in yard.published}) == 4
    told = yard.data("show_command", command_id=command)
    assert (told["state"], told["attempts"], told["error"]) == ("expired", 4, "no answer in time")
    assert sorted(yard.log) == [("REBOOT", False), ("REBOOT", True)]
    after(yard, seconds=60)
    assert again(yard, command)["done"] is True
    assert len(yard.published) == 4


def test_an_answer_ends_it(yard: Yard) -> None:
    command = yard.command("reboot")
    after(yard, seconds=60)
    again(yard, command)
    yard.answer(command, "reboot")
    after(yard, seconds=60)
    assert again(yard, command)["done"] is True
    assert (len(yard.published), yard.log) == (2, [("REBOOT", True)])


def test_an_answer_to_an_earlier_sending_counts(yard: Yard) -> None:
    command = yard.command("reboot")
    after(yard, seconds=60)
    again(yard, command)
    yard.answer(command, "reboot", sequence=1)
    assert yard.state(command) == "executed"


def test_other_commands_in_between_take_sequences_of_their_own(yard: Yard) -> None:
    command = yard.command("reboot")
    yard.unlock()
    after(yard, seconds=60)
    again(yard, command)
    assert [(sent["command"], sent["sequence"]) for sent in yard.published] == [
        ("REBOOT", 1),
        ("unlock", 2),
        ("REBOOT", 3),
    ]


def test_who_comes_too_early_is_told_to_wait(yard: Yard) -> None:
    command = yard.command("reboot")
    yard.clock.move(seconds=59)
    assert again(yard, command) == {"at": at(60), "done": False}
    assert len(yard.published) == 1


def test_a_step_that_comes_twice_sends_once(yard: Yard) -> None:
    command = yard.command("reboot")
    after(yard, seconds=60)
    assert again(yard, command) == again(yard, command) == {"at": at(120), "done": False}
    assert len(yard.published) == 2


@pytest.mark.parametrize("operation", ["TransactWriteItems", "Publish"])
def test_a_step_that_died_is_done_by_its_next_try(yard: Yard, operation: str) -> None:
    command = yard.command("reboot")
    after(yard, seconds=60)
    with upset(operation, killed_after, own=True), pytest.raises(Killed):
        again(yard, command)
    assert again(yard, command) == {"at": at(120), "done": False}
    assert {sent["sequence"] for sent in yard.published} == {1, 2}


def test_what_the_broker_does_not_take_now_is_brought_by_the_next_try(yard: Yard) -> None:
    command = yard.command("reboot")
    after(yard, seconds=60)
    with upset("Publish", refused("ServiceUnavailableException")):
        again(yard, command)
    assert len(yard.published) == 1
    again(yard, command)
    assert [sent["sequence"] for sent in yard.published] == [1, 2]


def test_who_is_overtaken_takes_the_next_sequence(yard: Yard) -> None:
    command = yard.command("reboot")
    after(yard, seconds=60)
    with upset("TransactWriteItems", meanwhile(yard.unlock), after=1):
        again(yard, command)
    assert [sent["sequence"] for sent in yard.published] == [1, 2, 3]


def test_an_answer_that_comes_meanwhile_ends_it(yard: Yard) -> None:
    command = yard.command("reboot")
    after(yard, seconds=60)
    with upset("TransactWriteItems", meanwhile(lambda: yard.answer(command, "reboot")), after=1):
        assert again(yard, command)["done"] is True
    assert (len(yard.published), yard.state(command)) == (1, "executed")


def test_a_deleted_lock_is_sent_nothing(yard: Yard) -> None:
    command = yard.command("reboot")
    yard.ask("delete")
    yard.clock.move(seconds=60)
    assert again(yard, command)["done"] is True
    assert len(yard.published) == 1
    assert yard.kept(command)["state"] == "expired"


def test_a_command_that_is_not_there_is_over(yard: Yard) -> None:
    assert again(yard, "019b8e07-4600-79a3-876f-dd0a29bb449e")["done"] is True
