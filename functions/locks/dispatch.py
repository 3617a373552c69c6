from typing import Any

from kalit.accounts import people_store
from kalit.kit import audit, clock, security_events, streams
from kalit.kit.resources import Queue, Table
from kalit.kit.streams import Change
from kalit.locks import command_store, device_store, notice_store
from kalit.locks.access import code_store
from kalit.locks.store import DeviceRow


def command(row: dict[str, Any]) -> None:
    command_store.follow(command_store.CommandRow.of(row), clock.now())


def equip(row: dict[str, Any]) -> None:
    device_store.equip(DeviceRow.of(row))


def retire(row: dict[str, Any]) -> None:
    device = DeviceRow.of(row)
    code_store.forget(device.uuid)
    device_store.retire(device)


def notice(row: dict[str, Any]) -> None:
    letter = notice_store.NoticeRow.of(row)
    owner = str(notice_store.owner(letter))
    if (known := people_store.users([owner]).get(owner)) and known.email:
        notice_store.send(letter, owner, known.email, clock.now())


FOLLOW = {
    "command": command,
    "equip": equip,
    "retire": retire,
    "notice": notice,
    audit.OUTBOX: audit.forward,
    security_events.OUTBOX: security_events.forward,
}


@streams.of(
    Table.LOCKS,
    outboxes=FOLLOW,
    uses=[
        *command_store.FOLLOW,
        *device_store.FOLLOW,
        *code_store.FORGET,
        *notice_store.SEND,
        *people_store.SHOW,
        Queue.AUDIT.send,
        Queue.SECURITY.send,
    ],
)
def handler(change: Change) -> None:
    """Finish what doors began: publish a command, equip or retire a lock, write to an owner, tell of an attack."""
    FOLLOW[change.outbox](change.row)
