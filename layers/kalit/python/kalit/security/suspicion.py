"""What many failures in a short time are: an attack, on one lock, on one account, or from one address."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from kalit.kit.ids import derived
from kalit.kit.security_events import MANY_FAILURES, QUARTER, EventType, SecurityEvent, Severity, quarter

LOOKED_BACK = 2 * QUARTER  # by a tick in each: what ended in the last is seen whole
FAILURES = (EventType.UNLOCK_FAILED, EventType.LOGIN_FAILED)
LOCK, LOGIN = "Multiple failed codes at one lock", "Multiple failed logins"


def bursts(times: Iterable[datetime]) -> dict[str, datetime]:
    """When there were too many: quarter of an hour -> the first moment in it that was the fifth in fifteen minutes.

    Who sees but some of the times finds no quarter that the others do not tell of.
    """
    found: dict[str, datetime] = {}
    ordered = sorted(times)
    for first, last in zip(ordered, ordered[MANY_FAILURES - 1 :], strict=False):
        if last - first <= QUARTER:
            found.setdefault(quarter(last), last)
    return found


def suspicious(failures: Iterable[SecurityEvent]) -> list[SecurityEvent]:
    """An event for each lock, account and address that had too many of these failures, and each quarter in which.

    Failed logins are told once for each account, address and minute, so one account needs five minutes, or addresses.
    """
    told = list(failures)
    return [*_at_locks(told), *_of_accounts(told), *_from_addresses(told)]


def _at_locks(failures: list[SecurityEvent]) -> Iterator[SecurityEvent]:
    """Known by what the locks' own domain, which tells of the fifth at once, makes their ids of: both are one event."""
    for device, each in _grouped(failures, EventType.UNLOCK_FAILED, "device").items():
        for when, at in bursts(failure.created_at for failure in each).items():
            yield SecurityEvent(
                id=derived("lock event", EventType.BRUTE_FORCE, Severity.HIGH, device, when),
                owner=each[-1].owner,
                device=each[-1].device,
                device_name=each[-1].device_name,
                description=LOCK,
                created_at=at,
                **_BRUTE,
            )


def _of_accounts(failures: list[SecurityEvent]) -> Iterator[SecurityEvent]:
    for account, each in _grouped(failures, EventType.LOGIN_FAILED, "user").items():
        for when, at in bursts(failure.created_at for failure in each).items():
            id = derived("failed logins", "account", account, when)
            yield SecurityEvent(id=id, user=each[-1].user, description=LOGIN, created_at=at, **_BRUTE)


def _from_addresses(failures: list[SecurityEvent]) -> Iterator[SecurityEvent]:
    for address, each in _grouped(failures, EventType.LOGIN_FAILED, "ip_address").items():
        for when, at in bursts(failure.created_at for failure in each).items():
            id = derived("failed logins", "address", address, when)
            yield SecurityEvent(id=id, ip_address=address, description=LOGIN, created_at=at, **_BRUTE)


_BRUTE = {"event_type": EventType.BRUTE_FORCE, "severity": Severity.HIGH}


def _grouped(failures: list[SecurityEvent], type: EventType, by: str) -> dict[str, list[SecurityEvent]]:
    """Whom or what the failures of a type met -> those failures, the oldest first; the others met nobody."""
    groups = defaultdict[str, list[SecurityEvent]](list)
    for failure in sorted(failures, key=lambda failure: failure.created_at):
        if failure.event_type == type and (met := getattr(failure, by)):
            groups[str(met)].append(failure)
    return groups
