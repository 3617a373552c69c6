import pytest

from kalit.campaigns import opt_out_store
from kalit.kit.resources import Table

from ..rows import put
from ..world import followed_by, upset
from .office import Office

PHONE = "PHONE#998901234567"


def in_hands(office: Office, client: int, seconds: int) -> dict[str, object]:
    """A message that some sender has claimed, with a lease of so many seconds."""
    until = int(office.clock.now.timestamp()) + seconds
    return {"pk": f"CLIENT#{client}", "sk": f"MESSAGE#{1:019d}", "state": "SENDING", "until": until}


def test_a_client_that_opts_out_is_sent_nothing_more(office: Office) -> None:
    id = office.client()
    campaign = office.campaign()
    told = office.ask("opt_out", id=id).json
    assert (told["opted_out"], told["opted_out_at"]) == (True, "2026-01-05T12:00:00.000Z")
    office.run()
    assert (office.outbox, office.stats(campaign)) == ([], {"total": 1, "skipped": 1})
    assert office.told(campaign) == [(id, "SKIPPED", "opted_out")]


def test_it_holds_for_the_phone_whosever_client_it_is(office: Office) -> None:
    office.ask("opt_out", id=office.client())
    same = office.client(by="vali", phone_number="998 (90) 123 45 67")
    assert office.ask("show_opt_out", by="vali", id=same).json["opted_out"] is True
    office.campaign(by="vali")
    office.run()
    assert office.outbox == []


def test_to_opt_out_again_changes_nothing(office: Office) -> None:
    id = office.client()
    first = office.ask("opt_out", id=id).json
    office.clock.move(seconds=5)
    assert office.ask("opt_out", id=id).json == first


def test_what_whoever_has_the_phone_said_himself_stays_as_he_said_it(office: Office) -> None:
    id = office.client()
    link = office.ask("show_opt_out", id=id).json["link"]
    assert office.aws.http("campaigns.opt_out_form", link=link.rpartition("/")[2]).status == 200
    office.ask("opt_out", id=id)
    assert office.rows(f"{PHONE} OPTED")[0]["by"] == "link"


def test_it_is_told_when_what_is_in_a_senders_hands_has_left_them(office: Office) -> None:
    id = office.client()
    held = in_hands(office, id, seconds=30)
    put(office.aws, Table.CAMPAIGNS, held)
    seen = []

    def sent() -> None:
        seen.append(bool(office.rows(f"{PHONE} OPTED")))
        put(office.aws, Table.CAMPAIGNS, {**held, "state": "SENT"})

    with upset("Query", followed_by(sent), after=1):
        assert office.ask("opt_out", id=id).status == 200
    assert seen == [True]  # the wish was written before it was waited for


def test_a_sender_that_died_is_not_waited_for_longer_than_he_could_send(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opt_out_store, "LONGEST_WAIT", 0.2)
    id = office.client()
    put(office.aws, Table.CAMPAIGNS, in_hands(office, id, seconds=30))
    assert office.ask("opt_out", id=id).json["opted_out"] is True


def test_a_lease_that_is_over_is_not_waited_for(office: Office, calls: list[str]) -> None:
    id = office.client()
    put(office.aws, Table.CAMPAIGNS, in_hands(office, id, seconds=-1))
    calls.clear()
    assert office.ask("opt_out", id=id).status == 200
    assert calls.count("Query") == 2


def test_another_owners_client_is_not_there(office: Office) -> None:
    id = office.client()
    assert office.ask("opt_out", by="vali", id=id).status == 404
    assert office.ask("opt_out", by="", id=id).status == 401
    assert office.rows(f"{PHONE} OPTED") == []


def test_no_phone_and_no_link_is_logged(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    link = office.ask("opt_out", id=office.client()).json["link"]
    assert "998901234567" not in caplog.text
    assert link.rpartition("/")[2] not in caplog.text


def test_who_is_not_there_cannot_opt_out(office: Office) -> None:
    assert office.ask("opt_out", id=7).status == 404
