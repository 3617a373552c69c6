"""Somebody with tasks, and the workers that move them."""

from dataclasses import dataclass
from typing import Any

from kalit.kit.resources import Table
from tests.cloud import Answer, Cloud

SUM = {"task_type": "sum", "input_data": {"numbers": [1, 2, 3]}}
COUNTDOWN = {"task_type": "countdown", "input_data": {"seconds": 60}}
DONE = {"message": "Обратный отсчёт завершён"}
CANCELLED = {"error": "Задача отменена."}
# Stored apart from the task's own row.
LARGE = {"task_type": "sum", "input_data": {"numbers": [1, 2, 3], "note": "ў" * 5_000}}


@dataclass(frozen=True)
class Owner:
    """An account by its number and access token."""

    aws: Cloud
    number: int
    token: str

    def ask(self, body: Any = SUM, **headers: str) -> Answer:
        """Ask for a task."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.aws.http("tasks.create", body, token=self.token, headers=named)

    def make(self, body: Any = SUM) -> int:
        """The number of a new task."""
        answer = self.ask(body)
        assert answer.status == 201, answer.text
        id: int = answer.json["id"]
        return id

    def task(self, id: int) -> dict[str, Any]:
        """A task as its owner sees it."""
        task: dict[str, Any] = self.aws.http("tasks.show", token=self.token, id=id).json
        return task

    def tasks(self) -> list[dict[str, Any]]:
        """The first page of them."""
        tasks: list[dict[str, Any]] = self.aws.http("tasks.list", token=self.token).json["results"]
        return tasks

    def cancel(self, id: int) -> Answer:
        return self.aws.http("tasks.cancel", token=self.token, id=id)

    def row(self, id: int) -> dict[str, Any]:
        """A task as it is kept."""
        [row] = self.aws.rows(Table.TASKS, f"OWNER#{self.number} TASK#{id:019d}")
        return row

    def counts(self) -> dict[str, int]:
        """How many tasks there are, by status; those that are none are left out."""
        [row] = self.aws.rows(Table.TASKS, f"OWNER#{self.number} COUNTS")
        return {name: int(count) for name, count in row.items() if name not in ("pk", "sk") and count}

    def message(self, id: int) -> str:
        """The message by which a sum is sent to its worker."""
        return f'{{"owner": {self.number}, "id": {id}}}'

    def add(self, *ids: int) -> Any:
        """Let the worker have these sums, in one batch."""
        records = [{"messageId": str(id), "body": self.message(id), "eventSource": "aws:sqs"} for id in ids]
        return self.aws.call("tasks.sum", {"Records": records})

    def count_down(self, id: int) -> None:
        """Let the state machine come to its end."""
        event = {"owner": self.number, "id": id, "due_at": self.row(id)["due_at"]}
        self.aws.call("tasks.countdown", event)
