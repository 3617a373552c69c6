"""A campaign is kept as it was told, and its first run is there at once."""

from typing import Any

import pytest

from ..rows import unchanged
from ..world import Killed, killed_after, lost, upset
from .office import CAMPAIGN, LATER, Office

NOBODY = {"non_field_errors": ["Аудитория не задана: укажите tag или phone_numbers в client_filter."]}
ENDS_FIRST = {"non_field_errors": ["Время окончания должно быть больше времени начала."]}
NOT_A_FILTER = {"client_filter": ["client_filter должен быть словарем или списком."]}
REQUIRED = ["This field is required."]
NO_TIME = ["start_datetime", "end_datetime", "text_message", "time_interval_start", "time_interval_end"]


def lists(phones: Any = (), tags: Any = (), operators: Any = ()) -> dict[str, list[str]]:
    return {"phone_numbers": list(phones), "tags": list(tags), "operator_codes": list(operators)}


def test_a_campaign_that_starts_later_is_scheduled(office: Office) -> None:
    answer = office.ask("create", CAMPAIGN | LATER)
    assert answer.status == 201
    told = {
        name: value.replace("Z", ".000Z") if name.endswith("datetime") else value for name, value in CAMPAIGN.items()
    }
    assert answer.json == {
        **told,
        "start_datetime": "2026-01-05T13:00:00.000Z",
        "id": answer.json["id"],
        "client_filter": {},
        "status": "SCHEDULED",
        "is_active": False,
        "last_started_at": None,
        "active_run": answer.json["active_run"],
        "failure": None,
    }
    assert answer.json["active_run"]
    assert office.shown(answer.json["id"]) == answer.json


@pytest.mark.parametrize("start", ["2026-01-05T12:00:00Z", "2026-01-05T11:00:00Z", "2026-01-05T16:59:59+05:00"])
def test_a_campaign_whose_start_is_past_runs_at_once(office: Office, start: str) -> None:
    shown = office.ask("create", CAMPAIGN | {"start_datetime": start}).json
    assert (shown["status"], shown["is_active"]) == ("RUNNING", True)
    assert shown["last_started_at"] == "2026-01-05T12:00:00.000Z"


def test_what_only_the_house_decides_is_ignored(office: Office) -> None:
    told = {"id": 77, "status": "FINISHED", "is_active": False, "active_run": None, "owner": 2}
    shown = office.ask("create", CAMPAIGN | told).json
    assert (shown["status"], shown["is_active"]) == ("RUNNING", True)
    assert shown["id"] != 77
    assert shown["active_run"]


@pytest.mark.parametrize("field", NO_TIME)
def test_times_window_and_text_are_required(office: Office, field: str) -> None:
    with unchanged(office.aws):
        answer = office.ask("create", {name: told for name, told in CAMPAIGN.items() if name != field})
    assert (answer.status, answer.json) == (400, {field: REQUIRED})


@pytest.mark.parametrize("end", ["2026-01-05T12:00:00Z", "2026-01-05T11:59:59Z", "2026-01-05T17:00:00+05:00"])
def test_the_end_must_be_after_the_start(office: Office, end: str) -> None:
    with unchanged(office.aws):
        answer = office.ask("create", CAMPAIGN | {"end_datetime": end})
    assert (answer.status, answer.json) == (400, ENDS_FIRST)


@pytest.mark.parametrize(
    ("told", "fields"),
    [
        ({"start_datetime": "soon"}, ["start_datetime"]),
        ({"start_datetime": None, "text_message": ""}, ["start_datetime", "text_message"]),
        ({"end_datetime": "2026-13-01T00:00:00Z"}, ["end_datetime"]),
        ({"end_datetime": "9999-12-31T23:59:59Z"}, ["end_datetime"]),
        ({"text_message": "   "}, ["text_message"]),
        ({"text_message": "x" * 1_601}, ["text_message"]),
        ({"time_interval_start": "25:00"}, ["time_interval_start"]),
        ({"time_interval_end": "noon"}, ["time_interval_end"]),
        ({"time_interval_end": None}, ["time_interval_end"]),
        ({"tag": "t" * 501}, ["tag"]),
        ({"tag": None}, ["tag"]),
    ],
    ids=str,
)
def test_what_a_field_cannot_be(office: Office, told: dict[str, Any], fields: list[str]) -> None:
    with unchanged(office.aws):
        answer = office.ask("create", CAMPAIGN | told)
    assert (answer.status, sorted(answer.json)) == (400, fields)


