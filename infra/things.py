"""IoT Core: the policy that locks connect under, and topic rules that carry their messages into doors."""

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_iot as iot
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs

from kalit.kit.topics import Topic
from kalit.locks.reports import Channel

THING = "${iot:Connection.Thing.ThingName}"


def policy(stack: Stack, name: str) -> iot.CfnPolicy:
    """What a lock may do: connect as itself, tell its own state, hear its own commands. One policy for all locks."""

    def arn(what: str) -> str:
        return f"arn:{stack.partition}:iot:{stack.region}:{stack.account}:{what}"

    statements: list[dict[str, object]] = [
        {
            "Action": "iot:Connect",
            "Resource": arn(f"client/{THING}"),
            # A certificate that belongs to another thing, or to none, connects under no name.
            "Condition": {"Bool": {"iot:Connection.Thing.IsAttached": "true"}},
        },
        {"Action": "iot:Publish", "Resource": [arn(f"topic/smartlock/{THING}/{channel}") for channel in Channel]},
        {"Action": "iot:Subscribe", "Resource": arn(f"topicfilter/smartlock/{THING}/commands")},
        {"Action": "iot:Receive", "Resource": arn(f"topic/smartlock/{THING}/commands")},
    ]
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **told} for told in statements]}
    return iot.CfnPolicy(stack, "LocksPolicy", policy_name=name, policy_document=document)


def rule(stack: Stack, name: str, door: Topic, function: lambda_.Function, undelivered: sqs.Queue) -> None:
    """One topic rule into one door. What IoT Core cannot hand over, and what the door fails on, is kept."""
    id = function.node.id
    errors = iam.Role(
        stack,
        f"{id}RuleRole",
        assumed_by=iam.ServicePrincipal("iot.amazonaws.com"),
    )
    errors.add_to_policy(iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[undelivered.queue_arn]))
    topic_rule = iot.CfnTopicRule(
        stack,
        f"{id}Rule",
        rule_name=name.replace("-", "_"),
        topic_rule_payload=iot.CfnTopicRule.TopicRulePayloadProperty(
            sql=door.sql,
            aws_iot_sql_version="2016-03-23",
            actions=[
                iot.CfnTopicRule.ActionProperty(
                    lambda_=iot.CfnTopicRule.LambdaActionProperty(function_arn=function.function_arn)
                )
            ],
            error_action=iot.CfnTopicRule.ActionProperty(
                sqs=iot.CfnTopicRule.SqsActionProperty(queue_url=undelivered.queue_url, role_arn=errors.role_arn)
            ),
        ),
    )
    lambda_.CfnPermission(
        stack,
        f"{id}Permission",
        action="lambda:InvokeFunction",
        function_name=function.function_arn,
        principal="iot.amazonaws.com",
        source_arn=topic_rule.attr_arn,
    )
