from typing import Any
from unittest import mock

import pytest
from botocore.stub import Stubber

from kalit.kit import aws as clients
from kalit.kit.resources import Email
from tests.cloud import Cloud

from ..world import Clock
from .sending import deliver, outbox, outcome

MESSAGE = {"id": "n-1", "to": "ali@example.com", "subject": "Yangi parol", "body": "Bu yerda: …"}


def send(aws: Cloud, *messages: dict[str, Any]) -> list[str]:
    return deliver(aws, "notices.email", *messages)


def test_an_email_is_delivered_once_however_often_it_comes(aws: Cloud, clock: Clock) -> None:
    assert send(aws, MESSAGE) == send(aws, MESSAGE) == []
    [told] = outbox(aws, "email")
    assert told == {
        "to": "ali@example.com",
        "subject": "Yangi parol",
        "body": "Bu yerda: …",
        "sent_at": "2026-01-05T12:00:00.000Z",
    }


def test_a_message_that_is_none_is_put_aside(aws: Cloud) -> None:
    assert send(aws, {"id": "n-1"}, MESSAGE | {"id": "n-2"}) == ["n-1"]


@pytest.fixture
def provider(aws: Cloud) -> Any:
    """AWS's own client, stubbed below its calls."""
    sender = "kalit@example.com"
    with mock.patch.dict(aws.ids, {Email.SENDER: sender}), Stubber(clients.client("sesv2", attempts=1)) as stub:
        yield stub
        stub.assert_no_pending_responses()


ASKED = {
    "FromEmailAddress": "kalit@example.com",
    "Destination": {"ToAddresses": ["ali@example.com"]},
    "Content": {
        "Simple": {
            "Subject": {"Data": "Yangi parol", "Charset": "UTF-8"},
            "Body": {"Text": {"Data": "Bu yerda: …", "Charset": "UTF-8"}},
        }
    },
    "EmailTags": [{"Name": "message", "Value": "n-1"}],
}


def test_a_real_email_leaves_by_ses(aws: Cloud, provider: Stubber) -> None:
    provider.add_response("send_email", {"MessageId": "m"}, ASKED)
    assert send(aws, MESSAGE) == []
    assert (outcome(aws, "n-1")["outcome"], outbox(aws, "email")) == ("sent", [])


def test_what_ses_refuses_is_tried_again(aws: Cloud, provider: Stubber) -> None:
    provider.add_client_error("send_email", "TooManyRequestsException", http_status_code=429)
    provider.add_response("send_email", {"MessageId": "m"}, ASKED)
    assert [send(aws, MESSAGE), send(aws, MESSAGE)] == [["n-1"], []]
