"""Metrics by their names, as alarms and dashboards ask for them."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeVar

Item = TypeVar("Item")


class Metric(NamedTuple):
    """One metric of AWS; an empty dimension stands for the whole account in its region."""

    namespace: str
    name: str
    statistic: str = "Sum"
    dimension: str = ""
    value: str = ""
    also: tuple[tuple[str, str], ...] = ()  # further dimensions

    def of(self, value: str) -> "Metric":
        """The same metric of a resource."""
        return self._replace(value=value)


def lambda_(name: str, statistic: str = "Sum") -> Metric:
    return Metric("AWS/Lambda", name, statistic, "FunctionName")


def queue(name: str) -> Metric:
    return Metric("AWS/SQS", name, "Maximum", "QueueName")


def table(name: str) -> Metric:
    return Metric("AWS/DynamoDB", name, "Sum", "TableName")


def machine(name: str, statistic: str = "Sum") -> Metric:
    return Metric("AWS/States", name, statistic, "StateMachineArn")


def api(name: str, statistic: str = "Sum") -> Metric:
    return Metric("AWS/ApiGateway", name, statistic, "ApiId")


def own(name: str, stage: str, function: str) -> Metric:
    """Of the product itself (`kit.metrics`)."""
    return Metric("Kalit", name, also=(("stage", stage), ("function", function)))


def account(name: str, statistic: str = "Sum") -> Metric:
    """Of all functions of the account in this region."""
    return Metric("AWS/Lambda", name, statistic)


# What `account` metrics are of.
WHOLE_ACCOUNT = ""
# Depth of a queue, dead or alive.
WAITING = queue("ApproximateNumberOfMessagesVisible")


def portions(items: Sequence[Item], most: int) -> Iterator[Sequence[Item]]:
    """The items in portions of what CloudWatch takes at once."""
    return (items[start : start + most] for start in range(0, len(items), most))


def bare(name: str) -> str:
    """A resource's name without the stage."""
    return name.partition("-")[2]
