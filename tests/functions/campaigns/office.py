"""A company with clients and campaigns, and what moves them: the stream, the machines, the queue, the tick."""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.sqs.models import sqs_backends
from moto.stepfunctions.models import stepfunctions_backends

from kalit.kit.resources import Table
from tests.cloud import REGION, Answer, Cloud, change

from ..forged import parts, signed
from ..rows import put
from ..world import BEGINNING, Clock

# Who works here -> his role.
PEOPLE = {"ali": "user", "vali": "user", "manager": "manager", "boss": "admin"}
FIRST = {"local-campaign": "campaigns.begin", "local-slot": "campaigns.release"}
NEXT = {"wait": "campaigns.begin", "plan": "campaigns.plan", "watch": "campaigns.watch"}
CLIENT = {"phone_number": "+998901234567", "mobile_operator_code": "90", "tag": "vip", "timezone": "Asia/Tashkent"}
CAMPAIGN = {
    "start_datetime": "2026-01-05T12:00:00Z",
    "end_datetime": "2026-01-06T12:00:00Z",
    "text_message": "New locks are here.",
    "time_interval_start": "00:00:00",
    "time_interval_end": "23:59:59",
    "tag": "vip",
}
LATER = {"start_datetime": "2026-01-05T13:00:00Z"}
STATES = ("pending", "sent", "failed", "cancelled", "skipped", "unknown")
NOT_FOUND = {"detail": "No such campaign."}
BACK = timedelta(minutes=9)  # after which the queue brings a message again that nobody has dealt with
ROUNDS = 200  # after which something moves in a circle


