"""The doors of security: events, the alerts that they open, and the audit log."""

import json
from datetime import timedelta
from typing import Any

from kalit.kit.clock import wire
from kalit.kit.ids import derived
from kalit.kit.resources import Queue, Table

from .locks import STAFF, newcomer, register, say, tick, update_sold
from .town import Town
from .visits import Asked, visit

CONCERNED = {"owner"} | STAFF
PATIENCE = 20  # times that a running system settles, until what a lock said has gone through stream and queue


def alert(town: Town) -> str:
    """The id of an alert about a new lock of the owner's."""
    made = register(town)
    say(town, made, "alert", type="tamper", counter=2)
    for _ in range(PATIENCE):
        town.place.settle()
        told = town.ask("security.list_alerts")["results"]
        if mine := [str(alert["id"]) for alert in told if alert["device"] == made["id"]]:
            return mine[0]
    raise AssertionError("no alert was opened")


def message(town: Town, *told: dict[str, Any], ago: timedelta = timedelta()) -> dict[str, Any]:
    """The event of a queue that tells these security events."""
    at = {"created_at": wire(town.place.now() - ago)}
    sent = {"receiptHandle": "r", "eventSource": "aws:sqs", "attributes": {"ApproximateReceiveCount": "1"}}
    return {"Records": [{"messageId": event["id"], "body": json.dumps(event | at), **sent} for event in told]}


def event(town: Town, event_type: str, severity: str, **told: Any) -> dict[str, Any]:
    """A security event."""
    return {"id": str(derived(town.name("event"))), "event_type": event_type, "severity": severity, **told}


# Events


@visit("security.list_events")
def list_events(town: Town) -> Asked:
    return {}


@visit("security.failed_attempts")
def failed_attempts(town: Town) -> Asked:
    return {}


@visit("security.dashboard", by="manager")
def dashboard(town: Town) -> Asked:
    return {}


@visit("security.record")
def record(town: Town) -> Asked:
    return message(town, event(town, "TAMPER_DETECTED", "CRITICAL"))


@visit("security.find_suspicious")
def find_suspicious(town: Town) -> Asked:
    account = str(derived(town.name("account")))
    failed = [event(town, "LOGIN_FAILED", "MEDIUM", user=account) for _ in range(5)]
    town.place.call("security.record", message(town, *failed))
    return tick(town, "security.find_suspicious")


@visit("security.purge_events")
def purge_events(town: Town) -> Asked:
    old = event(town, "TAMPER_DETECTED", "CRITICAL")
    town.place.call("security.record", message(town, old, ago=timedelta(days=91)))
    town.ask("security.resolve_alert", {}, by="boss", id=derived("alert", old["id"]))
    return tick(town, "security.purge_events")


@visit("security.send_report")
def send_report(town: Town) -> Asked:
    told = {"role": "admin"}
    town.ask("accounts.change_user", told, by="boss", id=town.number(newcomer(town)))
    return tick(town, "security.send_report")


# Alerts


@visit("security.list_alerts")
def list_alerts(town: Town) -> Asked:
    return {}


@visit("security.list_unresolved")
def list_unresolved(town: Town) -> Asked:
    return {}


@visit("security.resolve_alert", may=CONCERNED)
def resolve_alert(town: Town) -> Asked:
    return {"id": alert(town), "body": {"notes": "It was the carpenter"}}


@visit("security.list_all_alerts", by="manager")
def list_all_alerts(town: Town) -> Asked:
    return {}


@visit("security.show_alert", by="manager")
def show_alert(town: Town) -> Asked:
    return {"id": alert(town)}


@visit("security.update_alert", by="manager")
def update_alert(town: Town) -> Asked:
    return {"id": alert(town), "body": {"status": "resolved", "notes": "It was the carpenter"}}


@visit("security.dispatch")
def dispatch(town: Town) -> Asked:
    town.ask("security.update_alert", by="manager", **update_alert(town))
    return {"Records": town.place.changes(Table.SECURITY)}


# The audit log


@visit("security.audit_logs", by="boss")
def audit_logs(town: Town) -> Asked:
    return {}


@visit("security.verify_audit", by="boss")
def verify_audit(town: Town) -> Asked:
    return {}


@visit("security.append")
def append(town: Town) -> Asked:
    town.ask("locks.update_sold", by="boss", **update_sold(town))
    town.place.call("locks.dispatch", {"Records": town.place.changes(Table.LOCKS)})
    return town.place.messages(Queue.AUDIT)
