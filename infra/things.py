"""IoT Core: topic rules that carry the locks' messages into doors."""

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_iot as iot
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs

from kalit.kit.topics import Topic


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
