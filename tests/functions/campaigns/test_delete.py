"""A campaign goes with its runs, its messages and its counts; what was not sent is not sent."""

import pytest

from kalit.kit.resources import Table

from ..rows import put
from ..world import Killed, killed_after, meanwhile, upset
from .office import LATER, NOT_FOUND, Office

LONDON = {"time_interval_start": "13:00", "time_interval_end": "18:00"}
OWN = ("CAMPAIGN#", "CAMPAIGNS#", "RUN#", "RUNID#", "STATS#", "SLOT#")


def left(office: Office) -> list[str]:
    """What a deleted campaign has left behind."""
    rows = [row for row in office.rows() if row["pk"].startswith(OWN) or row["sk"].startswith("MESSAGE#")]
    return [f"{row['pk']} {row['sk']}" for row in rows]


@pytest.mark.parametrize("told", [LATER, {}, LONDON], ids=["waits", "sent", "planned"])
def test_nothing_of_it_stays_and_nothing_is_sent(office: Office, told: dict[str, str]) -> None:
    office.clients(2, timezone="Europe/London")
    id = office.campaign(**told)
    office.run()
    sent = len(office.outbox)
    answer = office.ask("delete", id=id)
    assert (answer.status, answer.text) == (204, "")
    for verb in ("show", "stats", "start", "delete", "pause"):
        answer = office.ask(verb, id=id)
        assert (answer.status, answer.json) == (404, NOT_FOUND), verb
    assert office.messages() == []
    office.run()
    office.pass_time(hours=2)
    assert len(office.outbox) == sent
    assert left(office) == []


@pytest.mark.parametrize(
    ("operation", "after"), [("BatchExecuteStatement", 1), ("BatchExecuteStatement", 0), ("PutItem", 0)]
)
def test_midway_nothing_is_sent_and_nothing_stays(office: Office, operation: str, after: int) -> None:
    office.clients(2)
    id = office.campaign()
    with upset(operation, meanwhile(lambda: office.move("delete", id)), after=after):
        office.run()
    office.settle()
    assert office.outbox == []
    assert left(office) == []


def test_other_campaigns_keep_what_is_theirs(office: Office) -> None:
    office.clients(2)
    first, second = office.campaign(), office.campaign(**LATER)
    office.run()
    office.move("delete", first)
    office.run()
    office.pass_time(hours=1, seconds=5)
    assert office.accounted(second) == {"sent": 2}
    assert [one["id"] for one in office.ask("list").json["results"]] == [second]


def test_all_its_runs_go_with_it(office: Office) -> None:
    office.client()
    id = office.campaign()
    office.run()
    for _ in range(2):
        office.start(id, force=True)
        office.run()
    office.move("delete", id)
    office.run()
    assert left(office) == []


def many_counts(office: Office, id: int) -> None:
    """As if a campaign's runs had counted in all their shards."""
    for run in [row for row in office.kept("RUN") if row.get("campaign") == id]:
        for shard in range(16):
            bucket = f"{id:019d}#{int(run['pk'].removeprefix('RUN#')):019d}#{shard}"
            put(office.aws, Table.CAMPAIGNS, {"pk": f"STATS#{run['owner']}", "sk": bucket, "sent": 0})


@pytest.mark.parametrize("purged", [False, True])
def test_who_dies_in_between_leaves_a_campaign_that_can_be_deleted(office: Office, purged: bool) -> None:
    office.client()
    id = office.campaign(**LATER)
    for _ in range(4):
        office.start(id, force=True)
    many_counts(office, id)
    with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
        office.ask("delete", id=id)
    assert office.ask("show", id=id).status == 200
    if purged:
        office.run()
    assert office.ask("delete", id=id).status == 204
    office.run()
    office.pass_time(hours=2)
    assert (office.outbox, left(office)) == ([], [])


def test_who_is_started_meanwhile_is_deleted_all_the_same(office: Office) -> None:
    office.client()
    id = office.campaign()
    with upset("TransactWriteItems", meanwhile(lambda: office.start(id, force=True))):
        assert office.ask("delete", id=id).status == 204
    office.run()
    assert (office.outbox, left(office)) == ([], [])


def test_staff_may_delete_everybodys(office: Office) -> None:
    id = office.campaign(**LATER)
    assert [office.ask("delete", id=id, by=by).status for by in ("vali", "manager")] == [404, 204]
