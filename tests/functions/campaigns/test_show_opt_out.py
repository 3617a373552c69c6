from ..rows import change_ali
from .office import Office


def test_a_client_has_a_link_by_which_he_may_opt_out(office: Office) -> None:
    told = office.ask("show_opt_out", id=office.client()).json
    assert (told["opted_out"], told["opted_out_at"]) == (False, None)
    assert told["link"].startswith("http://localhost:8000/u/")
    assert len(told["link"].rpartition("/")[2]) == 20


def test_links_are_unlike_and_stay_the_same(office: Office) -> None:
    one, another = office.clients(2)
    links = [office.ask("show_opt_out", id=id).json["link"] for id in (one, another, one)]
    assert links[0] == links[2] != links[1]


def test_it_is_shown_to_the_owner_and_to_staff(office: Office) -> None:
    id = office.client(by="vali")
    assert office.ask("show_opt_out", id=id).status == 404
    assert office.ask("show_opt_out", by="", id=id).status == 401
    change_ali(office.aws, role="manager")
    assert office.ask("show_opt_out", id=id).status == 200


def test_who_is_not_there_has_none(office: Office) -> None:
    assert office.ask("show_opt_out", id=7).status == 404
