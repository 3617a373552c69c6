"""What a door may use: resources by name, and the grants that can be asked of them.

`uses=[Table.TASKS.get, Queue.SUM.send]` at a door is the only source of its rights (IAM) and of
the names in its environment: `Table.TASKS.id` is the physical name, and only where it is declared.
"""

import os
from enum import StrEnum
from typing import NamedTuple


class Undeclared(RuntimeError):
    """A resource was used by a door whose `uses=` does not name it."""


class Grant(NamedTuple):
    """One right: an IAM action on a resource, or on a part of it such as `/index/open`."""

    resource: "Resource"
    action: str
    part: str = ""

    def __str__(self) -> str:
        return f"{self.action} {self.resource.kind}/{self.resource.value}{self.part}"


class Resource(StrEnum):
    """Base of everything a door can use; the value is the name without the stage.

    Resources of different kinds may have the same name, such as a table and a queue, and are not equal.
    """

    def __eq__(self, other: object) -> bool:
        return self is other if isinstance(other, Resource) else str.__eq__(self, other)

    __hash__ = StrEnum.__hash__

    @property
    def kind(self) -> str:
        return type(self).__name__.lower()

    @property
    def variable(self) -> str:
        """The environment variable that carries the physical name."""
        return f"{self.kind}_{self.name}".upper()

    @property
    def id(self) -> str:
        """The physical name (for a key: its ARN). Raises `Undeclared`."""
        try:
            return os.environ[self.variable]
        except KeyError:
            raise Undeclared(f"{self!r} is used, but this door's uses= does not name it") from None


class Table(Resource):
    ACCOUNTS = "accounts"
    KEYS = "keys"  # public keys that tokens are checked with
    TASKS = "tasks"
    JOBS = "jobs"  # schedules, and what the staff's jobs leave behind
    LOCKS = "locks"
    SECURITY = "security"  # security events
    CAMPAIGNS = "campaigns"
    SHOP = "shop"
    OPS = "ops"  # what every domain needs and none owns: idempotent answers, job history, the audit log

    @property
    def get(self) -> Grant:
        return Grant(self, "dynamodb:GetItem")

    @property
    def put(self) -> Grant:
        return Grant(self, "dynamodb:PutItem")

    @property
    def update(self) -> Grant:
        return Grant(self, "dynamodb:UpdateItem")

    @property
    def delete(self) -> Grant:
        return Grant(self, "dynamodb:DeleteItem")

    @property
    def query(self) -> Grant:
        return Grant(self, "dynamodb:Query")

    @property
    def check(self) -> Grant:
        """The right to make a transaction hang on a row that it does not write."""
        return Grant(self, "dynamodb:ConditionCheckItem")

    @property
    def batch_get(self) -> Grant:
        return Grant(self, "dynamodb:BatchGetItem")

    @property
    def insert_many(self) -> Grant:
        """The right to put rows that are not there yet, many in one request (PartiQL)."""
        return Grant(self, "dynamodb:PartiQLInsert")

    @property
    def update_many(self) -> Grant:
        """The right to change rows on conditions of their own, many in one request (PartiQL)."""
        return Grant(self, "dynamodb:PartiQLUpdate")

    def query_index(self, name: str) -> Grant:
        """The right to query one secondary index."""
        return Grant(self, "dynamodb:Query", f"/index/{name}")


class Queue(Resource):
    DEFAULT = "default"
    SMS_QUEUE = "sms_queue"
    SUM = "sum"
    EMAIL = "email"
    SMS = "sms"
    AUDIT = "audit.fifo"
    SECURITY = "security"
    CAMPAIGNS = "campaigns"  # messages to be sent

    @property
    def fifo(self) -> bool:
        """Whether its messages stay in order and are worked on one after another."""
        return self.value.endswith(".fifo")

    @property
    def depth(self) -> Grant:
        return Grant(self, "sqs:GetQueueAttributes")

    @property
    def send(self) -> Grant:
        return Grant(self, "sqs:SendMessage")


class Machine(Resource):
    COUNTDOWN = "countdown"
    COMMAND = "command"
    CAMPAIGN = "campaign"
    SLOT = "slot"
    IMPORT = "import"
    HOLD = "hold"

    @property
    def start(self) -> Grant:
        return Grant(self, "states:StartExecution")

    @property
    def stop(self) -> Grant:
        """The right to stop the machine's own executions."""
        return Grant(self, "states:StopExecution", ":*")


