from typing import Any

from kalit.kit import audit, clock, security_events, streams
from kalit.kit.resources import Queue, Table
from kalit.kit.streams import Change
from kalit.shop import index_store, order_store, payment_store, store


def index(row: dict[str, Any]) -> None:
    index_store.follow(store.number_of(row["pk"]["S"]))


def placed(row: dict[str, Any]) -> None:
    order_store.follow(order_store.OrderRow.of(row))


def give_back(row: dict[str, Any]) -> None:
    payment_store.give_back(order_store.RefundRow.of(row), clock.now())


def close(row: dict[str, Any]) -> None:
    payment_store.close(order_store.PageRow.of(row))


FOLLOW = {
    store.INDEX: index,
    order_store.PLACED: placed,
    order_store.REFUND: give_back,
    order_store.CLOSE: close,
    audit.OUTBOX: audit.forward,
    security_events.OUTBOX: security_events.forward,
}


@streams.of(
    Table.SHOP,
    outboxes=FOLLOW,
    uses=[*index_store.FOLLOW, *order_store.FOLLOW, *payment_store.FOLLOW, Queue.AUDIT.send, Queue.SECURITY.send],
)
def handler(change: Change) -> None:
    """Let searches find a product as it is now, wait for orders to be paid, give money back, tell the audit log."""
    FOLLOW[change.outbox](change.row)
