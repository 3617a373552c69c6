import pytest

from tests.cloud import Cloud

from ..rows import change_ali, unchanged
from .app import App
from .staff import FORBIDDEN, Staff


def test_all_sessions_of_the_account_end(staff: Staff) -> None:
    app = App(staff.aws)
    app.sign_up()
    answer = staff.call("accounts.end_user_sessions", id=2)
    assert (answer.status, answer.json["username"]) == (200, app.email)
    assert (app.call("accounts.profile").status, app.rotate().status) == (401, 401)
    assert app.log_in().status == 200
    [entry] = staff.audit
    assert (entry["action"], entry["details"]) == ("user.end_sessions", {"before": None, "after": None})


def test_who_is_not_there_is_not_found(staff: Staff) -> None:
    with unchanged(staff.aws):
        assert staff.call("accounts.end_user_sessions", id=9).status == 404


@pytest.mark.parametrize("role", ["manager", "user"])
def test_managers_and_users_end_nobodys_sessions(aws: Cloud, token: str, role: str) -> None:
    change_ali(aws, role=role)
    with unchanged(aws):
        answer = Staff(aws, token).call("accounts.end_user_sessions", id=1)
    assert (answer.status, answer.json) == (403, FORBIDDEN)
