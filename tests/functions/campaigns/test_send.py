"""A slot's messages: each leaves once, in its time, or it is told why not."""

import json
import time
from collections.abc import Callable
from unittest import mock

import pytest
from botocore.stub import Stubber

from kalit.campaigns import sending_store
from kalit.kit import aws
from kalit.kit.resources import Sms, Table
from tests.proof.faults import Call, Crash, Fault, crash_after, injected

from ..rows import put
from ..world import (
    Killed,
    conflicting,
    followed_by,
    killed_after,
    lost,
    meanwhile,
    refused,
    sent_twice,
    throttled,
    upset,
)
from .office import Office, again

pytestmark = pytest.mark.long  # runs from beginning to end

LONDON = {"time_interval_start": "13:00", "time_interval_end": "18:00"}


def test_a_campaign_reaches_its_clients(office: Office) -> None:
    office.clients(3)
    id = office.campaign()
    assert office.status(id) == "RUNNING"
    office.run()
    assert sorted(office.outbox) == [(f"+99890100000{n}", "New locks are here.") for n in (5, 6, 7)]
    assert office.stats(id) == {"total": 3, "sent": 3}
    assert office.status(id) == "FINISHED"
    assert office.accounted(id) == {"sent": 3}


def test_the_magic_numbers_end_as_the_sandbox_says(office: Office) -> None:
    for end in ("0000", "0001", "0002", "1234"):
        office.client(phone_number=f"+99890111{end}")
    id = office.campaign()
    office.run()
    assert office.stats(id) == {"total": 4, "pending": 2, "sent": 1, "unknown": 1}
    assert office.status(id) == "RUNNING"
    for seconds in (14, 40, 80):
        office.pass_time(seconds=seconds)
    assert [status for _, status, _ in office.told(id)] == ["FAILED", "SENT", "UNKNOWN", "SENT"]
    assert [one["attempt"] for one in office.delivered] == [1, 1, 2]
    assert office.status(id) == "FAILED"
    assert office.accounted(id) == {"failed": 1, "sent": 2, "unknown": 1}


def test_a_text_has_a_link_for_each_reader(office: Office) -> None:
    [id, other] = office.clients(2)
    office.campaign(text_message="Hello. {opt_out} ends this.")
    office.run()
    links = [office.ask("show_opt_out", id=client).json["link"] for client in (id, other)]
    assert len(set(links)) == 2
    assert sorted(text for _, text in office.outbox) == sorted(f"Hello. {link} ends this." for link in links)


def test_a_refusal_is_tried_again_after_10_30_and_60_seconds_and_a_fifth_more_at_most(office: Office) -> None:
    office.client(phone_number="+998901110000")
    id = office.campaign()
    office.run()
    for pause in (10, 30, 60):
        assert (office.status(id), office.message(id)["status"]) == ("RUNNING", "QUEUED")
        office.clock.move(seconds=pause - 0.1)
        office.run()
        [row] = office.kept("MESSAGE#")
        tried = row["attempts"]
        office.clock.move(seconds=0.2 * pause + 1.1)
        office.run()
        [row] = office.kept("MESSAGE#")
        assert row["attempts"] == tried + 1
    assert office.told(id)[0][1] == "FAILED"
    assert (office.status(id), office.shown(id)["failure"]) == ("FAILED", "refused")
    office.settle()
    assert office.accounted(id) == {"failed": 1}
    assert office.outbox == []


def test_one_refused_message_keeps_none_of_the_others(office: Office) -> None:
    office.clients(2)
    office.client(phone_number="+998901110001")
    id = office.campaign()
    office.run()
    assert office.accounted(id) == {"sent": 2, "pending": 1}
    office.pass_time(seconds=12)
    assert office.accounted(id) == {"sent": 3}
    assert office.status(id) == "FINISHED"


# The same message of the queue twice, late, or at the same time


def test_a_slot_that_is_handed_over_twice_is_sent_once(office: Office) -> None:
    office.clients(2)
    id = office.campaign()
    office.reach_the_queue()
    letters = office.letters()
    for letter in [*letters, *map(again, letters), *letters]:
        assert office.give(letter)
    office.run()
    assert office.accounted(id) == {"sent": 2}


# An operation, and how many of its calls come before.
PLACES = [
    ("GetItem", 1),
    ("BatchGetItem", 0),
    ("UpdateItem", 0),
    ("BatchExecuteStatement", 0),
    ("BatchGetItem", 1),
    ("TransactWriteItems", 3),
]


