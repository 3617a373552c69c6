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


def command(steps: Mapping[str, lambda_.Function]) -> dict[str, Any]:
    """Wait until a lock should have answered, send the command anew; until it has, or was asked often enough."""
    return {
        "StartAt": "Wait",
        "States": {
            "Wait": {"Type": "Wait", "TimestampPath": "$.next.at", "Next": "SendAgain"},
            "SendAgain": {
                "Type": "Task",
                "Resource": steps["locks.send_again"].function_arn,
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
