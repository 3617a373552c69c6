"""A door's declaration: what it wants, whom it lets in, which rights follow; and the name law."""

import subprocess
import sys
from typing import Any
from uuid import UUID

import pytest

from infra.catalog import ROOT, catalog, endpoints, source
from kalit.kit import api, queues, schedules, steps, streams, topics
from kalit.kit.api import ASKED, Endpoint
from kalit.kit.caller import Admin, Caller
from kalit.kit.doors import Door
from kalit.kit.fields import Input
from kalit.kit.resources import Grant, Machine, Queue, Table

DOORS = catalog()
NAMES = [door.name for door in DOORS]

by_name = pytest.mark.parametrize("door", DOORS, ids=NAMES)


class Body(Input):
    name: str


def anybody(body: Body) -> None: ...
def perhaps_somebody(body: Body, caller: Caller | None) -> None: ...
def somebody(id: int, caller: Caller) -> None: ...
def an_admin(id: UUID, caller: Admin, key: UUID | None) -> None: ...


@pytest.mark.parametrize(
    ("call", "kind", "open_to_all"),
    [
        (anybody, None, True),
        (perhaps_somebody, Caller, True),
        (somebody, Caller, False),
        (an_admin, Admin, False),
    ],
)
def test_the_callers_annotation_says_who_may_come(call: Any, kind: type[Caller] | None, open_to_all: bool) -> None:
    door = api.get("/things/")(call)
    assert (door.caller_kind, door.open_to_all) == (kind, open_to_all)


def test_a_door_wants_what_its_parameters_name() -> None:
    assert api.get("/things/{id}/")(an_admin).wants == {"id": UUID, "caller": Admin, "key": UUID | None}


@pytest.mark.parametrize(
    ("call", "once", "implied"),
    [
        (anybody, False, []),
        (anybody, True, [Table.OPS.put, Table.OPS.get, Table.OPS.delete]),
        (perhaps_somebody, False, [Table.KEYS.get, Table.ACCOUNTS.get]),
        (somebody, False, [Table.KEYS.get, Table.ACCOUNTS.get]),
        (an_admin, True, [Table.KEYS.get, Table.ACCOUNTS.get, Table.OPS.put, Table.OPS.get, Table.OPS.delete]),
    ],
)
def test_rights_follow_from_the_caller_and_from_once(call: Any, once: bool, implied: list[Any]) -> None:
    door = api.post("/things/{id}/", uses=[Table.TASKS.put], once=once)(call)
    assert door.grants == (Table.TASKS.put, *implied)


def test_a_right_that_is_declared_and_implied_is_there_once() -> None:
    door = api.get("/", uses=[Table.ACCOUNTS.get, Table.ACCOUNTS.get])(somebody)
    assert door.grants == (Table.ACCOUNTS.get, Table.KEYS.get)


def test_a_door_without_a_caller_has_only_its_own_rights() -> None:
    follower = streams.of(Table.TASKS, uses=[Table.TASKS.get])(anybody)
    assert follower.grants == (Table.TASKS.get,)


@pytest.mark.parametrize(
    "door",
    [
        queues.consume(Queue.SUM, uses=[Table.TASKS.get])(anybody),
        schedules.every(minutes=1, uses=[Table.TASKS.get])(anybody),
        steps.task(Machine.COUNTDOWN, uses=[Table.TASKS.get])(anybody),
    ],
    ids=lambda door: door.kind,
)
def test_who_works_on_jobs_may_keep_their_history(door: Door) -> None:
    assert door.grants == (Table.TASKS.get, Table.OPS.put, Table.OPS.update, Table.OPS.get)


@pytest.mark.parametrize(
    ("right", "more"),
    [(Queue.SUM.send, ()), (Machine.COUNTDOWN.start, ()), (Machine.COUNTDOWN.stop, (Table.OPS.get,))],
    ids=str,
)
def test_who_hands_over_a_job_may_note_it(right: Grant, more: tuple[Grant, ...]) -> None:
    assert api.post("/", uses=[right])(anybody).grants == (right, Table.OPS.put, Table.OPS.update, *more)


def test_a_door_may_have_several_ways_in() -> None:
    door = api.patch("/things/{id}/", also=[("PUT", "/things/{id}/")])(somebody)
    assert door.routes == (("PATCH", "/things/{id}/"), ("PUT", "/things/{id}/"))
    assert door.trigger == "PATCH /things/{id}/, PUT /things/{id}/"


@pytest.mark.parametrize(
    ("door", "trigger"),
    [
        (queues.consume(Queue.SUM)(anybody), "queue sum"),
        (schedules.every(minutes=5)(anybody), "rate(5 minutes) UTC"),
        (streams.of(Table.TASKS)(anybody), "stream of tasks"),
        (queues.dead_letters()(anybody), "dead-letter queues"),
        (steps.task()(anybody), "called by name"),
        (steps.task(Machine.COUNTDOWN)(anybody), "machine countdown"),
        (topics.on("smartlock/+/status")(anybody), "topic smartlock/+/status"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_door_says_what_knocks(door: Door, trigger: str) -> None:
    assert door.trigger == trigger


@by_name
def test_a_doors_name_is_its_place(door: Door) -> None:
    assert source(door) == ROOT / "functions" / f"{door.name.replace('.', '/')}.py"
    assert door.folder == source(door).parent.name


@by_name
def test_a_door_says_what_it_does_in_a_sentence(door: Door) -> None:
    assert door.summary.endswith(".")


@by_name
def test_a_door_has_a_sample_event_and_tests_of_its_name(door: Door) -> None:
    folder, _, verb = door.name.partition(".")
    assert (ROOT / "events" / folder / f"{verb}.json").exists()
    assert (ROOT / "tests" / "functions" / folder / f"test_{verb}.py").exists()


@by_name
def test_a_door_has_each_right_once(door: Door) -> None:
    assert len(set(door.grants)) == len(door.grants)


@pytest.mark.parametrize("door", endpoints(DOORS), ids=lambda door: door.name)
def test_a_path_names_what_the_door_wants_of_it(door: Endpoint) -> None:
    wanted = {name for name in door.wants if name not in ASKED}
    for _, path in door.routes:
        assert {piece[1:-1] for piece in path.split("/") if piece.startswith("{")} == wanted


def test_no_two_doors_have_the_same_way_in() -> None:
    ways = [way for door in endpoints(DOORS) for way in door.routes]
    assert len(set(ways)) == len(ways)


IMPORT_ALL = """
import sys
from importlib import import_module
sys.path[:0] = sys.argv[1:3]
for name in sys.argv[3:]:
    assert import_module(f"functions.{name}").handler.name == name
"""


def test_importing_every_door_needs_no_environment() -> None:
    layer = ROOT / "layers" / "kalit" / "python"
    done = subprocess.run(
        [sys.executable, "-I", "-c", IMPORT_ALL, ROOT, layer, *NAMES],
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
