"""A client goes with all messages to him: what was not sent is not sent, and no count tells of it."""

import pytest

from kalit.campaigns import message_store

from ..world import Killed, killed_after, upset
from .office import LATER, Office

pytestmark = pytest.mark.long  # runs from beginning to end


def test_nothing_of_a_client_stays(office: Office) -> None:
    id = office.client()
    answer = office.ask("delete_client", id=id)
    assert (answer.status, answer.text) == (204, "")
    left = [row for row in office.rows() if row["sk"] != "COUNTER" and not row.get("clients") and not row.get("all")]
    assert {row["pk"].partition("#")[0] for row in left} <= {"AUDIENCE", "COUNTS", "PHONE"}
    assert not office.kept("MEMBER#")
    assert sum(row["clients"] for row in office.kept("COUNT#")) == 0
    assert [row["all"] for row in office.rows("COUNTS#CLIENTS#")]
    assert sum(row["all"] for row in office.rows("COUNTS#CLIENTS#")) == 0
    assert office.ask("delete_client", id=id).status == 404


def test_what_was_not_sent_is_not_sent(office: Office) -> None:
    first, second = office.clients(2, timezone="Europe/London")
    id = office.campaign(time_interval_start="13:00", time_interval_end="18:00")
    office.run()
    assert office.stats(id) == {"total": 2, "pending": 2}
    office.move("delete_client", first)
    assert office.accounted(id) == {"pending": 1}
    office.pass_time(hours=1, seconds=5)
    assert office.outbox == [("+998901000006", "New locks are here.")]
    assert office.told(id) == [(second, "SENT", None)]
    assert office.accounted(id) == {"sent": 1}
    assert office.status(id) == "FINISHED"


def test_messages_of_all_runs_go_with_him(office: Office) -> None:
    client, other = office.clients(2)
    ids = [office.campaign(), office.campaign()]
    office.run()
    office.start(ids[0], force=True)
    office.run()
    assert [office.accounted(id) for id in ids] == [{"sent": 4}, {"sent": 2}]
    office.move("delete_client", client)
    assert [office.accounted(id) for id in ids] == [{"sent": 2}, {"sent": 1}]
    assert {message["client"] for message in office.messages()} == {other}


def test_a_run_whose_only_client_is_gone_ends(office: Office) -> None:
    client = office.client(timezone="Europe/London")
    id = office.campaign(time_interval_start="13:00", time_interval_end="18:00")
    office.run()
    office.move("delete_client", client)
    office.settle(80)
    assert not office.outbox
    assert office.accounted(id) == {}
    assert (office.status(id), office.shown(id)["failure"]) == ("FAILED", "nobody")


def test_who_is_gone_before_the_run_begins_is_not_planned(office: Office) -> None:
    client, other = office.clients(2)
    id = office.campaign(**LATER)
    office.move("delete_client", client)
    office.pass_time(hours=1, seconds=5)
    assert office.told(id) == [(other, "SENT", None)]


def test_while_a_message_to_him_is_being_sent_he_stays(office: Office) -> None:
    client = office.client()
    id = office.campaign()
    with upset("BatchExecuteStatement", killed_after, after=1), pytest.raises(Killed):
        office.run()
    answer = office.ask("delete_client", id=client)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    office.settle()
    assert office.accounted(id) == {"unknown": 1}
    office.move("delete_client", client)
    assert office.accounted(id) == {}


def test_he_and_his_messages_go_at_once(office: Office) -> None:
    client = office.client()
    id = office.campaign()
    office.run()
    with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
        office.ask("delete_client", id=client)
    assert office.accounted(id) == {}
    assert office.ask("show_client", id=client).status == 404


def test_of_many_messages_some_go_first_and_who_dies_in_between_leaves_a_client_that_can_be_deleted(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(message_store, "TOGETHER", 1)
    client = office.client()
    ids = [office.campaign(), office.campaign()]
    office.run()
    with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
        office.ask("delete_client", id=client)
    assert sorted(map(len, map(office.accounted, ids))) == [0, 1]
    assert office.ask("show_client", id=client).status == 200
    office.move("delete_client", client)
    assert [office.accounted(id) for id in ids] == [{}, {}]
    assert office.ask("list_clients").json["count"] == 0
