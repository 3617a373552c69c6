from typing import Any

import pytest

from kalit.kit.doors import Malformed
from kalit.kit.resources import Table
from tests.cloud import Cloud

from ..rows import unchanged
from ..world import Clock

FIRST = {"username": "admin", "email": "admin@example.com", "password": "change-me-at-once"}


def test_the_first_administrator_is_made(aws: Cloud, clock: Clock) -> None:
    assert aws.call("accounts.bootstrap", FIRST) == {"created": True, "role": "admin"}
    [row] = aws.rows(Table.ACCOUNTS, "ACCOUNT#")
    assert (row["username"], row["role"], row["email"], row["is_active"]) == (
        "admin",
        "admin",
        "admin@example.com",
        True,
    )
    assert row["created_at"] == "2026-01-05T12:00:00.000Z"


def test_an_administrator_needs_no_email(aws: Cloud) -> None:
    assert aws.call("accounts.bootstrap", {"username": "admin", "password": "p"})["created"] is True


def test_the_first_administrator_can_log_in(aws: Cloud) -> None:
    aws.call("accounts.bootstrap", FIRST)
    assert aws.log_in("admin", "change-me-at-once")


def test_a_second_time_changes_nothing(aws: Cloud) -> None:
    aws.call("accounts.bootstrap", FIRST)
    with unchanged(aws):
        assert aws.call("accounts.bootstrap", {**FIRST, "password": "another"}) == {"created": False, "role": "admin"}


def test_somebody_who_has_the_name_already_is_not_promoted(aws: Cloud) -> None:
    aws.register("admin")
    with unchanged(aws):
        assert aws.call("accounts.bootstrap", FIRST) == {"created": False, "role": "user"}


@pytest.mark.parametrize(
    "first", [{}, {**FIRST, "username": "ad min"}, {**FIRST, "password": ""}, {"username": "admin"}], ids=str
)
def test_a_configuration_that_will_not_do_fails_the_deployment(aws: Cloud, first: dict[str, Any]) -> None:
    with unchanged(aws), pytest.raises(Malformed):
        aws.call("accounts.bootstrap", first)
