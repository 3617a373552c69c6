"""Locks, cut short at every AWS call and crossed by others at each: no right outlives its end, no command its time."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from kalit.kit.resources import Table
from tests.cloud import Answer

from .faults import died_everywhere, preempted_everywhere
from .goals import FULL, Proved
from .locks import LEASE, Locks, Scene
from .system import System, at_once

RACES = 500 if FULL else 60


@pytest.fixture(scope="module")
def locks(system: System) -> Locks:
    return Locks(system)


@dataclass(frozen=True)
class Story:
    """In which scene it begins, what is prepared, what is then cut short, and how a client's retry may be answered."""

    act: Callable[[Locks], Any]
    scene: Callable[[Locks], Scene] = lambda locks: locks.shared
    prepare: Callable[[Locks], Any] = lambda locks: None
    statuses: tuple[int, ...] = ()
    ends: Callable[[Locks, bool], str] = lambda locks, retried: ""

    def begin(self, locks: Locks) -> None:
        locks.begin(self.scene(locks))
        self.prepare(locks)


def credentials(locks: Locks, retried: bool) -> str:
    """Who asks again has credentials that work; who gives up has a lock that he can delete, or none."""
    if retried:
        return "" if len(locks.things.connecting) == 1 else "what the client was told does not connect"
    for lock in locks.ask("list").json["data"]:
        if locks.ask("delete", id=lock["id"]).status != 204:
            return "a lock cannot be deleted"
    locks.settle()
    return "" if locks.register(key="").status == 201 else "the name is not free"


def one_outcome(event: str) -> Callable[[Locks, bool], str]:
    def told(locks: Locks, retried: bool) -> str:
        kept, told = len(locks.commands), locks.logged(event)
        return "" if kept == told <= 1 else f"{kept} commands, and {told} entries of their ends"

    return told


def executed(locks: Locks, retried: bool) -> str:
    [row] = locks.commands
    said = one_outcome("UNLOCK_APP")(locks, retried)
    return said if row["state"] == ("executed" if retried else row["state"]) else f"it is {row['state']}"


def four_sendings(locks: Locks, retried: bool) -> str:
    """However often its steps die: no more sendings than four, and one end."""
    [row] = locks.commands
    sendings, failures = len(row["sequences"]), locks.logged("REBOOT")
    return "" if (row["state"], failures) == ("expired", 2) and sendings <= 4 else f"{row['state']} after {sendings}"


def step(locks: Locks) -> None:
    """The step of a reboot's machine, a minute after its sending."""
    [row] = locks.commands
    locks.system.wait(60)
    order = {"device": row["pk"].removeprefix("DEVICE#"), "command": row["sk"].removeprefix("COMMAND#")}
    locks.system.cloud.call("locks.send_again", {**order, "next": {"at": "2026-01-05T12:01:00Z"}})
    locks.system.wait(-60)


STORIES = {
    "create": Story(lambda locks: locks.register(), lambda locks: locks.bare, statuses=(201,), ends=credentials),
    "unlock": Story(lambda locks: locks.unlock(), statuses=(200,), ends=one_outcome("UNLOCK_APP")),
    "answer": Story(lambda locks: locks.answer(), prepare=Locks.unlock, ends=executed),
    "expire": Story(lambda locks: locks.tick("expire_commands"), prepare=Locks.unlock, ends=one_outcome("UNLOCK_APP")),
    "reboot": Story(step, prepare=Locks.reboot, ends=four_sendings),
    "delete": Story(lambda locks: locks.delete(), statuses=(204, 404)),
    "share": Story(lambda locks: locks.share(), lambda locks: locks.owned, statuses=(201, 400)),
    "unshare": Story(lambda locks: locks.unshare(), statuses=(204, 404)),
    "tamper": Story(lambda locks: locks.hear("alert", type="tamper", counter=9)),
    "follow": Story(lambda locks: locks.follow(), lambda locks: locks.bare, prepare=Locks.register),
}


@pytest.mark.parametrize("retried", [True, False], ids=["retried", "given up"])
@pytest.mark.parametrize("name", STORIES)
def test_what_dies_on_the_way_is_done_whole_or_not_at_all(locks: Locks, name: str, retried: bool) -> None:
    story, wrong = STORIES[name], []
    for death in died_everywhere(lambda: story.begin(locks), lambda: story.act(locks)):
        said = []
        if retried:
            if story.statuses:
                locks.system.wait(LEASE)
            answer = story.act(locks)
            if isinstance(answer, Answer) and answer.status not in story.statuses:
                said.append(f"the retry got {answer.status} {answer.text}")
        locks.settle()
        said += [told for told in [*locks.wrong(), story.ends(locks, retried)] if told]
        wrong += [f"{death}: {what}" for what in said]
    assert not wrong


# Company


def named(answer: Answer) -> str:
    return f"{answer.status} {answer.text[:80]}"


@dataclass(frozen=True)
class Meeting:
    """Two who act on one lock at once, what each may be answered, and what must hold of both answers."""

    one: Callable[[Locks], Answer]
    other: Callable[[Locks], Answer]
    answers: set[tuple[int, int]]
    scene: Callable[[Locks], Scene] = lambda locks: locks.shared
    prepare: Callable[[Locks], Any] = lambda locks: None


def registered_by_another(locks: Locks) -> Answer:
    return locks.register(by="stranger")