@pytest.mark.parametrize(
    ("told", "shown"),
    [("09:30", "09:30:00"), ("09:30:15", "09:30:15"), ("09:30:15.9", "09:30:15"), ("00:00", "00:00:00")],
)
def test_a_time_of_the_day_may_leave_out_its_seconds(office: Office, told: str, shown: str) -> None:
    answer = office.ask("create", CAMPAIGN | LATER | {"time_interval_start": told})
    assert answer.json["time_interval_start"] == shown


def test_a_window_may_go_over_midnight(office: Office) -> None:
    told = {"time_interval_start": "22:00:00", "time_interval_end": "02:00:00"}
    answer = office.ask("create", CAMPAIGN | LATER | told)
    assert (answer.status, {name: answer.json[name] for name in told}) == (201, told)


def test_a_time_without_an_offset_is_utc(office: Office) -> None:
    answer = office.ask("create", CAMPAIGN | {"start_datetime": "2026-01-05T13:00", "end_datetime": "2026-01-05 14:00"})
    assert answer.json["start_datetime"] == "2026-01-05T13:00:00.000Z"
    assert answer.json["end_datetime"] == "2026-01-05T14:00:00.000Z"


# The filter


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("", {}),
        ({}, {}),
        ([], {}),
        ({"tags": ["a"]}, lists(tags=["a"])),
        ({"phone_numbers": ["+998901234567"], "more": 1}, lists(["+998901234567"])),
        ({"tags": "a", "operator_codes": None, "phone_numbers": {"a": 1}}, lists()),
        ({"tags": ["a", "", None, 0, 7], "operator_codes": [90, "91"]}, lists(tags=["a", "7"], operators=["90", "91"])),
        ({"other": 1}, lists()),
        (["+998901234567", ""], lists(["+998901234567"])),
        ([{"phone_number": "1"}, {"phone": "2"}, {"tag": "a"}], lists(["1", "2"], ["a"])),
        ([{"mobile_operator_code": "90"}, {"operator_code": 91}], lists(operators=["90", "91"])),
        (
            [{"phone_number": "1", "phone": "2", "tag": "a", "operator_code": "90", "more": 1}],
            lists(["1"], ["a"], ["90"]),
        ),
        (["+998901234567", {"tag": "a"}, 7, None, ["x"]], lists(["+998901234567"], ["a"])),
        ('{"tags": ["a"]}', lists(tags=["a"])),
        ('["+998901234567"]', lists(["+998901234567"])),
    ],
    ids=str,
)
def test_a_filter_is_kept_as_three_lists(office: Office, told: Any, kept: dict[str, list[str]]) -> None:
    answer = office.ask("create", CAMPAIGN | LATER | {"client_filter": told})
    assert (answer.status, answer.json["client_filter"]) == (201, kept)


@pytest.mark.parametrize("told", [7, True, 1.5, "tags", "7"], ids=repr)
def test_what_is_neither_an_object_nor_a_list_is_no_filter(office: Office, told: Any) -> None:
    answer = office.ask("create", CAMPAIGN | {"client_filter": told})
    assert (answer.status, answer.json) == (400, NOT_A_FILTER)


def test_a_filter_is_not_null(office: Office) -> None:
    answer = office.ask("create", CAMPAIGN | {"client_filter": None})
    assert (answer.status, answer.json) == (400, {"client_filter": ["This field may not be null."]})


@pytest.mark.parametrize("told", [{}, {"tag": ""}, {"tag": "  "}], ids=str)
def test_without_a_tag_the_filter_names_the_audience(office: Office, told: dict[str, str]) -> None:
    campaign = {name: value for name, value in (CAMPAIGN | LATER).items() if name != "tag"} | told
    for filter in ({"tags": ["vip"]}, {"phone_numbers": ["+998901234567"]}, ["+998901234567"]):
        answer = office.ask("create", campaign | {"client_filter": filter})
        assert (answer.status, answer.json["tag"]) == (201, "")


@pytest.mark.parametrize("filter", [{}, "", [], {"operator_codes": ["90"]}, {"tags": [""]}, {"tags": "vip"}], ids=str)
def test_a_campaign_for_nobody_is_refused(office: Office, filter: Any) -> None:
    with unchanged(office.aws):
        answer = office.ask("create", CAMPAIGN | {"tag": "", "client_filter": filter})
    assert (answer.status, answer.json) == (400, NOBODY)


def test_who_names_neither_times_nor_audience_hears_of_the_fields_first(office: Office) -> None:
    assert set(office.ask("create", {"tag": ""}).json) == set(NO_TIME)


@pytest.mark.parametrize(
    ("language", "message"),
    [("en", "No audience: give a tag, or phone_numbers in client_filter."), ("ru", NOBODY["non_field_errors"][0])],
)
def test_refusals_speak_the_language_asked_for(office: Office, language: str, message: str) -> None:
    answer = office.ask("create", CAMPAIGN | {"tag": ""}, headers={"accept-language": language})
    assert answer.json == {"non_field_errors": [message]}


