"""What the templates say, whatever the doors are."""

import json
import re
from pathlib import Path
from typing import Any

from infra import static
from infra.catalog import catalog
from infra.rights import SNAPSHOT, listed, rights, statements
from infra.stages import STAGES
from infra.ticks import expression as ticks_of
from kalit.kit.consumers import Consumer
from kalit.kit.schedules import Schedule
from kalit.kit.streams import Follower
from kalit.kit.topics import Topic
from tests.infra.conftest import Templates

# Types that hold what cannot be made anew.
STATEFUL = (
    "AWS::Cognito::UserPool",
    "AWS::DynamoDB::Table",
    "AWS::DynamoDB::GlobalTable",
    "AWS::KMS::Key",
    "AWS::S3::Bucket",
    "AWS::SecretsManager::Secret",
    "AWS::SQS::Queue",
)

# These actions know no resources; they alone may be given on `*`.
TRACES = {
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}
WITHOUT_RESOURCES = {*TRACES, "iot:CreateKeysAndCertificate", "iot:AttachThingPrincipal", "iot:DetachThingPrincipal"}


def test_rights_are_as_reviewed(dev: Templates) -> None:
    """A change of rights shows in a diff. `make derived` writes the file anew."""
    assert rights(dev.folder) == SNAPSHOT.read_text()


def test_no_right_is_given_by_a_wildcard(prod: Templates) -> None:
    allowed = [(policy, s) for policy, s in statements(prod.folder) if s["Effect"] == "Allow"]
    assert allowed
    for policy, statement in allowed:
        assert all("*" not in action for action in listed(statement["Action"])), policy
        assert "*" not in listed(statement["Resource"]) or set(listed(statement["Action"])) <= WITHOUT_RESOURCES, policy


def test_roles_share_the_right_to_write_traces_and_no_other(dev: Templates) -> None:
    shared = {(policy.stack, policy.id) for policy in dev.all("AWS::IAM::ManagedPolicy")}
    granted = [s for name, s in statements(dev.folder) if name == "Tracing"]
    assert len(granted) == len(shared)
    assert all(set(listed(statement["Action"])) == TRACES for statement in granted)
    for role in dev.all("AWS::IAM::Role"):
        carried = role.properties.get("ManagedPolicyArns", [])
        assert {(role.stack, policy["Ref"]) for policy in carried} <= shared, role.id


def test_everything_that_runs_is_traced(dev: Templates) -> None:
    roles = {(role.stack, role.id): role.properties for role in dev.all("AWS::IAM::Role")}
    functions, machines = list(dev.all("AWS::Lambda::Function")), list(dev.all("AWS::StepFunctions::StateMachine"))
    assert machines
    assert all(function.properties["TracingConfig"]["Mode"] == "Active" for function in functions)
    assert all(machine.properties["TracingConfiguration"]["Enabled"] for machine in machines)
    for runs, key in ((functions, "Role"), (machines, "RoleArn")):
        for each in runs:
            assert roles[each.stack, each.properties[key]["Fn::GetAtt"][0]]["ManagedPolicyArns"], each.id


def test_every_function_has_a_role_and_a_log_of_its_own(dev: Templates) -> None:
    functions = list(dev.all("AWS::Lambda::Function"))
    assert len(functions) == len(catalog())
    roles = [function.properties["Role"]["Fn::GetAtt"][0] for function in functions]
    assert len(set(roles)) == len(roles)
    logs = [function.properties["LoggingConfig"]["LogGroup"]["Ref"] for function in functions]
    assert len(set(logs)) == len(logs)


def test_names_follow_the_law(dev: Templates) -> None:
    names = {f.properties["Handler"]: f.properties["FunctionName"] for f in dev.all("AWS::Lambda::Function")}
    for door in catalog():
        assert names[f"functions.{door.name}.handler"] == f"dev-{door.name.replace('.', '-')}"


def test_a_function_knows_only_the_names_that_it_declares(dev: Templates) -> None:
    always = {"STAGE", "EDGE_SECRET_SHA256"}
    told = {
        f.properties["Handler"]: set(f.properties["Environment"]["Variables"]) for f in dev.all("AWS::Lambda::Function")
    }
    for door in catalog():
        expected = {grant.resource.variable for grant in door.grants} | set(static.variables(door))
        expected |= {"TICKS"} if door.host.ticks else set()
        expected |= {"MQTT"} if door.host.mqtt else set()
        expected |= {"SMS_PRICE", "SMS_RATE"} if door.host.sms else set()
        expected |= {"INBOUND_SECRET_SHA256"} if door.host.inbound else set()
        assert told[f"functions.{door.name}.handler"] - always == expected


