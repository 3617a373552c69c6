"""One declared door becomes a Lambda, its trigger, its exact rights, its environment and its log group."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from kalit.kit import streams
from kalit.kit.api import Endpoint
from kalit.kit.consumers import Consumer, DeadLetters
from kalit.kit.doors import Door
from kalit.kit.resources import Broker, Bucket, Cipher, Email, Fleet, Grant, Key, Mac, Resource, Secret, Sms
from kalit.kit.schedules import TIME, Schedule
from kalit.kit.steps import Step
from kalit.kit.streams import Follower
from kalit.kit.topics import Topic
from kalit.providers.outcomes import SANDBOX

from . import machines, static, things, ticks, tracing
from .packages import door_zip, kalit_zip, vendor_zip
from .state import State

RETENTION = {1: logs.RetentionDays.ONE_DAY, 30: logs.RetentionDays.ONE_MONTH, 180: logs.RetentionDays.SIX_MONTHS}

# kind of resource -> what a door's environment calls it, where that is not the ARN
IDS: dict[str, Callable[[State, Any], str]] = {
    "table": lambda state, table: state.name(table),
    "queue": lambda state, queue: state.queues[queue].queue_url,
    "bucket": lambda state, bucket: state.buckets[bucket].bucket_name,
    "fleet": lambda state, fleet: state.name(fleet),
    "email": lambda state, _: state.stage.email_from,
    "sms": lambda state, _: state.stage.sms_origin,
}

# kind of resource -> (service, type in the ARN, what stands between type and name)
ARNS = {
    "table": ("dynamodb", "table", "/"),
    "queue": ("sqs", "", ""),
    "machine": ("states", "stateMachine", ":"),
    "email": ("ses", "identity", "/"),
    "sms": ("sms-voice", "phone-number", "/"),
}


class Doors(Stack):
    """All doors of one folder of `functions/`, and the machines that call them."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        folder: str,
        doors: Sequence[Door],
        state: State,
        api: apigateway.HttpApi,
        shadowed: Sequence[tuple[str, str]],
    ) -> None:
        super().__init__(scope, id)
        self.state, self.stage, self.api = state, state.stage, api
        self.folder, self.doors, self.shadowed = folder, doors, shadowed
        self.architecture = (
            lambda_.Architecture.ARM_64 if self.stage.architecture == "arm64" else lambda_.Architecture.X86_64
        )
        self.layers = [
            self._layer("Vendor", str(vendor_zip(self.stage.architecture, native=self.stage.sandbox))),
            self._layer("Kalit", str(kalit_zip(native=self.stage.sandbox))),
        ]
        self.tracing = tracing.policy(self)
        self.functions = {door.name: self._host(door) for door in doors}
        machines.build(self, self.stage.name, folder, self.functions, state.undelivered, self.tracing)

    def _layer(self, name: str, path: str) -> lambda_.LayerVersion:
        return lambda_.LayerVersion(
            self,
            f"{name}Layer",
            code=lambda_.Code.from_asset(path),
            compatible_architectures=[self.architecture],
            compatible_runtimes=[lambda_.Runtime.PYTHON_3_13],
        )

    def _host(self, door: Door) -> lambda_.Function:
        id = "".join(part.title() for part in door.name.replace("_", ".").split("."))
        name = self.function_name(door)
        log_group = logs.LogGroup(
            self,
            f"{id}Log",
            log_group_name=f"/aws/lambda/{name}",
            retention=RETENTION[self.stage.log_days],
            removal_policy=RemovalPolicy.DESTROY,
        )
        role = iam.Role(
            self,
            f"{id}Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            managed_policies=[self.tracing],
        )
        # The log group's ARN ends in `:*`, which stands for its streams.
        self._allow(role, ["logs:CreateLogStream", "logs:PutLogEvents"], log_group.log_group_arn)
        for grant in door.grants:
            self._allow(role, [grant.action], self.arn(grant))
        function = lambda_.Function(
            self,
            id,
            function_name=name,
            description=door.summary[:256],
            code=lambda_.Code.from_asset(str(door_zip(door))),
            handler=f"functions.{door.name}.handler",
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=self.architecture,
            layers=self.layers,
            memory_size=door.host.memory,
            timeout=Duration.seconds(door.host.timeout),
            # CDK would add rights of its own choice to the role.
            role=role.without_policy_updates(),
            tracing=lambda_.Tracing.ACTIVE,
            log_group=log_group,
            environment=self._environment(door),
        )
        function.node.add_dependency(role)
        TRIGGERS[type(door)](self, door, function, role)
        return function

    def function_name(self, door: Door) -> str:
        return f"{self.stage.name}-{door.name.replace('.', '-')}"

    def _allow(self, role: iam.Role, actions: list[str], *resources: str) -> None:
        role.add_to_policy(iam.PolicyStatement(actions=actions, resources=list(resources)))

    def _environment(self, door: Door) -> dict[str, str]:
        variables = {"STAGE": self.stage.name, **static.variables(door)}
        variables |= {grant.resource.variable: self.id_of(grant.resource) for grant in door.grants}
        if isinstance(door, Endpoint):
            variables["EDGE_SECRET_SHA256"] = ssm.StringParameter.value_for_string_parameter(
                self, self.stage.edge_digest
            )
        if door.host.ticks:
            variables["TICKS"] = ticks.told(self.stage)
        if door.host.inbound:
            variables["INBOUND_SECRET_SHA256"] = self.stage.inbound_digest
        if door.host.mqtt:
            variables["MQTT"] = ssm.StringParameter.value_for_string_parameter(self, self.stage.mqtt)
        if door.host.sms:
            variables |= {"SMS_PRICE": self.stage.sms_price, "SMS_RATE": str(self.stage.sms_rate)}
        if self.stage.sandbox:
            variables["CLOCK_FILE"] = self.node.try_get_context("clock_file") or ""
            variables |= json.loads(self.node.try_get_context("tunables") or "{}")
        return variables

    def id_of(self, resource: Resource) -> str:
        """What a door's environment says: the name of a table, the URL of a queue, a sender, the ARN of the rest."""
        named = IDS.get(resource.kind)
        return named(self.state, resource) if named else self.arn(Grant(resource, ""))

    def arn(self, grant: Grant) -> str:
        """The ARN that a grant is about; built from names where it can be, so that stacks do not hang on each other."""
        if isinstance(grant.resource, (Key, Mac, Cipher)):
            return self.state.keys[grant.resource].key_arn
        if isinstance(grant.resource, Secret):
            return self.state.secrets[grant.resource]
        if isinstance(grant.resource, Bucket):
            return f"{self.state.buckets[grant.resource].bucket_arn}{grant.part}"
        if isinstance(grant.resource, (Broker, Fleet)):
            return "*" if grant.part == "*" else f"arn:{self.partition}:iot:{self.region}:{self.account}:{grant.part}"
        if grant.resource is Sms.SENDER and self.stage.sms_origin != SANDBOX:
            return self.stage.sms_origin
        service, kind, between = ARNS[grant.resource.kind]
        if grant.action == "states:StopExecution":
            kind = "execution"
        domain = self.stage.email_from.rpartition("@")[2]
        name = domain if grant.resource is Email.SENDER else self.state.name(grant.resource)
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{kind}{between}{name}{grant.part}"


