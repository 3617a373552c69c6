import json

import pytest

from ..rows import unchanged
from ..world import Killed, at_once, killed_after, meanwhile, refused, upset
from .yard import LOCK, NOT_FOUND, Yard


def test_a_lock_is_deleted(yard: Yard) -> None:
    answer = yard.ask("delete")
    assert (answer.status, answer.text) == (204, "")
    assert yard.ask("show").json == NOT_FOUND
    assert yard.data("list") == []


def test_its_certificate_opens_nothing_any_more_and_its_connection_ends(yard: Yard) -> None:
    yard.ask("delete")
    things = yard.aws.things
    assert (things.connecting, things.certificates, things.disconnected) == ([], {}, [LOCK])


def test_nothing_reaches_it_and_it_reaches_nobody(yard: Yard) -> None:
    command = yard.unlock()
    yard.ask("delete")
    before = len(yard.rows(f"DEVICE#{yard.id} "))
    yard.hear("response", type="unlock", success=True, command_id=command, sequence=1)
    yard.hear("status", status="online")
    yard.follow()
    assert len(yard.rows(f"DEVICE#{yard.id} ")) <= before
    assert yard.rows(f"THING#{LOCK}") == []
    assert len(yard.published) == 1


def test_those_it_was_shared_with_have_nothing_left_of_it(yard: Yard) -> None:
    yard.ask("delete")
    for person in ("admin", "member", "viewer"):
        assert yard.data("list", by=person) == []
    yard.follow()
    assert [row["sk"] for row in yard.rows("SHARE#")] == []
    assert yard.rows("ACCOUNT#") == []
    assert [row for row in yard.rows() if row["sk"].startswith("SHARE#")] == []


def test_its_history_stays(yard: Yard) -> None:
    yard.ask("delete")
    assert yard.rows(f"DEVICE#{yard.id} LOG#")
    assert yard.device["deleted_at"] == "2026-01-05T12:00:00.000Z"


def test_that_it_went_is_a_security_event(yard: Yard) -> None:
    yard.ask("delete")
    [event] = yard.events
    assert (event["event_type"], event["severity"], event["device_name"]) == ("DEVICE_REMOVED", "MEDIUM", "Front door")
    assert (event["user"], event["owner"], event["device"]) == (
        yard.people["owner"],
        yard.people["owner"],
        yard.id,
    )


def test_it_is_counted_no_more(yard: Yard) -> None:
    yard.ask("delete")
    assert yard.count == 0


def test_its_name_is_free_again_and_nothing_of_the_old_one_works(yard: Yard) -> None:
    command, secret = yard.unlock(), yard.secret
    yard.ask("delete")
    yard.follow()
    data = yard.register(by="stranger").json["data"]
    assert data["device_secret"] != secret
    assert (data["is_locked"], data["is_online"]) == (True, False)
    assert yard.ask("show", id=data["id"]).status == 403
    assert yard.ask("show_command", id=data["id"], by="stranger", command_id=command).status == 404
    assert yard.data("show", id=data["id"], by="stranger")["shared_with_count"] == 0
    assert [thing for thing, _ in yard.aws.things.connecting] == [LOCK]
    yard.follow()
    assert [thing for thing, _ in yard.aws.things.connecting] == [LOCK], "the stream takes nothing from the new one"


def test_what_comes_late_for_the_old_one_does_not_touch_the_new_one(yard: Yard) -> None:
    command = yard.unlock()
    yard.ask("delete")
    yard.register(by="stranger")
    thing = yard.thing
    yard.hear("response", type="unlock", success=True, method="app", command_id=command, sequence=1)
    assert (yard.thing, yard.events[-1]["owner"]) == (thing, yard.people["stranger"])


def test_deleting_it_twice_finds_nothing(yard: Yard) -> None:
    yard.ask("delete")
    with unchanged(yard.aws):
        assert yard.ask("delete").status == 404


def test_of_many_at_once_one_deletes_it(yard: Yard) -> None:
    answers = at_once([lambda: yard.ask("delete")] * 5)
    assert sorted(answer.status for answer in answers) == [204] + [404] * 4
    assert (yard.count, yard.aws.things.connecting) == (0, [])


def test_an_unlock_that_comes_between_is_before_it(yard: Yard) -> None:
    with upset("TransactWriteItems", meanwhile(lambda: yard.unlock("member"))):
        assert yard.ask("delete").status == 204
    assert len(yard.published) == 1


@pytest.mark.parametrize(
    "operation", ["UpdateCertificate", "DetachThingPrincipal", "DetachPolicy", "DeleteCertificate"]
)
def test_what_iot_core_does_not_do_now_the_stream_does(yard: Yard, operation: str) -> None:
    with upset(operation, refused("ThrottlingException")):
        assert yard.ask("delete").status == 204
    assert yard.aws.things.certificates
    yard.follow()
    assert (yard.aws.things.connecting, yard.aws.things.certificates) == ([], {})


def test_what_was_cut_off_the_stream_does(yard: Yard) -> None:
    with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
        yard.ask("delete")
    assert yard.aws.things.connecting != []
    for _ in range(2):
        yard.followed.clear()
        yard.follow()
    assert (yard.aws.things.certificates, yard.aws.things.disconnected) == ({}, [LOCK])
    assert "outbox" not in yard.device


def test_a_lock_that_is_not_connected_can_be_deleted(yard: Yard) -> None:
    with upset("DeleteConnection", refused("ResourceNotFoundException")):
        assert yard.ask("delete").status == 204
    assert yard.aws.things.certificates == {}


def test_the_certificates_that_it_had_before_go_with_it(yard: Yard) -> None:
    """A key that came again gave it a new one; whoever made that died before the old one was taken."""
    with upset("GenerateMac", killed_after), pytest.raises(Killed):
        yard.register("LOCK-002", key="k-1")
    yard.clock.move(seconds=12)
    with upset("UpdateCertificate", killed_after), pytest.raises(Killed):
        yard.register("LOCK-002", key="k-1")
    assert [thing for thing, _ in yard.aws.things.connecting] == [LOCK, "LOCK-002", "LOCK-002"]
    [id] = [lock["id"] for lock in yard.data("list") if lock["device_id"] == "LOCK-002"]
    yard.ask("delete", id=id)
    assert [thing for thing, _ in yard.aws.things.connecting] == [LOCK]
    assert len(yard.aws.things.certificates) == 1


def test_a_registration_that_comes_again_does_not_bring_it_back(yard: Yard) -> None:
    with upset("GenerateMac", killed_after), pytest.raises(Killed):
        yard.register("LOCK-002", key="k-1")
    yard.clock.move(seconds=12)
    [id] = [lock["id"] for lock in yard.data("list") if lock["device_id"] == "LOCK-002"]
    with upset("TransactWriteItems", meanwhile(lambda: yard.ask("delete", id=id))):
        assert yard.register("LOCK-002", key="k-1").status == 400
    yard.follow()
    assert [thing for thing, _ in yard.aws.things.connecting] == [LOCK]
    assert json.loads(yard.ask("list").text)["count"] == 1


def test_what_a_deletion_costs(yard: Yard, calls: list[str]) -> None:
    yard.data("show")
    calls.clear()
    yard.ask("delete")
    iot = ["UpdateCertificate", "DeleteConnection", "DetachThingPrincipal", "DetachPolicy", "DeleteCertificate"]
    assert calls == ["GetItem", "GetItem", "TransactWriteItems", "GetItem", *iot, "UpdateItem"]
