"""The story of test_poison.py on the local engine: its queues, its Lambda, its dead letters."""

from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from infra.state import MOST_RECEIVES
from kalit.jobs.work import ProcessSchedule
from kalit.kit.resources import Queue
from tests.running import ADMIN_PASSWORD, Local, User, eventually

from .goals import ENGINE, Proved

MESSAGES, POISON = 400, 8
BACK_AFTER = 10  # seconds, in which a message that its worker failed on comes again


@pytest.fixture
def impatient(local: Local) -> Iterator[None]:
    """The queue brings a message again soon."""
    sqs = local.aws.client("sqs")
    url = sqs.get_queue_url(QueueName="local-default")["QueueUrl"]
    usual = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": str(BACK_AFTER)})
    yield
    sqs.set_queue_attributes(QueueUrl=url, Attributes=usual)


class Staff:
    """The administrator at the engine's doors."""

    def __init__(self, local: Local) -> None:
        self.user = User.log_in(local.url, "admin", ADMIN_PASSWORD)
        self.threads = ThreadPoolExecutor(8)

    def asked(self, path: str, body: Any) -> Any:
        answer = self.user.post(path, body)
        assert answer.ok, answer.text
        return answer.json()

    def schedules(self, number: int) -> list[int]:
        made = self.threads.map(lambda _: self.asked("/api/schedules/", {"status": True}), range(number))
        return [schedule["id"] for schedule in made]

    def run(self, schedules: list[int]) -> list[str]:
        """Which jobs the runs of schedules are."""
        return [told["task_id"] for told in self.threads.map(self._run, schedules)]

    def _run(self, id: int) -> Any:
        return self.asked(f"/api/schedules/{id}/run/", {})

    def descriptions(self, schedules: list[int]) -> dict[int, str]:
        """Schedule -> its description, which its run writes."""
        shown = self.threads.map(lambda one: self.user.get(f"/api/schedules/{one}/").json(), schedules)
        return {one["id"]: one["description"] for one in shown}

    def settled(self, jobs: list[str], states: Collection[str] = ("completed", "dead")) -> dict[str, tuple[str, int]]:
        """Job -> its state and how often it was tried, once all are in such states; who is there is asked no more."""
        told: dict[str, tuple[str, int]] = {}

        def look() -> bool:
            waiting = [job for job in jobs if job not in told]
            shown = self.threads.map(lambda job: self.user.get(f"/api/jobs/{job}/").json(), waiting)
            there = [(job, one) for job, one in zip(waiting, shown, strict=True) if one.get("state") in states]
            told.update({job: (one["state"], one["tries"]) for job, one in there})
            return len(told) == len(jobs)

        eventually(look, within=300)
        return told


@pytest.mark.full
@pytest.mark.usefixtures("impatient")
def test_poison_is_put_aside_and_done_after_a_cure_and_all_else_is_done(local: Local, proved: Proved) -> None:
    """What comes twice is up to the engine here."""
    staff, dynamodb = Staff(local), local.aws.client("dynamodb")
    schedules = staff.schedules(MESSAGES)
    poison = schedules[:: MESSAGES // POISON]
    rows = [dynamodb.get_item(TableName="local-jobs", Key=place(id))["Item"] for id in poison]
    for row in rows:
        dynamodb.put_item(TableName="local-jobs", Item={**row, "told": {"S": "nothing that could be read"}})
    bad = [put_into_queue(local, id) for id in poison]  # nobody may ask for the run of what cannot be read
    jobs = [*staff.run([id for id in schedules if id not in poison]), *bad]

    told = staff.settled(jobs)
    assert {job: tries for job, (state, tries) in told.items() if state == "dead"} == dict.fromkeys(bad, MOST_RECEIVES)
    again = sum(tries - 1 for job, (_, tries) in told.items() if job not in bad)
    for row in rows:
        dynamodb.put_item(TableName="local-jobs", Item=row)
    redrive = staff.asked("/api/jobs/redrive/", {"queue": Queue.DEFAULT.value})["task_id"]
    staff.settled([redrive])
    staff.settled(jobs, {"completed"})
    lost = [id for id, text in staff.descriptions(schedules).items() if text != f"This is a description: {id}"]
    proved("G14", MESSAGES, faults=POISON + again, wrong=len(lost), back_end=ENGINE)
    assert not lost


def place(schedule: int) -> dict[str, Any]:
    return {"pk": {"S": "SCHEDULES"}, "sk": {"S": f"SCHEDULE#{schedule:019d}"}}


def put_into_queue(local: Local, schedule: int) -> str:
    """Ask for a schedule's run as the stream's door does; which job it is."""
    id, sqs = str(uuid4()), local.aws.client("sqs")
    sqs.send_message(
        QueueUrl=sqs.get_queue_url(QueueName="local-default")["QueueUrl"],
        MessageBody=ProcessSchedule(id=schedule).model_dump_json(),
        MessageAttributes={
            name: {"DataType": "String", "StringValue": value}
            for name, value in {"job": id, "name": "process_schedule"}.items()
        },
    )
    return id
