"""What holds data: tables, queues and their dead-letter queues, keys, secrets, files. Written out by hand."""

import json
import re
from typing import cast

from aws_cdk import CfnOutput, Duration, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from kalit.kit import streams
from kalit.kit.resources import Bucket, Cipher, Fleet, Key, Mac, Queue, Resource, Secret, Table

from . import static, things
from .stages import Stage

STRING = dynamodb.AttributeType.STRING
# Deliveries before a message is put aside; AWS advises at least five.
MOST_RECEIVES = 5
# Six times the consumers' timeout, as Lambda asks.
VISIBILITY = Duration.seconds(60)
LONG_WORK = {Queue.CAMPAIGNS: Duration.seconds(540)}
MACS = {
    Mac.SESSIONS: "Derives refresh tokens and the links and codes that reset passwords.",
    Mac.AUDIT: "Seals the newest entry of the audit log, and with it all before.",
    Mac.CODES: "Derives what PINs are kept as, and the seals of QR codes.",
    Mac.LINKS: "Derives the seals of links by which people opt out of messages.",
    Mac.DEVICES: "Derives the secrets that locks sign with, and that their commands are signed with.",
}
SECRETS = {
    Secret.PAYMENTS: "What Stripe knows us by, and what it signs with.",
}


def dead_letters(queue: str) -> str:
    """The name of a queue's dead-letter queue; that of a FIFO queue must be one too."""
    bare = queue.removesuffix(".fifo")
    return f"{bare}-dead{queue[len(bare) :]}"


