from typing import Any

import pytest

from tests.cloud import Answer, Cloud

from ..rows import unchanged
from .owner import COUNTDOWN, LARGE, Owner

STATUSES = ["", "pending", "in_progress", "completed", "error"]
URL = "http://localhost:8000/api/tasks/"


@pytest.fixture
def made(ali: Owner) -> list[int]:
    """The numbers of ali's tasks: eleven completed, one cancelled, two pending."""
    sums = [_completed(ali) for _ in range(11)]
    cancelled = ali.make()
    ali.cancel(cancelled)
    return [*sums, cancelled, ali.make(COUNTDOWN), ali.make()]


def _completed(owner: Owner) -> int:
    id = owner.make()
    owner.add(id)
    return id


def page(of: Owner, **query: Any) -> Answer:
    return of.aws.http("tasks.list", token=of.token, query=query)


def ids(answer: Answer) -> list[int]:
    return [task["id"] for task in answer.json["results"]]


def test_who_has_no_tasks_gets_an_empty_page(ali: Owner) -> None:
    answer = page(ali)
    assert (answer.status, answer.json) == (200, {"count": 0, "next": None, "previous": None, "results": []})


def test_a_list_shows_tasks_as_they_are_shown_alone(ali: Owner) -> None:
    shown = [ali.task(id) for id in (_completed(ali), ali.make(COUNTDOWN), ali.make(LARGE))]
    assert page(ali).json == {"count": 3, "next": None, "previous": None, "results": shown}


def test_tasks_come_by_number_ten_to_a_page(ali: Owner, made: list[int]) -> None:
    first, second = page(ali), page(ali, page=2)
    assert (ids(first), ids(second)) == (made[:10], made[10:])
    assert (first.json["count"], second.json["count"]) == (14, 14)
    assert (first.json["next"], first.json["previous"]) == (f"{URL}?page=2", None)
    assert (second.json["next"], second.json["previous"]) == (None, URL)
    assert page(ali, page="last").json == second.json
    assert page(ali, page=3).status == 404


def test_tasks_of_one_status_have_pages_and_a_count_of_their_own(ali: Owner, made: list[int]) -> None:
    counts = {status: page(ali, status=status).json["count"] for status in STATUSES}
    assert counts == {"": 14, "pending": 2, "in_progress": 0, "completed": 11, "error": 1}
    first, second = page(ali, status="completed"), page(ali, status="completed", page=2)
    assert (ids(first), ids(second)) == (made[:10], made[10:11])
    assert (first.json["next"], first.json["previous"]) == (f"{URL}?status=completed&page=2", None)
    assert (second.json["next"], second.json["previous"]) == (None, f"{URL}?status=completed")
    assert page(ali, status="pending", page=2).status == 404
    assert ids(page(ali, status="error")) == [made[11]]


def test_a_task_moves_from_list_to_list(ali: Owner) -> None:
    id = ali.make(COUNTDOWN)
    seen = []
    for move in (lambda: None, lambda: ali.cancel(id)):
        move()
        seen.append({status: ids(page(ali, status=status)) for status in STATUSES[1:]})
    assert seen == [
        {"pending": [id], "in_progress": [], "completed": [], "error": []},
        {"pending": [], "in_progress": [], "completed": [], "error": [id]},
    ]


def test_nobody_sees_the_tasks_of_another(ali: Owner, vali: Owner) -> None:
    theirs, own = vali.make(), ali.make()
    assert (ids(page(ali)), ids(page(vali))) == ([own], [theirs])


@pytest.mark.parametrize("number", ["0", "2", "-1", "x", "1.5", "99999999999"])
def test_a_page_that_is_not_there_is_not_found(ali: Owner, number: str) -> None:
    ali.make()
    answer = page(ali, page=number)
    assert (answer.status, answer.json) == (404, {"detail": "Invalid page."})


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("", "Select a valid choice. zzz is not one of the available choices."),
        ("ru", "Выберите корректный вариант. zzz нет среди допустимых значений."),
    ],
)
def test_a_status_that_there_is_not_is_refused(aws: Cloud, ali: Owner, language: str, message: str) -> None:
    answer = aws.http("tasks.list", token=ali.token, query={"status": "zzz"}, headers={"accept-language": language})
    assert (answer.status, answer.json) == (400, {"status": [message]})


def test_a_status_is_refused_before_a_page(ali: Owner) -> None:
    assert page(ali, status="zzz", page=7).status == 400


def test_other_names_in_the_query_are_ignored(ali: Owner) -> None:
    id = ali.make()
    assert ids(page(ali, owner=2, page_size=1, ordering="-id")) == [id]


def test_looking_changes_nothing(aws: Cloud, ali: Owner) -> None:
    ali.make()
    with unchanged(aws):
        page(ali)
