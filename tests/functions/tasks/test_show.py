import pytest

from tests.cloud import Cloud

from ..rows import unchanged
from .owner import COUNTDOWN, LARGE, SUM, Owner

NOT_FOUND = {"detail": "Not found."}


def test_an_owner_sees_his_task(ali: Owner) -> None:
    id = ali.make(COUNTDOWN)
    assert ali.task(id) == {
        **COUNTDOWN,
        "id": id,
        "status": "pending",
        "result": None,
        "created_at": "2026-01-05T12:00:00.000Z",
    }


def test_a_task_shows_how_it_ended(ali: Owner) -> None:
    id = ali.make()
    ali.add(id)
    assert (ali.task(id)["status"], ali.task(id)["result"]) == ("completed", {"result": 6})


def test_a_large_input_comes_back_whole(ali: Owner) -> None:
    assert ali.task(ali.make(LARGE))["input_data"] == LARGE["input_data"]


def test_looking_changes_nothing(aws: Cloud, ali: Owner) -> None:
    id = ali.make(LARGE)
    with unchanged(aws):
        ali.task(id)


def test_a_strangers_task_is_as_if_it_were_not_there(aws: Cloud, ali: Owner, vali: Owner) -> None:
    theirs, none = vali.make(SUM), vali.make(SUM) + 1
    told = [aws.http("tasks.show", token=ali.token, id=id, headers={"x-request-id": "r"}) for id in (theirs, none)]
    assert [(answer.status, answer.json) for answer in told] == [(404, NOT_FOUND)] * 2
    assert told[0].headers == told[1].headers


@pytest.mark.parametrize("id", ["0", "-1", "1.5", "create", "٣", "9" * 18, "9" * 40, "1%00"])
def test_what_names_no_task_is_not_found(aws: Cloud, ali: Owner, id: str) -> None:
    ali.make()
    answer = aws.http("tasks.show", token=ali.token, id=id)
    assert (answer.status, answer.json) == (404, NOT_FOUND)


@pytest.mark.parametrize(
    ("language", "detail"), [("ru", "Задача не найдена."), ("uz", "Topshiriq topilmadi."), ("en", "Not found.")]
)
def test_the_refusal_speaks_the_language_asked_for(aws: Cloud, ali: Owner, language: str, detail: str) -> None:
    answer = aws.http("tasks.show", token=ali.token, id=1, headers={"accept-language": language})
    assert answer.json == {"detail": detail}


def test_the_refusal_may_be_asked_for_as_a_problem(aws: Cloud, ali: Owner) -> None:
    answer = aws.http("tasks.show", token=ali.token, id=7, headers={"accept": "application/problem+json"})
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.json["status"], answer.json["code"], answer.json["instance"]) == (
        404,
        "task_not_found",
        "/api/tasks/7",
    )
