"""AWS in this process (moto), made from our own templates, with every door held to its declared rights.

moto has no locks and no transaction tokens: `Sound` gives it both, or concurrency tests would prove nothing.
"""

import base64
import hashlib
import json
import os
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock
from urllib.parse import urlencode

import boto3
import moto.dynamodb.models.table as dynamo
import moto.dynamodb.responses as dynamodb
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.client import BaseClient
from botocore.signers import S3PostPresigner
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.exceptions import JsonRESTError
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodb.models.utilities import dynamo_to_dict

from infra import ticks
from infra.catalog import catalog
from infra.events import sample
from infra.installation import PaymentKeys
from infra.stages import STAGES
from infra.static import variables as static_variables
from kalit.kit import aws, caller, secrets
from kalit.kit.api import Endpoint
from kalit.kit.doors import Door
from kalit.kit.resources import (
    Broker,
    Bucket,
    Cipher,
    Email,
    Fleet,
    Grant,
    Key,
    Mac,
    Machine,
    Queue,
    Resource,
    Secret,
    Sms,
    Table,
)
from kalit.providers.outcomes import SANDBOX
from tests import partiql
from tests.proof.canaries import CANARIES
from tests.quick import quick
from tests.things import Things

REGION = "us-east-1"
EDGE_SECRET = "the edge's secret"
MQTT = {"endpoint": "localhost", "port": 8883, "ca_pem": "the broker's own certificate"}
DOORS = {door.name: door for door in catalog()}

# door -> the rights that tests of the doors needed in this process
used: dict[str, set[Grant]] = defaultdict(set)
_serving: ContextVar[Door | None] = ContextVar("serving", default=None)
_transaction: ContextVar["Transaction"] = ContextVar("transaction")


class Undeclared(BaseException):
    """A door made a call that its `uses=` does not name. Not an Exception: nothing may swallow it."""


class Behind(BaseException):
    """A door read rows as they may have been a moment ago. Not an Exception: nothing may swallow it."""


# Doors that show what nobody decides by, at half the price.
MAY_BE_BEHIND = {"catalog.list_products", "jobs.overview"}
LOCAL_INDEXES = {("local-tasks", "by_status"), ("local-jobs", "by_status"), ("local-jobs", "by_date")}


@dataclass
class Transaction:
    """The partitions that it may write to, and its tables as they were before it."""

    partitions: set[Any]
    before: dict[int, Any] = field(default_factory=dict)


def _snapshot(table: Any, memo: dict[int, Any]) -> Any:
    """What moto goes back to when a transaction fails: taken once, while moto asks for it before each write.

    Rows that the transaction does not write to are shared, not copied.
    """
    transaction = _transaction.get()
    if id(table) in transaction.before:
        return transaction.before[id(table)]
    transaction.before[id(table)] = kept = _copied(table)
    written = {
        name: rows for name, rows in table.items.items() if getattr(name, "value", name) in transaction.partitions
    }
    kept.items = defaultdict(dict, table.items) | copied_rows(written)
    if table.stream_shard:
        kept.stream_shard = _copied(table.stream_shard)
        kept.stream_shard.items = list(table.stream_shard.items)
    return kept


def copied_rows(items: Mapping[Any, Any]) -> defaultdict[Any, Any]:
    """A table's rows, to be changed apart from it."""
    kept: defaultdict[Any, Any] = defaultdict(dict)
    for name, rows in items.items():
        one = not isinstance(rows, dict)  # a table without sort keys has one row under each key
        kept[name] = _snapped(rows) if one else {sk: _snapped(row) for sk, row in rows.items()}
    return kept


def _partitions(writes: list[dict[str, Any]]) -> set[Any]:
    """The values of the partition keys that a transaction may write to."""
    told = [operation for write in writes for operation in write.values()]
    return {
        value
        for one in told
        for typed in (one.get("Item") or one["Key"]).values()
        for value in typed.values()
        if isinstance(value, str)
    }


CHANGED_IN_PLACE = {"SS", "NS", "BS", "L", "M"}  # attributes that moto does not replace by new ones


def _copied(thing: Any) -> Any:
    """Its shallow copy, of which moto's register of all that was ever made is not told."""
    kept = object.__new__(type(thing))
    kept.__dict__.update(thing.__dict__)
    return kept


def _snapped(row: Any) -> Any:
    kept = object.__new__(type(row))
    kept.hash_key, kept.range_key = row.hash_key, row.range_key
    kept.attrs = dict.__new__(type(row.attrs))
    dict.update(kept.attrs, row.attrs)
    for name, value in row.attrs.items():
        if value.type in CHANGED_IN_PLACE:
            kept.attrs[name] = deepcopy(value)
    return kept


