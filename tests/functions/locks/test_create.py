import json
from typing import Any

import pytest

from kalit.kit.resources import Table
from tests.cloud import MQTT

from ..rows import kept, unchanged
from ..world import Killed, at_once, killed_after, lost, meanwhile, refused, upset
from .yard import LOCK, Yard, invalid

NEW = "LOCK_NEW-2"
TAKEN = "A device with this device id already exists."
BAD_ID = "Enter 6 to 50 capital letters, digits, hyphens or underscores."


def test_a_lock_is_registered_and_told_what_it_needs(yard: Yard) -> None:
    told = {"name": " Back door ", "device_type": "PRO", "location": "Tashkent", "latitude": "41.3", "longitude": 69}
    answer = yard.register(NEW, by="stranger", **told)
    assert (answer.status, answer.json["success"]) == (201, True)
    assert answer.json["message"] == "Device created successfully"
    data = answer.json["data"]
    mqtt, secret = data.pop("mqtt"), data.pop("device_secret")
    assert data == {
        "id": data["id"],
        "device_id": NEW,
        "name": "Back door",
        "device_type": "PRO",
        "location": "Tashkent",
        "status": "ACTIVE",
        "is_locked": True,
        "is_online": False,
        "battery_level": 100,
        "is_battery_low": False,
        "keypad_enabled": True,
        "nfc_enabled": True,
        "last_seen": None,
        "last_unlock": None,
        "is_shared": False,
    }
    assert len(bytes.fromhex(secret)) == 32
    assert set(mqtt) == {*MQTT, "client_id", "certificate_pem", "private_key_pem"}
    assert mqtt["client_id"] == NEW
    assert {name: mqtt[name] for name in MQTT} == MQTT
    assert mqtt["certificate_pem"].startswith("-----BEGIN CERTIFICATE-----")
    assert "PRIVATE KEY-----" in mqtt["private_key_pem"]


def test_what_is_not_told_is_as_new_locks_are(yard: Yard) -> None:
    id = yard.register(NEW).json["data"]["id"]
    shown = yard.data("show", id=id)
    assert (shown["device_type"], shown["keypad_enabled"], shown["nfc_enabled"]) == ("LITE", False, False)
    assert (shown["battery_low_threshold"], shown["location"]) == (20, "")
    assert (shown["latitude"], shown["longitude"], shown["firmware_version"]) == (None, None, None)


def test_places_are_kept_to_six_decimals(yard: Yard) -> None:
    id = yard.register(NEW, latitude=41.3110814, longitude="-69").json["data"]["id"]
    shown = yard.data("show", id=id)
    assert (shown["latitude"], shown["longitude"]) == ("41.311081", "-69.000000")


def test_a_new_lock_can_connect_as_itself_and_nobody_else(yard: Yard) -> None:
    yard.register(NEW)
    things = yard.aws.things
    assert [thing for thing, _ in things.connecting] == [LOCK, NEW]
    assert set(things.certificates) == {arn for _, arn in things.connecting}


@pytest.mark.parametrize("device_id", ["LOCK_1", "LOCK-001-B", "000000", "------", "A" * 50, " LOCK_2 "])
def test_a_hardware_id_is_6_to_50_of_its_letters(yard: Yard, device_id: str) -> None:
    answer = yard.register(device_id)
    assert (answer.status, answer.json["data"]["device_id"]) == (201, device_id.strip())


@pytest.mark.parametrize(
    "device_id",
    ["LOCK1", "A" * 51, "lock-002", "LOCK 002", "LOCK/002", "LOCK#002", "LOCK+02", "ЗАМОК-1", "LOCK١٢٣", "LOCK\n002"],
)
def test_another_hardware_id_is_refused(yard: Yard, device_id: str) -> None:
    with unchanged(yard.aws):
        answer = yard.register(device_id)
    assert (answer.status, answer.json) == (400, invalid(device_id=BAD_ID))


