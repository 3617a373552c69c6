"""Orders' payment, in the shop's table and at the provider's.

pk                  sk       what
ORDER#<n>           ORDER    the order with its open page: `attempt` is which one, `page_until` when it closes
EVENT#<id>          EVENT    an event of the provider's that had an effect, written with it: so it has it once
REFUND#<payment>    REFUND   money that is to be given back, once for each payment; the table's stream does it
PAGE#<session>      PAGE     a page that is to be closed, since its order was settled otherwise

A page is asked for under a key that is kept before: whoever dies in between, or asks at the same time, gets the same.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from kalit.kit import clock, metrics
from kalit.kit.caller import Caller
from kalit.kit.errors import Unavailable
from kalit.kit.ids import derived
from kalit.kit.log import log
from kalit.kit.resources import Grant, Table
from kalit.kit.security_events import EventType, SecurityEvent, SecurityEventRow, Severity
from kalit.kit.security_events import write as tell
from kalit.kit.tables import Commit, Row, TableName
from kalit.providers import payments
from kalit.providers.payments import Event, NotTaken, Payable, Refund, Session, Unanswered

from . import carts, order_store, payment
from .order_store import TRIES, OrderRow, PageRow, RefundRow, refund
from .orders import CAUSES, Status
from .payment import NoSuchOrder, ProviderDown, Told, Verdict
from .payment_page import CANCEL, SUCCESS
from .store import Changed

OPEN: tuple[Grant, ...] = (Table.SHOP.get, Table.SHOP.update, *payments.USE)
HEAR: tuple[Grant, ...] = (Table.SHOP.get, Table.SHOP.put, Table.SHOP.update, *payments.USE)
FOLLOW: tuple[Grant, ...] = (Table.SHOP.get, Table.SHOP.update, *payments.USE)
KEPT = timedelta(days=60)  # of an event: the provider tells it for days, and anybody who has overheard it no longer


class EventRow(Row):
    class Meta:
        table_name = TableName(Table.SHOP)

    type = UnicodeAttribute()
    ttl = NumberAttribute()


class ShopEvent(SecurityEventRow):
    class Meta:
        table_name = TableName(Table.SHOP)


class Heard(Exception):
    """There is nothing to be done about it, or it was done before."""


def page(order: int, caller: Caller | None, visitor: UUID | None, origin: str, at: datetime) -> str:
    """Where an order of the caller's, or of that visitor's, is paid: one page at a time, the same while it is open.

    Raises `NoSuchOrder`, `AlreadyPaid`, `OrderOver`, `TooLate`, `ProviderDown` or `NotTaken`. A read; where there is no
    page yet, two writes and the provider.
    """
    for _ in range(TRIES):
        row = _mine(order, caller, visitor)
        payment.check(Status(row.status), row.expires, at)
        if row.page and row.page_until and clock.wire(at) < row.page_until:
            return row.page
        try:
            row = _asked(row, origin, at)
            session = payments.open_session(_payable(row), str(_key(row)))
            return _opened(row, session)
        except Changed:
            continue
        except Unanswered:
            _given_up(row)
            raise ProviderDown from None
    raise Unavailable


def hear(event: Event, at: datetime) -> None:
    """Let an event of the provider's have its effect, once. A read and a transaction, or nothing."""
    for _ in range(TRIES):
        try:
            with Commit() as commit:
                if not _effect(commit, event, at):
                    raise Heard
                mark = EventRow(f"EVENT#{event.id}", "EVENT", type=event.type, ttl=int((at + KEPT).timestamp()))
                commit.put(mark, EventRow.pk.does_not_exist(), unmet=Heard())
            log.info("heard", extra={"event_id": event.id, "event_type": event.type})
            return
        except Heard:
            return
        except Changed:
            continue
    raise Unavailable


def give_back(row: RefundRow, at: datetime) -> None:
    """Give money back. The provider, and a transaction. Raises `NotTaken` or `Unanswered`: then it is asked again."""
    given = payments.refund(row.payment, int(row.order), str(derived("refund", row.payment)))
    with suppress(Changed), Commit() as commit:  # the provider was quicker to tell it
        if not _refunded(commit, given, row.payment, int(row.order), at):
            raise Changed
    metrics.count("orders_refunded")


def close(row: PageRow) -> None:
    """Close a page whose order was settled otherwise. The provider. Raises `NotTaken` or `Unanswered`."""
    payments.expire_session(row.pk.removeprefix("PAGE#"))


def _effect(commit: Commit, event: Event, at: datetime) -> bool:
    """Put an event's effect into a transaction; whether it has any."""
    if event.session and event.type in PAID:
        return _paid(commit, event, event.session, at)
    if event.session and event.type in CLOSED:
        return _closed(commit, event.session)
    if event.refund and (order := _order(event.refund.order_id)):
        return _refunded(commit, event.refund, event.refund.payment_intent or "", order.id, event.created)
    return False


PAID = {"checkout.session.completed", "checkout.session.async_payment_succeeded"}
CLOSED = {"checkout.session.expired", "checkout.session.async_payment_failed"}


