from kalit.kit.resources import Queue

from .office import Office
from .test_send_sms import order


def test_before_there_are_any_the_list_is_empty(office: Office) -> None:
    assert office.get("responses") == []


def test_codes_come_in_the_order_in_which_they_were_asked_for(office: Office) -> None:
    later = order(1, asked_at="2026-01-05T12:00:01Z")
    sooner = order(2, asked_at="2026-01-05T12:00:00.999Z")
    office.work(Queue.SMS_QUEUE, later)
    [second] = office.get("responses")
    office.work(Queue.SMS_QUEUE, sooner)
    told = office.get("responses")
    assert (len(told), told[1]) == (2, second)
    assert set(told[0]) == {"response"}
