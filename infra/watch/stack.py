"""The stack of the alarms' topic, the alarms and the dashboards. Deployed last; it holds nothing that must be kept."""

from collections.abc import Sequence

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from ..hosting import Doors
from ..stages import Stage
from ..state import State
from . import alarms, dashboards
from .domain import Domain
from .metrics import Metric


class Watch(Stack):
    """What the operator sees of one stage."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        stage: Stage,
        state: State,
        api: apigateway.HttpApi,
        doors: Sequence[Doors],
    ) -> None:
        super().__init__(scope, id)
        self.stage = stage
        topic = self._topic()
        domains = [Domain.of(stack) for stack in doors]
        rows = [
            *alarms.of_stage(
                stage.name,
                api.api_id,
                queues=[state.name(queue) for queue in state.queues],
                dead=list(state.dead),
                tables=[state.name(table) for table in state.tables],
            ),
            *(row for domain in domains for row in alarms.of_domain(domain)),
        ]
        for row in rows:
            self._alarm(row, topic)
        for domain in domains:
            self._dashboard(
                f"{domain.folder.title()}Dashboard",
                f"{stage.dashboard}-{domain.folder}",
                dashboards.of_domain(domain, stage=stage.name, region=self.region, access_log=stage.access_log),
            )
        self._dashboard(
            "Dashboard",
            stage.dashboard,
            dashboards.overview(
                stage=stage.name,
                region=self.region,
                api_id=api.api_id,
                access_log=stage.access_log,
                domains=[domain.folder for domain in domains],
                dead=list(state.dead),
                alarms=[self._alarm_arn(row) for row in rows],
            ),
        )

    def _topic(self) -> sns.Topic:
        """Where alarms go. CloudWatch cannot use AWS's own key for SNS, so the topic has one of ours."""
        sender = iam.ServicePrincipal(
            "cloudwatch.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": self.account}}
        )
        key = kms.Key(
            self,
            "AlarmsKey",
            description="Encrypts alarms on their way.",
            enable_key_rotation=True,
            removal_policy=RemovalPolicy.DESTROY,
        )
        key.add_to_resource_policy(
            iam.PolicyStatement(principals=[sender], actions=["kms:Decrypt", "kms:GenerateDataKey"], resources=["*"])
        )
        topic = sns.Topic(self, "Alarms", topic_name=f"{self.stage.name}-alarms", master_key=key, enforce_ssl=True)
        # A policy of our own replaces the one that would let CloudWatch in.
        topic.add_to_resource_policy(
            iam.PolicyStatement(principals=[sender], actions=["sns:Publish"], resources=[topic.topic_arn])
        )
        if self.stage.alarm_email:
            topic.add_subscription(subscriptions.EmailSubscription(self.stage.alarm_email))
        return topic

    def _alarm(self, row: alarms.Alarm, topic: sns.Topic) -> None:
        period = Duration.minutes(row.minutes)
        metrics = [_metric(metric, period) for metric in row.metrics]
        alarm = cloudwatch.Alarm(
            self,
            "".join(part.title() for part in row.name.split("-")),
            alarm_name=self._alarm_name(row),
            alarm_description=f"{row.means} {row.first}",
            metric=metrics[0] if len(metrics) == 1 else _sum(metrics, period),
            threshold=row.threshold,
            evaluation_periods=row.periods,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(actions.SnsAction(topic))
        alarm.add_ok_action(actions.SnsAction(topic))

    def _alarm_name(self, row: alarms.Alarm) -> str:
        return f"{self.stage.name}-{row.name}"

    def _alarm_arn(self, row: alarms.Alarm) -> str:
        return f"arn:{self.partition}:cloudwatch:{self.region}:{self.account}:alarm:{self._alarm_name(row)}"

    def _dashboard(self, id: str, name: str, body: object) -> None:
        cloudwatch.CfnDashboard(self, id, dashboard_name=name, dashboard_body=self.to_json_string(body))


def _metric(metric: Metric, period: Duration) -> cloudwatch.Metric:
    dimensions = {**({metric.dimension: metric.value} if metric.dimension else {}), **dict(metric.also)}
    return cloudwatch.Metric(
        namespace=metric.namespace,
        metric_name=metric.name,
        dimensions_map=dimensions or None,
        statistic=metric.statistic,
        period=period,
    )


def _sum(metrics: Sequence[cloudwatch.Metric], period: Duration) -> cloudwatch.MathExpression:
    """Their sum; a metric without a value counts as nothing, or a silent function would hide the others' errors."""
    using = {f"m{number}": metric for number, metric in enumerate(metrics)}
    return cloudwatch.MathExpression(
        expression=" + ".join(f"FILL({name}, 0)" for name in using), using_metrics=using, period=period
    )
