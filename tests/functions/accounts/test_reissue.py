import pytest

from tests.cloud import Cloud

from ..rows import change_ali, unchanged
from ..world import Clock, Killed, killed_after, meanwhile, refused, upset
from .staff import FORBIDDEN, NO_MANAGER, OTP, Staff


def test_a_manager_gets_a_new_password_and_the_old_one_is_over(staff: Staff) -> None:
    staff.create(password=OTP)
    answer = staff.reissue()
    assert answer.status == 200
    assert (answer.json["username"], answer.json["role"]) == ("dilshod", "manager")
    assert answer.json["one_time_password"] != OTP
    assert staff.log_in().status == 401
    assert staff.log_in(password=answer.json["one_time_password"]).json["must_change_password"] is True
    assert staff.acts == ["manager.create", "manager.reissue"]
    assert answer.json["one_time_password"] not in str(staff.audit)


def test_his_sessions_end(staff: Staff) -> None:
    staff.create(password=OTP)
    access = staff.log_in().json["access"]
    staff.change_password(access)
    assert staff.aws.http("tasks.list", token=access).status == 200
    password = staff.reissue().json["one_time_password"]
    assert staff.aws.http("tasks.list", token=access).status == 401
    assert staff.log_in(password=password).json["must_change_password"] is True


def test_one_that_has_run_out_is_replaced(staff: Staff, clock: Clock) -> None:
    staff.create(password=OTP)
    clock.move(hours=73)
    staff.token = staff.aws.log_in("boss")
    assert staff.log_in(password=staff.reissue().json["one_time_password"]).status == 200


@pytest.mark.parametrize("username", ["nobody", "boss", "boss@example.com", "", "%"])
def test_who_is_no_manager_gets_none(staff: Staff, username: str) -> None:
    with unchanged(staff.aws):
        answer = staff.reissue(username)
    assert (answer.status, answer.json) == (404, NO_MANAGER)


@pytest.mark.parametrize("username", ["@dilshod", "+dil.shod", "-d_s@x+y", "диль", "d@example.com"])
def test_every_name_that_a_manager_may_have_will_do(staff: Staff, username: str) -> None:
    staff.create(username)
    assert staff.reissue(username).status == 200


@pytest.mark.parametrize("role", ["manager", "user"])
def test_managers_and_users_give_no_passwords(aws: Cloud, token: str, role: str) -> None:
    change_ali(aws, role=role)
    with unchanged(aws):
        answer = Staff(aws, token).reissue("ali")
    assert (answer.status, answer.json) == (403, FORBIDDEN)


def test_the_same_key_gets_the_same_password_again(staff: Staff) -> None:
    staff.create()
    first, again = staff.reissue(key="k-1"), staff.reissue(key="k-1")
    assert first.json == again.json
    assert again.headers["Idempotent-Replayed"] == "true"


def test_after_a_crash_the_key_finds_what_was_given(staff: Staff, clock: Clock) -> None:
    staff.create()
    with pytest.raises(Killed), upset("TransactWriteItems", killed_after):
        staff.reissue(key="k-1")
    clock.move(seconds=12)
    answer = staff.reissue(key="k-1")
    assert answer.status == 200
    assert staff.acts == ["manager.create", "manager.reissue"]
    assert staff.log_in(password=answer.json["one_time_password"]).status == 200


def test_what_fails_on_our_side_changes_nothing_and_may_be_repeated(staff: Staff) -> None:
    staff.create(password=OTP)
    with unchanged(staff.aws), upset("TransactWriteItems", refused("InternalServerError")):
        assert staff.reissue(key="k-1").status == 500
    assert staff.reissue(key="k-1").status == 200


def test_who_is_overtaken_by_another_hears_it(staff: Staff) -> None:
    staff.create()
    with upset("TransactWriteItems", meanwhile(lambda: staff.reissue())):
        answer = staff.reissue()
    assert answer.status == 409


def test_what_it_costs(staff: Staff, calls: list[str]) -> None:
    staff.create()
    calls.clear()
    staff.reissue()
    assert calls == ["GetItem"] * 4 + ["GenerateDataKey", "TransactWriteItems"]
