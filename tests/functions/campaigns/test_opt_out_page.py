import pytest

from ..rows import unchanged
from .office import Office


def token(office: Office) -> str:
    """What a new client's link carries."""
    link: str = office.ask("show_opt_out", id=office.client()).json["link"]
    return link.rpartition("/")[2]


@pytest.mark.parametrize(
    ("language", "button"), [("", "No more messages"), ("ru", "Больше не присылать"), ("uz", "Boshqa yuborilmasin")]
)
def test_the_page_has_one_button_and_does_nothing_by_itself(office: Office, language: str, button: str) -> None:
    told = token(office)
    with unchanged(office.aws):
        answer = office.aws.http("campaigns.opt_out_page", headers={"accept-language": language}, link=told)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert f'<form method="post"><button>{button}</button></form>' in answer.text
    assert "998" not in answer.text


def test_the_page_needs_no_script_and_tells_nobody_its_address(office: Office) -> None:
    answer = office.aws.http("campaigns.opt_out_page", link=token(office))
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none';")
    assert "<script" not in answer.text
    assert '<meta name="referrer" content="no-referrer">' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_who_opted_out_reads_that_he_has(office: Office) -> None:
    told = token(office)
    office.ask("opt_out", id=1)
    answer = office.aws.http("campaigns.opt_out_page", link=told)
    assert ("<button>" in answer.text, "You get no more messages" in answer.text) == (False, True)


@pytest.mark.parametrize("told", ["sample", "A" * 20, "<script>"])
def test_what_we_did_not_write_is_said_to_be_no_link(office: Office, told: str) -> None:
    answer = office.aws.http("campaigns.opt_out_page", headers={"accept-language": "ru"}, link=told)
    assert (answer.status, "Ссылка недействительна" in answer.text) == (404, True)
    assert "<script" not in answer.text


def test_a_deleted_clients_link_is_over(office: Office) -> None:
    told = token(office)
    assert office.ask("delete_client", id=1).status == 204
    assert office.aws.http("campaigns.opt_out_page", link=told).status == 404