class State(Stack):
    """Everything that must outlive a deployment."""

    def __init__(self, scope: Construct, id: str, stage: Stage) -> None:
        super().__init__(scope, id)
        self.stage = stage
        self.tables: dict[Table, dynamodb.Table] = {
            Table.ACCOUNTS: self._table(Table.ACCOUNTS, stream=dynamodb.StreamViewType.NEW_IMAGE),
            Table.KEYS: self._table(Table.KEYS),
            Table.TASKS: self._table(Table.TASKS, stream=dynamodb.StreamViewType.NEW_IMAGE),
            Table.JOBS: self._table(Table.JOBS, stream=dynamodb.StreamViewType.NEW_IMAGE),
            Table.LOCKS: self._table(Table.LOCKS, stream=dynamodb.StreamViewType.NEW_IMAGE),
            Table.SECURITY: self._table(Table.SECURITY, stream=dynamodb.StreamViewType.NEW_IMAGE),
            Table.CAMPAIGNS: self._table(Table.CAMPAIGNS, stream=dynamodb.StreamViewType.NEW_IMAGE),
            Table.SHOP: self._table(Table.SHOP, stream=dynamodb.StreamViewType.NEW_IMAGE),
            Table.OPS: self._table(Table.OPS, stream=dynamodb.StreamViewType.NEW_IMAGE),
        }
        self._index(Table.TASKS, "open", "open", "due_at")
        self._index(Table.ACCOUNTS, "by_role", "listing", "ordinal")
        self._index(Table.ACCOUNTS, "by_name", "initial", "pk")
        self._index(Table.JOBS, "due", "due", "due_at")
        self._index(Table.LOCKS, "by_age", "listing", "born")
        self._index(Table.LOCKS, "by_silence", "watched", "last_seen")
        self._index(Table.LOCKS, "by_charge", "low", "pk")
        self._index(Table.LOCKS, "open", "open", "ends_at")
        self._index(Table.LOCKS, "by_end", "guests", "valid_until")
        self._index(Table.SECURITY, "by_place", "place", "moment")
        self._index(Table.SECURITY, "by_user", "user", "moment", also="place")
        self._index(Table.SECURITY, "by_owner", "owner", "moment", also="place")
        self._index(Table.SECURITY, "by_status", "status", "opened", also="event")
        self._index(Table.SECURITY, "by_holder", "holder", "opened", also="status")
        self._index(Table.CAMPAIGNS, "due", "due", "due_at")
        self._index(Table.SHOP, "listed", "listing", "ordinal")
        self._index(Table.SHOP, "by_worth", "listing", "worth")
        self._index(Table.SHOP, "by_owner", "owner", "ordinal", also="listing")
        self._index(Table.SHOP, "open", "open", "expires_at")
        self._index(Table.OPS, "by_queue", "queue", "born")
        self._index(Table.OPS, "by_state", "place", "born")
        for table in set(self.tables) - {Table.TASKS}:
            self._index(table, streams.INDEX, "outbox", "asked_at")
        tasks = self.tables[Table.TASKS]
        tasks.add_local_secondary_index(
            index_name="by_status", sort_key=dynamodb.Attribute(name="listing", type=STRING)
        )
        for name, sort_key in (("by_date", "date_id"), ("by_status", "status_date_id")):
            self.tables[Table.JOBS].add_local_secondary_index(
                index_name=name, sort_key=dynamodb.Attribute(name=sort_key, type=STRING)
            )
        self.dead: dict[str, sqs.Queue] = {}  # the dead-letter queues, by name
        # Where stream records, ticks and MQTT messages wait that could not be delivered, or that doors failed on.
        self.undelivered = self._dead_letters("undelivered")
        self.queues = {queue: self._queue(queue) for queue in Queue}
        self.keys: dict[Resource, kms.Key] = {key: self._signing_key(key) for key in Key}
        self.keys |= {mac: self._mac_key(mac) for mac in Mac}
        self.keys |= {cipher: self._cipher_key(cipher) for cipher in Cipher}
        self.edge_secret = secretsmanager.Secret(
            self,
            "EdgeSecret",
            secret_name=stage.edge_secret,
            description="The header by which the API knows its own edge.",
            generate_secret_string=secretsmanager.SecretStringGenerator(password_length=48, exclude_punctuation=True),
            removal_policy=self._removal,
        )
        self.secrets: dict[Secret, str] = {secret: self._given(secret) for secret in Secret}
        self.fleet = things.policy(self, self.name(Fleet.LOCKS))
        if stage.production:
            self.fleet.apply_removal_policy(RemovalPolicy.RETAIN)
        self.files = self._served("Files", "static")
        self.buckets = {bucket: self._passing(bucket) for bucket in (Bucket.EXPORTS, Bucket.IMPORTS)}
        self.buckets[Bucket.PICTURES] = self._pictures()
        CfnOutput(self, static.BUCKET, value=self.files.bucket_name)
        CfnOutput(self, static.PICTURES, value=self.buckets[Bucket.PICTURES].bucket_name)

    @property
    def _removal(self) -> RemovalPolicy:
        return RemovalPolicy.RETAIN if self.stage.production else RemovalPolicy.DESTROY

    def name(self, resource: Resource) -> str:
        """The physical name: stage and name, so that stacks need not import it from each other."""
        return f"{self.stage.name}-{resource.value}"

    def _table(self, table: Table, stream: dynamodb.StreamViewType | None = None) -> dynamodb.Table:
        return dynamodb.Table(
            self,
            f"{table.value.title()}Table",
            table_name=self.name(table),
            partition_key=dynamodb.Attribute(name="pk", type=STRING),
            sort_key=dynamodb.Attribute(name="sk", type=STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            time_to_live_attribute="ttl",
            stream=stream,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=self.stage.production,
            removal_policy=self._removal,
        )

    def _index(self, table: Table, name: str, partition_key: str, sort_key: str, also: str = "") -> None:
        """An index of those rows that have its attributes: of their keys, and of one attribute more."""
        self.tables[table].add_global_secondary_index(
            index_name=name,
            partition_key=dynamodb.Attribute(name=partition_key, type=STRING),
            sort_key=dynamodb.Attribute(name=sort_key, type=STRING),
            projection_type=dynamodb.ProjectionType.INCLUDE if also else dynamodb.ProjectionType.KEYS_ONLY,
            non_key_attributes=[also] if also else None,
        )

    def _queue(self, queue: Queue) -> sqs.Queue:
        return sqs.Queue(
            self,
            f"{queue.name.title().replace('_', '')}Queue",
            queue_name=self.name(queue),
            fifo=queue.fifo or None,
            visibility_timeout=LONG_WORK.get(queue, VISIBILITY),
            retention_period=Duration.days(4),
            enforce_ssl=True,
            dead_letter_queue=sqs.DeadLetterQueue(
                max_receive_count=MOST_RECEIVES, queue=self._dead_letters(dead_letters(queue.value), fifo=queue.fifo)
            ),
            removal_policy=self._removal,
        )

    def _dead_letters(self, name: str, fifo: bool = False) -> sqs.Queue:
        queue = sqs.Queue(
            self,
            f"{re.sub('[^A-Za-z]', '', name.removesuffix('.fifo').title())}Queue",
            queue_name=f"{self.stage.name}-{name}",
            fifo=fifo or None,
            visibility_timeout=VISIBILITY,
            retention_period=Duration.days(14),
            enforce_ssl=True,
            removal_policy=self._removal,
        )
        self.dead[f"{self.stage.name}-{name}"] = queue
        return queue

    def _passing(self, bucket: Bucket) -> s3.Bucket:
        """Files of a day, for whoever holds a link to one, or a form that uploads it, which hold for minutes."""
        return s3.Bucket(
            self,
            f"{bucket.name.title()}Bucket",
            # Reading the bucket is not enough to read what is in it.
            encryption=s3.BucketEncryption.KMS,
            encryption_key=self.keys[Cipher.PRIVATE],
            bucket_key_enabled=True,
            enforce_ssl=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            lifecycle_rules=[s3.LifecycleRule(expiration=Duration.days(1))],
            cors=[s3.CorsRule(allowed_methods=[s3.HttpMethods.POST], allowed_origins=list(self.stage.origins))]
            if bucket is Bucket.IMPORTS and self.stage.origins
            else None,
            removal_policy=RemovalPolicy.RETAIN,
        )

    def _pictures(self) -> s3.Bucket:
        """Products' pictures. What was uploaded and is none, or was never taken, is gone after a day."""
        bucket = self._served("Pictures", "media")
        bucket.add_lifecycle_rule(prefix="uploads/", expiration=Duration.days(1))
        if self.stage.origins:
            bucket.add_cors_rule(allowed_methods=[s3.HttpMethods.POST], allowed_origins=list(self.stage.origins))
        return bucket

    def _served(self, id: str, folder: str) -> s3.Bucket:
        """Files of which one folder is everybody's to see, by way of CloudFront alone."""
        bucket = s3.Bucket(
            self,
            id,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            # A bucket that is not empty cannot be deleted; its name is nobody else's, so it is in nobody's way.
            removal_policy=RemovalPolicy.RETAIN,
        )
        # By account, not by distribution: that lies in a later stack, which names this one. Who may list hears 404.
        for action, resource in (
            ("s3:GetObject", bucket.arn_for_objects(f"{folder}/*")),
            ("s3:ListBucket", bucket.bucket_arn),
        ):
            bucket.add_to_resource_policy(
                iam.PolicyStatement(
                    principals=[iam.ServicePrincipal("cloudfront.amazonaws.com")],
                    actions=[action],
                    resources=[resource],
                    conditions={"StringEquals": {"aws:SourceAccount": self.account}},
                )
            )
        return bucket

    def _given(self, secret: Secret) -> str:
        """The ARN of a secret that others give us. Until then it has no API key, and nobody can sign by it."""
        made = secretsmanager.Secret(
            self,
            f"{secret.name.title()}Secret",
            secret_name=self.name(secret),
            description=SECRETS[secret],
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template=json.dumps({"api_key": "", "api_base": ""}),
                generate_string_key="webhook_secret",
                password_length=48,
                exclude_punctuation=True,
            ),
            removal_policy=self._removal,
        )
        # By its attribute: the local engine takes a reference for the name.
        return cast("secretsmanager.CfnSecret", made.node.default_child).attr_id

    def _signing_key(self, key: Key) -> kms.Key:
        return kms.Key(
            self,
            f"{key.value.title().replace('-', '')}Key",
            alias=f"{self.stage.name}-{key.value}",
            description="Signs access and refresh tokens.",
            key_spec=kms.KeySpec.ECC_NIST_P256,
            key_usage=kms.KeyUsage.SIGN_VERIFY,
            removal_policy=self._removal,
        )

    def _mac_key(self, mac: Mac) -> kms.Key:
        return kms.Key(
            self,
            f"{mac.value.title()}MacKey",
            alias=f"{self.stage.name}-{mac.value}",
            description=MACS[mac],
            key_spec=kms.KeySpec.HMAC_256,
            key_usage=kms.KeyUsage.GENERATE_VERIFY_MAC,
            removal_policy=self._removal,
        )

    def _cipher_key(self, cipher: Cipher) -> kms.Key:
        return kms.Key(
            self,
            f"{cipher.value.title()}CipherKey",
            alias=f"{self.stage.name}-{cipher.value}",
            description="Seals one-time passwords and the messages of dead jobs.",
            enable_key_rotation=True,
            removal_policy=self._removal,
        )
