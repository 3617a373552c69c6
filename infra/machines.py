"""State machines: waiting that holds no worker. Each belongs to the domain whose steps it calls."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn

from kalit.kit.resources import Machine

# Doubling from one second with full jitter: eight tries within three minutes; then the sweeper takes over.
RETRY = [
    {
        "ErrorEquals": ["States.ALL"],
        "IntervalSeconds": 1,
        "MaxAttempts": 8,
        "BackoffRate": 2,
        "MaxDelaySeconds": 60,
        "JitterStrategy": "FULL",
    }
]
GIVE_UP = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.failure", "Next": "PutAside"}]


def countdown(steps: Mapping[str, lambda_.Function]) -> dict[str, Any]:
    """Wait until the countdown is over, then end its task."""
    return {
        "StartAt": "Wait",
        "States": {
            "Wait": {"Type": "Wait", "TimestampPath": "$.due_at", "Next": "Finish"},
            "Finish": {
                "Type": "Task",
                "Resource": steps["tasks.countdown"].function_arn,
                "Retry": RETRY,
                "Catch": GIVE_UP,
                "End": True,
            },
        },
    }


def looking_again(step: lambda_.Function) -> dict[str, Any]:
    """Wait until it is time, let the step look, wait until the time that it says; until it says that all is over."""
    return {
        "StartAt": "Wait",
        "States": {
            "Wait": {"Type": "Wait", "TimestampPath": "$.next.at", "Next": "Look"},
            "Look": {
                "Type": "Task",
                "Resource": step.function_arn,
                "ResultPath": "$.next",
                "Retry": RETRY,
                "Catch": GIVE_UP,
                "Next": "Over",
            },
            "Over": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.next.done", "BooleanEquals": True, "Next": "End"}],
                "Default": "Wait",
            },
            "End": {"Type": "Succeed"},
        },
    }


def command(steps: Mapping[str, lambda_.Function]) -> dict[str, Any]:
    """Until a lock has answered, or was asked often enough, send the command anew."""
    return looking_again(steps["locks.send_again"])


def hold(steps: Mapping[str, lambda_.Function]) -> dict[str, Any]:
    """When an order's time is over and nobody has paid, end it."""
    return looking_again(steps["shop.expire"])


def campaign(steps: Mapping[str, lambda_.Function]) -> dict[str, Any]:
    """Wait for a run's start, plan it page by page, and look at it until it is over."""
    return {
        "StartAt": "Begin",
        "States": {
            "Begin": _step(steps["campaigns.begin"], "Begun", ResultPath="$.next"),
            "Begun": _choice({"wait": "WaitForStart", "plan": "Plan"}),
            "WaitForStart": {"Type": "Wait", "TimestampPath": "$.next.at", "Next": "Begin"},
            "Plan": _step(steps["campaigns.plan"], "Planned", ResultPath="$.next"),
            "Planned": _choice({"plan": "Plan", "watch": "Watch"}),
            "Watch": _step(steps["campaigns.watch"], "Watched", ResultPath="$.next"),
            "Watched": _choice({"watch": "WaitForSlots"}),
            "WaitForSlots": {"Type": "Wait", "TimestampPath": "$.next.at", "Next": "Watch"},
            "End": {"Type": "Succeed"},
        },
    }


def slot(steps: Mapping[str, lambda_.Function]) -> dict[str, Any]:
    """Wait until messages are due, then hand them over to the senders, some slots at a time."""
    return {
        "StartAt": "Wait",
        "States": {
            "Wait": {"Type": "Wait", "TimestampPath": "$.at", "Next": "Release"},
            "Release": _step(steps["campaigns.release"], "Released", ResultPath="$.released"),
            "Released": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.released.more", "BooleanEquals": True, "Next": "GoOn"}],
                "Default": "End",
            },
            "GoOn": {
                "Type": "Pass",
                "Parameters": {
                    "run.$": "$.run",
                    "at.$": "$.at",
                    "until.$": "$.until",
                    "after.$": "$.released.after",
                    "job.$": "$.job",
                    "request_id.$": "$.request_id",
                    "caller_id.$": "$.caller_id",
                },
                "Next": "Release",
            },
            "End": {"Type": "Succeed"},
        },
    }


