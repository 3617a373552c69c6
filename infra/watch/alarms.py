"""What wakes somebody up. Each says what it means and what to do first."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kalit.kit.schedules import Schedule
from kalit.kit.streams import Follower
from kalit.kit.topics import Topic

from .domain import Domain
from .metrics import WAITING, Metric, account, api, bare, lambda_, machine, own, portions, queue, table

# CloudWatch's bound for the metrics of one alarm.
MOST_METRICS = 10


class Alarm(NamedTuple):
    """The sum of its metrics reaches the threshold, in that many periods one after another."""

    name: str
    means: str
    first: str
    metrics: Sequence[Metric]
    threshold: int = 1
    minutes: int = 5
    periods: int = 1


def of_stage(
    stage: str, api_id: str, queues: Sequence[str], dead: Sequence[str], tables: Sequence[str]
) -> Iterator[Alarm]:
    """The alarms of what all domains share."""
    yield Alarm(
        "api-5xx",
        "Clients got five or more server errors within five minutes.",
        "Open the overview's table of failed requests: its routes name the doors, their domain's dashboard the errors.",
        [api("5xx").of(api_id)],
        threshold=5,
    )
    yield Alarm(
        "throttled",
        "Lambda turns calls away: this account's concurrency in this region is used up.",
        "See which function runs most on its domain's dashboard; ask for a higher quota if that is wanted traffic.",
        [account("Throttles")],
        periods=2,
    )
    yield Alarm(
        "jobs-dead",
        "A job died: it failed as often as it may, and nobody will do it by itself.",
        "Open /flower/: the job's attempts name the error. Mend the cause, then press Retry.",
        [own("jobs_dead", stage, "jobs.bury")],
        minutes=1,
    )
    yield Alarm(
        "messages-unknown",
        "Nobody knows whether some messages of a campaign left: the provider's answer, or their sender, was lost.",
        "Look them up at the provider by their ids (`GET /api/messages/`, status UNKNOWN); they are not sent again.",
        [own("messages_unknown", stage, "campaigns.send")],
    )
    for name in dead:
        yield Alarm(
            f"{bare(name)}-not-empty",
            f"Messages stay in {name}: jobs.bury, which keeps them as dead jobs, does not get them or fails.",
            "Read its errors on the dashboard of jobs; nothing is lost as long as the messages wait (14 days).",
            [WAITING.of(name)],
        )
    for name in queues:
        yield Alarm(
            f"{bare(name)}-late",
            f"The oldest message of {name} has waited for ten minutes.",
            "If its function fails, its errors say why; if it is only slow, look at its duration and concurrency.",
            [queue("ApproximateAgeOfOldestMessage").of(name)],
            threshold=600,
        )
    for name in tables:
        yield Alarm(
            f"{bare(name)}-table-throttled",
            f"DynamoDB throttles the table {name}.",
            "See the table's consumed capacity: a hot key shows as throttling far below the table's limits.",
            [table(metric).of(name) for metric in ("ReadThrottleEvents", "WriteThrottleEvents")],
            periods=2,
        )


def of_domain(domain: Domain) -> Iterator[Alarm]:
    """The alarms of one domain."""
    for number, names in enumerate(portions(domain.workers, MOST_METRICS), 1):
        yield Alarm(
            f"{domain.folder}-errors-{number}",
            f"Functions of {domain.folder} that no client waits for have failed for a quarter of an hour: "
            + ", ".join(bare(name) for name in names),
            "The dashboard's latest errors name function and cause. What failed is tried again and then put aside.",
            [lambda_("Errors").of(name) for name in names],
            periods=3,
        )
    for name in domain.doors(Follower):
        yield Alarm(
            f"{bare(name)}-stream-late",
            f"{name} reads its table's stream ten minutes late.",
            "Its errors tell which record it cannot take; behind that record all others of the shard wait.",
            [lambda_("IteratorAge", "Maximum").of(name)],
            threshold=600_000,
        )
    # These put their failures aside; when that fails too, an event is lost. (AsyncEventsDropped counts both.)
    for number, names in enumerate(portions(domain.doors(Follower, Schedule, Topic), MOST_METRICS), 1):
        yield Alarm(
            f"{domain.folder}-lost-{number}",
            f"An event that functions of {domain.folder} failed on could not be put aside either: it is lost.",
            "See whether the queue `undelivered` and the functions' right to send to it are as deployed.",
            [lambda_("DestinationDeliveryFailures").of(name) for name in names],
        )
    for arn in domain.machines:
        name = bare(arn.rpartition(":")[2])
        yield Alarm(
            f"{name}-executions-failed",
            f"Executions of the state machine {name} failed or ran out of time.",
            "Open the failed execution in the console: it names the step and the error; then redrive it.",
            [machine(metric).of(arn) for metric in ("ExecutionsFailed", "ExecutionsTimedOut")],
        )