@dataclass
class Office:
    aws: Cloud
    clock: Clock
    tokens: dict[str, str]
    waiting: list[tuple[datetime, str, dict[str, Any]]] = field(default_factory=list)  # machines: until, step, input
    posted: list[tuple[datetime, dict[str, Any]]] = field(default_factory=list)  # the senders' queue: not before, what
    seen: set[str] = field(default_factory=set)  # executions that were begun

    def token(self, by: str) -> str:
        """An access token that holds now, whatever the clock says."""
        if not by or self.clock.now == BEGINNING:
            return self.tokens.get(by, "")
        header, claims = parts(self.tokens[by])
        now = int(self.clock.now.timestamp())
        return signed(self.aws, header, claims | {"iat": now, "exp": now + 60})

    def ask(self, verb: str, body: Any = None, *, by: str = "ali", key: str = "", **told: Any) -> Answer:
        headers = told.pop("headers", {}) | ({"idempotency-key": key} if key else {})
        return self.aws.http(f"campaigns.{verb}", body, token=self.token(by), headers=headers, **told)

    # Clients and campaigns

    def client(self, by: str = "ali", **told: Any) -> int:
        """The id of a new client."""
        answer = self.ask("create_client", CLIENT | told, by=by)
        assert answer.status == 201, answer.text
        id: int = answer.json["id"]
        return id

    def clients(self, number: int, **told: Any) -> list[int]:
        """So many clients with phones of their own."""
        return [self.client(**{"phone_number": f"+99890{1_000_005 + n:07}", **told}) for n in range(number)]

    def campaign(self, by: str = "ali", **told: Any) -> int:
        """The id of a new campaign."""
        answer = self.ask("create", CAMPAIGN | told, by=by)
        assert answer.status == 201, answer.text
        id: int = answer.json["id"]
        return id

    def start(self, id: int, force: bool = False, **told: Any) -> str:
        """The id of the run that a start finds or makes."""
        answer = self.ask("start", {"force_resend": force}, id=id, **told)
        assert answer.status == 202, answer.text
        run: str = answer.json["run_id"]
        return run

    def move(self, verb: str, id: int, **told: Any) -> None:
        """Pause, resume, cancel or change a campaign that can be."""
        answer = self.ask(verb, id=id, **told)
        assert answer.status in (200, 204), answer.text

    def shown(self, id: int) -> Any:
        return self.ask("show", id=id).json

    def status(self, id: int) -> str:
        status: str = self.shown(id)["status"]
        return status

    def stats(self, id: int) -> dict[str, int]:
        """The counts of a campaign's messages that are not zero."""
        told = self.ask("stats", id=id).json
        return {name.removesuffix("_messages"): n for name, n in told.items() if name.endswith("_messages") and n}

    def opt_out(self, digits: str) -> None:
        """Whoever has that phone wants no messages."""
        row = {"pk": f"PHONE#{digits}", "sk": "OPTED", "at": "2026-01-05T12:00:00.000Z", "by": "staff"}
        put(self.aws, Table.CAMPAIGNS, row)

    # Messages

    def messages(self, **query: Any) -> list[Any]:
        results: list[Any] = self.ask("list_messages", query=query).json["results"]
        return results

    def message(self, id: int) -> Any:
        """A campaign's only message."""
        [message] = [message for message in self.messages() if message["campaign"] == id]
        return message

    def told(self, id: int) -> list[tuple[int, str, str | None]]:
        """A campaign's messages: to whom, how it stands, and why."""
        return sorted((m["client"], m["status"], m["reason"]) for m in self.messages() if m["campaign"] == id)

    def by_hand(self, id: int, client: int, run: str = "", **told: Any) -> Answer:
        """Ask for a message by hand in a campaign's run, the active one where none is named."""
        body = {"campaign": id, "client": client, "run": run or self.shown(id)["active_run"], "message_text": "Hello."}
        return self.ask("create_message", body, **told)

    @property
    def outbox(self) -> list[tuple[str, str]]:
        """What was delivered, the oldest first: phone and text."""
        return [(one["phone"], one["text"]) for one in self.delivered]

    @property
    def delivered(self) -> list[dict[str, Any]]:
        rows = sorted(self.aws.rows(Table.OPS, "OUTBOX#sms# "), key=lambda row: str(row["sk"]))
        return [json.loads(row["told"]) for row in rows]

    def rows(self, prefix: str = "") -> list[dict[str, Any]]:
        return self.aws.rows(Table.CAMPAIGNS, prefix)

    def kept(self, kind: str) -> list[dict[str, Any]]:
        """The rows whose sort key begins with this, such as SLOT#, in their order."""
        found = [row for row in self.rows() if row["sk"].startswith(kind)]
        return sorted(found, key=lambda row: (str(row["pk"]), str(row["sk"])))

    def accounted(self, id: int) -> dict[str, int]:
        """The counts that are not zero, after what must be true of a campaign at any time.

        Each message has one state, and the counts are those of the states; nobody got a message of a run twice; who has
        it, has it by the run's own account too.
        """
        rows = [row for row in self.kept("MESSAGE#") if row["campaign"] == id]
        real = Counter({"SENDING": "pending"}.get(row["state"], row["state"].lower()) for row in rows)
        told = self.ask("stats", id=id).json
        assert {name: told[f"{name}_messages"] for name in STATES} == {name: real[name] for name in STATES}
        assert told["total_messages"] == len(rows)
        [listed] = [one for one in self.ask("list_stats").json if one["id"] == id]
        assert {name: told[name] for name in listed if name in told} | {"recipients": listed["recipients"]} == listed
        assert listed["recipients"] == len({row["pk"] for row in rows})
        assert sum(message["campaign"] == id for message in self.messages()) == min(len(rows), 50)
        sent = Counter(one["message"] for one in self.delivered)
        assert not [message for message, times in sent.items() if times > 1]
        known = {f"{int(row['sk'][8:]) * 10**9 + int(row['pk'][7:])}": row["state"] for row in rows}
        mine = {message for message in sent if message in known}
        assert {message for message, state in known.items() if state == "SENT"} <= mine
        assert {known[message] for message in mine} <= {"SENT", "UNKNOWN", "SENDING"}
        for run in self.kept("RUN"):
            if run["pk"].startswith("RUN#") and run["campaign"] == id:
                slots = [row for row in self.kept("SLOT#") if row["pk"] == run["pk"]]
                assert len(slots) == run["open_slots"]
                assert run["state"] not in ("FINISHED", "FAILED") or not slots
        return {name: n for name, n in real.items() if n}

    # What moves them

    def reach_the_queue(self, steps: int = 4) -> None:
        """What streams and the run's machine do until a slot's message waits for a sender; or the first steps of it."""
        for move in (self.follow, self.begin, self.step, self.follow)[:steps]:
            move()

    def run(self) -> None:
        """Let all that is to be done now be done, until nothing moves."""
        for _ in range(ROUNDS):
            if not (self.follow() + self.begin() + self.step() + self.deliver()):
                return
        raise AssertionError("it goes round in a circle")

    def pass_time(self, **by: float) -> None:
        """Time passes, with a tick at its end."""
        self.clock.move(**by)
        self.tick()
        self.run()

    def settle(self, minutes: int = 30) -> None:
        """So many minutes pass, with a tick in each sixth and after each that brings a message again."""
        for _ in range(0, minutes, 10):
            self.pass_time(minutes=10)
        self.pass_time(minutes=1)

    def tick(self) -> None:
        self.aws.call("campaigns.sweep", {"id": str(self.clock.now), "tick": "campaigns.sweep"})

    def follow(self) -> int:
        """What the stream brings."""
        rows = [row for row in self.rows() if "outbox" in row]
        for row in rows:
            self.aws.call("campaigns.dispatch", {"Records": [change(row)]})
        return len(rows)

    def begin(self) -> int:
        """Executions that were started since the last time."""
        machines = stepfunctions_backends[DEFAULT_ACCOUNT_ID][REGION].state_machines
        begun = [(m.name, e) for m in machines for e in m.executions if m.name in FIRST]
        new = [(name, execution) for name, execution in begun if execution.execution_arn not in self.seen]
        for name, execution in new:
            self.seen.add(execution.execution_arn)
            told = json.loads(execution.execution_input)
            at = datetime.fromisoformat(told["at"]) if "at" in told else self.clock.now
            self.waiting.append((at, FIRST[name], told))
        return len(new)

    def step(self) -> int:
        """Machines whose wait is over take their next steps, until they wait again or end."""
        due = [one for one in self.waiting if one[0] <= self.clock.now]
        for one in due:
            self.waiting.remove(one)
            self._walk(*one[1:])
        return len(due)

    def _walk(self, name: str, told: dict[str, Any]) -> None:
        step: tuple[str, dict[str, Any]] | None = (name, told)
        while step:
            try:
                answer = self.aws.call(*step) or {}
            except BaseException:
                self.waiting.append((self.clock.now, *step))  # the machine tries this step again
                raise
            step = self.go_on(*step, answer)

    def go_on(self, name: str, told: dict[str, Any], answer: dict[str, Any]) -> tuple[str, dict[str, Any]] | None:
        """The step of a machine that follows on one, if it does so at once; a wait is remembered."""
        if name == "campaigns.release":
            return (name, {**told, "after": answer["after"]}) if answer.get("more") else None
        do = answer.get("do", "end")
        if do == "wait" or (do == "watch" and name == "campaigns.watch"):
            self.waiting.append((datetime.fromisoformat(answer["at"]), NEXT[do], told))
            return None
        return (NEXT[do], told) if do in NEXT else None

    def letters(self) -> list[dict[str, Any]]:
        """What waits in the senders' queue and is not delayed, taken out, as SQS brings it."""
        queue = sqs_backends[DEFAULT_ACCOUNT_ID][REGION].queues["local-campaigns"]
        for message in queue._messages:
            delay = max(0, round((message.delayed_until - message.sent_timestamp) / 1000))
            told = message.message_attributes.items()
            letter = {
                "messageId": message.id,
                "body": message.body,
                "messageAttributes": {
                    name: {"stringValue": one["StringValue"], "dataType": "String"} for name, one in told
                },
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:local-campaigns",
            }
            self.posted.append((self.clock.now + timedelta(seconds=delay), letter))
        queue._messages.clear()
        due = [letter for at, letter in self.posted if at <= self.clock.now]
        self.posted = [(at, letter) for at, letter in self.posted if at > self.clock.now]
        return due

    def give(self, letter: dict[str, Any]) -> bool:
        """Hand a letter to a sender; whether it is done with. If not, or if the sender dies, it comes again later."""
        failed = True
        try:
            failed = bool(self.aws.call("campaigns.send", {"Records": [letter]})["batchItemFailures"])
        finally:
            if failed:
                self.posted.append((self.clock.now + BACK, letter))
        return not failed

    def deliver(self) -> int:
        """What waits in the senders' queue."""
        letters = self.letters()
        for place, letter in enumerate(letters):
            try:
                self.give(letter)
            except BaseException:
                self.posted += [(self.clock.now, other) for other in letters[place + 1 :]]
                raise
        return len(letters)


def again(letter: dict[str, Any]) -> dict[str, Any]:
    """The same letter as another job, so that no history of jobs hides from the sender that it comes twice."""
    return {**letter, "messageId": f"{letter['messageId']}-again", "messageAttributes": {}}