def _paid(commit: Commit, event: Event, session: Session, at: datetime) -> bool:
    row = _order(session.order_id)
    if row is None:
        return False
    paid_by = session.payment or event.id
    # A refund moves its order: whoever makes one after this read makes this transaction `Changed`.
    given_back = bool(row.refund_status) and RefundRow.find(*RefundRow.key(paid_by)) is not None
    judged = payment.verdict(Told(Status(row.status), int(row.total), row.payment_intent, given_back), session)
    match judged:
        case Verdict.PAY:
            order_store.move(commit, row, Status.PAID, at, CAUSES[Status.PAID], paid_by=paid_by)
        case Verdict.NOTE:
            order_store.move(commit, row, Status(row.status), at, "", paid_by=paid_by)
        case Verdict.REFUND:
            order_store.move(commit, row, Status(row.status), at, "", [OrderRow.refund_status.set("pending")])
            refund(commit, paid_by, row.id, unmet=Heard())
        case Verdict.DOUBT:
            tell(commit, ShopEvent, _doubt(event, row))
    return judged is not Verdict.NOTHING


def _closed(commit: Commit, session: Session) -> bool:
    """A page that was closed is not offered any more."""
    row = _order(session.order_id)
    if row is None or row.session != session.id:
        return False
    gone = [OrderRow.page.remove(), OrderRow.page_until.remove(), OrderRow.session.remove()]
    commit.update(row, gone, OrderRow.session == session.id, unmet=Changed())
    return True


def _refunded(commit: Commit, given: Refund, paid_by: str, order: int, at: datetime) -> bool:
    """Put into a transaction how far a refund is; it is never set back. Staff hear of a failure."""
    row = RefundRow.find(*RefundRow.key(paid_by))
    status = given.status or "pending"
    if row is None or HOW_FAR.get(status, 0) <= HOW_FAR.get(row.status, 0):
        return False
    commit.update(row, [RefundRow.status.set(status)], RefundRow.status == row.status, unmet=Changed())
    there = OrderRow(*OrderRow.key(order))
    commit.update(there, [OrderRow.refund_status.set(status)], OrderRow.pk.exists(), unmet=Changed())
    if HOW_FAR[status] == FAILED:
        tell(commit, ShopEvent, _not_given_back(row, at))
    return True


FAILED = 2  # also a bank that took it days ago may send it back
HOW_FAR = {"succeeded": 1, "failed": FAILED, "canceled": FAILED}


def _mine(order: int, caller: Caller | None, visitor: UUID | None) -> OrderRow:
    """An order that the caller, or that visitor, has made. Raises `NoSuchOrder`. One read."""
    row = order_store.find(order)
    his = row and caller and row.owner == str(caller.uuid)
    guests = row and row.owner is None and visitor and row.holder == carts.guest(visitor)
    if row is None or not (his or guests):
        raise NoSuchOrder
    return row


def _asked(row: OrderRow, origin: str, at: datetime) -> OrderRow:
    """The order with a page that is asked for: the one that was asked for before, as long as that can still be opened.

    Raises `Changed` or `TooLate`. One transaction, or none.
    """
    end = payment.until(row.expires, at)
    if row.page_until and not row.page and row.page_until == clock.wire(end):
        return row
    changes = [OrderRow.attempt.add(1), OrderRow.page_until.set(clock.wire(end)), OrderRow.origin.set(origin)]
    changes += [OrderRow.page.remove(), OrderRow.session.remove()]
    as_read = (OrderRow.attempt == row.attempt) & (OrderRow.moves == row.moves)
    with Commit() as commit:
        commit.update(row, changes, as_read, unmet=Changed())
    row.attempt, row.page_until, row.origin = int(row.attempt) + 1, clock.wire(end), origin
    return row


def _opened(row: OrderRow, session: Session) -> str:
    """Keep the page. Raises `Changed` when the order was settled meanwhile; the page is closed then."""
    url = session.url or ""
    still = (OrderRow.attempt == row.attempt) & (OrderRow.status == Status.PENDING)
    try:
        with Commit() as commit:
            told = [OrderRow.session.set(session.id), OrderRow.page.set(url)]
            commit.update(row, told, still, unmet=Changed())
    except Changed:
        try:
            payments.expire_session(session.id)
        except (NotTaken, Unanswered):
            log.warning("page not closed", extra={"order_id": row.id})  # nobody was told its address
        raise
    return url


def _given_up(row: OrderRow) -> None:
    """Nobody knows whether the page was opened: the next one is asked for under another key. One transaction."""
    with Commit() as commit:
        still = (OrderRow.attempt == row.attempt) & OrderRow.page.does_not_exist()
        commit.update(row, [OrderRow.page_until.remove()], still, unmet=ProviderDown())


def _payable(row: OrderRow) -> Payable:
    return Payable(
        order_id=row.id,
        amount=int(row.total),
        expires_at=datetime.fromisoformat(row.page_until or ""),
        success_url=f"{row.origin}{SUCCESS}",
        cancel_url=f"{row.origin}{CANCEL}",
    )


def _key(row: OrderRow) -> UUID:
    return derived("page", str(row.id), row.created_at, str(int(row.attempt)))


def _order(id: str) -> OrderRow | None:
    """The order that we named to the provider, if it is ours. One read."""
    return order_store.find(int(id)) if id.isascii() and id.isdigit() and len(id) < 19 else None


def _not_given_back(row: RefundRow, at: datetime) -> SecurityEvent:
    return SecurityEvent(
        id=derived("refund-failed", row.payment),
        event_type=EventType.REFUND_FAILED,
        severity=Severity.HIGH,
        description="Money of a cancelled order could not be given back",
        metadata={"order": int(row.order)},
        created_at=at,
    )


def _doubt(event: Event, row: OrderRow) -> SecurityEvent:
    return SecurityEvent(
        id=derived("payment", event.id),
        event_type=EventType.PAYMENT_MISMATCH,
        severity=Severity.HIGH,
        description="A payment is not of the amount or the currency of its order",
        metadata={"order": row.id, "event": event.id},
        created_at=event.created,
    )
