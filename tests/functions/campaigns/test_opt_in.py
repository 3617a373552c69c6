import pytest

from kalit.kit.resources import Table

from ..rows import change_ali, put, unchanged
from ..world import meanwhile, upset
from .office import Office


def said(office: Office, by: str) -> None:
    """Whoever has the phone of all clients here opted out himself."""
    put(
        office.aws, Table.CAMPAIGNS, {"pk": "PHONE#998901234567", "sk": "OPTED", "at": "2026-01-05T11:00:00Z", "by": by}
    )


def test_who_noted_an_opt_out_undoes_it(office: Office) -> None:
    id = office.client()
    office.ask("opt_out", id=id)
    assert office.ask("opt_in", id=id).status == 204
    assert office.ask("show_opt_out", id=id).json["opted_out"] is False
    office.campaign()
    office.run()
    assert len(office.outbox) == 1


def test_where_nobody_opted_out_there_is_nothing_to_undo(office: Office) -> None:
    id = office.client()
    with unchanged(office.aws):
        assert office.ask("opt_in", id=id).status == 204


@pytest.mark.parametrize("by", ["link", "word"])
def test_what_somebody_said_himself_is_undone_by_staff_alone(office: Office, by: str) -> None:
    id = office.client()
    said(office, by)
    with unchanged(office.aws):
        answer = office.ask("opt_in", id=id)
    assert (answer.status, "Whoever has this phone opted out himself" in answer.json["detail"]) == (409, True)
    change_ali(office.aws, role="manager")
    assert office.ask("opt_in", id=id).status == 204


def test_another_account_does_not_undo_it(office: Office) -> None:
    office.ask("opt_out", id=office.client())
    assert office.ask("opt_in", by="vali", id=office.client(by="vali")).status == 409


def test_what_is_said_meanwhile_is_not_undone(office: Office) -> None:
    id = office.client()
    office.ask("opt_out", id=id)
    with upset("DeleteItem", meanwhile(lambda: said(office, "word"))):
        assert office.ask("opt_in", id=id).status == 409
    assert office.ask("show_opt_out", id=id).json["opted_out"] is True


def test_another_owners_client_is_not_there(office: Office) -> None:
    id = office.client()
    assert office.ask("opt_in", by="vali", id=id).status == 404
    assert office.ask("opt_in", by="", id=id).status == 401


def test_who_is_not_there_has_nothing_to_undo(office: Office) -> None:
    assert office.ask("opt_in", id=7).status == 404
