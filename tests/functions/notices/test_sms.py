from collections import Counter
from typing import Any
from unittest import mock

import pytest
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError
from botocore.stub import Stubber

from kalit.kit import aws as clients
from kalit.kit.resources import Sms
from kalit.providers.outcomes import NotTaken
from kalit.providers.sms import international
from tests.cloud import Cloud

from ..world import Clock, Killed, at_once, killed_after, lost, meanwhile, upset
from .sending import deliver, outbox, outcome

MESSAGE = {"id": "n-1", "phone": "+998 90 123-45-67", "text": "654321 is your code."}
ORIGIN = "arn:aws:sms-voice:us-east-1:123456789012:phone-number/phone-1"


def send(aws: Cloud, *messages: dict[str, Any]) -> list[str]:
    return deliver(aws, "notices.sms", *messages)


def test_an_sms_is_delivered_once_however_often_it_comes(aws: Cloud, clock: Clock) -> None:
    assert send(aws, MESSAGE) == send(aws, MESSAGE) == []
    [told] = outbox(aws, "sms")
    assert told == {
        "phone": "+998 90 123-45-67",
        "text": "654321 is your code.",
        "campaign": None,
        "message": "n-1",
        "attempt": 1,
        "delivered_at": "2026-01-05T12:00:00.000Z",
    }
    assert outcome(aws, "n-1")["outcome"] == "sent"


def test_of_many_at_once_one_sends(aws: Cloud) -> None:
    failed = at_once([lambda: send(aws, MESSAGE)] * 8)
    assert len(outbox(aws, "sms")) == 1
    assert all(each in ([], ["n-1"]) for each in failed)


def test_a_phone_that_always_fails_is_tried_and_not_delivered(aws: Cloud) -> None:
    bad = {**MESSAGE, "phone": "+998900000000"}
    assert [send(aws, bad) for _ in range(3)] == [["n-1"]] * 3
    assert outbox(aws, "sms") == []
    assert (outcome(aws, "n-1")["outcome"], outcome(aws, "n-1")["attempts"]) == ("refused", 3)


def test_a_phone_that_fails_once_gets_it_at_the_second_try(aws: Cloud) -> None:
    shy = {**MESSAGE, "phone": "+998900000001"}
    assert [send(aws, shy) for _ in range(3)] == [["n-1"], [], []]
    assert [told["attempt"] for told in outbox(aws, "sms")] == [2]


def test_after_a_refusal_too_only_one_of_two_sends(aws: Cloud) -> None:
    shy = {**MESSAGE, "phone": "+998900000001"}
    send(aws, shy)
    with upset("TransactWriteItems", meanwhile(lambda: send(aws, shy)), own=True):
        assert send(aws, shy) == ["n-1"]
    assert [told["attempt"] for told in outbox(aws, "sms")] == [2]


def test_an_answer_that_was_lost_is_not_asked_for_again(aws: Cloud) -> None:
    mute = {**MESSAGE, "phone": "+998900000002"}
    assert [send(aws, mute) for _ in range(3)] == [[], [], []]
    assert len(outbox(aws, "sms")) == 1
    assert outcome(aws, "n-1")["outcome"] == "unknown"


def test_one_that_fails_does_not_hold_up_the_others(aws: Cloud) -> None:
    bad = {**MESSAGE, "id": "n-2", "phone": "+998900000000"}
    assert send(aws, MESSAGE, bad, {**MESSAGE, "id": "n-3"}) == ["n-2"]
    assert Counter(told["message"] for told in outbox(aws, "sms")) == {"n-1": 1, "n-3": 1}


@pytest.mark.parametrize(("call", "after", "sent"), [("TransactWriteItems", 0, 0), ("TransactWriteItems", 1, 1)])
def test_a_process_that_died_while_sending_never_sends_twice(
    aws: Cloud, clock: Clock, call: str, after: int, sent: int
) -> None:
    with upset(call, killed_after, after=after, own=True), pytest.raises(Killed):
        send(aws, MESSAGE)
    assert send(aws, MESSAGE) == ["n-1"], "the first may still be at it"
    clock.move(seconds=30)
    assert send(aws, MESSAGE) == []
    assert outcome(aws, "n-1")["outcome"] == "unknown"
    assert len(outbox(aws, "sms")) == sent


