from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest

from kalit.kit.resources import Table
from kalit.security import chain
from tests.cloud import Cloud

from ..rows import Once, change_ali, once, put, unchanged
from ..world import Clock, followed_by, meanwhile, upset
from .deeds import chained, deed, head, links, remove, report

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def _done() -> Once[None]:
    """Six deeds."""
    return []


@pytest.fixture
def auditor(aws: Cloud, admin: str, clock: Clock, _done: Once[None]) -> str:
    """An administrator's token, after six deeds."""
    once(_done, lambda: chained(aws, *map(deed, range(1, 7))))
    return admin


def found(aws: Cloud, token: str) -> list[tuple[int, str]]:
    """Number and kind of each problem."""
    told = report(aws, token)
    assert told["intact"] == (not told["problems"])
    assert all(problem["detail"].endswith(".") for problem in told["problems"])
    return [(problem["number"], problem["problem"]) for problem in told["problems"]]


def test_a_log_without_entries_is_intact(aws: Cloud, admin: str) -> None:
    assert report(aws, admin) == {"intact": True, "checked": 0, "problems": [], "next": None}


def test_a_log_that_nobody_touched_is_intact(aws: Cloud, auditor: str) -> None:
    assert report(aws, auditor) == {"intact": True, "checked": 6, "problems": [], "next": None}


def altered(aws: Cloud, row: dict[str, Any], **other: Any) -> None:
    put(aws, Table.OPS, {**row, **other})


def swapped(aws: Cloud, rows: Rows, one: int, other: int) -> None:
    for place, content in ((one, other), (other, one)):
        put(aws, Table.OPS, {**rows[content], "sk": rows[place]["sk"]})


def stray(aws: Cloud, rows: Rows, place: str) -> None:
    put(aws, Table.OPS, {**rows[2], "sk": place})


def _joined(told: chain.Numbered, before: chain.Head) -> chain.Link:
    return chain.joined(chain.Entry.model_validate(told.model_dump()), before)


def written_anew(aws: Cloud, rows: Rows, head_too: bool) -> None:
    """By somebody who knows the code, but has no right to use the key."""
    before = chain.Head(2, rows[1]["hash"])
    for row in rows[2:]:
        told = chain.Numbered.model_validate_json(row["text"]).model_copy(update={"action": "nothing"})
        link = _joined(told, before)
        altered(aws, row, text=link.text, previous=link.previous, hash=link.hash)
        before = chain.Head(before.number + 1, link.hash)
    if head_too:
        altered(aws, head(aws), hash=before.hash)


TAMPERED: dict[str, tuple[Callable[[Cloud, Rows], object], list[tuple[int, str]]]] = {
    "another action": (
        lambda aws, rows: altered(aws, rows[2], text=rows[2]["text"].replace("update", "delete")),
        [(3, "changed")],
    ),
    "another time": (
        lambda aws, rows: altered(aws, rows[5], text=rows[5]["text"].replace("2026", "2025")),
        [(6, "changed")],
    ),
    "another hash": (lambda aws, rows: altered(aws, rows[0], hash="f" * 64), [(1, "changed")]),
    "another hash before": (lambda aws, rows: altered(aws, rows[4], previous="f" * 64), [(5, "changed")]),
    "no text": (lambda aws, rows: altered(aws, rows[3], text=None), [(4, "changed")]),
    "a text of another type": (lambda aws, rows: altered(aws, rows[3], text=7), [(4, "changed")]),
    "a bare row": (
        lambda aws, rows: put(aws, Table.OPS, {"pk": rows[3]["pk"], "sk": rows[3]["sk"]}),
        [(4, "changed")],
    ),
    "the first gone": (lambda aws, rows: remove(aws, rows[0]), [(1, "missing")]),
    "one gone": (lambda aws, rows: remove(aws, rows[2]), [(3, "missing")]),
    "two gone": (lambda aws, rows: remove(aws, rows[2], rows[3]), [(3, "missing")]),
    "the tail gone": (lambda aws, rows: remove(aws, *rows[4:]), [(5, "missing")]),
    "all gone": (lambda aws, rows: remove(aws, *rows), [(1, "missing")]),
    "two swapped": (lambda aws, rows: swapped(aws, rows, 1, 4), [(2, "swapped"), (5, "swapped")]),
    "one twice": (lambda aws, rows: altered(aws, rows[2], sk=rows[4]["sk"]), [(5, "misplaced")]),
    "one behind the end": (lambda aws, rows: stray(aws, rows, "000000000007"), [(7, "added")]),
    "one far behind the end": (lambda aws, rows: stray(aws, rows, "999999999999"), [(999999999999, "added")]),
    "one in no place": (lambda aws, rows: stray(aws, rows, "000000000003a"), [(3, "added")]),
    "one before all places": (lambda aws, rows: stray(aws, rows, "!"), [(0, "added")]),
    "one at nought": (lambda aws, rows: stray(aws, rows, "000000000000"), [(0, "added")]),
    "one behind all places": (lambda aws, rows: stray(aws, rows, "z"), [(6, "added")]),
    "the end written anew": (lambda aws, rows: written_anew(aws, rows, False), [(6, "unlinked")]),
    "the end and its head written anew": (lambda aws, rows: written_anew(aws, rows, True), [(6, "unsealed")]),
    "another hash in the head": (
        lambda aws, rows: altered(aws, head(aws), hash="f" * 64),
        [(6, "unlinked"), (6, "unsealed")],
    ),
    "a longer head": (lambda aws, rows: altered(aws, head(aws), number=9), [(7, "missing"), (9, "unsealed")]),
    "a shorter head": (
        lambda aws, rows: altered(aws, head(aws), number=5, hash=rows[4]["hash"]),
        [(5, "unsealed"), (6, "added")],
    ),
    "a shorter head with its tail gone": (
        lambda aws, rows: (altered(aws, head(aws), number=5, hash=rows[4]["hash"]), remove(aws, rows[5])),
        [(5, "unsealed")],
    ),
    "another seal": (lambda aws, rows: altered(aws, head(aws), seal="AAAA"), [(6, "unsealed")]),
    "a seal that is not ASCII": (lambda aws, rows: altered(aws, head(aws), seal="ў"), [(6, "unsealed")]),
    "no seal": (lambda aws, rows: altered(aws, head(aws), seal=None), [(6, "unsealed")]),
    "no head": (
        lambda aws, rows: remove(aws, head(aws)),
        [(0, "unsealed"), *((number, "added") for number in range(1, 7))],
    ),
    "a head that names no number": (
        lambda aws, rows: altered(aws, head(aws), number="six"),
        [(0, "unlinked"), (0, "unsealed"), *((number, "added") for number in range(1, 7))],
    ),
}