class Sound:
    """moto's DynamoDB with one lock around every action, with transaction tokens, and quick in large tables."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.tokens: dict[str, str] = {}
        handler = dynamodb.DynamoHandler
        self.act, self.transact = handler.call_action, handler.transact_write_items
        self.execute = handler.batch_execute_statement

    def __enter__(self) -> None:
        sound = self

        def call_action(handler: Any) -> Any:
            with sound.lock:
                return sound.act(handler)

        def transact_write_items(handler: Any) -> Any:
            if not handler.body["TransactItems"]:
                raise JsonRESTError("ValidationException", "a transaction of nothing")
            token = handler.body.get("ClientRequestToken")
            asked = hashlib.sha256(json.dumps(handler.body["TransactItems"], sort_keys=True).encode()).hexdigest()
            if token in sound.tokens:
                if sound.tokens[token] != asked:
                    raise JsonRESTError("IdempotentParameterMismatchException", "another request had this token")
                return dynamodb.ActionResult({"ConsumedCapacity": [], "ItemCollectionMetrics": {}})
            mark = _transaction.set(Transaction(_partitions(handler.body["TransactItems"])))
            try:
                answer = sound.transact(handler)
            finally:
                _transaction.reset(mark)
            if token:
                sound.tokens[token] = asked
            return answer

        def batch_execute_statement(handler: Any) -> Any:
            told = [one["Statement"] for one in handler.body["Statements"]]
            answers = [partiql.execute(handler.dynamodb_backend, statement) for statement in told]
            return dynamodb.DynamoResult({"Responses": answers})

        dynamo.Table.__deepcopy__ = _snapshot  # type: ignore[attr-defined]
        dynamodb.DynamoHandler.call_action = call_action
        dynamodb.DynamoHandler.transact_write_items = transact_write_items
        dynamodb.DynamoHandler.batch_execute_statement = batch_execute_statement

    def __exit__(self, *_: object) -> None:
        del dynamo.Table.__deepcopy__  # type: ignore[attr-defined]
        dynamodb.DynamoHandler.call_action = self.act
        dynamodb.DynamoHandler.transact_write_items = self.transact
        dynamodb.DynamoHandler.batch_execute_statement = self.execute


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class Cloud:
    """The product's tables, queues, keys and machines, and its doors."""

    def __init__(self, assembly: Path, lock: threading.RLock, things: Things) -> None:
        self.lock = lock  # of all that DynamoDB does
        self.ids: dict[Resource, str] = {}
        self.things = things
        self._clients: dict[str, Any] = {}
        self._tables: dict[Table, Any] = {}
        self._make(assembly)

    def _make(self, assembly: Path) -> None:
        client = self.client
        template = json.loads((assembly / "local-state.template.json").read_text())
        for resource in template["Resources"].values():
            if resource["Type"] == "AWS::DynamoDB::Table":
                client("dynamodb").create_table(**_table(resource["Properties"]))
        for table in Table:
            self.ids[table] = f"local-{table.value}"
        for queue in Queue:
            kind = {"FifoQueue": "true"} if queue.fifo else {}
            made = client("sqs").create_queue(QueueName=f"local-{queue.value}", Attributes=kind)
            self.ids[queue] = made["QueueUrl"]
        for key in Key:
            made = client("kms").create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
            self.ids[key] = made["KeyMetadata"]["Arn"]
        for mac in Mac:
            made = client("kms").create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")
            self.ids[mac] = made["KeyMetadata"]["Arn"]
        for cipher in Cipher:
            self.ids[cipher] = client("kms").create_key()["KeyMetadata"]["Arn"]
        for secret in Secret:
            self.ids[secret] = client("secretsmanager").create_secret(
                Name=f"local-{secret.value}", SecretString=json.dumps(asdict(PaymentKeys("", "whsec_sandbox")))
            )["ARN"]
        for bucket in Bucket:
            client("s3").create_bucket(Bucket=f"local-{bucket.value}")
            self.ids[bucket] = f"local-{bucket.value}"
        for fleet in Fleet:
            self.ids[fleet] = f"local-{fleet.value}"
            client("iot").create_policy(policyName=self.ids[fleet], policyDocument="{}")
        for named in (*Broker, *Email, *Sms):
            self.ids[named] = SANDBOX
        for machine in Machine:
            definition = json.dumps(
                {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 60, "End": True}}}
            )
            self.ids[machine] = client("stepfunctions").create_state_machine(
                name=f"local-{machine.value}", definition=definition, roleArn="arn:aws:iam::123456789012:role/machine"
            )["stateMachineArn"]

    @cached_property
    def session(self) -> Any:
        return boto3.Session(region_name=REGION)

    def client(self, service: str) -> Any:
        """One client per service, as this cloud's owner."""
        if service not in self._clients:
            self._clients[service] = self.session.client(service)
        return self._clients[service]

    def table(self, table: Table) -> Any:
        """boto3's table, which takes and gives plain values; kept, for to make one takes longer than to use it."""
        if table not in self._tables:
            self._tables[table] = self.session.resource("dynamodb").Table(self.ids[table])
        return self._tables[table]

    def give(self, secret: Secret, keys: PaymentKeys) -> None:
        """Set a secret that others give us."""
        told = json.dumps(asdict(keys))
        self.client("secretsmanager").put_secret_value(SecretId=self.ids[secret], SecretString=told)

    def call(self, name: str, event: dict[str, Any]) -> Any:
        """A door, with the environment and the rights that its declaration gives it."""
        door = DOORS[name]
        variables = {grant.resource.variable: self.ids[grant.resource] for grant in door.grants}
        variables |= {"STAGE": "local", "EDGE_SECRET_SHA256": hashlib.sha256(EDGE_SECRET.encode()).hexdigest()}
        context = SimpleNamespace(
            function_name=f"local-{name.replace('.', '-')}",
            memory_limit_in_mb=door.host.memory,
            invoked_function_arn="arn",
            aws_request_id="request",
            get_remaining_time_in_millis=lambda: door.host.timeout * 1000,
        )
        variables |= static_variables(door)
        if door.host.ticks:
            variables["TICKS"] = ticks.told(STAGES["local"])
        if door.host.inbound:
            variables["INBOUND_SECRET_SHA256"] = STAGES["local"].inbound_digest
        if door.host.mqtt:
            variables["MQTT"] = json.dumps(MQTT)
        if door.host.sms:
            variables["SMS_PRICE"] = STAGES["local"].sms_price
        os.environ.update(variables)
        with serving(door):
            answer = door(event, context)
        CANARIES.pass_by(name, event, answer)
        return answer

    def http(
        self,
        name: str,
        body: Any = None,
        *,
        token: str = "",
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        raw: bytes | None = None,
        **path: object,
    ) -> Answer:
        """An HTTP door, by an event shaped like the sample beside it. `body` is sent as JSON, `raw` as it is."""
        door = DOORS[name]
        assert isinstance(door, Endpoint)
        event = sample(door)
        event["pathParameters"] = {key: str(value) for key, value in path.items()}
        route = door.path.rstrip("/") or "/"
        event["rawPath"] = route.format(**event["pathParameters"]) if door.path != "$default" else event["rawPath"]
        event["rawQueryString"] = urlencode(query or {})
        event["headers"] = {"host": "localhost:8000", "x-kalit-scheme": "http", "x-kalit-edge": EDGE_SECRET}
        event["headers"]["x-kalit-path"] = event["rawPath"] + "/"
        event.pop("body", None)
        if body is not None:
            event["headers"]["content-type"] = "application/json"
            raw = json.dumps(body).encode()
        if raw is not None:
            event |= {"body": base64.b64encode(raw).decode(), "isBase64Encoded": True}
        if token:
            event["headers"]["authorization"] = f"Bearer {token}"
        event["headers"] |= {key.lower(): value for key, value in (headers or {}).items()}
        answer = self.call(name, event)
        return Answer(answer["statusCode"], answer["headers"], answer["body"])

    def register(self, username: str = "ali", password: str = "password123") -> str:
        """A new account's access token."""
        assert self.http("accounts.register", {"username": username, "password": password}).status == 201
        return self.log_in(username, password)

    def log_in(self, username: str, password: str = "password123") -> str:
        token: str = self.http("accounts.token", {"username": username, "password": password}).json["access"]
        return token

    def stream(self, name: str, *rows: dict[str, Any]) -> None:
        """Let a table's door follow these rows, as the stream brings them."""
        self.call(name, {"Records": [change(row) for row in rows]})

    def rows(self, table: Table, prefix: str = "") -> list[dict[str, Any]]:
        """All rows of a table whose key begins with `prefix`, out of moto's memory: tests look at them often."""
        read = TypeDeserializer().deserialize
        with self.lock:
            items = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[self.ids[table]].all_items()
            told = [dynamo_to_dict(item.attrs) for item in items if _key(item).startswith(prefix)]
        return [{name: read(value) for name, value in row.items()} for row in told]

    def messages(self, queue: Queue) -> list[dict[str, Any]]:
        """The bodies of what waits in a queue, taken out."""
        sqs, url = self.client("sqs"), self.ids[queue]
        got = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        for message in got:  # or it would be back after half a minute, which a slow machine's test may outlast
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"]) for message in got]


