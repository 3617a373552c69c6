"""Who may do what with a lock: its owner everything, those it is shared with what their role says, others nothing.

Not even staff may open somebody's door.
"""

from typing import Any

import pytest

from infra.events import sample
from kalit.kit.api import Endpoint
from tests.cloud import DOORS, Answer

from ..rows import unchanged
from .yard import NOT_FOUND, NOT_YOURS, OWNER_ONLY, PEOPLE, Yard

COMMAND = "019b8e07-4600-79a3-876f-dd0a29bb449e"
SEEING = {"owner", "admin", "member", "viewer"}
USING = SEEING - {"viewer"}

# door -> (who may, what they are answered, body)
DOORS_OF_A_LOCK: dict[str, tuple[set[str], int, Any]] = {
    "show": (SEEING, 200, None),
    "status": (SEEING, 200, None),
    "update": ({"owner", "admin"}, 200, {"name": "Gate"}),
    "delete": ({"owner"}, 204, None),
    "unlock": (USING, 200, {}),
    "lock": (USING, 200, None),
    "reboot": ({"owner"}, 200, None),
    "logs": (USING, 200, None),
    "list_commands": (USING, 200, None),
    "show_command": (USING, 404, None),
    "list_shares": ({"owner"}, 200, None),
    "share": ({"owner"}, 201, {"email": "stranger@example.com"}),
}
SHARING = ("list_shares", "share")
every_door = pytest.mark.parametrize("door", DOORS_OF_A_LOCK)


def knock(yard: Yard, door: str, by: str, **told: Any) -> Answer:
    more = {"command_id": COMMAND} if door == "show_command" else {}
    return yard.ask(door, DOORS_OF_A_LOCK[door][2], by=by, **more, **told)


def test_no_door_of_a_lock_is_left_out() -> None:
    named = {name for name, door in DOORS.items() if isinstance(door, Endpoint) and door.folder == "locks"}
    about_one = {name for name in named if "id" in sample(DOORS[name]).get("pathParameters", {})}
    others = {"locks.telemetry", "locks.unshare", "locks.show_sold", "locks.update_sold"}
    assert {f"locks.{door}" for door in DOORS_OF_A_LOCK} == about_one - others


@every_door
def test_whom_a_door_lets_in(yard: Yard, door: str) -> None:
    may, status, _ = DOORS_OF_A_LOCK[door]
    for person in sorted(set(PEOPLE) - may):
        with unchanged(yard.aws):
            answer = knock(yard, door, person)
        assert (answer.status, answer.json) == (403, OWNER_ONLY if door in SHARING else NOT_YOURS), person
    for person in sorted(may):  # the owner last, who deletes it
        assert knock(yard, door, person).status == status, person


@every_door
def test_who_has_not_signed_in_hears_nothing_of_it(yard: Yard, door: str) -> None:
    for id in (yard.id, COMMAND):
        assert knock(yard, door, "", id=id).status == 401


@every_door
@pytest.mark.parametrize("by", ["owner", "stranger"])
def test_a_lock_that_never_was_is_not_found(yard: Yard, door: str, by: str) -> None:
    with unchanged(yard.aws):
        answer = knock(yard, door, by, id=COMMAND)
    assert (answer.status, answer.json) == (404, NOT_FOUND)


@every_door
def test_what_is_no_id_is_not_found(yard: Yard, door: str) -> None:
    assert knock(yard, door, "owner", id="LOCK-001").status == 404


@every_door
def test_a_deleted_lock_is_not_found(yard: Yard, door: str) -> None:
    yard.ask("delete")
    with unchanged(yard.aws):
        answer = knock(yard, door, "member")
    assert (answer.status, answer.json) == (404, NOT_FOUND)


@every_door
def test_who_shares_no_more_is_turned_away_at_once(yard: Yard, door: str) -> None:
    assert yard.ask("unshare", id=yard.shares["admin"]).status == 204
    with unchanged(yard.aws):
        assert knock(yard, door, "admin").status == 403


@pytest.mark.parametrize("after", [59, 60, 61])
def test_a_share_ends_with_its_time(yard: Yard, after: int) -> None:
    until = "2026-01-05T12:01:00Z"
    yard.ask("share", {"email": "stranger@example.com", "role": "ADMIN", "expires_at": until})
    yard.clock.move(seconds=after)
    for door in ("show", "status", "unlock", "lock", "logs", "update"):
        assert knock(yard, door, "stranger").status == (200 if after < 60 else 403), door


@pytest.mark.parametrize("door", ["unlock", "update", "share"])
def test_who_may_not_learns_nothing_of_his_body(yard: Yard, door: str) -> None:
    """Who calls, which lock, whether he may: only then what he asks for."""
    bad = {"duration": 99, "battery_low_threshold": 101, "role": "OWNER"}
    assert yard.ask(door, bad, by="").status == 401
    assert yard.ask(door, bad, id=COMMAND).status == 404
    assert yard.ask(door, bad, by="stranger").status == 403
    assert yard.ask(door, bad).status == 400


@pytest.mark.parametrize("language", ["ru", "uz"])
def test_refusals_speak_the_language_asked_for(yard: Yard, language: str) -> None:
    headers = {"accept-language": language}
    messages = {
        yard.ask("show", by="stranger", headers=headers).json["error"]["message"],
        yard.ask("show", id=COMMAND, headers=headers).json["error"]["message"],
        yard.ask("list_shares", by="stranger", headers=headers).json["message"],
    }
    assert len(messages) == 3
    assert not messages & {NOT_YOURS["error"]["message"], NOT_FOUND["error"]["message"], OWNER_ONLY["message"]}


def test_a_refusal_can_be_had_as_a_problem(yard: Yard) -> None:
    answer = yard.ask("share", {}, by="stranger", headers={"accept": "application/problem+json"})
    assert (answer.status, answer.json["code"], answer.json["detail"]) == (403, "owner_only", OWNER_ONLY["message"])
