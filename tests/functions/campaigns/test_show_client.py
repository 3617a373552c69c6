from .office import CLIENT, Office


def test_a_client_is_shown_with_its_number(office: Office) -> None:
    id = office.client()
    answer = office.ask("show_client", id=id)
    assert (answer.status, answer.json) == (200, {"id": id, **CLIENT})


def test_staff_may_look_at_everybodys(office: Office) -> None:
    id = office.client()
    assert [office.ask("show_client", id=id, by=by).status for by in ("manager", "boss", "vali")] == [200, 200, 404]


def test_a_client_that_is_gone_is_not_found(office: Office) -> None:
    id = office.client()
    office.move("delete_client", id)
    answer = office.ask("show_client", id=id)
    assert (answer.status, answer.json) == (404, {"detail": "No such client."})
