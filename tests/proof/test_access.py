"""Codes at the door, cut short at every AWS call and crossed by others at each; and guessed at by the hundred."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from kalit.kit import tables
from kalit.locks import store
from kalit.locks.access import guess_store
from tests.cloud import Answer

from .access import ELSEWHERE, HOME, Access
from .faults import died_everywhere, every, injected, is_transaction, preempted_everywhere, timeout
from .goals import FULL, Proved
from .system import System, at_once

GUESSES = 10_000 if FULL else 300
SCANS = 200 if FULL else 40
LEASE = 31  # seconds after which the place of a try that died is free


@pytest.fixture(scope="module")
def access(system: System) -> Access:
    return Access(system)


Act = Callable[[Access], Answer]
SHOWN: dict[str, Act] = {
    "pin": lambda access: access.show("pin"),
    "nfc": lambda access: access.show("nfc"),
    "qr": lambda access: access.show("qr"),
    "scan": lambda access: access.scan(),
}
of_every_way = pytest.mark.parametrize("way", SHOWN)


def let_in(answer: Answer) -> bool:
    """Whether an answer says so; a lock opens on nothing else."""
    told = answer.json
    return bool(told.get("access_granted") or told.get("valid"))


def kind_of(way: str) -> str:
    return "qr" if way == "scan" else way


@of_every_way
def test_who_dies_on_the_way_lets_in_once_or_not_at_all(access: Access, way: str) -> None:
    """Whoever showed the code shows it again: the same request, then another when the dead one's place is free."""
    wrong, kind = [], kind_of(way)
    for death in died_everywhere(access.begin, lambda: SHOWN[way](access)):
        kept = access.used(kind)
        said = [] if kept in (0, 1) else [f"used {kept} times"]
        same = SHOWN[way](access)
        used = access.used(kind) or 0
        if used > 1 or (let_in(same) and kept == used):
            said.append(f"the same again got {same.status} {same.text}, and it was used {used} times")
        access.system.wait(LEASE)
        again = SHOWN[way](access)
        opens = kind != "qr" or used == 0
        if let_in(again) != opens or access.used(kind) != used + opens:
            said.append(f"another try got {again.status} {again.text}")
        access.locks.settle()
        wrong += [f"{death}: {what}" for what in [*said, *access.wrong()]]
    assert not wrong


