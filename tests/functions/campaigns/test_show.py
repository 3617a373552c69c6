import pytest

from .office import LATER, NOT_FOUND, Office


def test_a_campaign_tells_what_it_is_at(office: Office) -> None:
    office.client()
    id = office.campaign(**LATER)
    assert (office.status(id), office.shown(id)["is_active"]) == ("SCHEDULED", False)
    office.clock.move(hours=1)
    office.follow()
    office.begin()
    assert [name for _, name, _ in office.waiting] == ["campaigns.begin"]
    office.aws.call("campaigns.begin", office.waiting[0][2])
    shown = office.shown(id)
    assert (shown["status"], shown["is_active"]) == ("RUNNING", True)
    assert shown["last_started_at"] == "2026-01-05T13:00:00.000Z"
    office.run()
    shown = office.shown(id)
    assert (shown["status"], shown["is_active"], shown["failure"]) == ("FINISHED", False, None)
    assert shown["last_started_at"] == "2026-01-05T13:00:00.000Z"
    assert shown["active_run"]


@pytest.mark.parametrize("by", ["manager", "boss"])
def test_staff_may_look_at_everybodys(office: Office, by: str) -> None:
    id = office.campaign(**LATER)
    assert office.ask("show", id=id, by=by).json == office.shown(id)


def test_a_campaign_that_is_gone_is_not_found(office: Office) -> None:
    id = office.campaign(**LATER)
    office.move("delete", id)
    answer = office.ask("show", id=id)
    assert (answer.status, answer.json) == (404, NOT_FOUND)