@pytest.mark.parametrize(
    ("told", "fields"),
    [
        ({"name": " "}, {"name": "This field may not be blank."}),
        ({"name": None}, {"name": "This field may not be null."}),
        ({"name": "x" * 101}, {"name": "Ensure this field has no more than 100 characters."}),
        ({"device_id": ""}, {"device_id": BAD_ID}),
        ({"device_type": "pro"}, {"device_type": '"pro" is not a valid choice.'}),
        ({"location": "x" * 256}, {"location": "Ensure this field has no more than 255 characters."}),
        ({"latitude": "90.1"}, {"latitude": "Ensure this value is less than or equal to 90."}),
        ({"latitude": "north"}, {"latitude": "A valid number is required."}),
        ({"latitude": "NaN"}, {"latitude": "A valid number is required."}),
        ({"longitude": -181}, {"longitude": "Ensure this value is greater than or equal to -180."}),
    ],
    ids=lambda told: str(told)[:30],
)
def test_what_will_not_do_is_refused_by_its_field(yard: Yard, told: dict[str, Any], fields: dict[str, str]) -> None:
    with unchanged(yard.aws):
        answer = yard.register(**{"device_id": NEW, **told})
    assert (answer.status, answer.json) == (400, invalid(**fields))
    assert len(yard.aws.things.certificates) == 1


def test_what_is_missing_is_named(yard: Yard) -> None:
    assert yard.ask("create", {}).json["error"]["fields"].keys() == {"device_id", "name"}


def test_what_the_lock_reports_itself_is_not_for_the_asking(yard: Yard) -> None:
    told = {"is_locked": False, "is_online": True, "battery_level": 3, "owner": yard.people["stranger"], "id": "1"}
    data = yard.register(NEW, **told).json["data"]
    assert (data["is_locked"], data["is_online"], data["battery_level"]) == (True, False, 100)
    assert yard.ask("show", id=data["id"], by="stranger").status == 403


@pytest.mark.parametrize("by", ["owner", "stranger"])
def test_a_hardware_id_is_registered_once(yard: Yard, by: str) -> None:
    with unchanged(yard.aws):
        answer = yard.register(LOCK, by=by)
    assert (answer.status, answer.json) == (400, invalid(device_id=TAKEN))
    assert len(yard.aws.things.certificates) == 1


def test_that_it_is_taken_is_told_in_the_language_asked_for(yard: Yard) -> None:
    told = {
        language: yard.ask("create", {"device_id": LOCK, "name": "x"}, headers={"accept-language": language}).json
        for language in ("ru", "uz")
    }
    assert "уже существует" in str(told["ru"])
    assert "allaqachon mavjud" in str(told["uz"])


def test_of_many_at_once_one_gets_it(yard: Yard) -> None:
    answers = at_once([lambda: yard.register(NEW, by="stranger")] * 6)
    assert sorted(answer.status for answer in answers) == [201] + [400] * 5
    [made] = [answer for answer in answers if answer.status == 201]
    assert {answer.text for answer in answers if answer is not made} == {json.dumps(invalid(device_id=TAKEN))}
    assert [thing for thing, _ in yard.aws.things.connecting] == [LOCK, NEW]
    assert len(yard.aws.things.certificates) == 2, "those of the others are gone"


def test_who_is_overtaken_hears_that_it_is_taken(yard: Yard) -> None:
    with upset("TransactWriteItems", meanwhile(lambda: yard.register(NEW, by="stranger"))):
        assert yard.register(NEW).json == invalid(device_id=TAKEN)
    assert yard.data("list", by="stranger")[0]["device_id"] == NEW


# Secrets


def test_what_it_is_told_is_kept_nowhere(yard: Yard) -> None:
    rows = str(kept(yard.aws))
    assert yard.secret not in rows
    assert yard.registered["mqtt"]["private_key_pem"][100:160] not in rows


def test_its_secret_is_told_by_no_other_door(yard: Yard) -> None:
    for door in ("list", "show", "status", "update"):
        assert yard.secret not in yard.ask(door, {}).text


def test_every_lock_has_a_secret_of_its_own(yard: Yard) -> None:
    assert yard.register(NEW).json["data"]["device_secret"] != yard.secret


