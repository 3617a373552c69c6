"""What AWS answers a door, recorded: its visit in the proofs' town, made in this process against moto.

A visit is made twice with the same event, first as by a process that knows nothing yet, then again. The calls and
capacity units of an operation are those of the second.
"""

import base64
import json
import logging
import os
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from moto.core.botocore_stubber import BotocoreStubber

from infra.local import assembly
from tests.cloud import DOORS, Cloud, cloud, forget
from tests.paying import Paying
from tests.proof.system import System
from tests.proof.town import VISITS, Town
from tests.proof.town.here import Here

READ_UNIT, WRITE_UNIT = 4096, 1024  # bytes
NOBODY = {  # no credentials of the machine, no metadata service
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
}
SERVICES = {"DynamoDB_20120810": "dynamodb", "TrentService": "kms", "AmazonSQS": "sqs", "AWSStepFunctions": "states"}
# What a door's environment has besides its resources' names.
BESIDES = {"STAGE", "EDGE_SECRET_SHA256", "TICKS", "MQTT", "SMS_PRICE", "INBOUND_SECRET_SHA256"}


@dataclass(frozen=True)
class Exchange:
    """One request to AWS and its answer. `target` is the operation, or method and path where there is no header."""

    target: str
    asked: str
    status: int
    media_type: str
    said: str


@dataclass
class Recorded:
    """All that a fresh process needs to serve the visit of a door as AWS would let it."""

    door: str
    event: dict[str, Any]
    at: datetime  # when the visit was
    variables: dict[str, str] = field(default_factory=dict)
    exchanges: list[Exchange] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)  # by operation, in a process that is warm
    reads: float = 0.0  # capacity units
    writes: float = 0.0


@contextmanager
def noted(exchanges: list[Exchange]) -> Iterator[None]:
    """Note what goes over the wire."""
    answer = BotocoreStubber.__call__

    def answered(stubber: BotocoreStubber, event_name: str, request: AWSPreparedRequest, **told: Any) -> Any:
        response: AWSResponse | None = answer(stubber, event_name, request, **told)
        if response is not None:
            target = request.headers.get("X-Amz-Target", "")
            media_type = request.headers.get("Content-Type") or "application/json"
            exchanges.append(
                Exchange(
                    _text(target) or f"{request.method} {urlsplit(request.url).path}",
                    _text(request.body or b""),
                    response.status_code,
                    _text(media_type),
                    response.text,
                )
            )
        return response

    with mock.patch.object(BotocoreStubber, "__call__", answered):
        yield


def recorded(names: Sequence[str]) -> dict[str, Recorded]:
    """The visits of these doors."""
    with tempfile.TemporaryDirectory() as folder:
        place, clock_file = Path(folder), Path(folder) / "clock"
        assembly.synthesize(place / "templates", {"stage": "local", "clock_file": ""})
        with (
            mock.patch.dict(os.environ, NOBODY, CLOCK_FILE=str(clock_file)),
            cloud(place / "templates") as made,
            Paying(place / "stripe.sqlite") as paying,
            redirect_stdout(StringIO()),  # the figures of each visit
        ):
            logging.disable(logging.INFO)  # and what it would say of itself
            here = Here(System(made, clock_file), paying)
            town = Town(here, "speed")
            here.settle()
            return {name: _visited(town, here, name) for name in names}


def _visited(town: Town, here: Here, name: str) -> Recorded:
    visit = VISITS[name]
    bring_back = here.remember()
    asked = visit.tell(town)
    as_asked = here.remember()
    events: list[dict[str, Any]] = []
    call = Cloud.call
    spied = mock.patch.object(Cloud, "call", lambda it, door, event: (events.append(event), call(it, door, event))[1])

    def knock() -> list[Exchange]:
        as_asked()
        exchanges: list[Exchange] = []
        with spied, noted(exchanges):
            if visit.http:
                answer = town.visit(visit, asked=asked)
                assert answer.status < 300, answer.text
            else:
                here.call(name, asked)
        return exchanges

    forget()
    cold, warm = knock(), knock()
    door = DOORS[name]
    told = {grant.resource.variable for grant in door.grants} | BESIDES
    variables = {key: os.environ[key] for key in told if key in os.environ}
    made = Recorded(name, _as_text(events[-1]), here.now(), variables, [*cold, *warm])
    made.calls.update(operation(exchange) for exchange in warm)
    made.reads, made.writes = units(warm)
    bring_back()
    return made


def _as_text(event: dict[str, Any]) -> dict[str, Any]:
    """The event with its JSON as API Gateway sends it: as it is."""
    if not event.get("isBase64Encoded"):
        return event
    body = base64.b64decode(event["body"])
    headers = {**event["headers"], "content-length": str(len(body))}
    return event | {"headers": headers, "body": body.decode(), "isBase64Encoded": False}


def operation(exchange: Exchange) -> str:
    """`dynamodb.GetItem`, `kms.Sign`; what has no such name is a message to a lock."""
    if exchange.target.lower().startswith("post /topics/"):
        return "iot.Publish"
    service, _, name = exchange.target.partition(".")
    return f"{SERVICES.get(service, service)}.{name}"


def units(exchanges: Sequence[Exchange]) -> tuple[float, float]:
    """Read and write capacity units, as far as the requests and the answers tell the sizes; indexes not counted."""
    told = [(op.removeprefix("dynamodb."), e) for e in exchanges if (op := operation(e)).startswith("dynamodb.")]
    reads = sum(_reads(name, json.loads(e.asked), json.loads(e.said)) for name, e in told if e.status == 200)
    return reads, sum(_writes(name, json.loads(e.asked)) for name, e in told)


def _reads(name: str, asked: dict[str, Any], said: dict[str, Any]) -> float:
    if name == "BatchGetItem":
        rows = [(table, row) for table, found in said["Responses"].items() for row in found]
        shares = {table: _share(told) for table, told in asked["RequestItems"].items()}
        return sum(_units(row, READ_UNIT) * shares[table] for table, row in rows)
    if name == "Query":
        return max(1, -(-sum(map(size, said["Items"])) // READ_UNIT)) * _share(asked)
    return _units(said.get("Item", {}), READ_UNIT) * _share(asked) if name == "GetItem" else 0.0


def _share(asked: dict[str, Any]) -> float:
    return 1.0 if asked.get("ConsistentRead") else 0.5


def _writes(name: str, asked: dict[str, Any]) -> float:
    if name == "TransactWriteItems":
        return sum(
            2 * _units(told.get("Item", {}), WRITE_UNIT) for one in asked["TransactItems"] for told in one.values()
        )
    if name == "BatchExecuteStatement":
        return len(asked["Statements"])
    return _units(asked.get("Item", {}), WRITE_UNIT) if name in ("PutItem", "UpdateItem", "DeleteItem") else 0.0


def _units(row: dict[str, Any], unit: int) -> int:
    return max(1, -(-size(row) // unit))


def size(row: dict[str, Any]) -> int:
    """About a row's bytes: of names and texts."""
    return sum(len(name) + len(str(next(iter(told.values())))) for name, told in row.items())


def _text(told: Any) -> str:
    return told.decode() if isinstance(told, bytes) else str(told)