@pytest.mark.parametrize("place", range(len(PLACES)))
def test_two_senders_with_the_same_slot_send_once(office: Office, place: int) -> None:
    """The second comes between any two calls of the first."""
    office.clients(2)
    office.client(phone_number="+998901110000")
    id = office.campaign()
    office.reach_the_queue()
    [letter] = office.letters()
    operation, before = PLACES[place]
    with upset(operation, meanwhile(lambda: office.give(again(letter))), after=before):
        office.give(letter)
    office.run()
    office.settle()
    assert office.accounted(id) == {"sent": 2, "failed": 1}


def test_while_another_has_it_in_hand_the_slot_comes_back(office: Office) -> None:
    office.client()
    id = office.campaign()
    office.reach_the_queue()
    [letter] = office.letters()
    with upset("BatchExecuteStatement", killed_after), pytest.raises(Killed):
        office.give(letter)
    assert not office.give(again(letter))
    office.clock.move(seconds=29)
    assert not office.give(again(letter))
    assert office.accounted(id) == {"pending": 1}
    office.clock.move(seconds=1)
    assert office.give(again(letter))
    assert office.accounted(id) == {"unknown": 1}
    assert (office.outbox, office.status(id)) == ([], "FINISHED")


# Death, and lost answers


def ours(call: Call) -> bool:
    """Whether a call moves something on: not a read, and not the history of jobs."""
    written = [told for write in call.asked.get("TransactItems", []) for told in write.values()]
    keys = [(told.get("Item") or told["Key"])["pk"]["S"] for told in written]
    history = bool(keys) and all(key.startswith("JOB") for key in keys)
    return not history and call.operation not in ("GetItem", "BatchGetItem", "Query")


@pytest.mark.long
def test_whoever_dies_anywhere_no_message_is_lost_or_sent_twice(office: Office) -> None:
    """From the start to the end of a run, behind each call that moves something on."""
    office.client()
    place, made = 0, []
    while True:
        id = office.campaign()
        with injected(dying(place)) as calls:
            try:
                office.run()
                died = False
            except Crash:
                died = True
        assert calls
        office.settle(20)
        counts = office.accounted(id)
        assert counts in ({"sent": 1}, {"unknown": 1}), (place, str(calls[-1]))
        assert office.status(id) == "FINISHED", (place, str(calls[-1]))
        made.append(id)
        place += 1
        office.move("delete", id)
        office.run()
        if not died:
            break
    assert place > 8
    assert len(office.delivered) in (place, place - 1)


def dying(place: int) -> Callable[[Call], Fault | None]:
    """Death behind that call of those that move something on."""
    seen = iter(range(10**6))

    def plan(call: Call) -> Fault | None:
        return crash_after if ours(call) and next(seen) == place else None

    return plan


def test_an_answer_that_the_sdk_asks_for_again_costs_nothing(office: Office) -> None:
    office.clients(2)
    id = office.campaign()
    with upset("BatchExecuteStatement", sent_twice, first=2):
        office.run()
    assert office.accounted(id) == {"sent": 2}


@pytest.mark.parametrize(("operation", "after"), [("BatchExecuteStatement", 1), ("TransactWriteItems", 20)])
def test_an_answer_that_gets_lost_sends_nothing_twice(office: Office, operation: str, after: int) -> None:
    office.client()
    id = office.campaign()
    if operation == "TransactWriteItems":
        office.reach_the_queue()
        after = 3
    with upset(operation, lost, after=after):
        office.run()
    office.settle()
    assert office.accounted(id) in ({"sent": 1}, {"unknown": 1})
    assert len(office.outbox) == office.accounted(id).get("sent", 0)


@pytest.mark.parametrize("fault", [throttled, refused("InternalServerError")], ids=["throttled", "broken"])
@pytest.mark.parametrize("operation", ["BatchExecuteStatement", "BatchGetItem", "UpdateItem"])
def test_a_busy_database_delays_and_loses_nothing(office: Office, operation: str, fault: object) -> None:
    office.client()
    id = office.campaign()
    office.reach_the_queue()
    with upset(operation, fault):  # type: ignore[arg-type]
        office.run()
    office.settle()
    assert office.accounted(id) == {"sent": 1}


