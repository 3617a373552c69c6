import base64
import json
from typing import Any
from urllib.parse import urlencode

import pytest

from infra.stages import SANDBOX_INBOUND
from tests.cloud import Answer

from ..rows import unchanged
from .office import Office

SECRET = {"x-inbound-secret": SANDBOX_INBOUND}
FORM = {"content-type": "application/x-www-form-urlencoded"}


def hear(office: Office, text: str, phone: str = "+998901234567", headers: dict[str, str] = SECRET) -> Answer:
    return office.aws.http("campaigns.hear", {"phone": phone, "text": text}, headers=headers)


def stopped(office: Office) -> bool:
    return bool(office.rows("PHONE#998901234567 OPTED"))


@pytest.mark.parametrize("text", ["STOP", "«стоп»", "To'xtat!"])
def test_who_says_stop_is_sent_nothing_more(office: Office, text: str) -> None:
    office.client()
    office.campaign()
    answer = hear(office, text)
    assert (answer.status, answer.json) == (200, {"wish": "stop"})
    office.run()
    assert office.outbox == []


def test_who_says_start_is_sent_messages_again(office: Office) -> None:
    office.client()
    hear(office, "STOP")
    assert hear(office, "старт").json == {"wish": "start"}
    office.campaign()
    office.run()
    assert len(office.outbox) == 1


def test_stop_holds_for_clients_that_are_made_later(office: Office) -> None:
    hear(office, "STOP")
    office.client()
    office.campaign()
    office.run()
    assert office.outbox == []


@pytest.mark.parametrize(
    ("text", "phone"), [("don't stop", "+998901234567"), ("", ""), ("STOP", "KALIT"), ("STOP", "123")]
)
def test_anything_else_changes_nothing(office: Office, text: str, phone: str) -> None:
    with unchanged(office.aws):
        answer = hear(office, text, phone)
    assert (answer.status, answer.json) == (200, {"wish": None})


def test_it_may_come_as_a_form(office: Office) -> None:
    raw = urlencode({"From": "+998901234567", "Body": "Stop", "MessageSid": "SM1"}).encode()
    assert office.aws.http("campaigns.hear", raw=raw, headers={**SECRET, **FORM}).json == {"wish": "stop"}
    assert stopped(office)


def notified(office: Office, kind: str, told: dict[str, Any]) -> Answer:
    headers = {**SECRET, "content-type": "text/plain; charset=UTF-8", "x-amz-sns-message-type": kind}
    return office.aws.http("campaigns.hear", raw=json.dumps({"Type": kind, **told}).encode(), headers=headers)


def test_it_may_come_through_sns(office: Office) -> None:
    message = {"originationNumber": "+998901234567", "messageBody": "STOP", "inboundMessageId": "1"}
    assert notified(office, "Notification", {"Message": json.dumps(message)}).json == {"wish": "stop"}
    assert stopped(office)


def test_a_subscription_of_sns_is_left_to_whoever_made_it(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    address = "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription"
    assert notified(office, "SubscriptionConfirmation", {"SubscribeURL": address}).json == {"wish": None}
    assert "subscription to be confirmed" in caplog.text


@pytest.mark.parametrize("told", [{"Message": "not JSON"}, {}, {"Message": "[]"}])
def test_a_notification_that_is_none_is_refused(office: Office, told: dict[str, Any]) -> None:
    assert notified(office, "Notification", told).status == 400


def basic(password: str) -> dict[str, str]:
    return {"authorization": f"Basic {base64.b64encode(f'kalit:{password}'.encode()).decode()}"}


def test_the_secret_may_be_in_the_address(office: Office) -> None:
    assert hear(office, "STOP", headers=basic(SANDBOX_INBOUND)).json == {"wish": "stop"}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-inbound-secret": "a guess"},
        basic("a guess"),
        {"authorization": "Basic ?"},
        {"authorization": "Bearer x"},
    ],
)
def test_who_does_not_know_the_secret_is_not_heard(office: Office, headers: dict[str, str]) -> None:
    with unchanged(office.aws):
        assert hear(office, "STOP", headers=headers).status == 401


def test_where_no_secret_was_set_nobody_is_heard(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.cloud.STAGES", {"local": type("Stage", (), {"inbound_digest": "", "name": "local"})})
    for headers in ({}, {"x-inbound-secret": ""}, SECRET):
        assert hear(office, "STOP", headers=headers).status == 401


def test_what_people_say_is_not_logged(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    hear(office, "my PIN is 4711")
    hear(office, "STOP")
    assert "4711" not in caplog.text
    assert "998901234567" not in caplog.text
