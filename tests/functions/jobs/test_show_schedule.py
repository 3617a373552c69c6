import pytest

from .office import Office


def test_a_schedule_is_shown(office: Office) -> None:
    id = office.schedule(description="Ask the couriers")
    answer = office.ask("show_schedule", id=id)
    assert (answer.status, answer.json["id"], answer.json["description"]) == (200, id, "Ask the couriers")


@pytest.mark.parametrize("id", [2, 0, 10**18, "x", "1.5", "-1", "9" * 30])
def test_one_that_is_not_there_is_not_found(office: Office, id: object) -> None:
    office.schedule()
    answer = office.ask("show_schedule", id=id)
    assert (answer.status, list(answer.json)) == (404, ["detail"])