def test_every_queue_has_a_dead_letter_queue_and_room_for_six_timeouts(dev: Templates) -> None:
    dead = {q.id for q in dev.all("AWS::SQS::Queue") if "RedrivePolicy" not in q.properties}
    working = {q.id: q.properties for q in dev.all("AWS::SQS::Queue") if "RedrivePolicy" in q.properties}
    timeouts = {f.properties["FunctionName"]: f.properties["Timeout"] for f in dev.all("AWS::Lambda::Function")}
    assert working
    for properties in working.values():
        assert properties["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0] in dead
        assert properties["RedrivePolicy"]["maxReceiveCount"] >= 5
        queue = properties["QueueName"].removeprefix("dev-")
        [consumer] = [door for door in catalog() if isinstance(door, Consumer) and door.queue == queue]
        assert properties["VisibilityTimeout"] >= 6 * timeouts[f"dev-{consumer.name.replace('.', '-')}"]


def test_dead_letters_are_taken_out_by_the_one_door_that_keeps_them(dev: Templates) -> None:
    dead = {q.id: q.properties for q in dev.all("AWS::SQS::Queue") if "RedrivePolicy" not in q.properties}
    mappings = [
        (s.properties["FunctionName"]["Ref"], json.dumps(s.properties["EventSourceArn"]))
        for s in dev.all("AWS::Lambda::EventSourceMapping")
        if "StartingPosition" not in s.properties
    ]
    taken = [source for function, source in mappings if function.startswith("JobsBury")]
    assert len(taken) == len(dead)
    bury = next(
        f.properties for f in dev.all("AWS::Lambda::Function") if f.properties["FunctionName"] == "dev-jobs-bury"
    )
    assert all(properties["VisibilityTimeout"] >= 6 * bury["Timeout"] for properties in dead.values())


def test_the_clock_knocks_through_the_scheduler_and_keeps_what_it_cannot_deliver(dev: Templates) -> None:
    told = {s.properties["Name"]: s.properties for s in dev.all("AWS::Scheduler::Schedule")}
    ticks = {door.name: ticks_of(door, STAGES["dev"]) for door in catalog() if isinstance(door, Schedule)}
    swept = {door.name: "rate(5 minutes)" for door in catalog() if isinstance(door, Follower) and door.outboxes}
    assert {name: tick["ScheduleExpression"] for name, tick in told.items()} == {
        f"dev-{name.replace('.', '-')}": expression for name, expression in {**ticks, **swept}.items()
    }
    for tick in told.values():
        assert tick["Target"]["DeadLetterConfig"]["Arn"]
        assert json.loads(tick["Target"]["Input"])["id"] == "<aws.scheduler.scheduled-time>"
    assert told["dev-jobs-auto_task_runner"]["ScheduleExpressionTimezone"] == "Asia/Tashkent"


def test_production_runs_what_is_due_every_other_hour(prod: Templates) -> None:
    told = {s.properties["Name"]: s.properties for s in prod.all("AWS::Scheduler::Schedule")}
    assert told["prod-jobs-auto_task_runner"]["ScheduleExpression"] == "cron(0 0/2 * * ? *)"
    assert told["prod-jobs-run_recurring"]["ScheduleExpression"] == "rate(1 minute)"


def test_a_machine_puts_aside_what_its_steps_keep_failing_on(dev: Templates) -> None:
    for machine in dev.all("AWS::StepFunctions::StateMachine"):
        definition = json.dumps(machine.properties["DefinitionString"])
        assert "PutAside" in definition
        assert "sqs:sendMessage" in definition


def test_a_failed_message_comes_back_alone(dev: Templates) -> None:
    sources = [
        s.properties for s in dev.all("AWS::Lambda::EventSourceMapping") if "StartingPosition" not in s.properties
    ]
    assert sources
    assert all(source["FunctionResponseTypes"] == ["ReportBatchItemFailures"] for source in sources)


def test_a_poisoned_stream_record_cannot_block_its_table(dev: Templates) -> None:
    sources = [s.properties for s in dev.all("AWS::Lambda::EventSourceMapping") if "StartingPosition" in s.properties]
    assert sources
    for source in sources:
        assert source["BisectBatchOnFunctionError"]
        assert source["MaximumRetryAttempts"] == 10
        assert source["DestinationConfig"]["OnFailure"]


def test_a_table_has_one_stream_door_at_most(dev: Templates) -> None:
    streams = [json.dumps(s.properties["EventSourceArn"]) for s in dev.all("AWS::Lambda::EventSourceMapping")]
    assert len(streams) == len(set(streams))


def test_a_lock_may_be_itself_and_nobody_else(dev: Templates) -> None:
    [policy] = dev.all("AWS::IoT::Policy")
    me = "${iot:Connection.Thing.ThingName}"
    told = {
        action: (sorted(_tail(arn) for arn in listed(statement["Resource"])), statement.get("Condition"))
        for statement in policy.properties["PolicyDocument"]["Statement"]
        for action in listed(statement["Action"])
        if statement["Effect"] == "Allow"
    }
    assert told == {
        "iot:Connect": ([f"client/{me}"], {"Bool": {"iot:Connection.Thing.IsAttached": "true"}}),
        "iot:Publish": (
            [f"topic/smartlock/{me}/{channel}" for channel in ("alert", "heartbeat", "response", "status")],
            None,
        ),
        "iot:Subscribe": ([f"topicfilter/smartlock/{me}/commands"], None),
        "iot:Receive": ([f"topic/smartlock/{me}/commands"], None),
    }  # and no iot:RetainPublish: what a lock says is said once


def _tail(arn: dict[str, Any]) -> str:
    """What an ARN names, behind region and account."""
    return str(arn["Fn::Join"][1][-1]).removeprefix(":")


def test_what_a_lock_says_reaches_its_door_or_is_put_aside(dev: Templates) -> None:
    heard = {door.name: door for door in catalog() if isinstance(door, Topic)}
    rules = dev.all("AWS::IoT::TopicRule")
    assert sorted(rule.properties["TopicRulePayload"]["Sql"] for rule in rules) == sorted(
        door.sql for door in heard.values()
    )
    for rule in rules:
        payload = rule.properties["TopicRulePayload"]
        assert [list(action) for action in payload["Actions"]] == [["Lambda"]]
        assert list(payload["ErrorAction"]) == ["Sqs"]
    put_aside = {told.properties["FunctionName"]["Ref"] for told in dev.all("AWS::Lambda::EventInvokeConfig")}
    assert {"Locks" + door.partition(".")[2].title().replace("_", "") for door in heard} <= {
        re.sub(r"[0-9A-F]{8}$", "", name) for name in put_aside
    }


def test_production_keeps_its_data(prod: Templates) -> None:
    # The key of the alarms' topic encrypts nothing that stays.
    holding = [r for r in prod.all(*STATEFUL) if (r.stack, r.type) != ("prod-watch", "AWS::KMS::Key")]
    assert holding
    for resource in holding:
        assert resource.told["DeletionPolicy"] == "Retain", resource.id
    for table in prod.all("AWS::DynamoDB::Table"):
        assert table.properties["DeletionProtectionEnabled"]
        assert table.properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]


