"""Dashboards as CloudWatch reads them: rows of metrics become graphs, a line for each resource."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from kalit.kit.streams import Follower

from ..state import dead_letters
from .domain import Domain
from .metrics import WAITING, WHOLE_ACCOUNT, Metric, account, api, lambda_, machine, portions, queue, table

# CloudWatch's bounds for one widget.
MOST_LOG_GROUPS = 50
MOST_ALARMS = 100

Widget = dict[str, Any]
Row = tuple[str, Metric]

DOORS: Sequence[Row] = (
    ("Invocations", lambda_("Invocations")),
    ("Errors", lambda_("Errors")),
    ("Throttles", lambda_("Throttles")),
    ("Duration p50", lambda_("Duration", "p50")),
    ("Duration p95", lambda_("Duration", "p95")),
    ("Duration p99", lambda_("Duration", "p99")),
    ("Concurrent executions", lambda_("ConcurrentExecutions", "Maximum")),
)
STREAMS: Sequence[Row] = (("Age of the record read last", lambda_("IteratorAge", "Maximum")),)
QUEUES: Sequence[Row] = (
    ("Messages waiting", WAITING),
    ("Age of the oldest message", queue("ApproximateAgeOfOldestMessage")),
)
DEAD: Sequence[Row] = (("Dead messages", WAITING),)
MACHINES: Sequence[Row] = (
    ("Executions started", machine("ExecutionsStarted")),
    ("Executions succeeded", machine("ExecutionsSucceeded")),
    ("Executions failed", machine("ExecutionsFailed")),
    ("Executions timed out", machine("ExecutionsTimedOut")),
    ("Execution time p50", machine("ExecutionTime", "p50")),
    ("Execution time p99", machine("ExecutionTime", "p99")),
)
TABLES: Sequence[Row] = (
    ("Read capacity consumed", table("ConsumedReadCapacityUnits")),
    ("Write capacity consumed", table("ConsumedWriteCapacityUnits")),
    ("Reads throttled", table("ReadThrottleEvents")),
    ("Writes throttled", table("WriteThrottleEvents")),
)
# These two DynamoDB tells by table and operation: (title, metric, statistic).
OPERATIONS = (
    ("Requests throttled", "ThrottledRequests", "Sum"),
    ("Latency p99", "SuccessfulRequestLatency", "p99"),
    ("System errors", "SystemErrors", "Sum"),
)
API: Sequence[Row] = (
    ("Requests", api("Count")),
    ("Client errors (4xx)", api("4xx")),
    ("Server errors (5xx)", api("5xx")),
    ("Latency p50", api("Latency", "p50")),
    ("Latency p95", api("Latency", "p95")),
    ("Latency p99", api("Latency", "p99")),
)
ACCOUNT: Sequence[Row] = (
    ("Concurrent executions", account("ConcurrentExecutions", "Maximum")),
    ("Throttles", account("Throttles")),
)
# Of the access log, since metrics for each route would cost more than all else: (title, how it is shown, query).
REQUESTS = (
    (
        "Answers and latency by route (ms)",
        "table",
        "stats count(*) as requests, pct(took_ms, 50) as p50, pct(took_ms, 95) as p95, pct(took_ms, 99) as p99 "
        "by route, status | sort requests desc | limit 100",
    ),
    (
        "Latency (ms)",
        "timeSeries",
        "stats pct(took_ms, 50) as p50, pct(took_ms, 95) as p95, pct(took_ms, 99) as p99 by bin(5m)",
    ),
    ("Client errors (4xx)", "timeSeries", "filter status >= 400 and status < 500 | stats count(*) by bin(5m)"),
    ("Server errors (5xx)", "timeSeries", "filter status >= 500 | stats count(*) by bin(5m)"),
)
LATEST = " | sort @timestamp desc | limit 50"
FAILED = "filter status >= 500 | fields @timestamp, route, status, took_ms, error, request_id" + LATEST
# Lambda itself tells of a function that ran out of time or memory, in lines of its own form.
ERRORS = (
    "filter level = 'ERROR' or @message like /Task timed out|Runtime exited/ "
    "| fields @timestamp, function, coalesce(message, @message) as told, code, exception_name, request_id" + LATEST
)


class Page:
    """The widgets of one dashboard, in reading order; CloudWatch places them."""

    def __init__(self, region: str) -> None:
        self.region = region
        self.widgets: list[Widget] = []

    @property
    def body(self) -> dict[str, Any]:
        return {"start": "-PT3H", "widgets": self.widgets}

    def text(self, markdown: str, height: int = 1) -> None:
        self._add("text", 24, height, markdown=markdown)

    def graphs(self, heading: str, rows: Iterable[Row], resources: Sequence[str]) -> None:
        """A graph for each row, with a line for each resource; nothing where there is no resource."""
        if resources:
            self.text(f"## {heading}")
            for title, metric in rows:
                lines = [_line(metric.of(resource)) for resource in resources]
                self._graph(title, lines, metric.statistic)

    def searches(self, searches: Iterable[tuple[str, Sequence[str]]]) -> None:
        """A graph for each title, with what the searches find when somebody looks."""
        for title, expressions in searches:
            self._graph(title, [[{"expression": expression}] for expression in expressions], "Sum")

    def logs(self, title: str, groups: Sequence[str], query: str, view: str = "table") -> None:
        for portion in portions(groups, MOST_LOG_GROUPS):
            source = " | ".join(f"SOURCE '{group}'" for group in portion)
            width = 24 if view == "table" else 8
            self._add("log", width, 6, title=title, region=self.region, view=view, query=f"{source} | {query}")

    def alarms(self, arns: Sequence[str]) -> None:
        for portion in portions(arns, MOST_ALARMS):
            self._add("alarm", 24, 4, title="Alarms", alarms=list(portion))

    def _graph(self, title: str, lines: list[list[Any]], statistic: str) -> None:
        self._add("metric", 8, 6, title=title, region=self.region, stat=statistic, period=300, metrics=lines)

    def _add(self, kind: str, width: int, height: int, **properties: Any) -> None:
        self.widgets.append({"type": kind, "width": width, "height": height, "properties": properties})


def of_domain(domain: Domain, *, stage: str, region: str, access_log: str) -> dict[str, Any]:
    """The dashboard of one domain."""
    page = Page(region)
    page.text(f"# {domain.folder} ({stage})\n[overview](#dashboards:name={stage}-kalit)", height=2)
    page.graphs("Doors", DOORS, list(domain.functions))
    if domain.routes:
        page.text("## Requests")
        chosen = "filter route in [" + ", ".join(f'"{route}"' for route in domain.routes) + "] | "
        for title, view, query in REQUESTS:
            page.logs(title, [access_log], chosen + query, view)
    page.graphs("Streams", STREAMS, domain.doors(Follower))
    page.graphs("Queues", QUEUES, domain.queues)
    page.graphs("Dead-letter queues", DEAD, [dead_letters(queue) for queue in domain.queues])
    page.graphs("State machines", MACHINES, domain.machines)
    page.graphs("Tables", TABLES, domain.tables)
    page.searches(_operations(domain.tables))
    page.text("## The product's own numbers")
    # A word finds every function that has it in its name, so that new metrics show by themselves.
    found = f"SEARCH('{{Kalit,function,stage}} stage=\"{stage}\" function={domain.folder}', 'Sum', 300)"
    page.searches([(f"Metrics of {domain.folder}", [found])])
    page.text("## Log")
    page.logs("Latest errors", [f"/aws/lambda/{name}" for name in domain.functions], ERRORS)
    return page.body


def overview(
    *,
    stage: str,
    region: str,
    api_id: str,
    access_log: str,
    domains: Sequence[str],
    dead: Sequence[str],
    alarms: Sequence[str],
) -> dict[str, Any]:
    """The dashboard over all domains: where to look first."""
    page = Page(region)
    links = " · ".join(f"[{domain}](#dashboards:name={stage}-kalit-{domain})" for domain in domains)
    page.text(f"# Kalit ({stage})\n{links}", height=2)
    page.alarms(alarms)
    page.graphs("API", API, [api_id])
    page.graphs("Dead-letter queues", DEAD, dead)
    page.graphs("Lambda, all functions of the account", ACCOUNT, [WHOLE_ACCOUNT])
    page.logs("Latest failed requests", [access_log], FAILED)
    return page.body


def _operations(tables: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    for title, metric, statistic in OPERATIONS if tables else ():
        yield (
            title,
            [
                f'SEARCH(\'{{AWS/DynamoDB,Operation,TableName}} TableName="{name}" MetricName="{metric}"\', '
                f"'{statistic}', 300)"
                for name in tables
            ],
        )


def _line(metric: Metric) -> list[Any]:
    named = [metric.dimension, metric.value] if metric.dimension else []
    label = metric.value.rpartition(":")[2] if metric.dimension else metric.name
    return [metric.namespace, metric.name, *named, {"label": label}]