def test_who_dies_over_a_wrong_code_does_not_let_more_of_them_be_looked_at(
    access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VERIFY_LIMIT", "20")
    monkeypatch.setattr(guess_store, "PATIENCE", 0.01)
    for death in died_everywhere(access.begin, lambda: access.show("pin", "482914")):
        answers = [access.show("pin", f"{1000 + n}", off=n - 20).status for n in range(3)]
        looked_at = sum(row["reason"] == "unknown" for row in access.tries())
        assert (looked_at <= 2, answers[-1]) == (True, 429), f"{death}: {looked_at} were looked at"


# Company

ENDS: dict[str, Callable[[Access, str], Answer]] = {
    "its maker's share ends": lambda access, kind: access.locks.unshare(),
    "the code is deleted": lambda access, kind: access.delete_code(kind),
    "the lock is deleted": lambda access, kind: access.locks.delete(),
}


MEETINGS = [("pin", end) for end in ENDS] + [("scan", end) for end in ENDS]
MEETINGS += [("nfc", "its maker's share ends"), ("qr", "the code is deleted")]


@pytest.mark.parametrize(("way", "end"), MEETINGS)
def test_who_is_let_in_was_so_before_his_right_ended(access: Access, way: str, end: str) -> None:
    """It ends from beginning to end at every call of the try."""
    show, stop = partial(SHOWN[way], access), partial(ENDS[end], access, kind_of(way))
    for shown, ended in checked(access, show, stop):
        assert (shown.status in (200, 401, 404), ended.status) == (True, 204)


@pytest.mark.parametrize("end", ENDS)
def test_nor_is_anybody_let_in_while_it_ends(access: Access, end: str) -> None:
    """The try comes at every call of the ending."""
    for ended, shown in checked(access, partial(ENDS[end], access, "pin"), partial(access.show, "pin")):
        assert (shown.status in (200, 401, 404), ended.status) == (True, 204)


def checked(access: Access, one: Callable[[], Answer], other: Callable[[], Answer]) -> Iterator[tuple[Answer, Answer]]:
    """How both were answered at each call, when what must hold of the table holds."""
    for call, first, second in preempted_everywhere(access.begin, one, other):
        order = access.order()
        ins = order.count("IN")
        granted = sum(let_in(answer) for answer in (first, second) if answer.text)
        assert "END" in order, str(call)
        assert "IN" not in order[order.index("END") :], f"{call}: let in after his right had ended"
        # Who scans a code is on record before the lock is told, which may be deleted in between.
        assert granted == ins or (first.status, granted, ins) == (404, 0, 1), f"{call}: {granted} of {ins}"
        assert len(access.locks.published) <= ins, str(call)
        yield first, second


@pytest.mark.parametrize("way", ["pin", "scan"])
def test_of_two_who_show_a_code_at_once_both_are_on_record(access: Access, way: str) -> None:
    def show(off: int) -> Answer:
        return access.scan() if way == "scan" else access.show(way, off=off)

    for call, *answers in preempted_everywhere(access.begin, lambda: show(0), lambda: show(1)):
        opened = sum(let_in(answer) for answer in answers)
        assert opened == (1 if way == "scan" else 2), f"{call}: {[answer.text for answer in answers]}"
        access.locks.follow()
        assert access.used(kind_of(way)) == opened, str(call)


def test_a_card_that_is_put_out_of_use_while_it_is_shown_opens_before_or_not_at_all(access: Access) -> None:
    for shown, changed in checked(access, lambda: access.show("nfc"), access.put_out_of_use):
        assert (shown.status in (200, 401), changed.status) == (True, 200)


@pytest.mark.parametrize("way", ["pin", "scan"])
def test_where_no_answer_comes_from_the_table_nobody_is_told_to_open(
    access: Access, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every transaction has its effect and no answer: who asks hears that we are busy, and the record has it once."""
    monkeypatch.setattr(tables, "ATTEMPTS", 3)
    access.begin()
    with injected(every(is_transaction, timeout)):
        answer = SHOWN[way](access)
    assert (let_in(answer), answer.status) == (False, 503)
    assert access.used(kind_of(way)) == 1
    assert [row["success"] for row in access.tries()] == [True]


# Guessing


def test_guesses_from_a_hundred_addresses_are_looked_at_as_seldom_as_from_one(access: Access, proved: Proved) -> None:
    """A guess every six seconds at twenty PINs. The owner comes in meanwhile, at the first try."""
    access.begin()
    for n in range(20):
        access.made("create_pin", {"pin_code": f"77{n:04}", "name": "One of twenty"})
    assert let_in(access.show("pin", address=HOME))
    dice, began, told = random.Random(7), access.system.now, Counter[int]()
    for n in range(GUESSES):
        access.system.wait(6)
        told[access.show("pin", f"{dice.randrange(10**6):06}", address=f"203.0.113.{dice.randrange(100)}").status] += 1
        if n == 40:
            assert let_in(access.show("pin", off=1, address=HOME)), "at home"
            assert access.locks.unlock("owner", key="").status == 200
    looked_at, hours = GUESSES - told[429], (access.system.now - began).total_seconds() / 3600
    assert looked_at <= 16 + int(hours), f"{looked_at} in {hours:.1f} hours"
    assert looked_at == told[401] == sum(row["reason"] == "unknown" for row in access.tries())
    access.show("pin", "999999", off=1, address=ELSEWHERE)
    assert access.show("pin", "770000", off=2, address=ELSEWHERE).status == 429, "right ones are not looked at either"
    proved("G10", GUESSES)


def test_a_code_that_is_scanned_many_times_at_once_opens_once(access: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    """All wait for their turn: whom a crowd sends away might have opened it a second time."""
    monkeypatch.setattr(guess_store, "PATIENCE", 60)
    monkeypatch.setattr(store, "LONGEST", 60)
    access.begin()
    people = ("stranger", "guest", "owner")
    answers = at_once([partial(access.scan, people[n % 3]) for n in range(SCANS)])
    assert [let_in(answer) for answer in answers].count(True) == 1
    assert Counter(answer.status for answer in answers) == {200: SCANS}
    assert len(access.locks.published) == access.used("qr") == 1