class Mac(Resource):
    """Symmetric KMS keys that derive secrets (HMAC-SHA256); what is derived is stored nowhere."""

    SESSIONS = "sessions"  # refresh tokens, and the links and codes that reset passwords
    AUDIT = "audit"  # the seal of the audit log's newest entry
    DEVICES = "devices"  # the secrets that locks and we sign with
    CODES = "codes"  # what PINs are kept as, and the seals of QR codes
    LINKS = "links"  # the seals of links by which people opt out

    @property
    def generate(self) -> Grant:
        return Grant(self, "kms:GenerateMac")


class Cipher(Resource):
    """Symmetric KMS keys that seal what must be kept, and read again, but not lie open (`kit.sealed`)."""

    PRIVATE = "private"

    @property
    def seal(self) -> Grant:
        return Grant(self, "kms:GenerateDataKey")

    @property
    def open(self) -> Grant:
        return Grant(self, "kms:Decrypt")


class Secret(Resource):
    """What others gave us to keep (`kit.secrets`); the id is the secret's ARN."""

    PAYMENTS = "payments"  # the payment provider's keys

    @property
    def read(self) -> Grant:
        return Grant(self, "secretsmanager:GetSecretValue")


class Bucket(Resource):
    """Files; the id is the bucket's name."""

    EXPORTS = "exports"  # what is too large for an answer, for a day
    IMPORTS = "imports"  # what is too large for a body, for a day
    PICTURES = "pictures"  # of products, for everybody to see

    @property
    def put(self) -> Grant:
        return Grant(self, "s3:PutObject", "/*")

    @property
    def get(self) -> Grant:
        return Grant(self, "s3:GetObject", "/*")

    def put_below(self, folder: str) -> Grant:
        """The right to put files into one folder."""
        return Grant(self, "s3:PutObject", f"/{folder}/*")

    def get_below(self, folder: str) -> Grant:
        """The right to read the files of one folder."""
        return Grant(self, "s3:GetObject", f"/{folder}/*")


class Broker(Resource):
    """IoT Core's message broker, which locks are connected to."""

    LOCKS = "locks"

    @property
    def publish(self) -> Grant:
        return Grant(self, "iot:Publish", "topic/smartlock/*/commands")

    @property
    def disconnect(self) -> Grant:
        return Grant(self, "iot:DeleteConnection", "client/*")


class Fleet(Resource):
    """IoT Core's registry of the sold locks; the id is the name of the one policy that they connect under.

    Actions without a type of resource in AWS's service authorization reference are asked for on `*`.
    """

    LOCKS = "locks"

    @property
    def create_certificate(self) -> Grant:
        return Grant(self, "iot:CreateKeysAndCertificate", "*")

    @property
    def update_certificate(self) -> Grant:
        return Grant(self, "iot:UpdateCertificate", "cert/*")

    @property
    def delete_certificate(self) -> Grant:
        return Grant(self, "iot:DeleteCertificate", "cert/*")

    @property
    def create_thing(self) -> Grant:
        return Grant(self, "iot:CreateThing", "thing/*")

    @property
    def attach_policy(self) -> Grant:
        return Grant(self, "iot:AttachPolicy", "cert/*")

    @property
    def detach_policy(self) -> Grant:
        return Grant(self, "iot:DetachPolicy", "cert/*")

    @property
    def attach_thing(self) -> Grant:
        return Grant(self, "iot:AttachThingPrincipal", "*")

    @property
    def detach_thing(self) -> Grant:
        return Grant(self, "iot:DetachThingPrincipal", "*")


class Email(Resource):
    """Who e-mail is sent as; the id is an address, or `sandbox`."""

    SENDER = "email-sender"

    @property
    def send(self) -> Grant:
        return Grant(self, "ses:SendEmail")


class Sms(Resource):
    """Who SMS are sent as; the id is an origination identity's ARN, or `sandbox`."""

    SENDER = "sms-sender"

    @property
    def send(self) -> Grant:
        return Grant(self, "sms-voice:SendTextMessage")


class Key(Resource):
    """Asymmetric KMS keys. Two sign tokens, so that one can be replaced while the other serves."""

    TOKENS_A = "tokens-a"
    TOKENS_B = "tokens-b"

    @property
    def sign(self) -> Grant:
        return Grant(self, "kms:Sign")

    @property
    def public(self) -> Grant:
        return Grant(self, "kms:GetPublicKey")