def _key(item: Item) -> str:
    return f"{item.hash_key.value} {item.range_key.value if item.range_key else ''}"


def change(row: dict[str, Any], name: str = "INSERT") -> dict[str, Any]:
    """A record as a table's stream brings it."""
    image = {key: TypeSerializer().serialize(value) for key, value in row.items()}
    return {
        "eventID": "1",
        "eventName": name,
        "eventSource": "aws:dynamodb",
        "dynamodb": {"Keys": {key: image[key] for key in ("pk", "sk")}, "NewImage": image},
    }


@contextmanager
def cloud(assembly: Path) -> Iterator[Cloud]:
    """A fresh cloud."""
    forget()
    sound = Sound()
    with mock.patch.dict(os.environ), mock_aws(), sound, quick(), Things() as things, CANARIES.listening():
        yield Cloud(assembly, sound.lock, things)
    forget()


def forget() -> None:
    """Everything that a process keeps between calls: clients, keys, answers."""
    from kalit.accounts import key_store
    from kalit.campaigns import opt_out_store

    known = (caller.key_ring, key_store._published, key_store.public_keys, opt_out_store._key)
    for kept in (aws.client, aws._session, *known):
        kept.cache_clear()
    secrets.forget()
    for model in _models():
        model._connection = None


def _models(kind: Any = None) -> list[Any]:
    from kalit.kit.tables import Row

    kind = kind or Row
    return [kind, *(found for sub in kind.__subclasses__() for found in _models(sub))]