def test_conflicts_are_tried_again(office: Office) -> None:
    office.client()
    id = office.campaign()
    office.reach_the_queue()
    with upset("TransactWriteItems", conflicting, first=2, after=1):
        office.run()
    assert office.accounted(id) == {"sent": 1}


def test_who_claimed_and_then_was_held_up_sends_nothing_any_more(office: Office) -> None:
    office.client()
    id = office.campaign()
    with upset("BatchExecuteStatement", followed_by(lambda: office.clock.move(seconds=10)), after=1):
        office.run()
    assert {row["attempts"] for row in office.kept("MESSAGE#")} <= {0, 1}
    office.run()
    office.settle()
    assert office.accounted(id) == {"sent": 1}


# What is looked at once more before a message leaves


def test_who_opts_out_between_claim_and_sending_gets_nothing(office: Office) -> None:
    client = office.client()
    other = office.client(phone_number="+998900000009")
    id = office.campaign()
    with upset("BatchExecuteStatement", followed_by(lambda: office.opt_out("998901234567")), after=1):
        office.run()
    assert office.told(id) == [(client, "SKIPPED", "opted_out"), (other, "SENT", None)]
    assert office.accounted(id) == {"skipped": 1, "sent": 1}
    assert office.status(id) == "FINISHED"


def test_opting_out_is_of_the_phone_however_it_is_written_and_whosever_client_it_is(office: Office) -> None:
    office.opt_out("998901234567")
    office.client(phone_number="+998 (90) 123-45-67")
    office.client(by="vali", phone_number="998901234567")
    for by in ("ali", "vali"):
        office.campaign(by=by)
    office.run()
    assert office.outbox == []
    assert [row["reason"] for row in office.kept("MESSAGE#")] == ["opted_out"] * 2


def test_a_message_goes_to_the_phone_that_the_client_has_then(office: Office) -> None:
    client = office.client(timezone="Europe/London")
    id = office.campaign(**LONDON)
    office.run()
    office.move("update_client", client, body={"phone_number": "+998900000009"})
    office.pass_time(hours=1, seconds=5)
    assert office.outbox == [("+998900000009", "New locks are here.")]
    assert office.accounted(id) == {"sent": 1}


def test_a_client_who_moved_is_not_woken_at_night(office: Office) -> None:
    client = office.client(timezone="Europe/London")
    id = office.campaign(**LONDON, end_datetime="2026-01-07T12:00:00Z")
    office.run()
    office.move("update_client", client, body={"timezone": "Asia/Tokyo"})
    office.pass_time(hours=1, seconds=5)  # 22:00 in Tokyo
    assert office.outbox == []
    assert office.message(id)["planned_send_at"] == "2026-01-06T04:00:00.000Z"
    assert office.accounted(id) == {"pending": 1}
    office.pass_time(hours=15)
    assert office.accounted(id) == {"sent": 1}


def test_what_comes_late_waits_for_the_next_window_or_is_skipped(office: Office) -> None:
    office.client(timezone="Europe/London")
    waits, ends = office.campaign(**LONDON, end_datetime="2026-01-07T00:00:00Z"), office.campaign(**LONDON)
    office.run()
    office.pass_time(hours=6, seconds=1)
    assert office.outbox == []
    assert (office.accounted(waits), office.accounted(ends)) == ({"pending": 1}, {"skipped": 1})
    assert office.message(ends)["reason"] == "window_closed"
    assert (office.status(waits), office.status(ends)) == ("RUNNING", "FINISHED")
    office.pass_time(hours=19)
    assert office.accounted(waits) == {"sent": 1}


def test_a_retry_that_would_come_too_late_is_skipped(office: Office) -> None:
    office.client(phone_number="+998901110000", timezone="UTC")
    id = office.campaign(time_interval_end="12:00:05", end_datetime="2026-01-05T14:00:00Z")
    office.run()
    assert office.accounted(id) == {"pending": 1}
    office.pass_time(seconds=12)
    assert office.accounted(id) == {"skipped": 1}
    assert office.status(id) == "FINISHED"


def test_nothing_leaves_before_its_time(office: Office) -> None:
    office.client(timezone="Europe/London")
    id = office.campaign(**LONDON)
    office.run()
    [slot] = office.kept("SLOT#")
    order = {"do": "send", "run": int(slot["pk"][4:]), "slot": slot["sk"]}
    queue = {"eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:local-campaigns"}
    letter = {"messageId": "early", "body": json.dumps(order), "messageAttributes": {}, **queue}
    office.clock.move(minutes=59, seconds=59)
    assert office.give(letter)
    assert (office.outbox, office.accounted(id)) == ([], {"pending": 1})
    office.pass_time(seconds=1)
    office.pass_time(seconds=10)
    assert office.accounted(id) == {"sent": 1}


