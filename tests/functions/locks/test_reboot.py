import json

from kalit.kit.resources import Machine

from ..rows import unchanged
from ..world import refused, upset
from .yard import LOCK, OFFLINE, Yard, hmac_of

NOON = 1_767_614_400


def test_a_lock_is_told_to_restart(yard: Yard) -> None:
    answer = yard.ask("reboot")
    assert (answer.status, answer.json["message"]) == (200, "Reboot command sent successfully")
    [sent] = yard.published
    assert answer.json["data"] == {"device_id": LOCK, "command_id": sent["command_id"]}
    assert (sent["command"], "duration" in sent, sent["expires_at"] - sent["issued_at"]) == ("REBOOT", False, 60)
    assert sent["user_id"] == yard.people["owner"]
    assert sent["signature"] == hmac_of(yard.secret, f"{LOCK}:REBOOT::1:{sent['nonce']}:{NOON}:{NOON + 60}")


def test_it_is_logged_when_it_is_asked_for(yard: Yard) -> None:
    command = yard.command("reboot")
    [entry] = [entry for entry in yard.ask("logs").json["results"] if entry["event_type"] == "REBOOT"]
    assert (entry["user"]["id"], entry["success"], entry["ip_address"]) == (
        yard.people["owner"],
        True,
        "198.51.100.7",
    )
    yard.answer(command, "reboot")
    assert (yard.log, yard.state(command)) == ([("REBOOT", True)], "executed")


def test_that_it_failed_is_logged_too(yard: Yard) -> None:
    command = yard.command("reboot")
    yard.answer(command, "reboot", success=False, error="no flash")
    told = yard.data("show_command", command_id=command)
    assert (told["state"], told["error"]) == ("failed", "no flash")
    assert sorted(yard.log) == [("REBOOT", False), ("REBOOT", True)]


def test_somebody_looks_after_it(yard: Yard) -> None:
    command = yard.command("reboot")
    yard.follow("command")
    states, arn = yard.aws.client("stepfunctions"), yard.aws.ids[Machine.COMMAND]
    [execution] = states.list_executions(stateMachineArn=arn)["executions"]
    assert execution["name"] == command
    order = json.loads(states.describe_execution(executionArn=execution["executionArn"])["input"])
    assert (order["device"], order["command"]) == (yard.id, command)
    assert order["next"] == {"at": "2026-01-05T12:01:00Z", "done": False}


def test_a_record_that_comes_twice_starts_one_execution(yard: Yard) -> None:
    yard.command("reboot")
    rows = [row for row in yard.rows() if row.get("outbox") == "command"]
    for _ in range(2):
        yard.aws.stream("locks.dispatch", *rows)
    states, arn = yard.aws.client("stepfunctions"), yard.aws.ids[Machine.COMMAND]
    assert len(states.list_executions(stateMachineArn=arn)["executions"]) == 1
    assert len(yard.published) == 1


def test_what_the_broker_does_not_take_now_is_sent_again_in_a_minute(yard: Yard) -> None:
    with upset("Publish", refused("ServiceUnavailableException")):
        command = yard.command("reboot")
    yard.follow("command")
    yard.clock.move(seconds=60)
    yard.aws.call("locks.send_again", {"device": yard.id, "command": command, "next": {"at": "2026-01-05T12:01:00Z"}})
    assert [sent["command_id"] for sent in yard.published] == [command]


def test_an_offline_lock_is_not_told(yard: Yard) -> None:
    yard.clock.move(seconds=360)
    with unchanged(yard.aws):
        answer = yard.ask("reboot")
    assert (answer.status, answer.json) == (400, OFFLINE)
    assert yard.log == []


def test_the_same_key_restarts_once(yard: Yard) -> None:
    assert yard.command("reboot", key="k-1") == yard.command("reboot", key="k-1")
    assert (len(yard.published), yard.log) == (1, [("REBOOT", True)])


def test_after_a_failure_of_ours_its_key_can_be_used_again(yard: Yard) -> None:
    with upset("TransactWriteItems", refused("InternalServerError")):
        assert yard.ask("reboot", key="k-1").status == 500
    assert yard.ask("reboot", key="k-1").status == 200
    assert yard.log == [("REBOOT", True)]
