from .office import LATER, Office

NAMES = ("total", "sent", "failed", "pending", "cancelled", "skipped", "unknown")


def test_who_has_no_campaigns_gets_an_empty_list(office: Office) -> None:
    answer = office.ask("list_stats")
    assert (answer.status, answer.json) == (200, [])


def test_each_campaign_has_its_counts_and_its_clients(office: Office) -> None:
    office.clients(2)
    first, second = office.campaign(), office.campaign(**LATER)
    office.run()
    office.start(first, force=True)
    office.run()
    zeros = {f"{name}_messages": 0 for name in NAMES}
    assert office.ask("list_stats").json == [
        {"id": second, "status": "SCHEDULED", "recipients": 0, **zeros},
        {"id": first, "status": "FINISHED", "recipients": 2, **zeros, "total_messages": 4, "sent_messages": 4},
    ]


def test_everybody_sees_his_own_and_staff_sees_all(office: Office) -> None:
    ids = {by: office.campaign(by=by) for by in ("ali", "vali", "boss")}
    office.client(by="vali")
    office.run()
    for by, expected in {"ali": [ids["ali"]], "vali": [ids["vali"]], "manager": [*reversed(ids.values())]}.items():
        told = office.ask("list_stats", by=by).json
        assert [one["id"] for one in told] == expected, by
    assert {one["id"]: one["sent_messages"] for one in told} == {ids["ali"]: 0, ids["vali"]: 1, ids["boss"]: 0}


def test_the_counts_of_a_deleted_campaign_are_gone(office: Office) -> None:
    office.client()
    id = office.campaign()
    office.run()
    office.move("delete", id)
    assert office.ask("list_stats").json == []
    office.run()
    assert not office.rows("STATS#")
