import pytest

from tests.cloud import Cloud

from ..rows import unchanged
from ..world import Clock, Killed, killed_after, meanwhile, upset
from .owner import CANCELLED, COUNTDOWN, DONE, SUM, Owner

NOT_FOUND = {"detail": "Not found."}
FINISHED = {"detail": "The task is finished and can no longer be cancelled."}


def in_progress(owner: Owner) -> int:
    """A sum whose worker died."""
    id = owner.make()
    with upset("TransactWriteItems", killed_after, own=True), pytest.raises(Killed):
        owner.add(id)
    assert owner.task(id)["status"] == "in_progress"
    return id


@pytest.mark.parametrize("body", [SUM, COUNTDOWN], ids=["sum", "countdown"])
def test_a_pending_task_ends_before_its_time(ali: Owner, body: dict[str, object]) -> None:
    id = ali.make(body)
    answer = ali.cancel(id)
    assert (answer.status, answer.json) == (200, ali.task(id))
    assert (answer.json["status"], answer.json["result"]) == ("error", CANCELLED)
    assert ali.counts() == {"total": 1, "error": 1}


def test_a_task_in_progress_ends_before_its_time(ali: Owner) -> None:
    id = in_progress(ali)
    assert (ali.cancel(id).json["status"], ali.counts()) == ("error", {"total": 1, "error": 1})


@pytest.mark.parametrize(("body", "outbox"), [(SUM, None), (COUNTDOWN, "stop")], ids=["sum", "countdown"])
def test_only_a_countdown_has_something_to_stop(ali: Owner, body: dict[str, object], outbox: str | None) -> None:
    id = ali.make(body)
    ali.cancel(id)
    assert ali.row(id).get("outbox") == outbox


def test_a_cancelled_task_is_no_longer_open_to_the_sweeper(ali: Owner) -> None:
    id = ali.make()
    ali.cancel(id)
    assert "open" not in ali.row(id)


def test_cancelling_twice_is_cancelling_once(aws: Cloud, ali: Owner) -> None:
    id = ali.make(COUNTDOWN)
    first = ali.cancel(id)
    with unchanged(aws):
        second = ali.cancel(id)
    assert (second.status, second.json) == (200, first.json)


def test_a_late_worker_changes_nothing(aws: Cloud, ali: Owner, clock: Clock) -> None:
    sum, countdown = ali.make(SUM), ali.make(COUNTDOWN)
    ali.cancel(sum)
    ali.cancel(countdown)
    clock.move(seconds=60)
    with unchanged(aws):
        ali.add(sum)
        ali.count_down(countdown)


def test_a_task_that_is_done_stays_done(aws: Cloud, ali: Owner) -> None:
    id = ali.make()
    ali.add(id)
    with unchanged(aws):
        answer = ali.cancel(id)
    assert (answer.status, answer.json) == (409, FINISHED)


def test_a_task_that_ended_in_error_stays_as_it_ended(aws: Cloud, ali: Owner) -> None:
    id = ali.make({"task_type": "sum", "input_data": {"numbers": [1e308, 1e308]}})
    ali.add(id)
    with unchanged(aws):
        assert ali.cancel(id).status == 409


def test_who_comes_a_moment_too_late_is_told_so(ali: Owner) -> None:
    id = ali.make()
    with upset("TransactWriteItems", meanwhile(lambda: ali.add(id)), own=True):
        answer = ali.cancel(id)
    assert (answer.status, answer.json) == (409, FINISHED)
    assert ali.task(id)["result"] == {"result": 6}
    assert ali.counts() == {"total": 1, "completed": 1}


def test_a_task_that_is_taken_into_work_meanwhile_is_cancelled_all_the_same(ali: Owner) -> None:
    id = ali.make()

    def begin() -> None:
        with upset("TransactWriteItems", killed_after, own=True), pytest.raises(Killed):
            ali.add(id)

    with upset("TransactWriteItems", meanwhile(begin), own=True):
        assert ali.cancel(id).json["result"] == CANCELLED
    assert ali.counts() == {"total": 1, "error": 1}


def test_two_who_cancel_at_once_free_one_place(ali: Owner) -> None:
    id = ali.make(COUNTDOWN)
    ali.make(COUNTDOWN)
    with upset("TransactWriteItems", meanwhile(lambda: ali.cancel(id)), own=True):
        assert ali.cancel(id).status == 200
    assert ali.counts() == {"active": 1, "total": 2, "pending": 1, "error": 1}


def test_a_strangers_task_cannot_be_cancelled(aws: Cloud, ali: Owner, vali: Owner) -> None:
    id = vali.make()
    with unchanged(aws):
        answer = ali.cancel(id)
    assert (answer.status, answer.json) == (404, NOT_FOUND)


@pytest.mark.parametrize("id", ["0", "x", "99999999999999999999"])
def test_what_names_no_task_is_not_found(aws: Cloud, ali: Owner, id: str) -> None:
    answer = aws.http("tasks.cancel", token=ali.token, id=id)
    assert (answer.status, answer.json) == (404, NOT_FOUND)


@pytest.mark.parametrize(
    ("language", "detail"),
    [
        ("ru", "Задача завершена, отменить её уже нельзя."),
        ("uz", "Topshiriq tugagan, uni endi bekor qilib boʻlmaydi."),
        ("en", FINISHED["detail"]),
    ],
)
def test_the_refusal_speaks_the_language_asked_for(aws: Cloud, ali: Owner, language: str, detail: str) -> None:
    id = ali.make()
    ali.add(id)
    headers = {"accept-language": language}
    assert aws.http("tasks.cancel", token=ali.token, id=id, headers=headers).json == {"detail": detail}


def test_the_refusal_may_be_asked_for_as_a_problem(aws: Cloud, ali: Owner) -> None:
    id = ali.make()
    ali.add(id)
    answer = aws.http("tasks.cancel", token=ali.token, id=id, headers={"accept": "application/problem+json"})
    assert (answer.json["status"], answer.json["code"]) == (409, "task_finished")


def test_a_countdown_that_is_done_has_its_own_result(ali: Owner, clock: Clock) -> None:
    id = ali.make(COUNTDOWN)
    clock.move(seconds=60)
    ali.count_down(id)
    assert ali.cancel(id).status == 409
    assert ali.task(id)["result"] == DONE
