import pytest

from tests.cloud import Cloud

from ..rows import change_ali
from ..world import Clock
from .sending import deliver


@pytest.fixture
def admin(aws: Cloud, clock: Clock, token: str) -> str:
    """An administrator's token, after two e-mails."""
    for number, to in enumerate(("ali@example.com", "Vali@example.com")):
        deliver(aws, "notices.email", {"id": f"n-{number}", "to": to, "subject": "s", "body": "b"})
        clock.move(seconds=1)
    change_ali(aws, role="admin")
    return token


def test_the_newest_comes_first(aws: Cloud, admin: str) -> None:
    told = aws.http("notices.email_outbox", token=admin).json
    assert [each["to"] for each in told["results"]] == ["Vali@example.com", "ali@example.com"]


def test_one_address_may_be_asked_for_whatever_its_case(aws: Cloud, admin: str) -> None:
    told = aws.http("notices.email_outbox", token=admin, query={"to": "VALI@example.com"}).json
    assert (told["count"], told["results"][0]["subject"]) == (1, "s")


@pytest.mark.parametrize("role", ["user", "manager"])
def test_the_outbox_is_for_administrators_alone(aws: Cloud, token: str, role: str) -> None:
    change_ali(aws, role=role)
    assert aws.http("notices.email_outbox", token=token).status == 403
