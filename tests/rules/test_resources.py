"""Resources by name: where their physical names come from, and how rights are written."""

import pytest

from kalit.kit.resources import Grant, Key, Machine, Queue, Table, Undeclared


def test_a_resource_is_known_where_its_environment_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TABLE_TASKS", "dev-tasks")
    assert Table.TASKS.id == "dev-tasks"


def test_a_resource_that_a_door_does_not_declare_has_no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QUEUE_SUM", raising=False)
    with pytest.raises(Undeclared, match=r"uses= does not name it"):
        _ = Queue.SUM.id


def test_a_table_and_a_queue_of_one_name_are_two_things() -> None:
    assert len({Table.SECURITY, Queue.SECURITY}) == 2
    assert Table.SECURITY == "security" == Queue.SECURITY


@pytest.mark.parametrize(
    ("grant", "text"),
    [
        (Table.TASKS.get, "dynamodb:GetItem table/tasks"),
        (Table.TASKS.query_index("open"), "dynamodb:Query table/tasks/index/open"),
        (Queue.SUM.send, "sqs:SendMessage queue/sum"),
        (Machine.COUNTDOWN.stop, "states:StopExecution machine/countdown:*"),
        (Key.TOKENS_A.sign, "kms:Sign key/tokens-a"),
    ],
)
def test_a_right_is_written_as_action_and_resource(grant: Grant, text: str) -> None:
    assert str(grant) == text