def test_the_same_key_gets_the_same_answer_which_is_kept_sealed(yard: Yard) -> None:
    first, again = (yard.register(NEW, key="k-1") for _ in range(2))
    assert (again.status, again.json) == (201, first.json)
    assert again.headers["Idempotent-Replayed"] == "true"
    secrets = first.json["data"]["device_secret"], first.json["data"]["mqtt"]["private_key_pem"][100:160]
    assert not any(secret in str(kept(yard.aws)) for secret in secrets)
    [row] = yard.aws.rows(Table.OPS, "ONCE#")
    assert row["answer"]


def test_the_same_key_with_another_body_is_refused(yard: Yard) -> None:
    yard.register(NEW, key="k-1")
    assert yard.register("LOCK-003", key="k-1").status == 422


def test_the_same_key_of_somebody_else_is_another(yard: Yard) -> None:
    yard.register(NEW, key="k-1")
    assert yard.register(NEW, key="k-1", by="stranger").status == 400


def test_an_answer_that_was_lost_is_asked_for_again_with_its_key(yard: Yard) -> None:
    """The lock stays the same, with its secret; its certificate is a new one, and the old good for nothing."""
    with upset("UpdateCertificate", killed_after), pytest.raises(Killed):
        yard.register(NEW, key="k-1")
    [old] = [arn for thing, arn in yard.aws.things.connecting if thing == NEW]
    yard.clock.move(seconds=12)
    answer = yard.register(NEW, key="k-1")
    assert answer.status == 201
    assert sorted(lock["device_id"] for lock in yard.data("list")) == [LOCK, NEW]
    [new] = [arn for thing, arn in yard.aws.things.connecting if thing == NEW]
    assert new != old
    assert old not in yard.aws.things.certificates
    assert yard.secret_of(answer.json["data"]["id"]) == answer.json["data"]["device_secret"]


def test_without_a_key_a_lost_answer_is_lost_for_good(yard: Yard) -> None:
    with upset("UpdateCertificate", killed_after), pytest.raises(Killed):
        yard.register(NEW)
    assert yard.register(NEW).json == invalid(device_id=TAKEN)
    [id] = [lock["id"] for lock in yard.data("list") if lock["device_id"] == NEW]
    assert yard.ask("delete", id=id).status == 204
    assert yard.register(NEW).status == 201


def test_what_iot_core_refuses_now_the_stream_does_later(yard: Yard) -> None:
    with upset("AttachPolicy", refused("ThrottlingException")):
        assert "private_key_pem" in yard.register(NEW).json["data"]["mqtt"]
    assert [thing for thing, _ in yard.aws.things.connecting] == [LOCK]
    yard.follow("equip")
    assert [thing for thing, _ in yard.aws.things.connecting] == [LOCK, NEW]


def test_after_a_failure_of_ours_its_key_can_be_used_again(yard: Yard) -> None:
    with upset("TransactWriteItems", refused("InternalServerError")):
        assert yard.register(NEW, key="k-1").status == 500
    assert yard.register(NEW, key="k-1").status == 201
    assert [thing for thing, _ in yard.aws.things.connecting] == [LOCK, NEW]


def test_a_registration_whose_answer_got_lost_is_one(yard: Yard) -> None:
    with upset("TransactWriteItems", lost):
        assert yard.register(NEW).status == 201
    assert yard.count == 2


# What is told of it


def test_that_it_came_is_a_security_event(yard: Yard) -> None:
    id = yard.register(NEW, by="stranger", name="Gate").json["data"]["id"]
    told = [json.loads(row["event"]) for row in yard.rows("SECURITY-EVENT#")]
    [event] = [event for event in told if event["device"] == id]
    assert (event["event_type"], event["severity"], event["device_name"]) == ("DEVICE_ADDED", "LOW", "Gate")
    assert event["user"] == event["owner"] == yard.people["stranger"]


def test_locks_are_counted(yard: Yard) -> None:
    yard.register(NEW)
    assert yard.count == 2


def test_what_a_registration_costs(yard: Yard, calls: list[str]) -> None:
    yard.register(NEW)
    calls.clear()
    yard.register("LOCK-003")
    assert calls == [
        "GetItem",
        "GetItem",
        "CreateKeysAndCertificate",
        "TransactWriteItems",
        "CreateThing",
        "AttachPolicy",
        "AttachThingPrincipal",
        "UpdateCertificate",
        "UpdateItem",
        "GenerateMac",
    ]
