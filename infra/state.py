"""What holds data: tables, queues and their dead-letter queues, keys, secrets, files. Written out by hand."""

from aws_cdk import CfnOutput, Duration, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from kalit.kit.resources import Key, Mac, Queue, Resource, Table

from . import static
from .stages import Stage

STRING = dynamodb.AttributeType.STRING
# Deliveries before a message is put aside; AWS advises at least five.
MOST_RECEIVES = 5


class State(Stack):
    """Everything that must outlive a deployment."""

    def __init__(self, scope: Construct, id: str, stage: Stage) -> None:
        super().__init__(scope, id)
        self.stage = stage
        self.tables: dict[Table, dynamodb.Table] = {
            Table.ACCOUNTS: self._table(Table.ACCOUNTS, stream=dynamodb.StreamViewType.NEW_IMAGE),
            Table.KEYS: self._table(Table.KEYS),
            Table.TASKS: self._table(Table.TASKS, stream=dynamodb.StreamViewType.NEW_IMAGE),
            Table.OPS: self._table(Table.OPS),
        }
        tasks = self.tables[Table.TASKS]
        tasks.add_local_secondary_index(
            index_name="by_status", sort_key=dynamodb.Attribute(name="listing", type=STRING)
        )
        tasks.add_global_secondary_index(
            index_name="open",
            partition_key=dynamodb.Attribute(name="open", type=STRING),
            sort_key=dynamodb.Attribute(name="due_at", type=STRING),
            projection_type=dynamodb.ProjectionType.KEYS_ONLY,
        )
        self.dead: list[str] = []  # the dead-letter queues, by name
        # Where stream records, ticks and MQTT messages wait that could not be delivered, or that doors failed on.
        self.undelivered = self._dead_letters("undelivered")
        # EventBridge has no role of ours to send with; the other senders have.
        self.undelivered.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("events.amazonaws.com")],
                actions=["sqs:SendMessage"],
                resources=[self.undelivered.queue_arn],
                conditions={"StringEquals": {"aws:SourceAccount": self.account}},
            )
        )
        # Visibility is six times the consumer's timeout, as Lambda asks.
        self.queues = {queue: self._queue(queue, visibility=Duration.seconds(60)) for queue in Queue}
        self.keys: dict[Resource, kms.Key] = {key: self._signing_key(key) for key in Key}
        self.keys |= {mac: self._mac_key(mac) for mac in Mac}
        self.edge_secret = secretsmanager.Secret(
            self,
            "EdgeSecret",
            secret_name=stage.edge_secret,
            description="The header by which the API knows its own edge.",
            generate_secret_string=secretsmanager.SecretStringGenerator(password_length=48, exclude_punctuation=True),
            removal_policy=self._removal,
        )
        self.files = self._bucket()
        CfnOutput(self, static.BUCKET, value=self.files.bucket_name)

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

    def _queue(self, queue: Queue, visibility: Duration) -> sqs.Queue:
        return sqs.Queue(
            self,
            f"{queue.value.title()}Queue",
            queue_name=self.name(queue),
            visibility_timeout=visibility,
            retention_period=Duration.days(4),
            enforce_ssl=True,
            dead_letter_queue=sqs.DeadLetterQueue(
                max_receive_count=MOST_RECEIVES, queue=self._dead_letters(f"{queue.value}-dead")
            ),
            removal_policy=self._removal,
        )

    def _dead_letters(self, name: str) -> sqs.Queue:
        self.dead.append(f"{self.stage.name}-{name}")
        return sqs.Queue(
            self,
            f"{name.title().replace('-', '')}Queue",
            queue_name=self.dead[-1],
            retention_period=Duration.days(14),
            enforce_ssl=True,
            removal_policy=self._removal,
        )

    def _bucket(self) -> s3.Bucket:
        """Static files, for CloudFront alone to read."""
        bucket = s3.Bucket(
            self,
            "Files",
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            # A bucket that is not empty cannot be deleted; its name is nobody else's, so it is in nobody's way.
            removal_policy=RemovalPolicy.RETAIN,
        )
        # By account, not by distribution: that lies in a later stack, which names this one. Who may list hears 404.
        for action, resource in (
            ("s3:GetObject", bucket.arn_for_objects("static/*")),
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
            description="Derives refresh tokens and the links and codes that reset passwords.",
            key_spec=kms.KeySpec.HMAC_256,
            key_usage=kms.KeyUsage.GENERATE_VERIFY_MAC,
            removal_policy=self._removal,
        )