# To whom it goes. (phone, tag, operator) of five clients; who of them is reached.

CLIENTS = [
    ("+998901111111", "vip", "90"),
    ("+998912222222", "vip", "91"),
    ("+998903333333", "new", "90"),
    ("+998914444444", "new", "91"),
    ("+998935555555", "old", "93"),
]
FIRST, SECOND, THIRD = (phone for phone, _, _ in CLIENTS[:3])


@pytest.mark.parametrize(
    ("tag", "filter", "reached"),
    [
        ("vip", {}, {0, 1}),
        ("", {"tags": ["vip"]}, {0, 1}),
        ("vip", {"tags": ["new"]}, {0, 1, 2, 3}),
        ("vip", {"tags": ["vip"]}, {0, 1}),
        ("vip", {"operator_codes": ["90"]}, {0}),
        ("vip", {"tags": ["new"], "operator_codes": ["90", "93"]}, {0, 2}),
        ("vip", {"operator_codes": ["99"]}, set()),
        ("", {"phone_numbers": [FIRST, THIRD]}, {0, 2}),
        ("", {"phone_numbers": [FIRST, FIRST]}, {0}),
        ("", {"phone_numbers": ["998 (90) 111-11-11"]}, {0}),
        ("vip", {"phone_numbers": [FIRST, THIRD]}, {0}),
        ("vip", {"phone_numbers": [FIRST, THIRD], "tags": ["new"]}, {0, 2}),
        ("old", {"phone_numbers": [FIRST, THIRD]}, set()),
        ("", {"phone_numbers": [FIRST, SECOND], "operator_codes": ["91"]}, {1}),
        ("", {"phone_numbers": [FIRST, THIRD], "tags": ["vip"], "operator_codes": ["91"]}, set()),
        ("", {"phone_numbers": ["+70000000000"]}, set()),
        ("vip", {"phone_numbers": ["nobody"]}, set()),
        ("VIP", {}, set()),
        ("vi", {}, set()),
    ],
)
def test_whom_a_campaign_reaches(office: Office, tag: str, filter: dict[str, list[str]], reached: set[int]) -> None:
    ids = [
        office.client(phone_number=phone, tag=tag, mobile_operator_code=operator, timezone=f"Etc/GMT-{number % 3}")
        for number, (phone, tag, operator) in enumerate(CLIENTS)
    ]
    office.client(by="vali", phone_number=FIRST)
    id = office.campaign(tag=tag, client_filter=filter)
    assert office.ask("stats", id=id).json["eligible_clients"] == len(reached)
    office.run()
    assert [client for client, _, _ in office.told(id)] == [ids[number] for number in sorted(reached)]
    assert sorted(office.outbox) == sorted((CLIENTS[n][0], "New locks are here.") for n in reached)
    assert office.status(id) == ("FINISHED" if reached else "FAILED")
    office.accounted(id)


def test_a_campaign_of_staff_goes_to_their_own_clients(office: Office) -> None:
    office.client()
    own = office.client(by="boss", phone_number="+998900000009")
    id = office.campaign(by="boss")
    office.run()
    assert office.outbox == [("+998900000009", "New locks are here.")]
    assert [m["client"] for m in office.ask("list_messages", by="boss").json["results"]] == [own]
    assert office.ask("stats", id=id, by="boss").json["eligible_clients"] == 1


# A busy cloud, and Idempotency-Key


def test_an_answer_of_dynamodb_that_gets_lost_costs_nothing(office: Office) -> None:
    with upset("TransactWriteItems", lost):
        id = office.campaign(**LATER)
    page = office.ask("list").json
    assert (page["count"], [one["id"] for one in page["results"]]) == (1, [id])


def test_a_retry_after_a_crash_gets_the_campaign_that_was_made(office: Office) -> None:
    office.client()
    with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
        office.ask("create", CAMPAIGN, key="k")
    office.clock.move(minutes=1)
    answer = office.ask("create", CAMPAIGN, key="k")
    assert (answer.status, [answer.json]) == (201, office.ask("list").json["results"])
    office.run()
    assert len(office.outbox) == 1


def test_the_same_again_under_a_key_is_the_same_campaign(office: Office) -> None:
    first, again = (office.ask("create", CAMPAIGN | LATER, key="k") for _ in range(2))
    assert (again.status, again.json) == (201, first.json)
    assert office.ask("create", CAMPAIGN, key="k").status == 422
    assert office.ask("list").json["count"] == 1
