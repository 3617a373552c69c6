"""What wakes somebody up."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sqs as sqs


def dead_letters(queues: Sequence[sqs.Queue]) -> None:
    """An alarm per dead-letter queue: a message there is work that nobody will do by itself."""
    for queue in queues:
        cloudwatch.Alarm(
            queue,
            "NotEmpty",
            alarm_description=f"Messages wait in {queue.node.id}: find out why, mend it, send them back.",
            metric=queue.metric_approximate_number_of_messages_visible(period=Duration.minutes(1), statistic="Maximum"),
            threshold=1,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