@pytest.mark.parametrize(("tamper", "problems"), TAMPERED.values(), ids=TAMPERED)
def test_what_was_done_to_the_log_is_found(
    aws: Cloud, auditor: str, tamper: Callable[[Cloud, Rows], object], problems: list[tuple[int, str]]
) -> None:
    tamper(aws, links(aws))
    assert found(aws, auditor) == problems


def test_a_seal_of_an_older_head_does_not_fit_the_newest(aws: Cloud, auditor: str) -> None:
    older = head(aws)
    chained(aws, deed(7))
    altered(aws, head(aws), seal=older["seal"])
    assert found(aws, auditor) == [(7, "unsealed")]


@pytest.mark.parametrize("part", [1, 2, 4, 5])
def test_a_long_log_is_checked_in_parts(aws: Cloud, auditor: str, part: int) -> None:
    rows = links(aws)
    altered(aws, rows[3], text=rows[3]["text"].replace("update", "delete"))
    seen, checked, after = [], 0, 0
    with mock.patch.object(chain.check, "__defaults__", (0, part)):
        while after is not None:
            told = report(aws, auditor, after=after)
            seen += [(problem["number"], problem["problem"]) for problem in told["problems"]]
            checked, after = checked + told["checked"], told["next"]
    assert seen[0] == (4, "changed")
    assert {number for number, _ in seen} <= {4, 5}
    assert checked == 6


def test_a_part_follows_the_entry_before_it(aws: Cloud, auditor: str) -> None:
    rows = links(aws)
    told = _joined(chain.Numbered.model_validate_json(rows[2]["text"]), chain.Head(2, "f" * 64))
    altered(aws, rows[2], text=told.text, previous=told.previous, hash=told.hash)
    assert [problem["number"] for problem in report(aws, auditor, after=3)["problems"]] == [4]
    assert report(aws, auditor, after=4) == {"intact": True, "checked": 2, "problems": [], "next": None}


@pytest.mark.parametrize(("after", "checked"), [(0, 6), (5, 1), (6, 0), (7, 0), (10**12 - 1, 0)])
def test_a_check_begins_behind_the_entry_that_is_named(aws: Cloud, auditor: str, after: int, checked: int) -> None:
    assert report(aws, auditor, after=after) == {"intact": True, "checked": checked, "problems": [], "next": None}


@pytest.mark.parametrize("after", ["-1", "x", "", "1.5", str(10**12)])
def test_what_names_no_entry_is_refused(aws: Cloud, admin: str, after: str) -> None:
    answer = aws.http("security.verify_audit", token=admin, query={"after": after})
    assert answer.status == 400
    assert "after" in answer.json["error"]["fields"]


def test_what_is_chained_during_a_check_is_no_stranger(aws: Cloud, auditor: str) -> None:
    with upset("Query", meanwhile(lambda: chained(aws, deed(7), deed(8)))):
        assert report(aws, auditor) == {"intact": True, "checked": 6, "problems": [], "next": None}
    with upset("Query", followed_by(lambda: chained(aws, deed(9)))):
        assert report(aws, auditor)["intact"]


def test_a_stranger_is_found_though_others_are_chained_meanwhile(aws: Cloud, auditor: str) -> None:
    stray(aws, links(aws), "000000000077")
    with upset("Query", meanwhile(lambda: chained(aws, deed(7)))):
        assert found(aws, auditor) == [(77, "added")]


def test_the_first_entry_that_is_chained_during_a_check_is_no_stranger(aws: Cloud, admin: str, clock: Clock) -> None:
    with upset("Query", meanwhile(lambda: chained(aws, deed(1)))):
        assert report(aws, admin) == {"intact": True, "checked": 0, "problems": [], "next": None}


def test_of_many_strangers_a_hundred_are_told(aws: Cloud, auditor: str) -> None:
    rows = links(aws)
    for number in range(150):
        stray(aws, rows, f"z{number:03d}")
    assert len(report(aws, auditor)["problems"]) == 100


def test_a_check_costs_a_few_calls(aws: Cloud, auditor: str, calls: list[str]) -> None:
    report(aws, auditor)
    calls.clear()
    report(aws, auditor)
    assert calls == ["GetItem", "GetItem", "Query", "GenerateMac", "Query"]  # the first is the caller's account


@pytest.mark.parametrize("role", ["user", "manager"])
def test_the_check_is_for_administrators_alone(aws: Cloud, token: str, role: str) -> None:
    change_ali(aws, role=role)
    assert aws.http("security.verify_audit", token=token).status == 403


def test_nobody_in_particular_hears_401(aws: Cloud) -> None:
    assert aws.http("security.verify_audit").status == 401


def test_looking_changes_nothing(aws: Cloud, auditor: str) -> None:
    with unchanged(aws):
        report(aws, auditor)
