"""Idempotency-Key at the doors of campaigns: a failure of ours uses up no key, and the same again makes nothing new."""

from typing import Any

import pytest

from tests.cloud import Answer

from ..rows import unchanged
from ..world import Killed, killed_after, refused, upset
from .office import CAMPAIGN, CLIENT, LATER, Office

pytestmark = pytest.mark.long  # runs from beginning to end

DOORS = ("create", "create_client", "create_newsletter", "create_message", "start")

every_door = pytest.mark.parametrize("door", DOORS)


@pytest.fixture
def sent(office: Office) -> int:
    """A campaign by phones that has reached its client; another client has no message yet."""
    office.client()
    office.client(tag="other", phone_number="+998900000009")
    id = office.campaign(tag="", client_filter=["+998901234567"])
    office.run()
    return id


def knock(office: Office, door: str, id: int, run: str) -> Answer:
    message = {"campaign": id, "client": 2, "run": run, "message_text": "Hello."}
    bodies: dict[str, Any] = {"create_client": CLIENT, "create_message": message, "start": {"force_resend": True}}
    path = {"id": id} if door == "start" else {}
    return office.ask(door, bodies.get(door, CAMPAIGN | LATER), key="k", **path)


@every_door
def test_what_failed_on_our_side_uses_up_no_key(office: Office, sent: int, door: str) -> None:
    run = office.shown(sent)["active_run"]
    with unchanged(office.aws), upset("TransactWriteItems", refused("InternalServerError")):
        assert knock(office, door, sent, run).status == 500
    assert knock(office, door, sent, run).status in (201, 202)


@every_door
@pytest.mark.parametrize("dies", [False, True], ids=["answered", "died"])
def test_the_same_again_makes_nothing_new(office: Office, sent: int, door: str, dies: bool) -> None:
    run = office.shown(sent)["active_run"]
    if dies:
        with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
            knock(office, door, sent, run)
        office.clock.move(seconds=59)
    else:
        first = knock(office, door, sent, run)
    before = made(office)
    again = knock(office, door, sent, run)
    assert made(office) == before
    assert again.status in (201, 202)
    assert dies or again.json == first.json


def made(office: Office) -> list[Any]:
    """What somebody could see of all that was made."""
    lists = [office.ask(name).json for name in ("list", "list_clients", "list_messages")]
    return [*lists, [row["pk"] for row in office.kept("RUN")]]
