import pytest

from tests.cloud import Answer, Cloud

from ..rows import change_ali
from ..world import Clock
from .sending import deliver

PHONES = ("+998 90 123-45-67", "+998901112233", "998901234567")


@pytest.fixture
def admin(aws: Cloud, clock: Clock, token: str) -> str:
    """An administrator's token, after some SMS."""
    for number, phone in enumerate(PHONES):
        deliver(aws, "notices.sms", {"id": f"n-{number}", "phone": phone, "text": "salom"})
        clock.move(seconds=1)
    change_ali(aws, role="admin")
    return token


def read(aws: Cloud, token: str, **query: object) -> Answer:
    return aws.http("notices.sms_outbox", token=token, query=query)


def test_the_newest_comes_first(aws: Cloud, admin: str) -> None:
    told = read(aws, admin).json
    assert told["count"] == 3
    assert [each["phone"] for each in told["results"]] == list(reversed(PHONES))


@pytest.mark.parametrize("phone", ["+998901234567", "998 90 123 45 67"])
def test_one_phone_may_be_asked_for_however_it_is_written(aws: Cloud, admin: str, phone: str) -> None:
    told = read(aws, admin, phone=phone).json
    assert [each["message"] for each in told["results"]] == ["n-2", "n-0"]


def test_a_page_that_is_not_there_is_404(aws: Cloud, admin: str) -> None:
    assert read(aws, admin, page=2).status == 404


@pytest.mark.parametrize("role", ["user", "manager"])
def test_the_outbox_is_for_administrators_alone(aws: Cloud, token: str, role: str) -> None:
    change_ali(aws, role=role)
    assert read(aws, token).status == 403
