"""System E as its users see it: real HTTP, real queue, real state machine, real time."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest

from tests.running import Local, User, eventually


def seconds(user: User) -> float:
    """How long a sum takes now."""
    started = time.monotonic()
    task = user.finished(user.create("sum", numbers=[1, 2, 3])["id"])
    assert (task["status"], task["result"]) == ("completed", {"result": 6})
    return time.monotonic() - started


def test_a_sum_is_done_within_two_seconds(local: Local) -> None:
    user = local.user()
    assert min(seconds(user) for _ in range(5)) < 2  # the first call of a function takes longer


def test_a_countdown_ends_on_time_and_never_early(local: Local) -> None:
    user = local.user()
    made = user.create("countdown", seconds=5)
    created = datetime.fromisoformat(made["created_at"]).timestamp()
    task = user.finished(made["id"])
    assert 5 <= time.time() - created <= 12
    assert (task["status"], task["result"]) == ("completed", {"message": "Обратный отсчёт завершён"})


def test_twenty_creates_at_once_make_exactly_five_tasks(local: Local) -> None:
    user = local.user()
    body = {"task_type": "countdown", "input_data": {"seconds": 600}}
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: user.post("/api/tasks/create/", body), range(20)))
    assert sorted(answer.status_code for answer in answers) == [201] * 5 + [400] * 15
    refusals = {answer.text for answer in answers if answer.status_code == 400}
    assert refusals == {'["Вы не можете создать более 5 активных задач."]'}
    for task in user.get("/api/tasks/").json()["results"]:
        assert user.post(f"/api/tasks/{task['id']}/cancel/").status_code == 200
    assert user.create("sum", numbers=[1])["status"] == "pending"


def test_cancelling_stops_the_execution_and_frees_the_slot(local: Local) -> None:
    user = local.user()
    number = user.create("countdown", seconds=600)["id"]
    eventually(lambda: user.task(number)["status"] == "in_progress")
    cancelled = user.post(f"/api/tasks/{number}/cancel/")
    assert cancelled.status_code == 200
    assert cancelled.json()["status"] == "error"
    states = local.aws.client("stepfunctions")
    machines = {told["name"]: told["stateMachineArn"] for told in states.list_state_machines()["stateMachines"]}

    def execution() -> str:
        runs = states.list_executions(stateMachineArn=machines["local-countdown"])["executions"]
        return next(run["status"] for run in runs if run["name"] == f"task-{number}")

    eventually(lambda: execution() == "ABORTED")


@pytest.mark.long
def test_fifty_countdowns_hold_no_worker(local: Local) -> None:
    users = [local.user() for _ in range(10)]
    other = local.user()
    with ThreadPoolExecutor(10) as pool:
        made = list(pool.map(lambda user: [user.create("countdown", seconds=20)["id"] for _ in range(5)], users))
    waiting = [(user, number) for user, numbers in zip(users, made, strict=True) for number in numbers]
    eventually(lambda: all(user.task(number)["status"] == "in_progress" for user, number in waiting))
    assert local.functions_at_work() == 0
    assert min(seconds(other) for _ in range(3)) < 2
    for user, number in waiting:
        assert user.finished(number)["status"] == "completed"


def test_large_input_comes_back_as_it_went(local: Local) -> None:
    user = local.user()
    numbers = list(range(5000))
    task = user.finished(user.create("sum", numbers=numbers)["id"])
    assert task["input_data"] == {"numbers": numbers}
    assert task["result"] == {"result": sum(numbers)}
    assert user.get("/api/tasks/").json()["results"][0]["input_data"] == {"numbers": numbers}


def test_a_poisoned_message_does_not_hold_up_the_others(local: Local) -> None:
    sqs = local.aws.client("sqs")
    queue = sqs.get_queue_url(QueueName="local-sum")["QueueUrl"]
    sqs.send_message(QueueUrl=queue, MessageBody="not a task")
    user = local.user()
    assert user.finished(user.create("sum", numbers=[4, 5])["id"])["result"] == {"result": 9}