def test_a_claim_whose_answer_was_lost_is_ones_own(aws: Cloud) -> None:
    with upset("TransactWriteItems", lost, own=True):
        assert send(aws, MESSAGE) == []
    assert (outcome(aws, "n-1")["outcome"], len(outbox(aws, "sms"))) == ("sent", 1)


def test_phones_and_texts_stay_out_of_the_log(aws: Cloud, caplog: pytest.LogCaptureFixture) -> None:
    send(aws, MESSAGE, {**MESSAGE, "id": "n-2", "phone": "+998900000000"}, {"id": "n-3", "phone": "+998 90 123-45-67"})
    told = caplog.text + "".join(str(vars(record)) for record in caplog.records)
    assert "n-2" in told
    assert not [word for word in ("654321", "123-45-67", "998900000000") if word in told]


@pytest.fixture
def provider(aws: Cloud) -> Any:
    """AWS's own client, stubbed below its calls."""
    client = clients.client("pinpoint-sms-voice-v2", attempts=1)
    with mock.patch.dict(aws.ids, {Sms.SENDER: ORIGIN}), Stubber(client) as stub:
        yield stub
        stub.assert_no_pending_responses()


ASKED = {
    "DestinationPhoneNumber": "+998901234567",
    "OriginationIdentity": ORIGIN,
    "MessageBody": "654321 is your code.",
    "MessageType": "TRANSACTIONAL",
    "Context": {"message": "n-1"},
}


def test_a_real_sms_leaves_by_end_user_messaging(aws: Cloud, provider: Stubber) -> None:
    provider.add_response("send_text_message", {"MessageId": "m"}, ASKED)
    assert send(aws, MESSAGE) == []
    assert (outcome(aws, "n-1")["outcome"], outbox(aws, "sms")) == ("sent", [])


def test_what_aws_refuses_is_tried_again(aws: Cloud, provider: Stubber) -> None:
    provider.add_client_error("send_text_message", "ThrottlingException", http_status_code=400)
    provider.add_response("send_text_message", {"MessageId": "m"}, ASKED)
    assert [send(aws, MESSAGE), send(aws, MESSAGE)] == [["n-1"], []]


def test_what_aws_may_have_taken_is_not_tried_again(aws: Cloud, provider: Stubber) -> None:
    provider.add_client_error("send_text_message", "InternalServerException", http_status_code=500)
    assert [send(aws, MESSAGE), send(aws, MESSAGE)] == [[], []]
    assert outcome(aws, "n-1")["outcome"] == "unknown"


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ReadTimeoutError(endpoint_url="https://sms"), "unknown"),
        (ConnectTimeoutError(endpoint_url="https://sms"), "refused"),
    ],
    ids=["no answer", "not reached"],
)
def test_silence_is_told_from_a_line_that_is_dead(aws: Cloud, provider: Stubber, error: Exception, told: str) -> None:
    def fault(call: Any) -> Any:
        raise error

    with upset("SendTextMessage", fault):
        send(aws, MESSAGE)
    assert outcome(aws, "n-1")["outcome"] == told


@pytest.mark.parametrize(
    ("phone", "number"),
    [("+998 90 123-45-67", "+998901234567"), ("998901234567", "+998901234567"), ("+49 30 1234567", "+49301234567")],
)
def test_a_number_is_written_as_all_networks_know_it(phone: str, number: str) -> None:
    assert international(phone) == number


@pytest.mark.parametrize("phone", ["90 123-45-67", "8 901 234-56-78", "00998901234567", "+", "+1", "1" * 16])
def test_a_number_of_one_country_is_not_sent_to_another(phone: str) -> None:
    with pytest.raises(NotTaken):
        international(phone)
