"""What waits for its time: countdowns, holds of unpaid orders, starts of campaigns, schedules. Each is set for a time,
called off or put off, and tells which of them had their effect, and how often."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from kalit.kit.resources import Table
from tests.functions.campaigns.office import CAMPAIGN
from tests.functions.campaigns.office import Office as Sender
from tests.functions.jobs.office import Office

from . import accounts
from .shop import Shop
from .system import System, SystemClock
from .tasks import Tasks

LATER = timedelta(hours=2)  # by which they are put off
SOON = timedelta(minutes=3)  # after which they are due


class Timers:
    """So many timers of a kind, which may be called off, and put off where `moves` says so."""

    sweep: ClassVar[str]  # the tick that repairs what was missed
    moves: ClassVar[bool] = True

    def __init__(self, system: System) -> None:
        self.system = system

    def set(self, number: int) -> tuple[Sequence[int], datetime]:
        """The ids of new ones, and when they are due."""
        raise NotImplementedError

    def call_off(self, id: int) -> None:
        raise NotImplementedError

    def put_off(self, id: int) -> None:
        """By `LATER`."""
        raise NotImplementedError

    def fire(self) -> None:
        """Where no machine does so: what happens when their time has come."""

    def done(self) -> Counter[int]:
        """Which had their effect, and how often."""
        raise NotImplementedError

    def wrong(self) -> list[str]:
        return []


class Countdowns(Timers):
    sweep, moves = "tasks.sweep", False

    def __init__(self, system: System) -> None:
        super().__init__(system)
        self.tasks = Tasks(system)
        self.tasks.start_anew()
        self.owners: dict[int, str] = {}

    def set(self, number: int) -> tuple[Sequence[int], datetime]:
        ids = []
        for place in range(number):
            if place % 5 == 0:  # that one may have at a time
                token = self.system.cloud.register(next(accounts.new_names))
            body = {"task_type": "countdown", "input_data": {"seconds": int(SOON.total_seconds())}}
            ids.append(int(self.system.cloud.http("tasks.create", body, token=token).json["id"]))
            self.owners[ids[-1]] = token
        return ids, self.system.now + SOON

    def call_off(self, id: int) -> None:
        assert self.system.cloud.http("tasks.cancel", token=self.owners[id], id=id).status == 200

    def done(self) -> Counter[int]:
        return Counter(row["id"] for row in self.tasks.rows() if row["status"] == "completed")

    def wrong(self) -> list[str]:
        return self.tasks.wrong(ended=False)


class Holds(Timers):
    sweep, moves = "shop.sweep", False

    def __init__(self, system: System) -> None:
        super().__init__(system)
        self.shop = Shop(system)
        self.shop.open(stock=10_000)

    def set(self, number: int) -> tuple[Sequence[int], datetime]:
        first = len(self.shop.orders)
        return [self.shop.order(first + place) for place in range(number)], self.system.now + timedelta(days=1)

    def call_off(self, id: int) -> None:
        assert self.shop.paid(id).status == 200

    def done(self) -> Counter[int]:
        return Counter(
            int(row["pk"].removeprefix("ORDER#")) for row in self.shop.orders if row["status"] == "cancelled"
        )

    def wrong(self) -> list[str]:
        return self.shop.wrong()


class Starts(Timers):
    sweep = "campaigns.sweep"

    def __init__(self, system: System) -> None:
        super().__init__(system)
        name = next(accounts.new_names)
        self.sender = Sender(system.cloud, SystemClock(system), {"ali": system.cloud.register(name)})
        self.sender.client()

    def set(self, number: int) -> tuple[Sequence[int], datetime]:
        due = self.system.now + SOON
        told = {**CAMPAIGN, "start_datetime": due.isoformat(), "end_datetime": (due + timedelta(days=1)).isoformat()}
        return [self.sender.campaign(**told) for _ in range(number)], due

    def call_off(self, id: int) -> None:
        self.sender.move("cancel", id)

    def put_off(self, id: int) -> None:
        later = {"start_datetime": (self.system.now + SOON + LATER).isoformat()}
        self.sender.move("update", id, body=later)

    def done(self) -> Counter[int]:
        known = {f"{int(row['sk'][8:]) * 10**9 + int(row['pk'][7:])}": int(row["campaign"]) for row in self._messages()}
        return Counter(known[one["message"]] for one in self.sender.delivered if one["message"] in known)

    def _messages(self) -> list[dict[str, str]]:
        return [row for row in self.system.cloud.rows(Table.CAMPAIGNS, "CLIENT#") if row["sk"].startswith("MESSAGE#")]


class Schedules(Timers):
    sweep = "jobs.run_recurring"

    def __init__(self, system: System) -> None:
        super().__init__(system)
        system.cloud.call("accounts.bootstrap", {"username": "boss", "password": accounts.PASSWORD})
        self.office = Office(system.cloud, "", SystemClock(system))

    def set(self, number: int) -> tuple[Sequence[int], datetime]:
        self.office.token = self.system.cloud.log_in("boss")
        due = self.system.now + SOON
        told = {"expression": "rate(1 day)", "date": due.isoformat()}
        return [self.office.schedule(**told) for _ in range(number)], due

    def call_off(self, id: int) -> None:
        assert self.office.ask("delete_schedule", id=id).status == 204

    def put_off(self, id: int) -> None:
        later = {"date": (self.system.now + SOON + LATER).isoformat()}
        assert self.office.ask("update_schedule", later, id=id).status == 200

    def fire(self) -> None:
        self.office.tick("run_recurring")

    def done(self) -> Counter[int]:
        return Counter(int(row["schedule"]) for row in self.system.cloud.rows(Table.JOBS, "RUN#"))


KINDS = [Countdowns, Holds, Starts, Schedules]
