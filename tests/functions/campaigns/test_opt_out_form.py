from ..rows import unchanged
from .office import Office


def press(office: Office, link: str, language: str = "") -> tuple[int, str]:
    told = link.rpartition("/")[2]
    answer = office.aws.http("campaigns.opt_out_form", raw=b"", headers={"accept-language": language}, link=told)
    return answer.status, answer.text


def test_the_button_ends_all_messages(office: Office) -> None:
    id = office.client()
    office.campaign()
    status, text = press(office, office.ask("show_opt_out", id=id).json["link"], "uz")
    assert (status, "Endi sizga xabar yubormaymiz" in text) == (200, True)
    office.run()
    assert office.outbox == []


def test_it_can_be_pressed_again(office: Office) -> None:
    link = office.ask("show_opt_out", id=office.client()).json["link"]
    assert press(office, link)[0] == 200
    with unchanged(office.aws):
        assert press(office, link)[0] == 200


def test_a_link_that_is_none_ends_nothing(office: Office) -> None:
    office.client()
    with unchanged(office.aws):
        status, text = press(office, "/u/AAAAAAAAAAAAAAAAAAAA")
    assert (status, "This link is not valid" in text) == (404, True)
