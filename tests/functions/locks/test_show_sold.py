import pytest

from .yard import Yard

NEVER = "3f0f4f9e-6a35-4cb5-9b66-0a54cf0d1a11"


@pytest.mark.parametrize("by", ["manager", "boss"])
def test_staff_see_anybodys_lock(yard: Yard, by: str) -> None:
    answer = yard.ask("show_sold", by=by)
    assert answer.status == 200
    told = answer.json
    assert (told["id"], told["owner"], told["is_online"]) == (yard.id, yard.people["owner"], True)
    assert "device_secret" not in told


@pytest.mark.parametrize("by", ["owner", "stranger"])
def test_nobody_else_does(yard: Yard, by: str) -> None:
    assert yard.ask("show_sold", by=by).status == 403


def test_staff_still_open_nobodys_door(yard: Yard) -> None:
    for door in ("unlock", "lock", "reboot", "show", "delete", "logs"):
        assert yard.ask(door, by="boss").status == 403
    assert yard.published == []


@pytest.mark.parametrize("id", [NEVER, "LOCK-001"])
def test_a_lock_that_never_was_is_not_found(yard: Yard, id: str) -> None:
    assert yard.ask("show_sold", by="boss", id=id).status == 404


def test_a_deleted_lock_is_not_found(yard: Yard) -> None:
    yard.ask("delete")
    answer = yard.ask("show_sold", by="boss")
    assert (answer.status, answer.json) == (404, {"detail": "Device not found."})
