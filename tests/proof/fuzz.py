"""Inputs that nobody thought of, made from the served OpenAPI document, and what is wrong with the answers to them.

schemathesis makes the cases, some of which the document allows and some of which it does not, and holds the answers to
the document. Ids and references lead to something in most of them, for behind a 404 nothing is tried.
"""

import base64
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, cast
from urllib.parse import unquote
from uuid import uuid4

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.generation.hypothesis.examples import generate_one
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from infra.events import sample
from kalit.kit.api import Endpoint
from kalit.kit.dialects import PROBLEM
from tests.cloud import DOORS, EDGE_SECRET, Cloud

from .furnished import World

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
FORGED = "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiIxIn0.c2lnbmVk"
REAL = 0.85  # how many of the ids in paths are of something that there is
MEANT = 0.6  # and how many of the references in queries and bodies

# How a path begins -> what the id behind it is of. The first that fits holds.
PLACES = {
    "/api/admin/alerts/": "alert",
    "/api/admin/attribute-values/": "value",
    "/api/admin/attributes/": "attribute",
    "/api/admin/categories/": "category",
    "/api/admin/devices/": "lock",
    "/api/admin/orders/": "order",
    "/api/admin/products/": "product",
    "/api/admin/users/": "user",
    "/api/admin/variants/": "variant",
    "/api/campaigns/": "campaign",
    "/api/categories/": "category",
    "/api/clients/imports/": "import",
    "/api/clients/": "client",
    "/api/jobs/": "job",
    "/api/manager/": "manager",
    "/api/messages/": "message",
    "/api/newsletters/": "campaign",
    "/api/orders/": "order",
    "/api/products/": "product",
    "/api/reviews/": "review",
    "/api/schedules/": "schedule",
    "/api/tasks/": "task",
    "/api/v1/access/devices/": "lock",
    "/api/v1/access/guest/": "guest",
    "/api/v1/access/nfc/": "card",
    "/api/v1/access/pin/": "pin",
    "/api/v1/access/qrcodes/": "qr",
    "/api/v1/auth/sessions/": "session",
    "/api/v1/devices/sharing/": "share",
    "/api/v1/devices/": "lock",
    "/api/v1/security/alerts/": "alert",
    "/u/": "link",
    "/reset/": "reset",
}
# A field of a query or a body -> what it refers to.
REFERENCES = {
    "attribute": "attribute",
    "campaign": "campaign",
    "category": "category",
    "client": "client",
    "device": "lock",
    "device_id": "thing",
    "order_id": "order",
    "product": "product",
    "refresh": "refresh",
    "run": "run",
    "user": "account",
    "variant_id": "variant",
}


ROUTES = sorted(
    (
        (method, path.strip("/").split("/"), door)
        for door in DOORS.values()
        if isinstance(door, Endpoint) and door.path != "$default"
        for method, path in door.routes
    ),
    key=lambda route: [part.startswith("{") for part in route[1]],  # what is named comes before what is a parameter
)


class Doors:
    """The doors of a cloud behind their routes, as a WSGI application.

    Each request comes from an address of its own, so that nobody is told that he asks too often.
    """

    def __init__(self, cloud: Cloud) -> None:
        self.cloud, self.asked = cloud, 0

    def __call__(self, environ: Mapping[str, Any], start: Callable[..., object]) -> list[bytes]:
        headers = {name[5:].replace("_", "-").lower(): str(v) for name, v in environ.items() if name[:5] == "HTTP_"}
        headers |= {"content-type": environ.get("CONTENT_TYPE", "")} if environ.get("CONTENT_TYPE") else {}
        raw = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        path = environ["REQUEST_URI"].partition("?")[0]
        answer = self.answer(environ["REQUEST_METHOD"], path, environ.get("QUERY_STRING", ""), headers, raw)
        start(f"{answer['statusCode']} -", list(answer["headers"].items()))
        return [answer["body"].encode()]

    def ask(self, method: str, path: str, body: Any = None, token: str = "") -> tuple[int, Any]:
        """One request, and the status and the JSON of its answer."""
        headers = {"idempotency-key": uuid4().hex} | ({"authorization": f"Bearer {token}"} if token else {})
        if body is not None:
            headers["content-type"] = "application/json"
        path, _, query = path.partition("?")
        answer = self.answer(method, path, query, headers, b"" if body is None else json.dumps(body).encode())
        return answer["statusCode"], json.loads(answer["body"] or "null")

    def answer(self, method: str, path: str, query: str, headers: Mapping[str, str], raw: bytes) -> dict[str, Any]:
        door, parameters = routed(method, path.strip("/").split("/"))
        event = sample(door)
        self.asked += 1
        event["rawPath"] = unquote(path).rstrip("/") or "/"
        event["rawQueryString"] = query
        event["pathParameters"] = parameters
        event["requestContext"]["http"] |= {"method": method, "path": event["rawPath"]}
        event["headers"] = {**headers, "x-kalit-edge": EDGE_SECRET, "x-kalit-scheme": "http", "x-kalit-path": path}
        event["headers"]["x-kalit-address"] = f"10.{self.asked >> 16 & 255}.{self.asked >> 8 & 255}.{self.asked & 255}"
        event |= {"body": base64.b64encode(raw).decode(), "isBase64Encoded": True}
        answer: dict[str, Any] = self.cloud.call(door.name, event)
        return answer


