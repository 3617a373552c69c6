import json

import pytest

from kalit.kit.resources import Machine, Queue, Table
from tests.cloud import Cloud

from ..rows import unchanged
from .office import Office, by_hand
from .test_bury import EXECUTION, TOLD, put_aside


@pytest.mark.parametrize("queue", Queue, ids=lambda queue: queue.value)
def test_a_message_goes_back_to_the_queue_it_came_from(office: Office, queue: Queue) -> None:
    bare = queue.value.removesuffix(".fifo")
    letter = by_hand({"a": queue.value, "phone": "+998901234567"})
    office.bury(letter, f"{bare}-dead{'.fifo' if queue.fifo else ''}")
    [job] = office.jobs(queue=queue.value)
    office.ask("retry", id=job["id"])
    office.follow(Table.OPS)
    bodies = [record["body"] for record in office.waiting(queue)]
    assert letter["body"] in bodies


def test_an_execution_is_started_again_with_what_it_had(aws: Cloud, office: Office) -> None:
    office.bury(put_aside(), "undelivered")
    for death in (1, 2):
        assert office.ask("retry", id=TOLD["job"]).status == 202
        office.follow(Table.OPS)
        found = aws.client("stepfunctions").list_executions(stateMachineArn=aws.ids[Machine.COUNTDOWN])["executions"]
        assert len(found) == death
        begun = aws.client("stepfunctions").describe_execution(executionArn=found[0]["executionArn"])
        told = json.loads(begun["input"])
        assert {name: told[name] for name in EXECUTION} == EXECUTION
        assert told["job"] == TOLD["job"]
        office.bury(put_aside(), "undelivered")


def test_a_command_to_a_lock_is_looked_after_again(aws: Cloud, office: Office) -> None:
    order = {"device": TOLD["job"], "command": TOLD["job"], "next": {"at": "2026-01-05T12:01:00Z", "done": False}}
    office.bury(by_hand({"machine": "command", "order": {**order, **TOLD}}), "undelivered")
    office.ask("retry", id=TOLD["job"])
    office.follow(Table.OPS)
    [begun] = aws.client("stepfunctions").list_executions(stateMachineArn=aws.ids[Machine.COMMAND])["executions"]
    told = json.loads(aws.client("stepfunctions").describe_execution(executionArn=begun["executionArn"])["input"])
    assert {name: told[name] for name in order} == order


@pytest.mark.parametrize("machine", ["campaign", "slot", "import", "hold"])
def test_the_machines_of_campaigns_and_orders_are_started_again(aws: Cloud, office: Office, machine: str) -> None:
    order = {"run": 1, "at": "2026-01-05T12:01:00Z"}
    office.bury(by_hand({"machine": machine, "order": {**order, **TOLD}}), "undelivered")
    office.ask("retry", id=TOLD["job"])
    office.follow(Table.OPS)
    [begun] = aws.client("stepfunctions").list_executions(stateMachineArn=aws.ids[Machine(machine)])["executions"]
    told = json.loads(aws.client("stepfunctions").describe_execution(executionArn=begun["executionArn"])["input"])
    assert {name: told[name] for name in order} == order


def test_a_record_that_comes_twice_starts_one_execution(aws: Cloud, office: Office) -> None:
    office.bury(put_aside(), "undelivered")
    office.ask("retry", id=TOLD["job"])
    for _ in range(2):
        aws.stream("jobs.send_again", office.row(TOLD["job"]))
    found = aws.client("stepfunctions").list_executions(stateMachineArn=aws.ids[Machine.COUNTDOWN])["executions"]
    assert len(found) == 1


def test_a_record_that_comes_twice_is_one_message_of_a_fifo_queue(aws: Cloud, office: Office) -> None:
    office.bury(by_hand({"a": 1}), "audit-dead.fifo")
    [job] = office.jobs(queue="audit.fifo")
    office.ask("retry", id=job["id"])
    for _ in range(2):
        aws.stream("jobs.send_again", office.row(job["id"]))
    assert len(office.waiting(Queue.AUDIT)) == 1


def test_an_entry_goes_to_the_audit_log(office: Office) -> None:
    office.ask("retry", id=office.dead())
    office.follow(Table.OPS)
    actions = {json.loads(record["body"])["action"] for record in office.waiting(Queue.AUDIT)}
    assert "job.retry" in actions
    assert office.jobs(queue="audit.fifo")[0]["state"] == "pending"


def test_rows_that_ask_for_nothing_are_let_pass(aws: Cloud, office: Office) -> None:
    id = office.dead()
    with unchanged(aws):
        aws.stream("jobs.send_again", office.row(id))
    assert office.waiting(Queue.DEFAULT) == []
