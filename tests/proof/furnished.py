"""A world with something behind every address: one of each kind for everybody, made by the doors that make them.

It is made over HTTP alone, in this process or at a running system, so ids lead somewhere wherever they are asked for.
"""

import hmac
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import uuid4

from kalit.kit.consumers import Consumer
from kalit.kit.resources import Queue
from kalit.kit.streams import Follower
from tests.cloud import DOORS

from .system import System

PASSWORD = "kalit va qulf"
ROLES = ("user", "manager", "admin")
BUYER = {"full_name": "Ali Valiyev", "address": "Toshkent 1", "phone": "+998901234567", "email": "ali@example.com"}
CAMPAIGN = {
    "start_datetime": "2026-01-01T00:00:00Z",
    "end_datetime": "2030-01-01T00:00:00Z",
    "text_message": "New locks are here.",
    "tag": "vip",
    "time_interval_start": "00:00:00",
    "time_interval_end": "23:59:59",
}
WRONG_CODES = 6  # at one lock within a quarter of an hour are an attack


class Ask(Protocol):
    """One request, and the status and the JSON of its answer."""

    def __call__(self, method: str, path: str, body: Any = None, token: str = "") -> tuple[int, Any]: ...


@dataclass
class World:
    """What there is. Kind -> whose ("" where it is everybody's) -> the ids of all that were made."""

    ask: Ask
    settle: Callable[[], object]  # lets all that was begun behind the doors come to its end
    log_in: Callable[[], str]  # the administrator; his token
    now: Callable[[], float] = time.time
    tokens: dict[str, str] = field(default_factory=dict)
    emails: dict[str, str] = field(default_factory=dict)
    made: dict[str, dict[str, list[Any]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))

    def furnish(self) -> "World":
        self._people()
        self._catalogue()
        for role in ROLES:
            self._belongings(role)
        self.settle()
        self._alerts()
        return self

    def of(self, kind: str, role: str) -> list[Any]:
        """The ids of a kind that somebody may know: first his own."""
        kept = self.made[kind]
        return [*kept[role], *kept[""], *(id for other in ROLES if other != role for id in kept[other])]

    def got(self, method: str, path: str, body: Any = None, by: str = "admin") -> Any:
        """The answer of a request that must be accepted."""
        status, told = self.ask(method, path, body, self.tokens[by])
        assert status in (200, 201, 202), f"{method} {path} by {by}: {status} {told}"
        return told

    def add(self, kind: str, path: str, body: Any, by: str = "", key: str = "id") -> Any:
        """The id of something new."""
        told = self.got("POST", path, body, by or "admin")
        id = told.get("data", told)[key]
        self.made[kind][by].insert(0, id)
        return id

    def renew(self) -> None:
        """Whoever is let in no more, since he logged out or changed his password, is somebody new."""
        out = [role for role in ROLES if self.ask("GET", "/api/v1/auth/profile/", token=self.tokens[role])[0] == 401]
        if "admin" in out:
            self.tokens["admin"] = self.log_in()
        for role in out:
            if role != "admin":
                self._register(role)
                self._belongings(role)

    def _people(self) -> None:
        self.tokens["admin"] = self.log_in()
        for name in ("user", "manager", "other"):
            self._register(name)
        for role in ROLES:
            sessions = self.got("GET", "/api/v1/auth/sessions/", by=role)
            self.made["session"][role] += [one["id"] for one in sessions.get("data", sessions)]
        self.ask("POST", "/api/v1/auth/password-reset/", {"username": self.emails["user"], "channel": "email"})
        newcomer = f"manager-{uuid4().hex[:8]}"
        self.got("POST", "/api/manager/create/", {"username": newcomer})
        self.made["manager"][""].append(newcomer)

    def _register(self, name: str) -> None:
        self.emails[name] = f"{name}-{uuid4().hex[:8]}@example.com"
        told = {"email": self.emails[name], "password": PASSWORD, "password_confirm": PASSWORD}
        status, answer = self.ask("POST", "/api/v1/auth/register/", told)
        assert status == 201, answer
        self.tokens[name] = answer["tokens"]["access"]
        self.made["refresh"][name].insert(0, answer["tokens"]["refresh"])
        self.made["account"][""].append(answer["user"]["id"])
        accounts = self.got("GET", f"/api/admin/users/?search={self.emails[name]}")["results"]
        [number] = [account["id"] for account in accounts if account["username"] == self.emails[name]]
        if name == "manager":
            self.got("PATCH", f"/api/admin/users/{number}/", {"role": "manager"})
        elif name == "other":
            self.made["user"][""].append(number)

    def _catalogue(self) -> None:
        for _ in range(2):
            category = self.add("category", "/api/admin/categories/", {"name": f"Shelf {uuid4().hex[:8]}"})
            attribute = self.add("attribute", "/api/admin/attributes/", {"name": f"Colour {uuid4().hex[:8]}"})
            value = self.add("value", "/api/admin/attribute-values/", {"attribute": attribute, "value": "Black"})
            product = self.add("product", "/api/admin/products/", {"category": category, "name": "Kalit One"})
            told = {"product": product, "price": "129.99", "stock": 100, "attributes": [value]}
            self.add("variant", "/api/admin/variants/", {**told, "sku": uuid4().hex[:12]})
        for expression in (None, "0 9 * * MON-FRI"):
            self.add("schedule", "/api/schedules/", {"date": "2026-12-01T09:00:00Z", "expression": expression})
        self.got("POST", "/api/jobs/task_1/", {"num": 5})

    def _belongings(self, role: str) -> None:
        self.add("task", "/api/tasks/create/", {"task_type": "countdown", "input_data": {"seconds": 3600}}, role)
        self._lock(role)
        self._campaign(role)
        product, variant = self.made["product"][""][0], self.made["variant"][""][0]
        self.got("POST", "/api/cart/", {"variant_id": variant, "quantity": 1}, role)
        self.add("order", "/api/checkout/", BUYER, role, key="order_id")
        self.got("POST", "/api/cart/", {"variant_id": variant, "quantity": 1}, role)
        self.add("review", "/api/reviews/", {"product": product, "rating": 5, "comment": "Opens every time."}, role)

    def _lock(self, role: str) -> None:
        name = f"LOCK-{uuid4().hex[:8].upper()}"
        lock = self.got("POST", "/api/v1/devices/", {"device_id": name, "name": "Front door"}, role)["data"]
        self.made["lock"][role].append(lock["id"])
        self.made["thing"][role].append(name)
        self._come_online(lock)
        at = f"/api/v1/access/devices/{lock['id']}"
        self.add("pin", f"{at}/pin/", {"pin_code": "482913", "name": "Cleaner"}, role)
        self.add("card", f"{at}/nfc/", {"uid": uuid4().bytes[:7].hex(":"), "name": "Office card"}, role)
        stay = {"valid_from": CAMPAIGN["start_datetime"], "valid_until": CAMPAIGN["end_datetime"]}
        guest = {"guest_name": "Aziza", "access_type": "PIN", "pin_code": "771204"}
        guest |= {"guest_email": "aziza@example.com", "guest_phone": "+998901112233"}
        self.add("guest", f"{at}/guest/", stay | guest, role)
        self.add("qr", "/api/v1/access/qrcodes/", {"device": lock["id"], "name": "Courier"}, role)
        share = {"email": self.emails["other"], "role": "MEMBER"}
        self.add("share", f"/api/v1/devices/{lock['id']}/sharing/", share, role)
        status, told = self.ask("POST", f"/api/v1/devices/{lock['id']}/unlock/", {}, self.tokens[role])
        if status == 200:
            self.made["command"][role].append(told["data"]["command_id"])
        for _ in range(WRONG_CODES):
            at, code = str(int(self.now())), "000000"
            seal = _seal(lock, f"{name}:{at}:{code}")
            told = {"device_id": name, "timestamp": at, "pin_code": code, "signature": seal}
            self.ask("POST", "/api/v1/access/verify-pin/", told)

    def _come_online(self, lock: dict[str, Any]) -> None:
        at, payload = str(int(self.now())), '{"status": "online", "counter": 1}'
        told = {"timestamp": at, "channel": "status", "payload": payload}
        seal = _seal(lock, f"{lock['id']}:{at}:{payload}")
        self.ask("POST", f"/api/v1/devices/{lock['id']}/telemetry/", told | {"signature": seal})

    def _campaign(self, role: str) -> None:
        phone = f"+99890{int(uuid4()) % 10_000_000:07}"
        told = {"phone_number": phone, "mobile_operator_code": "90", "tag": "vip", "timezone": "Asia/Tashkent"}
        client = self.add("client", "/api/clients/", told, role)
        link = self.got("GET", f"/api/clients/{client}/opt-out/", by=role)["link"]
        self.made["link"][role].append(link.rpartition("/")[2])
        self.add("campaign", "/api/campaigns/", CAMPAIGN, role)
        campaign = self.add("campaign", "/api/campaigns/", CAMPAIGN, role)
        run = self.got("POST", f"/api/campaigns/{campaign}/start/", by=role)["run_id"]
        self.made["run"][role].append(run)
        self.settle()
        told = {"campaign": campaign, "client": client, "run": run, "message_text": "Your lock is ready."}
        status, message = self.ask("POST", "/api/messages/", told, self.tokens[role])
        if status == 201:
            self.made["message"][role].append(message["id"])
        self.add("import", "/api/clients/imports/", None, role)

    def _alerts(self) -> None:
        jobs = self.got("GET", "/api/jobs/")["results"]
        self.made["job"][""] += [job["id"] for job in jobs[:3]]
        self.made["alert"][""] += [alert["id"] for alert in self.got("GET", "/api/admin/alerts/")["results"]]


def _seal(lock: dict[str, Any], text: str) -> str:
    return hmac.new(lock["device_secret"].encode(), text.encode(), "sha256").hexdigest()


def settle(system: System, passed: Callable[[Queue, str], object] = lambda *_: None) -> None:
    """Streams and queues bring all there is; every message is shown first."""
    moved = True
    while moved:
        moved = False
        for door in DOORS.values():
            if isinstance(door, Follower) and (changes := system.changes(door.table)):
                system.cloud.call(door.name, {"Records": changes})
                moved = True
            if isinstance(door, Consumer) and (bodies := system.messages(door.queue)):
                for body in bodies:
                    passed(door.queue, body)
                system.consume(door.name, bodies)
                moved = True