def route_key(method: str, path: str) -> str:
    """What API Gateway calls a route. The edge strips the final slash, so routes have none."""
    return path if path == "$default" else f"{method} {path.rstrip('/') or '/'}"


def _routes(stack: Doors, door: Endpoint, function: lambda_.Function, role: iam.Role) -> None:
    id = function.node.id
    integration = apigateway.CfnIntegration(
        stack,
        f"{id}Integration",
        api_id=stack.api.api_id,
        integration_type="AWS_PROXY",
        integration_uri=function.function_arn,
        payload_format_version="2.0",
    )
    routes = [*door.routes, *(stack.shadowed if door.path == "$default" else ())]
    for number, (method, path) in enumerate(routes):
        apigateway.CfnRoute(
            stack,
            f"{id}Route{number}",
            api_id=stack.api.api_id,
            route_key=route_key(method, path),
            target=f"integrations/{integration.ref}",
        )
    lambda_.CfnPermission(
        stack,
        f"{id}Permission",
        action="lambda:InvokeFunction",
        function_name=function.function_arn,
        principal="apigateway.amazonaws.com",
        source_arn=f"arn:{stack.partition}:execute-api:{stack.region}:{stack.account}:{stack.api.api_id}/*",
    )


def _consume(stack: Doors, door: Consumer, function: lambda_.Function, role: iam.Role) -> None:
    _receive(stack, door.batch, function, role, "Source", stack.state.queues[door.queue].queue_arn, door.at_once)


def _put_aside(stack: Doors, door: DeadLetters, function: lambda_.Function, role: iam.Role) -> None:
    for queue in stack.state.dead.values():
        _receive(stack, door.batch, function, role, f"From{queue.node.id}", queue.queue_arn)


