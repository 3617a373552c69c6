"""Who may knock at the doors of jobs: administrators at all, managers where one only looks."""

import pytest

from infra.events import sample
from kalit.kit.api import Endpoint
from tests.cloud import DOORS, Answer, Cloud

from ..rows import unchanged
from .office import Office

LOOKED_AT = ["jobs.list", "jobs.show", "jobs.overview"]
ENDPOINTS = [name for name, door in DOORS.items() if isinstance(door, Endpoint) and door.folder == "jobs"]
ADMINISTRATORS = [name for name in ENDPOINTS if name not in LOOKED_AT]


def knock(aws: Cloud, name: str, token: str = "") -> Answer:
    door = DOORS[name]
    assert isinstance(door, Endpoint)
    return aws.http(name, {}, token=token, **sample(door).get("pathParameters", {}))


@pytest.mark.parametrize("name", ENDPOINTS)
def test_who_has_not_signed_in_is_turned_away(aws: Cloud, name: str) -> None:
    with unchanged(aws):
        assert knock(aws, name).status == 401


@pytest.mark.parametrize("name", ENDPOINTS)
def test_users_are_turned_away(aws: Cloud, office: Office, name: str) -> None:
    office.role("user")
    with unchanged(aws):
        assert knock(aws, name, office.token).status == 403


@pytest.mark.parametrize("name", ADMINISTRATORS)
def test_managers_change_nothing(aws: Cloud, office: Office, name: str) -> None:
    office.role("manager")
    with unchanged(aws):
        assert knock(aws, name, office.token).status == 403


@pytest.mark.parametrize("name", LOOKED_AT)
def test_managers_may_look(aws: Cloud, office: Office, name: str) -> None:
    office.role("manager")
    with unchanged(aws):
        assert knock(aws, name, office.token).status in (200, 404)