def test_every_log_is_kept_for_as_long_as_the_stage_says(dev: Templates, prod: Templates) -> None:
    for templates, stage in ((dev, STAGES["dev"]), (prod, STAGES["prod"])):
        logs = list(templates.all("AWS::Logs::LogGroup"))
        assert stage.access_log in [log.properties["LogGroupName"] for log in logs]
        assert {log.properties.get("RetentionInDays") for log in logs} == {stage.log_days}


def test_routes_have_no_final_slash_and_no_twins(dev: Templates) -> None:
    keys = [route.properties["RouteKey"] for route in dev.all("AWS::ApiGatewayV2::Route")]
    assert len(keys) == len(set(keys))
    assert "$default" in keys
    assert all(not key.endswith("/") or key == "GET /" for key in keys)
    assert "GET /api/tasks/create" in keys, "it would be taken for a task's id"


def test_no_stack_comes_near_the_limit_of_resources(dev: Templates) -> None:
    for file in dev.files:
        assert len(json.loads(file.read_text())["Resources"]) < 400, file.name


def test_the_laptop_runs_what_aws_gets(dev: Templates, laptop: Path) -> None:
    def kinds(templates: Templates) -> list[tuple[str, str]]:
        return sorted(
            (re.sub(r"^\w+-", "", r.stack), re.sub(r"[0-9A-F]{8,}$", "", r.id.removesuffix("F80CE7B0")), r.type)[0::2]
            for r in templates.all()
        )

    assert kinds(Templates(laptop)) == kinds(dev)


def test_where_messages_reach_people_there_are_no_outboxes(furnished: Templates) -> None:
    names = {f.properties["FunctionName"]: f.properties for f in furnished.all("AWS::Lambda::Function")}
    assert not [name for name in names if "outbox" in name]
    assert names["prod-notices-email"]["Environment"]["Variables"]["EMAIL_SENDER"] == "kalit@example.com"
    listed = rights(furnished.folder)
    assert "NoticesEmailRole: ses:SendEmail arn::ses:::identity/example.com" in listed
    assert "sms-voice:SendTextMessage arn:aws:sms-voice:eu-central-1:123456789012:phone-number/one" in listed