def _receive(
    stack: Doors, batch: int, function: lambda_.Function, role: iam.Role, id: str, queue_arn: str, at_once: int = 0
) -> None:
    stack._allow(role, ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], queue_arn)
    mapping = lambda_.CfnEventSourceMapping(
        stack,
        f"{function.node.id}{id}",
        function_name=function.function_name,
        event_source_arn=queue_arn,
        batch_size=batch,
        function_response_types=["ReportBatchItemFailures"],
        scaling_config=lambda_.CfnEventSourceMapping.ScalingConfigProperty(maximum_concurrency=at_once)
        if at_once
        else None,
    )
    mapping.node.add_dependency(role)


def _follow(stack: Doors, door: Follower, function: lambda_.Function, role: iam.Role) -> None:
    stream = stack.state.tables[door.table].table_stream_arn or ""
    undelivered = stack.state.undelivered.queue_arn
    stack._allow(
        role,
        ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"],
        stream,
    )
    stack._allow(role, ["sqs:SendMessage"], undelivered)
    mapping = lambda_.CfnEventSourceMapping(
        stack,
        f"{function.node.id}Source",
        function_name=function.function_name,
        event_source_arn=stream,
        starting_position="TRIM_HORIZON",
        batch_size=100,
        bisect_batch_on_function_error=True,
        maximum_retry_attempts=10,
        filter_criteria=lambda_.CfnEventSourceMapping.FilterCriteriaProperty(
            filters=[lambda_.CfnEventSourceMapping.FilterProperty(pattern=json.dumps(streams.FILTER))]
        ),
        destination_config=lambda_.CfnEventSourceMapping.DestinationConfigProperty(
            on_failure=lambda_.CfnEventSourceMapping.OnFailureProperty(destination=undelivered)
        ),
    )
    mapping.node.add_dependency(role)
    if door.outboxes:
        _knock(stack, door, function, streams.SWEPT)


def _tick(stack: Doors, door: Schedule, function: lambda_.Function, role: iam.Role) -> None:
    _keep_failures(stack, function, role)
    _knock(stack, door, function, ticks.expression(door, stack.stage), door.zone)


def _knock(stack: Doors, door: Door, function: lambda_.Function, expression: str, zone: str = "UTC") -> None:
    """Let EventBridge Scheduler call a door."""
    undelivered = stack.state.undelivered.queue_arn
    knocker = iam.Role(
        stack,
        f"{function.node.id}TickRole",
        assumed_by=iam.ServicePrincipal(
            "scheduler.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": stack.account}}
        ),
    )
    stack._allow(knocker, ["lambda:InvokeFunction"], function.function_arn)
    stack._allow(knocker, ["sqs:SendMessage"], undelivered)
    tick = scheduler.CfnSchedule(
        stack,
        f"{function.node.id}Tick",
        name=stack.function_name(door),
        schedule_expression=expression,
        schedule_expression_timezone=zone,
        flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
        target=scheduler.CfnSchedule.TargetProperty(
            arn=function.function_arn,
            role_arn=knocker.role_arn,
            input=json.dumps({"id": TIME, "tick": door.name}),
            dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(arn=undelivered),
            retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                maximum_event_age_in_seconds=3600, maximum_retry_attempts=3
            ),
        ),
    )
    tick.node.add_dependency(knocker)


def _listen(stack: Doors, door: Topic, function: lambda_.Function, role: iam.Role) -> None:
    _keep_failures(stack, function, role)
    things.rule(stack, stack.function_name(door), door, function, stack.state.undelivered)


def _keep_failures(stack: Doors, function: lambda_.Function, role: iam.Role) -> None:
    """Rules and schedules call asynchronously, so they never hear that the door failed: its destination does."""
    undelivered = stack.state.undelivered.queue_arn
    stack._allow(role, ["sqs:SendMessage"], undelivered)
    lambda_.CfnEventInvokeConfig(
        stack,
        f"{function.node.id}Failures",
        function_name=function.function_name,
        qualifier="$LATEST",
        maximum_retry_attempts=2,
        destination_config=lambda_.CfnEventInvokeConfig.DestinationConfigProperty(
            on_failure=lambda_.CfnEventInvokeConfig.OnFailureProperty(destination=undelivered)
        ),
    )


def _called_by_name(stack: Doors, door: Door, function: lambda_.Function, role: iam.Role) -> None:
    """A step has no trigger of its own: machines and the deployment call it."""


TRIGGERS: dict[type[Door], Callable[..., None]] = {
    Endpoint: _routes,
    Consumer: _consume,
    DeadLetters: _put_aside,
    Follower: _follow,
    Schedule: _tick,
    Topic: _listen,
    Step: _called_by_name,
}
