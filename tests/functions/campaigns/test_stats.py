import pytest

from .office import LATER, NOT_FOUND, Office

ZEROS = {f"{name}_messages": 0 for name in ("total", "sent", "failed", "pending", "cancelled", "skipped", "unknown")}


def test_before_anything_is_planned_all_is_zero(office: Office) -> None:
    office.clients(2)
    id = office.campaign(**LATER)
    told = office.ask("stats", id=id)
    assert (told.status, told.json) == (200, {"id": id, "status": "SCHEDULED", "eligible_clients": 2, **ZEROS})


def test_all_six_ends_are_counted_over_all_runs(office: Office) -> None:
    for end in ("0000", "0001", "0002", "1234"):
        office.client(phone_number=f"+99890111{end}")
    stopped = office.client(phone_number="+998905555555")
    office.opt_out("998905555555")
    id = office.campaign()
    office.run()
    assert office.accounted(id) == {"pending": 2, "sent": 1, "unknown": 1, "skipped": 1}
    office.start(id, force=True)
    office.run()
    assert office.accounted(id) == {"cancelled": 2, "pending": 2, "sent": 2, "unknown": 2, "skipped": 2}
    office.settle()
    assert office.accounted(id) == {"cancelled": 2, "failed": 1, "sent": 3, "unknown": 2, "skipped": 2}
    assert office.status(id) == "FAILED"
    assert (stopped, "SKIPPED", "opted_out") in office.told(id)


def test_eligible_is_who_would_be_reached_now(office: Office) -> None:
    first, _ = office.clients(2)
    id = office.campaign()
    office.run()
    office.move("delete_client", first)
    office.client(phone_number="+998900000099")
    office.client(tag="new")
    told = office.ask("stats", id=id).json
    assert (told["eligible_clients"], told["total_messages"], told["sent_messages"]) == (2, 1, 1)


@pytest.mark.parametrize(("by", "status"), [("ali", 200), ("manager", 200), ("boss", 200), ("vali", 404)])
def test_whose_stats_one_may_see(office: Office, by: str, status: int) -> None:
    assert office.ask("stats", id=office.campaign(**LATER), by=by).status == status


def test_a_campaign_that_never_was_has_no_stats(office: Office) -> None:
    answer = office.ask("stats", id=7)
    assert (answer.status, answer.json) == (404, NOT_FOUND)
