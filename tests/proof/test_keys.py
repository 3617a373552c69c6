"""An Idempotency-Key stands for one request of one client while it is kept, and for nothing after."""

from functools import partial

import pytest

from tests.cloud import Answer

from . import accounts
from .faults import died_everywhere
from .tasks import Tasks

A_DAY_AND_A_BIT = 26 * 3600  # seconds; after this nothing is kept, and DynamoDB may still not have removed it


def create_anew(tasks: Tasks, kind: str) -> Answer:
    """Ask under the same key as before, when that is out of date, and the token too."""
    tasks.system.wait(A_DAY_AND_A_BIT)
    return tasks.create(kind, "key", token=tasks.system.cloud.log_in("owner"))


def test_a_kept_answer_is_given_again_whatever_has_become_of_the_task(tasks: Tasks) -> None:
    first = tasks.create("sum", "key")
    tasks.settle()
    again = tasks.create("sum", "key")
    assert (again.status, again.json) == (first.status, first.json)
    assert again.headers["Idempotent-Replayed"] == "true"


def test_a_key_with_another_body_is_refused(tasks: Tasks) -> None:
    """Also while the first request may still run, and after it died."""
    for death in died_everywhere(tasks.start_anew, partial(tasks.create, "sum", "key")):
        answer = tasks.create("countdown", "key")
        assert answer.status == 422 or (answer.status == 201 and death.call.index <= 1), str(death)
        assert len(tasks.rows()) <= 1, str(death)


def test_two_owners_with_the_same_key_each_get_their_own_task(tasks: Tasks) -> None:
    other = tasks.system.cloud.register(next(accounts.new_names))
    ids = [tasks.create("sum", "key", token=token).json["id"] for token in ("", other, "", other)]
    assert ids[:2] == ids[2:]
    assert len(set(ids)) == len({row["pk"] for row in tasks.rows()}) == 2


@pytest.mark.parametrize("kind", ["sum", "countdown"], ids=["the same body", "another body"])
def test_a_key_that_is_out_of_date_makes_a_new_task(tasks: Tasks, kind: str) -> None:
    first = tasks.create("sum", "key")
    tasks.settle()
    second = create_anew(tasks, kind)
    assert (second.status, second.json["task_type"]) == (201, kind)
    assert second.json["id"] != first.json["id"]
    tasks.settle()
    assert not tasks.wrong()


def test_a_key_whose_first_request_died_is_free_for_another_body_in_the_end(tasks: Tasks) -> None:
    wrong = []
    for death in died_everywhere(tasks.start_anew, partial(tasks.create, "sum", "key")):
        answer = create_anew(tasks, "countdown")
        if answer.status != 201 or answer.json["task_type"] != "countdown":
            wrong.append(f"{death}: {answer.status} {answer.text}")
    assert not wrong
