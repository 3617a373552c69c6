"""Every kind of trigger opens its door on the engine; what tasks use is tried in test_tasks.py."""

import json

from infra.installation import call
from infra.local.up import STAGE
from tests.running import ADMIN_PASSWORD, Local, User, eventually


def test_an_mqtt_message_opens_the_door_of_its_topic(local: Local) -> None:
    local.aws.client("iot-data").publish(topic="probe/LOCK_1/status", qos=1, payload=json.dumps({"battery": 77}))

    def row() -> object:
        key = {"pk": {"S": "PROBE#LOCK_1"}, "sk": {"S": "REPORT"}}
        return local.aws.client("dynamodb").get_item(TableName="local-ops", Key=key).get("Item")

    assert eventually(row)["battery"] == {"N": "77"}  # type: ignore[index]


def test_a_malformed_mqtt_message_is_refused_and_logged(local: Local) -> None:
    local.aws.client("iot-data").publish(topic="probe/LOCK_2/status", qos=1, payload=json.dumps({"battery": "?"}))
    refused = eventually(lambda: [line for line in local.log("probe.heard") if '"malformed_payload"' in line])
    assert '"thing_id":"LOCK_2"' in refused[0]


def test_a_message_that_its_door_failed_on_comes_again(local: Local) -> None:
    local.aws.client("iot-data").publish(topic="probe/LOCK_3/status", qos=1, payload=json.dumps({"battery": -1}))
    eventually(lambda: any('"heard again"' in line and "LOCK_3" in line for line in local.log("probe.heard")))


def test_a_step_is_called_by_name(local: Local) -> None:
    event = {"username": "admin", "email": "", "password": "another password"}
    assert call(local.aws.client, STAGE, "accounts.bootstrap", event) == {"created": False, "role": "admin"}


def test_the_first_administrator_can_log_in(local: Local) -> None:
    assert User.log_in(local.url, "admin", "an admin's password").get("/api/tasks/").status_code == 200


def test_a_function_is_refused_what_it_does_not_declare(local: Local) -> None:
    assert call(local.aws.client, STAGE, "probe.trespass", {"table": "accounts"}) == "AccessDeniedException"


def test_the_clock_opens_its_doors(local: Local) -> None:
    """Last of all: by now the first minute is nearly over."""
    admin = User.log_in(local.url, "admin", ADMIN_PASSWORD)

    def ticks() -> set[str]:
        told = admin.get("/api/jobs/", params={"queue": "schedules", "state": "completed"}).json()["results"]
        return {job["name"] for job in told}

    eventually(lambda: ticks() >= {"tasks.sweep", "jobs.run_recurring", "jobs.auto_task_runner"}, within=75)
