"""Secrets and personal data, looked for in all that is kept, queued and published of people who used everything."""

import json
import re
from typing import Any

from kalit.kit.resources import Queue, Table

from .canaries import CANARIES, Canaries, words
from .furnished import World, settle
from .fuzz import Doors
from .goals import Proved
from .system import System

RESET = re.compile(r"/reset/([\w.-]{20,})")
# Where something is that people told or were told -> why it may be there. Passwords, PINs, tokens, codes and the
# secrets of locks are nowhere: they are hashed, derived or sealed.
PLACES = {
    "accounts ACCOUNT ACCOUNT.email: e-mail": "the account's own",
    "accounts ACCOUNT ACCOUNT.username: e-mail": "who registers by e-mail logs in by it",
    "accounts USERNAME USERNAME.pk: e-mail": "the same, by which he is found",
    "accounts ACCOUNT ACCOUNT.last_login_ip: address": "staff see where an account was used from",
    "accounts ACCOUNT SESSION.address: address": "its owner sees where he is logged in",
    "accounts SECURITY-EVENT SECURITY-EVENT.event: address": "an event on its way",
    "queue security: address": "an event on its way",
    "security EVENT EVENT.ip_address: address": "what an event is about",
    "campaigns CLIENT CLIENT.phone_number: phone": "who is written to",
    "campaigns CLIENT CLIENT.digits: phone": "the same, as it is searched",
    "campaigns PHONE OWNER.pk: phone": "whose client a phone is, for who wants no more messages",
    "locks DEVICE PIN.guest_email: e-mail": "how the owner reaches his guest",
    "locks DEVICE PIN.guest_phone: phone": "how the owner reaches his guest",
    "shop ORDER ORDER.email: e-mail": "to whom the letter about an order goes",
    "shop ORDER ORDER.phone: phone": "to whom the goods go",
    "shop ORDER ORDER.username: e-mail": "staff see who bought",
    "shop REVIEW REVIEW.username: e-mail": "readers see who wrote",
    "ops ONCE ONCE.answer: phone": "an answer kept for a day for who asks again; those with secrets are sealed",
    "queue email: e-mail": "a letter on its way",
    "queue email: link": "a letter on its way",
    "ops OUTBOX.pk: e-mail": "the outbox that stands in for the provider where there is none",
    "ops OUTBOX.told: e-mail": "the same",
    "ops OUTBOX.told: link": "the same",
}


def row_name(row: dict[str, Any]) -> str:
    """What kind of row it is: its keys up to their first numbers."""
    return " ".join(re.split(r"[^A-Z-]", row[key])[0] for key in ("pk", "sk")).strip()


def test_nothing_is_kept_queued_or_published_outside_its_places(
    system: System, boss: str, quick_hash: None, proved: Proved
) -> None:
    looked_at: list[tuple[str, str]] = []

    def passed(queue: Queue, body: str) -> None:
        looked_at.append((f"queue {queue.value}", body))
        for link in RESET.findall(body):
            CANARIES.known[link] = "link"

    doors = Doors(system.cloud)
    World(doors.ask, lambda: settle(system, passed), lambda: boss, now=system.now.timestamp).furnish()
    for table in Table:
        for row in system.rows(table):
            looked_at += [(f"{table.value} {row_name(row)}.{name}", str(value)) for name, value in row.items()]
    looked_at += [("commands", json.dumps(payload)) for _, payload in system.cloud.things.published]
    found = {
        f"{place}: {CANARIES.known[word]}" for place, text in looked_at for word in words(text) & CANARIES.known.keys()
    }
    proved("G17", len(looked_at), wrong=len(found - PLACES.keys()))
    assert not found - PLACES.keys()
    assert not PLACES.keys() - found, "nothing is there any more"


def test_what_is_logged_is_found_by_its_kind_and_not_told() -> None:
    canaries = Canaries()
    canaries.hear("tasks.create", '{"message":"refused","input":"q7RfW2mZx9Lk"}')
    canaries.learn({"results": [{"password": "q7RfW2mZx9Lk", "phone": "+998901234567"}]})
    assert canaries.found() == ["the log of tasks.create tells: password"]
    canaries.hear("figures", "998901234567")
    assert "the log of figures tells: phone" in canaries.found()


def test_a_refusal_may_only_say_again_what_it_was_sent() -> None:
    canaries = Canaries()
    canaries.learn({"email": "ali@example.com"})
    canaries.refused("accounts.register", "ali@example.com", "There is ali@example.com already.")
    assert canaries.found() == []
    canaries.refused("accounts.register", "ali", "Did you mean ali@example.com?")
    assert canaries.found() == ["the refusal of accounts.register tells: e-mail"]


def test_a_form_that_is_shown_again_says_what_it_was_sent() -> None:
    canaries, shown = Canaries(), {"statusCode": 400, "body": "<input value=ali@example.com>"}
    canaries.learn({"email": "ali@example.com"})
    canaries.pass_by("accounts.login_form", {"rawPath": "/login", "body": "username=ali%40example.com"}, shown)
    assert canaries.found() == []
