"""Who may do what: everybody with what is his own, staff with everything, others as if it were not there."""

from typing import Any

import pytest

from infra.events import sample
from kalit.kit.api import Endpoint
from tests.cloud import DOORS, Answer

from ..rows import unchanged
from .office import CAMPAIGN, CLIENT, LATER, Office

MESSAGE = {"message_text": "Other."}
LONDON = {"time_interval_start": "13:00", "time_interval_end": "18:00"}

# door -> (kind of thing, what those are answered who may, body)
ABOUT_ONE: dict[str, tuple[str, int, Any]] = {
    "show_client": ("client", 200, None),
    "update_client": ("client", 200, {"tag": "new"}),
    "replace_client": ("client", 200, CLIENT),
    "delete_client": ("client", 204, None),
    "show": ("campaign", 200, None),
    "update": ("campaign", 200, {"tag": "new"}),
    "replace": ("campaign", 200, CAMPAIGN),
    "delete": ("campaign", 204, None),
    "start": ("campaign", 202, {"force_resend": True}),
    "pause": ("campaign", 200, None),
    "resume": ("campaign", 200, None),
    "cancel": ("campaign", 200, None),
    "stats": ("campaign", 200, None),
    "preview": ("campaign", 200, {}),
    "show_message": ("message", 200, None),
    "update_message": ("message", 200, MESSAGE),
    "replace_message": ("message", 200, None),
    "delete_message": ("message", 204, None),
}
LISTS = ("list", "list_clients", "list_messages", "list_stats")
MAKING = {"create": CAMPAIGN, "create_newsletter": CAMPAIGN, "create_client": CLIENT, "create_message": {}}
# Doors that have tests of their own of who may what.
ELSEWHERE = {
    "check_import",
    "create_import",
    "hear",
    "list_imports",
    "opt_in",
    "opt_out",
    "opt_out_form",
    "opt_out_page",
    "show_import",
    "show_opt_out",
    "start_import",
}
NOT_FOUND = {kind: {"detail": f"No such {kind}."} for kind in ("client", "campaign", "message")}

every_door = pytest.mark.parametrize("door", ABOUT_ONE)


@pytest.fixture
def things(office: Office) -> dict[str, int]:
    """A client, a campaign and a message for later, all ali's."""
    client = office.client(timezone="Europe/London")
    campaign = office.campaign(**LONDON)
    office.run()
    return {"client": client, "campaign": campaign, "message": office.message(campaign)["id"]}


def knock(office: Office, things: dict[str, int], door: str, by: str, **told: Any) -> Answer:
    kind, _, body = ABOUT_ONE[door]
    if door == "replace_message":
        row = office.message(things["campaign"])
        body = {name: row[name] for name in ("campaign", "client", "run")} | MESSAGE
    return office.ask(door, body, by=by, **{"id": things[kind], **told})


def test_no_door_is_left_out() -> None:
    named = {name.partition(".")[2]: door for name, door in DOORS.items() if name.startswith("campaigns.")}
    asked = {name for name, door in named.items() if isinstance(door, Endpoint)}
    assert asked - ELSEWHERE == {*ABOUT_ONE, *LISTS, *MAKING}
    about_one = {name for name in asked if "id" in sample(DOORS[f"campaigns.{name}"]).get("pathParameters", {})}
    assert about_one - ELSEWHERE == set(ABOUT_ONE)


@every_door
def test_everybody_may_with_his_own_and_staff_with_everything(
    office: Office, things: dict[str, int], door: str
) -> None:
    kind, status, _ = ABOUT_ONE[door]
    with unchanged(office.aws):
        answer = knock(office, things, door, "vali")
    assert (answer.status, answer.json) == (404, NOT_FOUND[kind])
    for by in ("manager", "boss", "ali"):
        if door == "resume":
            office.move("pause", things["campaign"])
        answer = knock(office, things, door, by)
        assert answer.status == status, (by, answer.text)
        if door == "pause":
            office.move("resume", things["campaign"])
        if status == 204 or door == "cancel":
            break


@pytest.mark.parametrize("door", [door for door, (_, status, _) in ABOUT_ONE.items() if status == 204])
def test_staff_may_delete_for_good(office: Office, things: dict[str, int], door: str) -> None:
    assert knock(office, things, door, "boss").status == 204
    assert knock(office, things, door, "ali").status == 404


def test_who_has_not_signed_in_hears_nothing(office: Office, things: dict[str, int]) -> None:
    with unchanged(office.aws):
        for door in (*ABOUT_ONE, *LISTS, *MAKING):
            path = {"id": things[ABOUT_ONE[door][0]]} if door in ABOUT_ONE else {}
            answer = office.ask(door, by="", **path)
            assert answer.status == 401, door
            assert answer.json == {"detail": "Authentication credentials were not provided."}


@every_door
def test_what_is_not_there_or_no_number_is_not_found(office: Office, door: str) -> None:
    kind, _, body = ABOUT_ONE[door]
    run = "00000000-0000-4000-8000-000000000000"
    body = {"campaign": 1, "client": 1, "run": run, **MESSAGE} if door == "replace_message" else body
    for id in ("0", "77", "x", "-1", "1.0", "9" * 18, "9" * 40, "1' or '1"):
        answer = office.ask(door, body, id=id)
        assert answer.status == 404, id
        assert answer.json in (NOT_FOUND[kind], {"detail": "Not found."}), id


@pytest.mark.parametrize("door", [*LISTS, *MAKING])
def test_all_who_have_an_account_may_list_and_make(office: Office, door: str) -> None:
    for by in ("ali", "vali", "manager", "boss"):
        answer = office.ask(door, MAKING[door] | LATER if door in MAKING else None, by=by)
        assert answer.status == (200 if door in LISTS else 400 if door == "create_message" else 201)


@pytest.mark.parametrize("door", ["update_client", "replace_client", "update", "start", "update_message"])
def test_who_may_not_learns_nothing_of_his_body(office: Office, things: dict[str, int], door: str) -> None:
    """Fields are looked at before the thing is, so that it is never told whether it is there."""
    bad = {"timezone": "Mars", "text_message": "", "message_text": "", "force_resend": "maybe"}
    kind = ABOUT_ONE[door][0]
    answers = [office.ask(door, bad, by="vali", id=id) for id in (things[kind], 77)]
    assert answers[0].status == answers[1].status
    assert answers[0].json == answers[1].json


@pytest.mark.parametrize("language", ["ru", "uz"])
def test_refusals_speak_the_language_asked_for(office: Office, language: str) -> None:
    told = {office.ask(door, id=77, headers={"accept-language": language}).text for door in ("show", "show_client")}
    told.add(office.ask("show_message", id=77, headers={"accept-language": language}).text)
    assert len(told) == 3
    assert not {f'{{"detail": "No such {kind}."}}' for kind in NOT_FOUND} & told


def test_newsletters_are_another_name_of_campaigns() -> None:
    made = ("campaigns.create", "campaigns.create_newsletter")  # which differ in what may be left out
    doors = [door for door in DOORS.values() if isinstance(door, Endpoint) and door.name not in made]
    for door in doors:
        if door.path.startswith("/api/campaigns/"):
            alias = (door.method, door.path.replace("/api/campaigns/", "/api/newsletters/"))
            assert alias in door.routes, door.name
