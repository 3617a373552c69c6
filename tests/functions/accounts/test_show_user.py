import pytest

from tests.cloud import Cloud

from ..rows import change_ali
from .staff import FORBIDDEN, OTP, Staff


def test_an_account_is_shown_by_its_number(staff: Staff) -> None:
    staff.create(password=OTP)
    staff.log_in()
    answer = staff.call("accounts.show_user", id=2)
    assert (answer.status, answer.json["username"], answer.json["is_staff"]) == (200, "dilshod", False)
    assert (answer.json["must_change_password"], answer.json["last_login_ip"]) == (True, staff.address)
    assert "password" not in answer.json


def test_who_never_logged_in_has_no_last_login(staff: Staff) -> None:
    staff.create()
    answer = staff.call("accounts.show_user", id=2).json
    assert (answer["last_login_at"], answer["last_login_ip"]) == (None, None)


@pytest.mark.parametrize("id", ["2", "0", "abc", "-1", "9" * 30])
def test_who_is_not_there_is_not_found(staff: Staff, id: str) -> None:
    assert staff.call("accounts.show_user", id=id).status == 404


@pytest.mark.parametrize("role", ["manager", "user"])
def test_managers_and_users_see_no_account(aws: Cloud, token: str, role: str) -> None:
    change_ali(aws, role=role)
    answer = Staff(aws, token).call("accounts.show_user", id=1)
    assert (answer.status, answer.json) == (403, FORBIDDEN)


def test_what_it_costs(staff: Staff, calls: list[str]) -> None:
    for _ in range(2):
        calls.clear()
        staff.call("accounts.show_user", id=1)
    assert calls == ["GetItem"] * 3
