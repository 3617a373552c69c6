"""Every operation of the served document, as everybody, with inputs that nobody thought of."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis

from kalit.kit.resources import Secret, Table
from tests.paying import Paying
from tests.running import ADMIN_PASSWORD, Local, eventually

from .furnished import World, settle
from .fuzz import ROUTES, Doors, Fuzzing
from .goals import ENGINE, FULL, Proved
from .system import System

# Who asks -> how many of an operation's examples, and how many others both of what the document allows and of what it
# does not.
HERE = (
    dict.fromkeys(("anonymous", "user", "manager", "admin"), (9, 50))
    if FULL
    else {
        "anonymous": (1, 0),
        "user": (1, 0),
        "admin": (1, 1),
    }
)

SERVED_TO, SERVED = ("user", "admin"), (1, 2)  # at the running system, where a request takes longer


@pytest.fixture(scope="module")
def paying(system: System, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Paying]:
    with Paying(tmp_path_factory.mktemp("stripe") / "stripe.sqlite") as made:
        made.follow(system.clock_file)
        system.cloud.give(Secret.PAYMENTS, made.keys)
        yield made


@pytest.fixture(scope="module")
def fuzzing(quick_hash: None, system: System, boss: str, paying: Paying) -> Fuzzing:
    doors = Doors(system.cloud)
    world = World(doors.ask, lambda: settle(system), lambda: boss, now=system.now.timestamp)
    world.furnish()
    rows, things = system.remember(*Table), system.cloud.things.remember()

    def begin() -> None:
        rows()
        things()

    return Fuzzing(schemathesis.openapi.from_wsgi("/api/schema/", doors), world, begin)


def test_every_answer_is_as_documented(fuzzing: Fuzzing, proved: Proved) -> None:
    for role, (examples, number) in HERE.items():
        fuzzing.run(role, examples, number)
    proved("G13", fuzzing.tried, wrong=len(fuzzing.wrong))
    assert not fuzzing.wrong, fuzzing.told
    assert fuzzing.statuses[200] > fuzzing.tried / 5, f"most of it was refused: {fuzzing.statuses}"


@pytest.mark.full
def test_every_answer_of_the_running_system_is_as_documented(local: Local, proved: Proved) -> None:
    def ask(method: str, path: str, body: Any = None, token: str = "") -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = requests.request(method, local.url + path, json=body, headers=headers, timeout=60)
        return answer.status_code, answer.json() if answer.content else None

    def log_in() -> str:
        status, told = ask("POST", "/api/token/", {"username": "admin", "password": ADMIN_PASSWORD})
        assert status == 200, told
        return str(told["access"])

    world = World(ask, lambda: eventually(lambda: not local.functions_at_work(), 60), log_in).furnish()
    fuzzing = Fuzzing(schemathesis.openapi.from_url(f"{local.url}/api/schema/"), world, world.renew)
    for role in SERVED_TO:
        fuzzing.run(role, *SERVED)
    proved("G13", fuzzing.tried, wrong=len(fuzzing.wrong), back_end=ENGINE)
    assert not fuzzing.wrong, fuzzing.told


def test_what_is_documented_is_what_is_routed(assembly: Path, fuzzing: Fuzzing) -> None:
    """By the document, by the doors, and by the templates of API Gateway."""
    documented = {
        f"{method.upper()} {path.rstrip('/') or '/'}"
        for path, item in fuzzing.schema.raw_schema["paths"].items()
        for method in item
    }
    declared = {f"{method} /{'/'.join(parts)}" for method, parts, _ in ROUTES}
    resources = [json.loads(file.read_text())["Resources"].values() for file in assembly.glob("*.template.json")]
    routes = [one["Properties"] for each in resources for one in each if one["Type"] == "AWS::ApiGatewayV2::Route"]
    targets = {route["RouteKey"]: route["Target"] for route in routes if "/probe" not in route["RouteKey"]}
    routed = {key for key, target in targets.items() if target != targets["$default"]}  # others lead nowhere
    assert documented == declared
    assert documented == routed
