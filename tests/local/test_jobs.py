"""Staff's jobs over real HTTP: queues, streams, ticks and dead letters at work."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.running import ADMIN_PASSWORD, Local, User, eventually


@pytest.fixture(scope="module")
def admin(local: Local) -> User:
    return User.log_in(local.url, "admin", ADMIN_PASSWORD)


def job(admin: User, id: str, state: str, within: float = 20.0) -> Any:
    """A job, once it is in that state."""

    def look() -> Any:
        told = admin.get(f"/api/jobs/{id}/").json()
        return told if told.get("state") == state else None

    return eventually(look, within)


def bury(local: Local, body: str) -> str:
    """A message in the dead-letter queue of sums; returns which job it was."""
    id, sqs = str(uuid.uuid4()), local.aws.client("sqs")
    told = {"job": id, "name": "sum"}
    sqs.send_message(
        QueueUrl=sqs.get_queue_url(QueueName="local-sum-dead")["QueueUrl"],
        MessageBody=body,
        MessageAttributes={name: {"DataType": "String", "StringValue": value} for name, value in told.items()},
    )
    return id


def test_fifty_at_once_make_fifty_responses(admin: User) -> None:
    before = len(admin.get("/api/sms/responses/").json())
    with ThreadPoolExecutor(50) as threads:
        asked = list(threads.map(lambda _: admin.post("/api/sms/send/"), range(50)))
    assert {answer.status_code for answer in asked} == {202}
    made = [job(admin, answer.json()["task_id"], "completed")["result"] for answer in asked]
    responses = [response["response"] for response in admin.get("/api/sms/responses/").json()]
    assert len(responses) == before + 50
    assert sorted(responses[before:]) == sorted(made)
    assert all(100_000 <= code <= 999_999 for code in made)


def test_a_code_goes_to_the_phone(admin: User) -> None:
    id = admin.post("/api/sms/send/", {"phone": "+998901234567"}).json()["task_id"]
    code = job(admin, id, "completed")["result"]

    def delivered() -> bool:
        outbox = admin.get("/api/sms/outbox/", params={"phone": "+998901234567"}).json()["results"]
        return any(str(code) in sms["text"] for sms in outbox)

    assert eventually(delivered)


def test_the_runner_runs_what_is_due(admin: User) -> None:
    made = [
        admin.post("/api/schedules/", {"date": "2026-01-01T00:00:00Z"}).json(),
        admin.post("/api/schedules/", {"date": "2999-01-01T00:00:00Z", "status": False}).json(),
        admin.post("/api/schedules/", {"date": "2999-01-01T00:00:00Z"}).json(),
    ]
    id = admin.post("/api/jobs/auto_task_runner/").json()["task_id"]
    assert job(admin, id, "completed")["asked_by"] == 1

    def told() -> list[Any]:
        return [admin.get(f"/api/schedules/{one['id']}/").json() for one in made]

    eventually(lambda: [one["status"] for one in told()] == [True, True, None])
    assert told()[0]["description"] == f"This is a description: {made[0]['id']}"


def test_a_dead_job_is_sent_again_and_done(local: Local, admin: User) -> None:
    task = local.user().create("countdown", seconds=3600)["id"]
    id = bury(local, f'{{"owner": 0, "id": {task}}}')
    dead = job(admin, id, "dead")
    assert dead["retryable"]
    assert admin.post(f"/api/jobs/{id}/retry/").status_code == 202
    assert job(admin, id, "completed")["tries"] == 1
    assert admin.post(f"/api/jobs/{id}/retry/").status_code == 409


def test_all_dead_jobs_are_sent_again_at_once(local: Local, admin: User) -> None:
    buried = [bury(local, '{"owner": 0, "id": 0}') for _ in range(12)]
    for id in buried:
        job(admin, id, "dead")
    redrive = admin.post("/api/jobs/redrive/", {"queue": "sum"}).json()["task_id"]
    job(admin, redrive, "completed")
    for id in buried:
        job(admin, id, "completed")
    assert admin.get("/api/jobs/", params={"queue": "sum", "state": "dead"}).json()["count"] == 0


def test_what_staff_did_is_on_record_and_a_changed_record_is_found(local: Local, admin: User) -> None:
    schedule = admin.post("/api/schedules/", {"description": "on record"}).json()
    answer = admin.session.patch(f"{local.url}/api/schedules/{schedule['id']}/", json={"description": "changed"})
    request = answer.headers["X-Request-Id"]

    def entry() -> Any:
        logged = admin.get("/api/v1/security/audit-logs/").json()["results"]
        return next((one for one in logged if one["request_id"] == request), None)

    found = eventually(entry)
    assert (found["action"], found["resource_id"]) == ("schedule.update", str(schedule["id"]))
    assert found["details"]["before"]["description"] == "on record"
    assert found["details"]["after"]["description"] == "changed"

    key = {"pk": {"S": "AUDIT"}, "sk": {"S": f"{found['number']:012d}"}}
    table = local.aws.client("dynamodb")
    row = table.get_item(TableName="local-ops", Key=key)["Item"]
    verify = "/api/v1/security/audit-logs/verify/"
    assert admin.get(verify).json()["data"]["intact"]
    table.put_item(TableName="local-ops", Item={**row, "text": {"S": row["text"]["S"].replace("changed", "forged")}})
    told = admin.get(verify).json()["data"]
    table.put_item(TableName="local-ops", Item=row)
    assert not told["intact"]
    assert (told["problems"][0]["number"], told["problems"][0]["problem"]) == (found["number"], "changed")
    assert admin.get(verify).json()["data"]["intact"]


def test_a_user_reaches_none_of_it(local: Local) -> None:
    user = local.user()
    assert user.get("/api/jobs/").status_code == 403
    assert user.post("/api/sms/send/").status_code == 403
    assert user.get("/api/schedules/").status_code == 403