# How many at once


def test_more_than_a_handful_are_all_sent(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending_store, "HANDFUL", 2)
    office.clients(5)
    id = office.campaign()
    office.run()
    assert office.accounted(id) == {"sent": 5}
    assert office.status(id) == "FINISHED"


def test_what_there_was_no_time_for_is_handed_over_once_more(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending_store, "HANDFUL", 2)
    office.clients(3)
    id = office.campaign()
    office.reach_the_queue()
    monkeypatch.setattr("functions.campaigns.send.ENOUGH", -1)
    [letter] = office.letters()
    assert office.give(letter)
    assert office.accounted(id) == {"pending": 3}
    monkeypatch.setattr("functions.campaigns.send.ENOUGH", 60)
    office.run()
    assert office.accounted(id) == {"sent": 3}


def test_the_provider_is_handed_no_more_a_second_than_it_takes(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.clients(3)
    id = office.campaign()
    monkeypatch.setenv("SMS_RATE", "2")
    office.run()
    assert office.accounted(id) == {"sent": 3}
    taken = [int(row["taken"]) for row in office.rows("RATE ")]
    assert sum(taken) == 3
    assert max(taken) <= 2


def test_who_finds_no_room_leaves_the_slot_in_the_queue(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.client()
    id = office.campaign()
    monkeypatch.setattr(sending_store, "PATIENCE", 0)
    taken = [{"pk": "RATE", "sk": str(int(time.time()) + second)} for second in range(60)]
    for key in taken:
        put(office.aws, Table.CAMPAIGNS, {**key, "taken": sending_store.RATE, "ttl": 0})
    office.run()
    assert (office.outbox, office.accounted(id)) == ([], {"pending": 1})
    for key in taken:
        office.aws.table(Table.CAMPAIGNS).delete_item(Key=key)
    office.settle()
    assert office.accounted(id) == {"sent": 1}


def test_a_real_sms_leaves_by_end_user_messaging(office: Office) -> None:
    office.client()
    id = office.campaign()
    asked = {
        "DestinationPhoneNumber": "+998901234567",
        "OriginationIdentity": "Kalit",
        "MessageBody": "New locks are here.",
        "MessageType": "PROMOTIONAL",
        "Context": {"message": str(10**9 + 1)},
    }
    client = aws.client("pinpoint-sms-voice-v2", attempts=1)
    with mock.patch.dict(office.aws.ids, {Sms.SENDER: "Kalit"}), Stubber(client) as provider:
        provider.add_response("send_text_message", {"MessageId": "m"}, asked)
        office.run()
        provider.assert_no_pending_responses()
    assert office.outbox == []
    assert office.stats(id) == {"total": 1, "sent": 1}


# What is deleted


def test_what_is_left_of_a_deleted_campaign_is_deleted_page_by_page_however_often(office: Office) -> None:
    office.clients(2)
    id = office.campaign()
    office.run()
    office.move("delete", id)
    office.follow()
    [letter] = office.letters()
    with upset("TransactWriteItems", killed_after, after=1), pytest.raises(Killed):
        office.give(letter)
    office.give(again(letter))
    office.give(again(letter))
    office.run()
    office.settle()
    assert not office.kept("MESSAGE#") + office.kept("PAGE#") + office.rows("RUN")


def test_a_slot_that_is_gone_is_nothing_to_do(office: Office) -> None:
    office.client()
    id = office.campaign()
    office.reach_the_queue()
    [letter] = office.letters()
    office.give(letter)
    assert office.give(again(letter))
    assert office.accounted(id) == {"sent": 1}


def test_what_a_dead_sender_had_in_hand_is_not_forgotten_when_the_window_has_closed(office: Office) -> None:
    office.client(timezone="UTC")
    id = office.campaign(time_interval_start="11:00", time_interval_end="12:05", end_datetime="2026-01-07T00:00:00Z")
    office.reach_the_queue()
    with pytest.raises(Killed), upset("BatchExecuteStatement", killed_after):
        office.deliver()
    office.settle()
    assert office.accounted(id) == {"unknown": 1}
    assert office.status(id) == "FINISHED"
