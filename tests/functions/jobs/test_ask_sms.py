from typing import Any

import pytest

from kalit.kit.resources import Queue
from tests.cloud import Cloud

from ..rows import unchanged
from .office import Office


@pytest.mark.parametrize("phone", ["", "+998901234567", "998 90 123-45-67"])
def test_an_order_goes_to_its_worker(aws: Cloud, office: Office, phone: str) -> None:
    headers = {"accept-language": "uz"}
    answer = aws.http("jobs.ask_sms", {"phone": phone}, token=office.token, headers=headers)
    assert (answer.status, list(answer.json)) == (202, ["task_id"])
    office.deliver()
    [message] = aws.messages(Queue.SMS_QUEUE)
    assert message == {
        "id": answer.json["task_id"],
        "phone": phone,
        "language": "uz",
    }
    assert office.job(answer.json["task_id"])["name"] == "send_sms"


def test_its_phone_is_masked_in_the_history(office: Office) -> None:
    id = office.ask("ask_sms", {"phone": "+998901234567"}).json["task_id"]
    assert office.job(id)["arguments"]["phone"] == "…(13)"


@pytest.mark.parametrize(
    "body", [{"phone": "call me"}, {"phone": "+99890" + "1" * 30}, {"phone": []}, {"phone": "12345"}]
)
def test_what_is_no_phone_is_refused(aws: Cloud, office: Office, body: dict[str, Any]) -> None:
    with unchanged(aws):
        answer = office.ask("ask_sms", body)
    assert (answer.status, list(answer.json)) == (400, ["phone"])
