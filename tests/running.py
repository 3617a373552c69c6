"""A running local system and its users, over real HTTP; the fixture `local` has one for all rings that need it."""

import asyncio
import json
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

import requests

from infra.local.up import Settings, System
from tests.proof.canaries import CANARIES

Seen = TypeVar("Seen")
ANSWERED_WITHIN = 60.0  # seconds, beside whatever else runs
PASSWORD = "password123"
ADMIN_PASSWORD = "an admin's password"


def eventually(look: Callable[[], Seen | None], within: float = 60.0) -> Seen:
    """What `look` returns once it is true; fails when that takes longer than `within` seconds."""
    deadline = time.monotonic() + within
    while True:
        seen = look()
        if seen:
            return seen
        assert time.monotonic() < deadline, f"not within {within} s; last seen: {seen!r}"
        time.sleep(0.05)


def learn(answer: requests.Response, *_: object, **__: object) -> None:
    """Remember what a call and its answer held of secrets and personal data; both may be no JSON."""
    for text in (answer.request.body, answer.content):
        with suppress(ValueError, TypeError):
            CANARIES.learn(json.loads(text or ""))


class User:
    """Somebody with an account, calling over HTTP."""

    def __init__(self, url: str, username: str, access: str) -> None:
        self.url, self.username = url, username
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {access}"
        self.session.hooks["response"].append(learn)

    @classmethod
    def new(cls, url: str) -> "User":
        """Somebody new."""
        given = {"username": f"user-{uuid.uuid4().hex[:12]}", "password": PASSWORD}
        assert requests.post(f"{url}/api/register/", json=given, timeout=ANSWERED_WITHIN).status_code == 201
        return cls.log_in(url, given["username"])

    @classmethod
    def log_in(cls, url: str, username: str, password: str = PASSWORD) -> "User":
        given = {"username": username, "password": password}
        tokens = requests.post(f"{url}/api/token/", json=given, timeout=ANSWERED_WITHIN).json()
        return cls(url, username, tokens["access"])

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.session.get(self.url + path, timeout=ANSWERED_WITHIN, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> requests.Response:
        return self.session.post(self.url + path, json=json, timeout=ANSWERED_WITHIN, **options)

    def create(self, task_type: str, **input_data: Any) -> Any:
        """A new task's JSON."""
        answer = self.post("/api/tasks/create/", {"task_type": task_type, "input_data": input_data})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def task(self, number: int) -> Any:
        return self.get(f"/api/tasks/{number}/").json()

    def finished(self, number: int, within: float = 60.0) -> Any:
        """The task, once it has ended."""
        return eventually(lambda: ((t := self.task(number))["status"] in ("completed", "error") and t) or None, within)


class Local:
    """A running system and ways to look behind it."""

    def __init__(self, system: System) -> None:
        self.system, self.url, self.aws = system, system.url, system.aws

    def log(self, door: str) -> list[str]:
        """What a door has logged."""
        group = f"/aws/lambda/local-{door.replace('.', '-')}"
        pages = self.aws.client("logs").get_paginator("filter_log_events").paginate(logGroupName=group)
        return [event["message"] for page in pages for event in page["events"]]

    def functions_at_work(self) -> int:
        """How many calls of functions have begun and not ended."""
        lines = [line for door in self.doors() for line in self.log(door)]
        return sum(line.startswith("START") for line in lines) - sum(line.startswith("END") for line in lines)

    def doors(self) -> list[str]:
        pages = self.aws.client("lambda").get_paginator("list_functions").paginate()
        return [function["FunctionName"].removeprefix("local-") for page in pages for function in page["Functions"]]

    def search_logs(self) -> None:
        """Look through all that was logged for what nobody may log."""
        for door in self.doors():
            for line in self.log(door):
                CANARIES.hear(f"{door} on the engine", line)

    def user(self) -> User:
        return User.new(self.url)


class Running:
    """A system in a thread of its own."""

    def __init__(self, settings: Settings) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.system = System(settings)

    def __enter__(self) -> System:
        self.thread.start()
        asyncio.run_coroutine_threadsafe(self.system.start(), self.loop).result(120)
        return self.system

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self.system.stop(), self.loop).result(30)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()