def routed(method: str, path: Sequence[str]) -> tuple[Endpoint, dict[str, str]]:
    """Whose door it is, and what it finds in the path; the fallback's where it is nobody's."""
    for wanted, parts, door in ROUTES:
        if wanted == method and len(parts) == len(path):
            pairs = list(zip(parts, path, strict=True))
            if all(part == told or (part.startswith("{") and told) for part, told in pairs):
                return door, {part[1:-1]: unquote(told) for part, told in pairs if part.startswith("{")}
    return cast("Endpoint", DOORS["edge.fallback"]), {}


@dataclass
class Fuzzing:
    """The operations of a document, the world behind them, and what was wrong with their answers."""

    schema: Any
    world: World
    begin: Callable[[], object]  # brings the world back as it was
    tried: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: dict[tuple[str, str], str] = field(default_factory=dict)  # (operation, what) -> how it was seen first

    @property
    def told(self) -> str:
        return "\n\n".join(f"{label}: {what}: {how}" for (label, what), how in self.wrong.items())

    def run(self, role: str, examples: int, number: int) -> None:
        """Every operation as somebody: so many of its documented examples, so many others of each kind."""
        load_all_checks()
        for operation in [found.ok() for found in self.schema.get_all_operations()]:
            dice = random.Random(f"{operation.label} {role}")
            for case in cases(operation, examples, number, dice.getrandbits(32)):
                self.send(case, role, dice)
            if operation.method != "get" and role in self.world.tokens:
                self.begin()

    def send(self, case: Any, role: str, dice: random.Random) -> None:
        """One case as somebody, its ids mostly of what he has, and its answer held to the document."""
        self._lead_somewhere(case, role, dice)
        headers, checks = {}, CHECKS
        if dice.random() < 0.25:
            case.headers["Accept"] = PROBLEM
        if role in self.world.tokens:
            headers = {"Authorization": f"Bearer {self.world.tokens[role]}"}
        else:
            checks = [*CHECKS, ignored_auth]
            if dice.random() < 0.5:
                case.headers["Authorization"] = f"Bearer {FORGED}"
        answer = case.call(headers=headers)
        self.tried += 1
        self.statuses[answer.status_code] += 1
        try:
            case.validate_response(answer, checks=checks)
        except FailureGroup as failures:
            for failure in failures.exceptions:
                what = f"{role}: {answer.status_code} {answer.text[:300]} to {case.as_curl_command()[:600]}"
                self.wrong.setdefault((case.operation.label, failure.title), f"{failure.message[:300]}\n{what}")

    def _lead_somewhere(self, case: Any, role: str, dice: random.Random) -> None:
        kind = next((kind for start, kind in PLACES.items() if case.path.startswith(start)), "")
        for name in case.path_parameters:
            known = self.world.of("command" if name == "command_id" else kind, role)
            if known and dice.random() < REAL:
                case.path_parameters[name] = _one_of(known, dice)
        for told in (case.query, case.body):
            if isinstance(told, dict):
                for name in sorted(REFERENCES.keys() & told.keys()):
                    known = self.world.of(REFERENCES[name], role)
                    if known and dice.random() < MEANT:
                        told[name] = _one_of(known, dice)


def _one_of(known: Sequence[Any], dice: random.Random) -> Any:
    """Mostly his own, which come first."""
    return known[0] if dice.random() < 0.6 else dice.choice(known)


def cases(operation: Any, examples: int, number: int, start: int) -> Iterator[Any]:
    """An operation's documented examples, then so many cases that the document allows, and so many that it does not."""
    shown = [generate_one(example) for example in islice(operation.get_strategies_from_examples(), examples)]
    yield from shown
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        yield from drawn(operation, mode, number or (not shown and mode is GenerationMode.POSITIVE), start)


def drawn(operation: Any, mode: GenerationMode, number: int, start: int) -> list[Any]:
    """So many cases that hypothesis draws; none of what nothing can be wrong with."""
    made: list[Any] = []
    if number:
        drawing = given(operation.as_strategy(generation_mode=mode))(lambda case: made.append(case))
        told = settings(
            max_examples=number,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        with suppress(Unsatisfiable):
            seed(start)(told(drawing))()
    return made
