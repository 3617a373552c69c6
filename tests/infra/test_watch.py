"""What the operator sees, as the templates say it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from infra.catalog import catalog
from infra.stages import STAGES, chosen
from infra.watch.metrics import portions
from kalit.kit.api import Endpoint
from kalit.kit.schedules import Schedule
from kalit.kit.streams import Follower
from kalit.kit.topics import Topic
from tests.infra.conftest import Resource, Templates

DOORS = catalog()
FOLDERS = sorted({door.folder for door in DOORS})


def plain(value: Any) -> str:
    """A string of a template with its references by name."""
    if isinstance(value, dict) and "Fn::Join" in value:
        return "".join(plain(part) for part in value["Fn::Join"][1])
    return value if isinstance(value, str) else "<reference>"


def dashboards(templates: Templates) -> dict[str, str]:
    found = templates.all("AWS::CloudWatch::Dashboard")
    return {d.properties["DashboardName"]: plain(d.properties["DashboardBody"]) for d in found}


def widgets(body: str, kind: str) -> list[dict[str, Any]]:
    return [widget["properties"] for widget in json.loads(body)["widgets"] if widget["type"] == kind]


def lines(body: str, metric: str) -> list[str]:
    """The resources that have a line of this metric."""
    drawn = [line for graph in widgets(body, "metric") for line in graph["metrics"]]
    return [line[3] for line in drawn if line[1:2] == [metric]]


def watched(alarm: Resource) -> Iterator[tuple[str, str]]:
    """(metric, resource) of each metric that an alarm looks at."""
    told = [query["MetricStat"]["Metric"] for query in alarm.properties.get("Metrics", []) if "MetricStat" in query]
    for metric in told or [alarm.properties]:
        for dimension in metric.get("Dimensions", [{"Value": ""}]):
            yield metric["MetricName"], plain(dimension["Value"])


def alarmed(templates: Templates, metric: str) -> list[str]:
    found = [pair for alarm in templates.all("AWS::CloudWatch::Alarm") for pair in watched(alarm)]
    return [resource for name, resource in found if name == metric]


def lambda_name(door: object) -> str:
    return f"dev-{door.name.replace('.', '-')}"  # type: ignore[attr-defined]


def test_each_domain_has_a_dashboard_and_the_overview_leads_to_all(dev: Templates) -> None:
    told = dashboards(dev)
    assert set(told) == {"dev-kalit", *(f"dev-kalit-{folder}" for folder in FOLDERS)}
    links = widgets(told["dev-kalit"], "text")[0]["markdown"]
    assert all(f"[{folder}](#dashboards:name=dev-kalit-{folder})" in links for folder in FOLDERS)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_a_door_is_on_its_domains_dashboard(door: Any, dev: Templates) -> None:
    body, name = dashboards(dev)[f"dev-kalit-{door.folder}"], lambda_name(door)
    for metric in ("Invocations", "Errors", "Throttles", "ConcurrentExecutions"):
        assert lines(body, metric).count(name) == 1, metric
    assert lines(body, "Duration").count(name) == 3  # p50, p95, p99
    errors = [log["query"] for log in widgets(body, "log") if log["title"] == "Latest errors"]
    assert any(f"'/aws/lambda/{name}'" in query for query in errors)
    assert all("request_id" in query for query in errors)


def test_an_http_door_is_among_the_requests_of_its_domain(dev: Templates) -> None:
    served = {r.properties["RouteKey"] for r in dev.all("AWS::ApiGatewayV2::Route")}
    for folder in FOLDERS:
        queries = [log["query"] for log in widgets(dashboards(dev)[f"dev-kalit-{folder}"], "log")]
        for door in (door for door in DOORS if door.folder == folder and isinstance(door, Endpoint)):
            for method, path in door.routes:
                key = path if path == "$default" else f"{method} {path.rstrip('/') or '/'}"
                assert key in served
                assert sum(f'"{key}"' in query for query in queries) == 4, key


def test_what_a_domain_stands_on_is_on_its_dashboard(dev: Templates) -> None:
    body = dashboards(dev)["dev-kalit-tasks"]
    assert "dev-tasks" in lines(body, "ConsumedReadCapacityUnits")
    assert lines(body, "IteratorAge") == ["dev-tasks-dispatch"]
    assert lines(body, "ApproximateAgeOfOldestMessage") == ["dev-sum"]
    assert lines(body, "ApproximateNumberOfMessagesVisible") == ["dev-sum", "dev-sum-dead"]
    assert lines(body, "ExecutionsFailed") == [
        "arn:<reference>:states:<reference>:<reference>:stateMachine:dev-countdown"
    ]


def test_the_products_own_metrics_show_by_themselves(dev: Templates) -> None:
    for folder in FOLDERS:
        graphs = widgets(dashboards(dev)[f"dev-kalit-{folder}"], "metric")
        searches = [line[0]["expression"] for graph in graphs for line in graph["metrics"] if isinstance(line[0], dict)]
        assert f"SEARCH('{{Kalit,function,stage}} stage=\"dev\" function={folder}', 'Sum', 300)" in searches


def test_dashboards_keep_cloudwatchs_limits(prod: Templates) -> None:
    for name, body in dashboards(prod).items():
        assert len(body.encode()) < 1_000_000, name
        assert len(json.loads(body)["widgets"]) <= 500, name
        graphs = widgets(body, "metric")
        assert all(len(graph["metrics"]) <= 500 for graph in graphs), name
        assert sum(len(graph["metrics"]) for graph in graphs) <= 2500, name
        assert all(len(log["query"]) <= 10_000 for log in widgets(body, "log")), name
        for graph in graphs:
            searches = [line[0]["expression"] for line in graph["metrics"] if isinstance(line[0], dict)]
            assert all(len(search) <= 1024 for search in searches), name


def test_log_groups_come_in_portions_that_one_query_takes() -> None:
    assert [len(portion) for portion in portions(range(120), 50)] == [50, 50, 20]


def test_every_queue_stream_table_and_machine_has_its_alarms(dev: Templates) -> None:
    queues = [q.properties for q in dev.all("AWS::SQS::Queue")]
    dead = {q["QueueName"] for q in queues if "RedrivePolicy" not in q}
    working = {q["QueueName"] for q in queues if "RedrivePolicy" in q}
    assert sorted(alarmed(dev, "ApproximateNumberOfMessagesVisible")) == sorted(dead)
    assert sorted(alarmed(dev, "ApproximateAgeOfOldestMessage")) == sorted(working)
    followers = {lambda_name(door) for door in DOORS if isinstance(door, Follower)}
    assert set(alarmed(dev, "IteratorAge")) == followers
    tables = {t.properties["TableName"] for t in dev.all("AWS::DynamoDB::Table")}
    assert set(alarmed(dev, "ReadThrottleEvents")) == set(alarmed(dev, "WriteThrottleEvents")) == tables
    machines = {m.properties["StateMachineName"] for m in dev.all("AWS::StepFunctions::StateMachine")}
    for metric in ("ExecutionsFailed", "ExecutionsTimedOut"):
        assert {arn.rpartition(":")[2] for arn in alarmed(dev, metric)} == machines


def test_every_door_that_fails_is_noticed(dev: Templates) -> None:
    """Clients' requests by the API's server errors, all other doors by their own errors."""
    assert alarmed(dev, "5xx")
    workers = [lambda_name(door) for door in DOORS if not isinstance(door, Endpoint)]
    assert sorted(alarmed(dev, "Errors")) == sorted(workers)
    # What these doors fail on is put aside by Lambda, which may fail too.
    keeping = [lambda_name(door) for door in DOORS if isinstance(door, Follower | Schedule | Topic)]
    assert sorted(alarmed(dev, "DestinationDeliveryFailures")) == sorted(keeping)


def test_an_alarm_tells_the_topic_what_it_means_and_takes_ten_metrics(dev: Templates) -> None:
    (topic,) = dev.all("AWS::SNS::Topic")
    names = []
    for alarm in dev.all("AWS::CloudWatch::Alarm"):
        told = alarm.properties
        assert told["AlarmActions"] == told["OKActions"] == [{"Ref": topic.id}], alarm.id
        assert len(told["AlarmDescription"]) > 60, alarm.id
        assert told["TreatMissingData"] == "notBreaching", alarm.id
        assert len(list(watched(alarm))) <= 10, alarm.id
        names.append(told["AlarmName"])
    assert len(set(names)) == len(names)
    assert all(name.startswith("dev-") and not name.startswith("dev-dev") for name in names)
    shown = widgets(dashboards(dev)["dev-kalit"], "alarm")
    assert [arn.rpartition(":")[2] for widget in shown for arn in widget["alarms"]] == names


def test_a_silent_function_does_not_hide_the_errors_of_others(dev: Templates) -> None:
    for alarm in dev.all("AWS::CloudWatch::Alarm"):
        for query in alarm.properties.get("Metrics", []):
            if "Expression" in query:
                assert query["Expression"].count("FILL(") == len(list(watched(alarm))), alarm.id


def test_alarms_stay_cheap(prod: Templates) -> None:
    """A tenth of a dollar a month for each metric that an alarm looks at; most doors have none of their own."""
    metrics = sum(len(list(watched(alarm))) for alarm in prod.all("AWS::CloudWatch::Alarm"))
    assert metrics * 0.10 < 15


def test_cloudwatch_may_write_to_the_encrypted_topic_and_nobody_without_tls(dev: Templates) -> None:
    (topic,) = dev.all("AWS::SNS::Topic")
    (key,) = (key for key in dev.all("AWS::KMS::Key") if key.stack == topic.stack)
    (policy,) = dev.all("AWS::SNS::TopicPolicy")
    assert topic.properties["KmsMasterKeyId"]["Fn::GetAtt"][0] == key.id
    assert key.properties["EnableKeyRotation"]
    allowed = [s for s in policy.properties["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"]
    refused = [s for s in policy.properties["PolicyDocument"]["Statement"] if s["Effect"] == "Deny"]
    opened = [s for s in key.properties["KeyPolicy"]["Statement"] if "Service" in s["Principal"]]
    assert refused[0]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    for statement in (*allowed, *opened):
        assert statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
        assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    assert [s["Action"] for s in allowed] == ["sns:Publish"]
    assert [s["Action"] for s in opened] == [["kms:Decrypt", "kms:GenerateDataKey"]]


def test_alarms_write_to_the_stages_address(furnished: Templates, dev: Templates) -> None:
    assert not list(dev.all("AWS::SNS::Subscription"))
    (subscription,) = furnished.all("AWS::SNS::Subscription")
    assert subscription.properties["Endpoint"] == "ops@example.com"


def test_whoever_deploys_sets_what_the_row_leaves_open() -> None:
    assert chosen("prod", {}) == STAGES["prod"]
    assert chosen("prod", {"KALIT_ACCOUNT": "123456789012"}).account == "123456789012"