MEETINGS = {
    "unlock, unshare": Meeting(Locks.unlock, Locks.unshare, {(200, 204), (403, 204)}),
    "unshare, unlock": Meeting(Locks.unshare, Locks.unlock, {(204, 200), (204, 403)}),
    "unlock, delete": Meeting(Locks.unlock, Locks.delete, {(200, 204), (404, 204)}),
    "delete, unlock": Meeting(Locks.delete, Locks.unlock, {(204, 200), (204, 404)}),
    "unlock, unlock": Meeting(Locks.unlock, lambda locks: locks.unlock("owner"), {(200, 200)}),
    "reboot, unlock": Meeting(Locks.reboot, Locks.unlock, {(200, 200)}),
    "share, delete": Meeting(Locks.share, Locks.delete_for_good, {(201, 204), (404, 204)}, lambda locks: locks.owned),
    "delete, share": Meeting(Locks.delete, Locks.share, {(204, 201), (204, 404)}, lambda locks: locks.owned),
    "share, share": Meeting(
        Locks.share, lambda locks: locks.share("VIEWER"), {(201, 400), (400, 201)}, lambda locks: locks.owned
    ),
    "unshare, unshare": Meeting(Locks.unshare, Locks.unshare, {(204, 404), (404, 204)}),
    "unshare, delete": Meeting(Locks.unshare, Locks.delete, {(204, 204), (404, 204)}),
    "delete, unshare": Meeting(Locks.delete, Locks.unshare, {(204, 204), (204, 404)}),
    "delete, delete": Meeting(Locks.delete, Locks.delete, {(204, 404), (404, 204)}),
    "create, create": Meeting(
        lambda locks: locks.register(), registered_by_another, {(201, 400), (400, 201)}, lambda locks: locks.bare
    ),
}


@pytest.mark.parametrize("name", MEETINGS)
def test_of_two_who_meet_one_is_first(locks: Locks, name: str) -> None:
    """The second runs from beginning to end at every call of the first."""
    meeting, wrong = MEETINGS[name], []

    def begin() -> None:
        locks.begin(meeting.scene(locks))
        meeting.prepare(locks)

    for call, one, other in preempted_everywhere(begin, lambda: meeting.one(locks), lambda: meeting.other(locks)):
        order = transactions(locks)
        said = [] if (one.status, other.status) in meeting.answers else [f"{named(one)} and {named(other)}"]
        if "END" in order and "COMMAND" in order[order.index("END") :]:
            said.append("a command was kept after its right had ended")
        if len(locks.published) != order.count("COMMAND"):
            said.append(f"{order.count('COMMAND')} commands were kept, {len(locks.published)} sent")
        locks.settle()
        wrong += [f"{call}: {what}" for what in said + locks.wrong()]
    assert not wrong


def transactions(locks: Locks) -> list[str]:
    """What the table went through, in its order: COMMAND where one was kept, END where a share or the lock ended."""
    told = []
    for record in locks.system.stream(Table.LOCKS):
        sk, new = record["dynamodb"]["Keys"]["sk"]["S"], record["dynamodb"].get("NewImage", {})
        if record["eventName"] == "INSERT" and sk.startswith("COMMAND#"):
            told.append("COMMAND")
        elif (record["eventName"] == "REMOVE" and sk.startswith("SHARE#")) or (sk == "DEVICE" and "deleted_at" in new):
            told.append("END")
    return told


def test_of_two_answers_that_meet_one_counts(locks: Locks) -> None:
    def begin() -> None:
        locks.begin(locks.shared)
        locks.unlock()

    def yes() -> None:
        locks.answer(True, 9)

    def no() -> None:
        locks.answer(False, 10)

    for call, *_ in preempted_everywhere(begin, yes, no):
        [row] = locks.commands
        assert (row["state"], locks.logged("UNLOCK_APP")) in (("executed", 1), ("failed", 1)), str(call)
        locks.settle()
        assert locks.wrong() == [], str(call)


@pytest.mark.parametrize("delete", [Locks.delete, Locks.delete_for_good])
def test_a_registration_that_comes_again_meets_the_deletion_of_its_lock(
    locks: Locks, delete: Callable[[Locks], Answer]
) -> None:
    """Whatever comes between, no certificate opens anything for a lock that is not there."""

    def begin() -> None:
        locks.begin(locks.owned)
        locks.forget_answers()

    for call, again, gone in preempted_everywhere(begin, lambda: locks.register(), lambda: delete(locks)):
        locks.settle()
        assert gone.status == 204, str(call)
        assert again.status in (201, 400, 404, 500), f"{call}: {named(again)}"
        assert locks.wrong() == [], str(call)


def test_no_unlock_is_kept_after_its_share_has_ended(locks: Locks, proved: Proved) -> None:
    """Both at the same moment, many times: the transaction's own check decides."""
    early = 0
    for _ in range(RACES):
        locks.begin(locks.shared)
        unlock, unshare = at_once([lambda: locks.unlock(key=""), locks.unshare])
        order = transactions(locks)
        assert (unlock.status, unshare.status, order) in (
            (200, 204, ["COMMAND", "END"]),
            (403, 204, ["END"]),
        ), f"{named(unlock)} {order}"
        assert len(locks.published) == order.count("COMMAND")
        early += unlock.status == 200
    assert 0 < early < RACES, "both orders were seen"
    proved("G7", RACES)