@contextmanager
def serving(door: Door) -> Iterator[None]:
    token = _serving.set(door)
    try:
        yield
    finally:
        _serving.reset(token)


def at_work() -> Door | None:
    """The door that this thread is in."""
    return _serving.get()


@contextmanager
def hold_to_rights(noted: dict[str, set[Grant]] | None = None) -> Iterator[None]:
    """Let no door make a call that it does not declare, and note which rights it needed."""
    call, prepare = BaseClient._make_api_call, BaseClient._emit_api_params
    post = S3PostPresigner.generate_presigned_post

    def check(client: BaseClient, operation: str, kwargs: dict[str, Any]) -> None:
        check_door(client.meta.service_model.service_name, operation, kwargs)

    def check_door(service: str, operation: str, kwargs: dict[str, Any]) -> None:
        door = at_work()
        if door is not None:
            for grant in needed(service, operation, kwargs):
                if grant not in door.grants:
                    raise Undeclared(f"{door.name} called {operation}: it must declare {grant}")
                if noted is not None:
                    noted[door.name].add(grant)
            if door.name not in MAY_BE_BEHIND and is_behind(operation, kwargs):
                raise Behind(f"{door.name} called {operation}: it must read what was last written")

    def checked(client: BaseClient, operation: str, kwargs: dict[str, Any]) -> Any:
        check(client, operation, kwargs)
        return call(client, operation, kwargs)

    def prepared(client: BaseClient, api_params: Any, operation_model: Any, context: Any) -> Any:
        # No call is made, but a link holds only what its maker may. A form's is looked at below.
        if context.get("is_presign_request") and operation_model.name != "CreateBucket":
            check(client, operation_model.name, api_params)
        return prepare(client, api_params, operation_model, context)

    def posted(presigner: Any, **told: Any) -> Any:
        bucket = next(one["bucket"] for one in told["conditions"] if "bucket" in one)
        check_door("s3", "PutObject", {"Bucket": bucket, "Key": told["fields"]["key"]})
        return post(presigner, **told)

    with (
        mock.patch.multiple(BaseClient, _make_api_call=checked, _emit_api_params=prepared),
        mock.patch.object(S3PostPresigner, "generate_presigned_post", posted),
    ):
        yield


def is_behind(operation: str, kwargs: dict[str, Any]) -> bool:
    """Whether a read could have been of what was last written, and is not. From a global index none can."""
    if operation == "BatchGetItem":
        return not all(told.get("ConsistentRead") for told in kwargs["RequestItems"].values())
    if operation not in ("GetItem", "Query") or kwargs.get("ConsistentRead"):
        return False
    return "IndexName" not in kwargs or (kwargs["TableName"], kwargs["IndexName"]) in LOCAL_INDEXES


