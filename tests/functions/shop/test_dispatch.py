import json

from kalit.kit.resources import Machine, Queue

from .market import Market


def test_what_staff_did_reaches_the_audit_log(market: Market) -> None:
    market.category("Locks")
    market.follow()
    assert [message["action"] for message in market.aws.messages(Queue.AUDIT)] == ["category.create"]


def test_a_product_that_came_through_the_stream_asks_no_more(market: Market) -> None:
    market.product()
    market.follow()
    assert not [row for row in market.rows("PRODUCT#") if "outbox" in row]


def test_an_unpaid_orders_time_is_waited_for_once(market: Market) -> None:
    market.order()
    row = market.kept(1)
    for _ in range(2):
        market.aws.stream("shop.dispatch", row)
    machine = market.aws.ids[Machine.HOLD]
    [held] = market.aws.client("stepfunctions").list_executions(stateMachineArn=machine)["executions"]
    told = market.aws.client("stepfunctions").describe_execution(executionArn=held["executionArn"])
    assert json.loads(told["input"])["next"] == {"at": "2026-01-06T12:00:00Z", "done": False}
