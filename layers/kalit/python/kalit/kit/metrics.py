"""The product's own figures: what CloudWatch cannot see from outside. Emitted as EMF, one log line each.

Namespace `Kalit`, dimensions `stage` and `function`. Names say of what things what happened, such as `logins_refused`.
"""

import os

from aws_lambda_powertools.metrics import MetricUnit, single_metric

from .log import log


def count(name: str, value: float = 1) -> None:
    """Count something that happened."""
    with single_metric(name=name, unit=MetricUnit.Count, value=value, namespace="Kalit") as metric:
        metric.add_dimension("stage", os.environ.get("STAGE", "none"))
        metric.add_dimension("function", str(log.get_current_keys().get("function") or "none"))
