"""Jobs of all kinds in a running system: some done, some under way, some that nobody could do."""

import json
import uuid
from typing import Any

from tests.running import ADMIN_PASSWORD, Local, User, eventually

FAILS = "+998901230000"  # the sandbox refuses every SMS to it
NO_TASK = {"owner": 0, "id": 0}  # which its worker ignores


def administrator(local: Local) -> User:
    return User.log_in(local.url, "admin", ADMIN_PASSWORD)


def job(admin: User, id: str) -> Any:
    return admin.get(f"/api/jobs/{id}/").json()


def ended(admin: User, id: str, state: str = "completed") -> Any:
    """The job, once it is in that state."""
    return eventually(lambda: ((told := job(admin, id)).get("state") == state and told) or None)


def bury(local: Local, queue: str, name: str, body: Any, id: str = "") -> str:
    """Let a queue give up a message; returns the job that it is."""
    sqs, id = local.aws.client("sqs"), id or str(uuid.uuid4())
    told = {"job": id, "name": name}
    sqs.send_message(
        QueueUrl=sqs.get_queue_url(QueueName=f"local-{queue}-dead")["QueueUrl"],
        MessageBody=json.dumps(body),
        MessageAttributes={key: {"DataType": "String", "StringValue": value} for key, value in told.items()},
    )
    ended(administrator(local), id, "dead")
    return id


def dead_sum(local: Local) -> str:
    return bury(local, "sum", "sum", NO_TASK)


def dead_sms(local: Local) -> str:
    """A job that has failed as it would on any day, before it is given up."""
    admin = administrator(local)
    admin.post("/api/sms/send/", {"phone": FAILS})
    failing = eventually(lambda: admin.get("/api/jobs/?queue=sms&state=retrying").json()["results"])
    return bury(local, "sms", failing[0]["name"], {}, failing[0]["id"])


def an_ordinary_day(local: Local) -> None:
    """Enough of everything for a picture."""
    admin = administrator(local)
    ended(admin, admin.post("/api/jobs/redrive/", {"queue": "sum"}).json()["task_id"])
    admin.post("/api/schedules/", {"expression": "0 9 * * MON-FRI", "description": "Couriers' morning round"})
    admin.post("/api/schedules/", {"expression": "rate(6 hours)", "description": "Stock levels", "zone": "UTC"})
    for number in range(9):
        admin.post("/api/sms/send/", {"phone": f"+99890123450{number}"} if number % 3 else {})
        admin.post("/api/jobs/task_1/", {"num": number})
    for _ in range(3):
        user = local.user()
        for numbers in ([1, 2, 3], [10, 20], [7, 8, 9, 10]):
            user.create("sum", numbers=numbers)
        user.create("countdown", seconds=1)
        user.create("countdown", seconds=1800)
    dead_sum(local)
    dead_sms(local)
