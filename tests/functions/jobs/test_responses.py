from kalit.kit.resources import Queue

from ..world import Clock
from .office import Office
from .test_send_sms import order


def test_before_there_are_any_the_list_is_empty(office: Office) -> None:
    assert office.get("responses") == []


def test_codes_come_in_the_order_in_which_they_were_made(office: Office, clock: Clock) -> None:
    office.work(Queue.SMS_QUEUE, order(2))
    [first] = office.get("responses")
    clock.move(seconds=1)
    office.work(Queue.SMS_QUEUE, order(1))
    told = office.get("responses")
    assert (len(told), told[0]) == (2, first)
    assert set(told[0]) == {"response"}
