"""What staff did, over a real FIFO queue into the audit log, read over HTTP."""

import json
import uuid
from typing import Any

from tests.running import ADMIN_PASSWORD, Local, User, eventually

LOGS = "/api/v1/security/audit-logs/"


def deed(number: int) -> dict[str, Any]:
    """An entry as its message carries it."""
    return {
        "id": str(uuid.uuid4()),
        "user": str(uuid.uuid4()),
        "user_email": "",
        "username": "admin",
        "action": "probe.order",
        "resource_type": "probe",
        "resource_id": str(number),
        "ip_address": "127.0.0.1",
        "request_id": "probe",
        "details": {"before": None, "after": {"number": number}},
        "created_at": "2026-01-05T12:00:00.000Z",
    }


def send(local: Local, deed: dict[str, Any], sending: int = 1) -> None:
    """Put a deed on the queue, in the group of all."""
    sqs = local.aws.client("sqs")
    sqs.send_message(
        QueueUrl=sqs.get_queue_url(QueueName="local-audit.fifo")["QueueUrl"],
        MessageBody=json.dumps(deed),
        MessageGroupId="all",
        MessageDeduplicationId=f"{deed['id']}-{sending}",
    )


def listed(admin: User) -> list[dict[str, Any]]:
    """The deeds of this test in the log, the oldest first."""
    entries = admin.get(LOGS, params={"page_size": 100}).json()["results"]
    return [entry for entry in reversed(entries) if entry["action"] == "probe.order"]


def test_deeds_come_into_the_log_once_and_in_their_order(local: Local) -> None:
    admin = User.log_in(local.url, "admin", ADMIN_PASSWORD)
    deeds = [deed(number) for number in range(12)]
    for each in deeds:
        send(local, each)
    for each in deeds[:3]:
        send(local, each, sending=2)
    last = deed(12)
    send(local, last)
    eventually(lambda: any(entry["id"] == last["id"] for entry in listed(admin)))
    assert [entry["id"] for entry in listed(admin)] == [each["id"] for each in [*deeds, last]]
    told = admin.get(f"{LOGS}verify/").json()["data"]
    assert (told["intact"], told["problems"], told["next"]) == (True, [], None)


def test_the_log_is_closed_to_others(local: Local) -> None:
    assert local.user().get(LOGS).status_code == 403
    assert local.user().get(f"{LOGS}verify/").status_code == 403