def client_import(steps: Mapping[str, lambda_.Function]) -> dict[str, Any]:
    """Check a file of clients, then make them, some pages at a time."""
    page = {"Type": "Task", "Resource": steps["campaigns.make_clients"].function_arn, "Retry": RETRY, "End": True}
    return {
        "StartAt": "Check",
        "States": {
            "Check": _step(steps["campaigns.check_import"], "Make", ResultPath="$.checked"),
            "Make": {
                "Type": "Map",
                "ItemsPath": "$.checked.pages",
                "ItemSelector": {
                    "id.$": "$.id",
                    "page.$": "$$.Map.Item.Value",
                    "request_id.$": "$.request_id",
                    "caller_id.$": "$.caller_id",
                },
                "MaxConcurrency": 4,
                "ItemProcessor": {
                    "ProcessorConfig": {"Mode": "INLINE"},
                    "StartAt": "Page",
                    "States": {"Page": page},
                },
                "ResultPath": None,
                "Catch": GIVE_UP,
                "End": True,
            },
        },
    }


def _step(function: lambda_.Function, then: str, **more: str) -> dict[str, Any]:
    told = {"Type": "Task", "Resource": function.function_arn, "Retry": RETRY, "Catch": GIVE_UP, "Next": then}
    return {**told, **more}


def _choice(ways: Mapping[str, str]) -> dict[str, Any]:
    """Go on as the last step says; what it does not name is the end."""
    choices = [{"Variable": "$.next.do", "StringEquals": do, "Next": then} for do, then in ways.items()]
    return {"Type": "Choice", "Choices": choices, "Default": "End"}


def giving_up(machine: Machine, undelivered: sqs.IQueue) -> dict[str, Any]:
    """The states to which every machine goes from a step that keeps failing: its job is put aside as dead."""
    return {
        "PutAside": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage",
            "Parameters": {
                "QueueUrl": undelivered.queue_url,
                "MessageBody": {"machine": machine.value, "order.$": "$"},
            },
            "Next": "Dead",
        },
        "Dead": {"Type": "Fail", "Error": "Dead", "Cause": "A step kept failing; the job's history tells why."},
    }


# folder of doors -> its machines: (definition, the steps it calls)
MACHINES = {
    "tasks": {Machine.COUNTDOWN: (countdown, ["tasks.countdown"])},
    "locks": {Machine.COMMAND: (command, ["locks.send_again"])},
    "shop": {Machine.HOLD: (hold, ["shop.expire"])},
    "campaigns": {
        Machine.CAMPAIGN: (campaign, ["campaigns.begin", "campaigns.plan", "campaigns.watch"]),
        Machine.SLOT: (slot, ["campaigns.release"]),
        Machine.IMPORT: (client_import, ["campaigns.check_import", "campaigns.make_clients"]),
    },
}


def build(
    stack: Stack,
    stage: str,
    folder: str,
    functions: Mapping[str, lambda_.Function],
    undelivered: sqs.IQueue,
    tracing: iam.IManagedPolicy,
) -> None:
    """The machines of one folder of doors."""
    for machine, (definition, steps) in MACHINES.get(folder, {}).items():
        name = machine.value.title()
        role = iam.Role(
            stack,
            f"{name}MachineRole",
            assumed_by=iam.ServicePrincipal("states.amazonaws.com"),
            managed_policies=[tracing],
        )
        role.add_to_policy(
            iam.PolicyStatement(
                actions=["lambda:InvokeFunction"], resources=[functions[step].function_arn for step in steps]
            )
        )
        role.add_to_policy(iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[undelivered.queue_arn]))
        told = definition(functions)
        told["States"] |= giving_up(machine, undelivered)
        built = sfn.CfnStateMachine(
            stack,
            f"{name}Machine",
            state_machine_name=f"{stage}-{machine.value}",
            definition_string=stack.to_json_string(told),
            role_arn=role.role_arn,
            tracing_configuration=sfn.CfnStateMachine.TracingConfigurationProperty(enabled=True),
        )
        built.node.add_dependency(role)
