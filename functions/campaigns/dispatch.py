from typing import Any

from kalit.campaigns import message_store, run_store, slot_store
from kalit.campaigns.store import RunRow, SlotRow
from kalit.kit import clock, streams
from kalit.kit.resources import Table
from kalit.kit.streams import Change


def run(row: dict[str, Any]) -> None:
    slot_store.go_on(RunRow.of(row), clock.now())


def cancel(row: dict[str, Any]) -> None:
    slot_store.call_off(RunRow.of(row), clock.now())


def slot(row: dict[str, Any]) -> None:
    slot_store.follow(SlotRow.of(row), clock.now())


def purge(row: dict[str, Any]) -> None:
    message_store.start_purge(RunRow.of(row))


FOLLOW = {"run": run, "cancel": cancel, "slot": slot, "purge": purge}


@streams.of(Table.CAMPAIGNS, outboxes=FOLLOW, uses=[*slot_store.FOLLOW, *run_store.FOLLOW])
def handler(change: Change) -> None:
    """Start a run's machine, hand slots over, call off or delete what a run has not sent."""
    FOLLOW[change.outbox](change.row)
