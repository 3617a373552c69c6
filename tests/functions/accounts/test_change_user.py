from typing import Any

import pytest

from tests.cloud import Cloud

from ..rows import change_ali, unchanged
from ..world import Killed, at_once, conflicting, killed_after, lost, meanwhile, upset
from .staff import FORBIDDEN, OTP, Staff


@pytest.fixture
def karim(staff: Staff) -> str:
    """The access token of a user, who is the second account."""
    return staff.aws.register("karim")


def test_a_user_becomes_a_manager_from_the_next_request_on(staff: Staff, karim: str) -> None:
    answer = staff.change(2, role="manager")
    assert (answer.status, answer.json["role"], answer.json["is_staff"]) == (200, "manager", False)
    assert staff.row("karim")["listing"] == "manager"
    assert staff.counts == {"admin": 1, "manager": 1}
    assert staff.aws.http("tasks.list", token=karim).status == 200


def test_who_becomes_an_administrator_is_one(staff: Staff, karim: str) -> None:
    assert staff.change(2, role="admin").json["is_staff"] is True
    assert Staff(staff.aws, karim).users().status == 200


def test_who_is_blocked_is_out_at_once_and_stays_out(staff: Staff, karim: str) -> None:
    assert staff.change(2, is_active=False).json["is_active"] is False
    assert staff.aws.http("tasks.list", token=karim).status == 401
    assert staff.log_in("karim", "password123").status == 401
    assert staff.counts == {"admin": 1, "user_blocked": 1}
    staff.change(2, is_active=True)
    assert staff.aws.http("tasks.list", token=karim).status == 401, "his sessions have ended"
    assert staff.log_in("karim", "password123").status == 200
    assert staff.counts == {"admin": 1, "user": 1}


def test_names_and_phone_are_changed_and_codes_do_not_go_to_that_phone(staff: Staff, karim: str) -> None:
    told = {"first_name": " Karim ", "last_name": "Karimov", "phone": "+998 90 123-45-67"}
    answer = staff.call("accounts.change_user", told, id=2)
    assert [answer.json[name] for name in told] == ["Karim", "Karimov", "+998 90 123-45-67"]
    assert staff.row("karim")["phone_recovers"] is False
    assert staff.aws.http("tasks.list", token=karim).status == 200


def test_what_is_told_to_the_audit_log_is_what_was_changed(staff: Staff, karim: str) -> None:
    staff.change(2, role="manager", is_active=True, first_name="Karim", last_name="")
    [entry] = staff.audit
    assert (entry["action"], entry["resource_type"], entry["username"]) == ("user.update", "account", "boss")
    assert entry["details"] == {
        "before": {"role": "user", "first_name": ""},
        "after": {"role": "manager", "first_name": "Karim"},
    }


@pytest.mark.parametrize("told", [{}, {"role": "user"}, {"is_active": True, "phone": ""}, {"username": "x", "id": 7}])
def test_what_is_so_already_writes_nothing(staff: Staff, karim: str, told: dict[str, Any]) -> None:
    with unchanged(staff.aws):
        assert staff.change(2, **told).status == 200


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"role": "zzz"}, "role"),
        ({"is_active": "zzz"}, "is_active"),
        ({"phone": "x"}, "phone"),
        ({"role": None}, "role"),
    ],
    ids=str,
)
def test_what_will_not_do_is_refused(staff: Staff, karim: str, told: dict[str, Any], field: str) -> None:
    with unchanged(staff.aws):
        answer = staff.change(2, **told)
    assert (answer.status, list(answer.json)) == (400, [field])


@pytest.mark.parametrize(
    ("told", "field", "message"),
    [
        ({"role": "manager"}, "role", "You cannot take the administrator's role from yourself"),
        ({"is_active": False}, "is_active", "You cannot block yourself"),
    ],
    ids=str,
)
def test_nobody_takes_it_from_himself(staff: Staff, told: dict[str, Any], field: str, message: str) -> None:
    with unchanged(staff.aws):
        answer = staff.change(1, **told)
    assert (answer.status, list(answer.json)) == (400, [field])
    assert answer.json[field][0].startswith(message)
    assert staff.change(1, first_name="Boss", role="admin").status == 200


def test_two_administrators_cannot_take_it_from_each_other(staff: Staff, karim: str) -> None:
    staff.change(2, role="admin")
    other = Staff(staff.aws, karim)
    with upset("TransactWriteItems", meanwhile(lambda: other.change(1, role="user"))):
        answer = staff.change(2, role="user")
    assert (answer.status, answer.json) == (403, FORBIDDEN)
    assert staff.counts == {"admin": 1, "user": 1}


def test_who_is_not_there_is_not_found(staff: Staff) -> None:
    assert staff.change(9, role="user").status == 404


@pytest.mark.parametrize("role", ["manager", "user"])
def test_managers_and_users_change_nobody(aws: Cloud, token: str, role: str) -> None:
    change_ali(aws, role=role)
    with unchanged(aws):
        answer = Staff(aws, token).change(1, role="admin")
    assert (answer.status, answer.json) == (403, FORBIDDEN)


def test_changes_at_once_leave_the_counts_right(staff: Staff) -> None:
    staff.create(password=OTP)
    roles = ["user", "manager"] * 4
    answers = at_once([lambda role=role: staff.change(2, role=role, is_active=role == "user") for role in roles])
    assert {answer.status for answer in answers} <= {200, 409}
    row = staff.row()
    assert staff.counts == {"admin": 1, row["listing"].replace("#", "_"): 1}


@pytest.mark.parametrize("first", [{"is_active": False}, {"role": "manager"}], ids=str)
def test_who_is_overtaken_tries_again(staff: Staff, karim: str, first: dict[str, Any]) -> None:
    [second] = [told for told in ({"is_active": False}, {"role": "manager"}) if told != first]
    with upset("TransactWriteItems", meanwhile(lambda: staff.change(2, **first))):
        answer = staff.change(2, **second)
    assert (answer.status, answer.json["is_active"], answer.json["role"]) == (200, False, "manager")
    assert staff.counts == {"admin": 1, "manager_blocked": 1}
    told = [entry["details"]["after"] for entry in staff.audit]
    assert sorted(told, key=str) == [{"is_active": False}, {"role": "manager"}]


def test_who_is_overtaken_again_and_again_hears_it(staff: Staff, karim: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kalit.accounts.user_store.TRIES", 1)
    with upset("TransactWriteItems", meanwhile(lambda: staff.change(2, is_active=False))):
        assert staff.change(2, role="manager").status == 409


@pytest.mark.parametrize("fault", [lost, conflicting])
def test_what_dynamodb_does_not_answer_happens_once(staff: Staff, karim: str, fault: Any) -> None:
    with upset("TransactWriteItems", fault):
        assert staff.change(2, role="manager").status == 200
    assert staff.counts == {"admin": 1, "manager": 1}
    assert len(staff.audit) == 1


def test_a_crash_after_the_change_leaves_all_of_it(staff: Staff, karim: str) -> None:
    with pytest.raises(Killed), upset("TransactWriteItems", killed_after):
        staff.change(2, role="manager")
    assert (staff.counts, len(staff.audit)) == ({"admin": 1, "manager": 1}, 1)
    assert staff.change(2, role="manager").status == 200
    assert len(staff.audit) == 1


def test_what_it_costs(staff: Staff, karim: str, calls: list[str]) -> None:
    staff.change(2, role="admin")
    calls.clear()
    staff.change(2, first_name="Karim")
    assert calls == ["GetItem"] * 3 + ["TransactWriteItems"] + ["GetItem"]
