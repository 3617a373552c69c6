import json

import pytest
from botocore.exceptions import ClientError

from kalit.kit.resources import Queue, Table

from ..rows import put, unchanged
from ..world import Killed, killed_after, refused, upset
from .yard import LOCK, Yard

# What doors do beside their transactions is in their own tests; here is what the stream alone does.


def test_a_registration_that_was_cut_off_is_finished(yard: Yard) -> None:
    with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
        yard.register("LOCK-002")
    assert [thing for thing, _ in yard.aws.things.connecting] == [LOCK]
    yard.follow("equip")
    assert [thing for thing, _ in yard.aws.things.connecting] == [LOCK, "LOCK-002"]


def test_a_record_that_comes_twice_equips_once(yard: Yard) -> None:
    with upset("AttachPolicy", refused("ThrottlingException")):
        yard.register("LOCK-002")
    [row] = [row for row in yard.rows() if row.get("outbox") == "equip"]
    before = set(yard.aws.things.certificates)
    for _ in range(2):
        yard.aws.stream("locks.dispatch", row)
    assert yard.aws.things.certificates == dict.fromkeys(before, "ACTIVE")
    assert len(yard.aws.things.connecting) == 2


def test_a_certificate_is_good_for_nothing_before_it_is_bound_to_its_lock(yard: Yard) -> None:
    with upset("AttachThingPrincipal", refused("ThrottlingException")):
        yard.register("LOCK-002")
    assert sorted(yard.aws.things.certificates.values()) == ["ACTIVE", "INACTIVE"]


def test_a_lock_is_not_disconnected_while_it_may_come_back(yard: Yard) -> None:
    with upset("DeleteConnection", refused("ThrottlingException")):
        yard.ask("delete")
    assert list(yard.aws.things.certificates.values()) == ["REVOKED"]


def test_a_lock_that_was_deleted_meanwhile_is_not_equipped(yard: Yard) -> None:
    with upset("AttachPolicy", refused("ThrottlingException")):
        id = yard.register("LOCK-002").json["data"]["id"]
    [row] = [row for row in yard.rows() if row.get("outbox") == "equip"]
    yard.ask("delete", id=id)
    yard.aws.stream("locks.dispatch", row)
    assert [thing for thing, _ in yard.aws.things.connecting] == [LOCK]


def test_a_certificate_that_was_replaced_is_taken(yard: Yard) -> None:
    with upset("GenerateMac", killed_after), pytest.raises(Killed):
        yard.register("LOCK-002", key="k-1")
    yard.clock.move(seconds=12)
    with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
        yard.register("LOCK-002", key="k-1")
    [old] = [arn for thing, arn in yard.aws.things.connecting if thing == "LOCK-002"]
    yard.follow("equip")
    [new] = [arn for thing, arn in yard.aws.things.connecting if thing == "LOCK-002"]
    assert (old != new, old in yard.aws.things.certificates) == (True, False)
    assert not [row for row in yard.rows() if "replaced" in row]


def test_a_security_event_goes_to_its_keeper_once(yard: Yard) -> None:
    yard.hear("alert", type="tamper")
    for _ in range(2):
        yard.follow("security-event")
    [event] = yard.aws.messages(Queue.SECURITY)
    assert (event["event_type"], event["device"]) == ("TAMPER_DETECTED", yard.id)


def test_a_letter_to_the_owner_of_a_lock_that_is_gone_is_not_sent(yard: Yard) -> None:
    yard.hear("alert", type="tamper")
    yard.ask("delete")
    assert yard.letters() == []


def test_who_has_no_email_is_not_written_to(yard: Yard) -> None:
    [row] = yard.aws.rows(Table.ACCOUNTS, f"ACCOUNT#{yard.people['owner']} ACCOUNT")
    put(yard.aws, Table.ACCOUNTS, {**row, "email": ""})
    yard.hear("alert", type="tamper")
    assert yard.letters() == []


def test_what_is_equipped_asks_for_it_no_more(yard: Yard) -> None:
    yard.register("LOCK-002")
    assert yard.follow("equip") == 0


def test_no_mailbox_is_filled_with_our_letters(yard: Yard) -> None:
    sent = []
    for _ in range(22):
        yard.clock.move(hours=1)
        yard.hear("alert", type="tamper")
        sent.append(len(yard.letters()))
    assert sent == [1] * 20 + [0] * 2
    yard.clock.move(hours=3)
    yard.hear("alert", type="tamper")
    assert len(yard.letters()) == 1


def test_a_letter_is_in_the_name_that_the_lock_has_now(yard: Yard) -> None:
    yard.hear("alert", type="tamper")
    yard.ask("update", {"name": "Gate {x}"})
    assert "Gate {x}" in yard.letters()[0]["body"]


def test_what_cannot_be_handed_over_now_is_left_to_the_stream(yard: Yard) -> None:
    yard.hear("alert", type="tamper")
    rows = yard.rows("NOTICE#")
    with unchanged(yard.aws), upset("SendMessage", refused("ServiceUnavailable")), pytest.raises(ClientError):
        yard.aws.stream("locks.dispatch", *rows)
    assert len(yard.letters()) == 1


def test_what_the_stream_never_brought_is_swept(yard: Yard) -> None:
    with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
        yard.register("LOCK-002")
    yard.clock.move(minutes=6)
    yard.aws.call("locks.dispatch", {"id": "<aws.scheduler.scheduled-time>", "tick": "sweep"})
    assert [thing for thing, _ in yard.aws.things.connecting] == [LOCK, "LOCK-002"]
    assert not [row for row in yard.rows() if row.get("outbox") == "equip"]


def test_a_command_that_is_swept_late_is_not_published(yard: Yard) -> None:
    with upset("Publish", refused("ServiceUnavailableException")):
        yard.unlock()
    yard.clock.move(minutes=6)
    yard.aws.call("locks.dispatch", {"id": "<aws.scheduler.scheduled-time>", "tick": "sweep"})
    assert yard.published == []


def test_no_letter_holds_what_is_not_its_owners_business(yard: Yard) -> None:
    yard.hear("alert", type="tamper")
    letter = json.dumps(yard.letters())
    assert yard.secret not in letter
    assert "member@example.com" not in letter
