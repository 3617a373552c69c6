"""The worker of the small jobs; and what the history keeps of every attempt, whatever becomes of it."""

import random

import pytest

from kalit.kit import jobs
from kalit.kit.resources import Queue, Table
from tests.cloud import Cloud

from ..rows import unchanged
from ..world import Killed, conflicting, killed_after, meanwhile, refused, upset
from .office import MOST_RECEIVES, Office, by_hand, stuck

CALLS = ("GetItem", "TransactWriteItems")


def begun(office: Office, num: float = 5) -> tuple[str, dict[str, object]]:
    """A job that writes a number to the log, and its message."""
    id = office.ask("ask_task_1", {"num": num}).json["task_id"]
    [record] = office.waiting(Queue.DEFAULT)
    return id, record


@pytest.mark.parametrize("num", [5, 2.5, -1])
def test_a_number_is_written_to_the_log(office: Office, caplog: pytest.LogCaptureFixture, num: float) -> None:
    office.ask("ask_task_1", {"num": num})
    office.drain()
    assert f"Task 1 Done: {num}" in caplog.messages


def test_a_schedule_that_is_not_there_is_logged_and_that_is_all(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    assert office.work(Queue.DEFAULT, by_hand({"job": "process_schedule", "id": 404})) == []
    assert "schedule not found" in caplog.messages
    [job] = office.jobs()
    assert (job["name"], job["state"]) == ("default", "completed")


def test_a_processed_schedule_is_described(office: Office) -> None:
    id = office.schedule(description="before", status=False)
    office.work(Queue.DEFAULT, by_hand({"job": "process_schedule", "id": id}))
    told = office.shown(id)
    assert (told["status"], told["description"]) == (True, f"This is a description: {id}")
    assert office.get("list_schedules", status="true")["count"] == 1
    assert office.get("list_schedules", status="false")["count"] == 0


def test_a_message_that_comes_again_changes_nothing(aws: Cloud, office: Office) -> None:
    office.schedule()
    message = by_hand({"job": "process_schedule", "id": 1})
    office.work(Queue.DEFAULT, message)
    office.clock.move(minutes=1)
    with unchanged(aws):
        assert office.work(Queue.DEFAULT, message, message) == []


@pytest.mark.parametrize("body", ["not JSON", "{}", '{"job": "task_2"}', '{"job": "task_1"}', "5", "null", '"text"'])
def test_a_message_that_cannot_be_read_comes_back_alone_and_dies(office: Office, body: str) -> None:
    good, bad = by_hand({"job": "task_1", "num": 1}, "good"), by_hand(body, "bad")
    assert office.work(Queue.DEFAULT, good, bad) == ["bad"]
    assert office.tally() == {"completed": 1, "retrying": 1}
    assert office.bury(bad, "default-dead") == []
    assert office.tally() == {"completed": 1, "dead": 1}


def test_a_job_waits_is_at_work_and_is_done(office: Office) -> None:
    id, record = begun(office)
    waiting = office.job(id)
    assert (waiting["state"], waiting["tries"], waiting["attempts"], waiting["ended_at"]) == ("pending", 0, [], None)
    office.clock.move(seconds=3)
    seen = []
    look = meanwhile(lambda: seen.append(office.job(id)))
    with upset("TransactWriteItems", look, after=1):
        office.work(Queue.DEFAULT, record)
    [at_work] = seen
    started = {"started_at": "2026-01-05T12:00:03.000Z", "took_ms": None, "error": None}
    assert (at_work["state"], at_work["tries"], at_work["attempts"]) == ("running", 1, [started])
    done = office.job(id)
    assert (done["state"], done["ended_at"], done["created_at"]) == (
        "completed",
        "2026-01-05T12:00:03.000Z",
        "2026-01-05T12:00:00.000Z",
    )
    assert done["attempts"][0]["took_ms"] >= 0
    assert (done["attempts"][0]["error"], done["result"], done["retryable"]) == (None, None, False)


def test_a_job_that_failed_says_why_and_comes_again(office: Office) -> None:
    id = office.schedule()
    run = office.ask("run_schedule", id=id).json["task_id"]
    office.follow()
    [record] = office.waiting(Queue.DEFAULT)
    with stuck(id):
        assert office.work(Queue.DEFAULT, record) == [record["messageId"]]
    failed = office.job(run)
    assert (failed["state"], failed["ended_at"]) == ("retrying", None)
    assert failed["attempts"][0]["error"] == "TransactWriteError: InternalServerError"
    office.work(Queue.DEFAULT, record)
    done = office.job(run)
    assert (done["state"], done["tries"]) == ("completed", 2)
    assert [attempt["error"] for attempt in done["attempts"]] == ["TransactWriteError: InternalServerError", None]


def test_of_an_attempt_that_died_nobody_hears(office: Office) -> None:
    id, record = begun(office)
    with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
        office.work(Queue.DEFAULT, record)
    assert office.job(id)["state"] == "running"
    office.work(Queue.DEFAULT, record)
    done = office.job(id)
    assert (done["state"], done["tries"]) == ("completed", 2)
    assert [(attempt["took_ms"] is None, attempt["error"]) for attempt in done["attempts"]] == [
        (True, "its process died"),
        (False, None),
    ]


def test_of_many_attempts_the_first_and_the_latest_are_kept(office: Office) -> None:
    id, record = begun(office)
    for _ in range(25):
        with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
            office.work(Queue.DEFAULT, record)
        office.clock.move(minutes=1)
    job = office.job(id)
    assert (job["tries"], len(job["attempts"])) == (25, jobs.MOST_ATTEMPTS)
    minutes = [int(attempt["started_at"][14:16]) for attempt in job["attempts"]]
    assert minutes == [*range(10), *range(15, 25)]


def test_two_workers_at_once_are_one_job_that_is_done(office: Office) -> None:
    id, record = begun(office)
    with upset("TransactWriteItems", meanwhile(lambda: office.work(Queue.DEFAULT, record))):
        assert office.work(Queue.DEFAULT, record) == []
    assert office.job(id)["state"] == "completed"
    assert office.tally() == {"completed": 1}


def test_conflicts_are_tried_again(office: Office) -> None:
    id, record = begun(office)
    with upset("TransactWriteItems", conflicting, first=3):
        assert office.work(Queue.DEFAULT, record) == []
    assert office.job(id)["state"] == "completed"


def test_where_history_cannot_be_written_nothing_is_done(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    _, record = begun(office)
    with upset("TransactWriteItems", refused("InternalServerError")):
        assert office.work(Queue.DEFAULT, record) == [record["messageId"]]
    assert "Task 1 Done: 5" not in caplog.messages


def test_a_cancelled_job_is_left_alone(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    id, record = begun(office)
    jobs.cancel(id)  # type: ignore[arg-type]
    assert office.work(Queue.DEFAULT, record) == []
    assert office.job(id)["state"] == "cancelled"
    assert "Task 1 Done: 5" not in caplog.messages


def test_after_any_mixture_the_counts_are_those_of_the_rows(office: Office) -> None:
    """Jobs begun, done, cut short at each call, gone by themselves and buried, in an order of dice."""
    dice = random.Random(7)
    known: dict[str, dict[str, object]] = {}
    seen: set[str] = set()
    for step in range(90):
        office.clock.move(seconds=1)
        act = dice.choice(["begin", "begin", "work", "die", "fail", "bury", "retry", "cancel"])
        if act == "begin" or not known:
            id, record = begun(office, step)
            known[id] = record
            continue
        id = dice.choice(list(known))
        if act == "work":
            office.work(Queue.DEFAULT, known[id])
        elif act == "bury":
            office.bury(known[id], "default-dead")
        elif act == "retry":
            office.ask("retry", id=id)
        elif act == "cancel":
            jobs.cancel(id)  # type: ignore[arg-type]
        elif act == "fail":
            office.work(Queue.DEFAULT, {**known[id], "body": "{}"})
        else:
            operation, after = dice.choice(CALLS), dice.randrange(2)
            try:
                with upset(operation, dice.choice([killed_after, refused("InternalServerError")]), after=after):
                    office.work(Queue.DEFAULT, known[id])
            except (Killed, AssertionError):
                pass  # it ended before, and so never came so far
        seen |= office.tally().keys()
    assert sum(office.tally().values()) == len(known)
    assert seen == {"pending", "running", "retrying", "completed", "dead", "cancelled"}


@pytest.mark.long
def test_of_four_hundred_messages_eight_die_and_are_healed(office: Office) -> None:
    poison = [office.schedule() for _ in range(8)]
    for id in poison:
        office.ask("run_schedule", id=id)
    for _ in range(392):
        office.aws.client("sqs").send_message(
            QueueUrl=office.aws.ids[Queue.DEFAULT], MessageBody='{"job": "task_1", "num": 1}'
        )
    office.follow()
    with stuck(*poison):
        assert office.drain() == 392 + 8 * MOST_RECEIVES
    counts = {state: office.get("list", queue="default", state=state)["count"] for state in ("completed", "dead")}
    assert counts == {"completed": 392, "dead": 8}
    tries = [int(row["tries"]) for row in office.aws.rows(Table.OPS, "JOB#") if row["queue"] == "default"]
    assert sorted(tries) == [1] * 392 + [MOST_RECEIVES] * 8
    office.clock.move(minutes=1)
    assert office.ask("redrive", {"queue": "default"}).status == 202
    office.settle()
    assert office.get("list", state="dead")["count"] == 0
    assert office.get("list", queue="default", state="completed")["count"] == 401
    assert office.get("list_schedules", status="true")["count"] == 8
    office.tally()