def _grants(of: Resource) -> dict[str, Grant]:
    """Action -> the grant that a resource offers for it."""
    offered = [name for name, told in vars(type(of)).items() if isinstance(told, property)]
    return {grant.action: grant for grant in (getattr(of, name) for name in offered)}


IOT = _grants(Broker.LOCKS) | _grants(Fleet.LOCKS)
# operation -> what it asks for a right on, of calls whose right is on a part of their kind
IOT_PARTS = {"Publish": "topic/{topic}", "DeleteConnection": "client/{clientId}"}
SENDERS = {"sesv2": Email.SENDER.send, "pinpoint-sms-voice-v2": Sms.SENDER.send}
TRANSACTED = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}


def needed(service: str, operation: str, kwargs: dict[str, Any]) -> list[Grant]:
    """The rights that IAM asks for one AWS call."""
    if operation == "TransactWriteItems":
        return [
            Grant(_table_of(told["TableName"]), f"dynamodb:{TRANSACTED[kind]}")
            for write in kwargs["TransactItems"]
            for kind, told in write.items()
        ]
    if operation == "BatchExecuteStatement":
        return list(dict.fromkeys(_of_statement(told["Statement"]) for told in kwargs["Statements"]))
    if operation == "BatchGetItem":
        return [_table_of(name).batch_get for name in kwargs["RequestItems"]]
    if service == "dynamodb":
        part = f"/index/{kwargs['IndexName']}" if "IndexName" in kwargs else ""
        return [Grant(_table_of(kwargs["TableName"]), f"dynamodb:{operation}", part)]
    if service == "sqs":
        return [Grant(_named(Queue, kwargs["QueueUrl"].rsplit("/", 1)[1]), f"sqs:{operation}")]
    if service == "stepfunctions":
        arn = kwargs.get("stateMachineArn") or kwargs["executionArn"].rsplit(":", 1)[0]
        part = ":*" if operation == "StopExecution" else ""
        return [Grant(_named(Machine, arn.rsplit(":", 1)[1]), f"states:{operation}", part)]
    if service == "kms":
        name = next(key for key in (*Key, *Mac, *Cipher) if os.environ.get(key.variable) == kwargs["KeyId"])
        return [Grant(name, f"kms:{operation}")]
    if service == "secretsmanager":
        return [next(secret for secret in Secret if os.environ.get(secret.variable) == kwargs["SecretId"]).read]
    if service == "s3":
        bucket = _named(Bucket, kwargs["Bucket"])
        if bucket is Bucket.PICTURES:
            return [Grant(bucket, f"s3:{operation}", f"/{kwargs['Key'].partition('/')[0]}/*")]
        sealing = Cipher.PRIVATE.seal if operation == "PutObject" else Cipher.PRIVATE.open  # the bucket's own key
        return [Grant(bucket, f"s3:{operation}", "/*"), sealing]
    if service in ("iot", "iot-data"):
        grant = IOT[f"iot:{operation}"]
        assert fnmatchcase(IOT_PARTS.get(operation, grant.part).format(**kwargs), grant.part), f"{kwargs} of {grant}"
        assert not kwargs.get("retain"), "a message that is retained needs iot:RetainPublish"
        return [grant]
    if service in SENDERS:
        return [SENDERS[service]]
    raise AssertionError(f"tests/cloud.py does not know which rights {service} {operation} needs")


def _of_statement(statement: str) -> Grant:
    verb, table = statement.split()[0], statement.split('"')[1]
    return Grant(_table_of(table), f"dynamodb:PartiQL{verb.title()}")


def _table_of(name: str) -> Table:
    table = _named(Table, name)
    assert isinstance(table, Table)
    return table


def _named(kind: type[Resource], name: str) -> Resource:
    return kind(name.removeprefix("local-"))


def _table(properties: dict[str, Any]) -> dict[str, Any]:
    """CreateTable's arguments from a template's table."""
    kept = (
        "TableName",
        "KeySchema",
        "AttributeDefinitions",
        "BillingMode",
        "LocalSecondaryIndexes",
        "GlobalSecondaryIndexes",
    )
    told = {name: properties[name] for name in kept if name in properties}
    if "StreamSpecification" in properties:
        told["StreamSpecification"] = {"StreamEnabled": True, **properties["StreamSpecification"]}
    return told
