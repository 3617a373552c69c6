import pytest

from kalit.jobs import schedule_store

from .office import Office

STATUSES = {None: 1, False: 2, True: 3}


@pytest.fixture
def pages_of_five(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule_store, "PAGE_SIZE", 5)


def ids(office: Office, **query: object) -> list[int]:
    return [schedule["id"] for schedule in office.get("list_schedules", **query)["results"]]


def test_before_there_are_any_the_list_is_empty(office: Office) -> None:
    assert office.get("list_schedules") == {"count": 0, "next": None, "previous": None, "results": []}


def test_fifty_are_a_page() -> None:
    assert schedule_store.PAGE_SIZE == 50


def test_the_newest_date_comes_first(office: Office, pages_of_five: None) -> None:
    by_date = [office.schedule(date=f"2026-02-{1 + number * 5 % 7:02}T{number:02}:00:00Z") for number in range(7)]
    dates = {id: office.shown(id)["date"] for id in by_date}
    expected = sorted(by_date, key=lambda number: (dates[number], number), reverse=True)
    first, second = (office.get("list_schedules", page=page) for page in (1, 2))
    assert [schedule["id"] for schedule in first["results"] + second["results"]] == expected
    assert (first["count"], len(first["results"]), len(second["results"])) == (7, 5, 2)
    assert (first["previous"], first["next"]) == (None, "http://localhost:8000/api/schedules/?page=2")
    assert (second["previous"], second["next"]) == ("http://localhost:8000/api/schedules/", None)
    assert ids(office, page="last") == expected[5:]


def test_statuses_are_told_apart_and_counted(office: Office) -> None:
    of = {status: [office.schedule(status=status) for _ in range(number)] for status, number in STATUSES.items()}
    for status, name in ((None, "null"), (False, "false"), (True, "true")):
        told = office.get("list_schedules", status=name)
        assert told["count"] == len(of[status])
        assert sorted(schedule["id"] for schedule in told["results"]) == of[status]
    assert office.get("list_schedules", status="")["count"] == 6


def test_a_day_is_one_in_utc(office: Office) -> None:
    late = office.schedule(date="2026-12-01T23:59:59.999Z")
    office.schedule(date="2026-12-02T00:00:00Z")
    early = office.schedule(date="2026-12-02T04:00:00+05:00", status=True)
    assert ids(office, date="2026-12-01") == [late, early]
    assert ids(office, date="2026-12-01", status="true") == [early]
    assert ids(office, date="2026-12-03") == []


def test_a_search_finds_an_id_or_a_part_of_the_description(office: Office) -> None:
    couriers = office.schedule(description="Ask the COURIERS")
    russian = office.schedule(description="Спросить Курьеров", status=True)
    office.schedule()
    assert ids(office, search="courier") == [couriers]
    assert ids(office, search="курьер") == [russian]
    assert ids(office, search=str(russian)) == [russian]
    assert ids(office, search="nobody") == []
    assert ids(office, search="1" * 30) == []


def test_a_search_for_digits_finds_descriptions_too(office: Office) -> None:
    third = [office.schedule(description=text) for text in ("Room 3", "Room 4", "")][2]
    assert ids(office, search="3") == [third, 1]


@pytest.mark.parametrize("text", ["0000000000000000019", "²", "٣", "-1", "1.0", "9" * 18])
def test_a_number_that_is_no_id_finds_none(office: Office, text: str) -> None:
    office.schedule()
    assert ids(office, search=text) == []


def test_an_id_is_found_however_many_are_newer(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule_store, "MOST_SEARCHED", 1)
    for day in (1, 2):
        office.schedule(date=f"2026-02-{day:02}T00:00:00Z", description="Ask")
    assert ids(office, search="1") == [1]
    assert ids(office, search="ask") == [2]


def test_a_search_and_a_status_are_both_asked_for(office: Office) -> None:
    office.schedule(description="Ask the couriers")
    processed = office.schedule(description="Ask the couriers", status=True)
    assert ids(office, search="ask", status="true") == [processed]
    assert ids(office, search="1", status="true") == []
    assert ids(office, search="1", date="2020-01-01") == []


def test_what_was_found_is_paged_as_well(office: Office, pages_of_five: None) -> None:
    for _ in range(6):
        office.schedule(description="Ask")
    told = office.get("list_schedules", search="ask", page=2)
    assert (told["count"], len(told["results"])) == (6, 1)
    assert told["previous"] == "http://localhost:8000/api/schedules/?search=ask"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"status": "zzz"}, "status"),
        ({"status": "None"}, "status"),
        ({"date": "today"}, "date"),
        ({"search": "x" * 201}, "search"),
    ],
)
def test_a_filter_that_is_none_is_refused(office: Office, query: dict[str, str], field: str) -> None:
    answer = office.aws.http("jobs.list_schedules", token=office.token, query=query)
    assert (answer.status, list(answer.json)) == (400, [field])
    if field == "status":
        wrong = query["status"]
        assert answer.json == {"status": [f"Select a valid choice. {wrong} is not one of the available choices."]}


@pytest.mark.parametrize("page", ["2", "0", "-1", "x", "1.5"])
def test_a_page_that_is_not_there_is_not_found(office: Office, page: str) -> None:
    answer = office.aws.http("jobs.list_schedules", token=office.token, query={"page": page})
    assert (answer.status, answer.json) == (404, {"detail": "Invalid page."})
