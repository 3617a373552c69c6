"""What a million of an operation cost: list prices of us-east-1, and what is asked for times them."""

from collections.abc import Mapping
from csv import DictReader
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

from kalit.kit.doors import Door

BUDGET = Path(__file__).with_name("budget.csv")
AS_OF = "2025-11"
# Dollars a million, without what a free tier takes off.
PRICES = {
    "CloudFront: a request and its function": 1.10,
    "API Gateway: a request (HTTP API)": 1.00,
    "SQS: a request": 0.40,
    "IoT Core: a message": 1.00,
    "IoT Core: a rule and its action": 0.30,
    "Lambda: a request": 0.20,
    "Lambda: a GB-second, arm64": 13.3334,
    "DynamoDB: a read unit": 0.125,
    "DynamoDB: a write unit": 0.625,
    "KMS: a signature with P-256": 15.00,
    "KMS: another call": 3.00,
    "X-Ray: a trace": 5.00,
}
GB = {"CloudWatch: a GB of log": 0.50, "CloudFront: a GB out": 0.085}  # dollars
# kind of door -> what calls it, and how often that is paid
TRIGGERS = {
    "api": (("CloudFront: a request and its function", 1), ("API Gateway: a request (HTTP API)", 1)),
    "queues": (("SQS: a request", 2),),  # received and deleted, alone in its batch
    "topics": (("IoT Core: a message", 1), ("IoT Core: a rule and its action", 1)),
}
TRACED = 1.45 / 10  # at ten requests a second: the first of each second, and a twentieth of the others
VCPU = 1769  # MB of memory with which Lambda gives one whole processor
CALL = 8  # ms that a call of AWS takes
COLD = 0.01  # share of requests that find no warm process
LAMBDA_LOG, ACCESS_LOG = 300, 400  # bytes that Lambda (start, end, report) and API Gateway add to a request's own


@dataclass(frozen=True)
class Used:
    """What an operation uses of AWS. `by_call` counts what is asked of services other than DynamoDB."""

    calls: int
    reads: float
    writes: float
    by_call: Mapping[str, int]


@dataclass(frozen=True)
class Work:
    """What it takes of a processor in ms, and the bytes of its log and of its answer."""

    warm_ms: float
    cold_ms: float
    log_bytes: float
    answer_bytes: float


Figures = tuple[float, float, float]  # calls, read units, write units


def used(door: str, recorded: Mapping[str, Any], rows: Mapping[str, Figures]) -> Used:
    """Calls and units as the budget's rows have them; where there is no row, as they were recorded."""
    by_call = {name: number for name, number in recorded["calls"].items() if not name.startswith("dynamodb.")}
    seen = (sum(recorded["calls"].values()), recorded["reads"], recorded["writes"])
    calls, reads, writes = rows.get(door, seen)
    return Used(int(calls), reads, writes, by_call)


def budget(file: Path = BUDGET) -> dict[str, Figures]:
    """door -> its figures; empty where nobody has written any."""
    if not file.exists():
        return {}
    with file.open(newline="") as told:
        return {
            row["door"]: (float(row["calls"]), float(row["reads"]), float(row["writes"])) for row in DictReader(told)
        }


def duration(work: Work, calls: int, memory: int) -> int:
    """Billed milliseconds. Lambda gives a share of a processor by memory; its start has a whole one."""
    return ceil(work.warm_ms * max(1.0, VCPU / memory) + calls * CALL + COLD * work.cold_ms)


def dollars(door: Door, work: Work, used: Used) -> dict[str, float]:
    """Dollars a million, by what is paid for."""
    log = work.log_bytes + LAMBDA_LOG + (ACCESS_LOG if door.kind == "api" else 0)
    sent = work.answer_bytes if door.kind == "api" else 0
    gb_seconds = duration(work, used.calls, door.host.memory) / 1000 * door.host.memory / 1024
    return {
        "trigger": sum(PRICES[name] * times for name, times in TRIGGERS[door.kind])
        + sent / 1000 * GB["CloudFront: a GB out"],
        "Lambda": PRICES["Lambda: a request"] + gb_seconds * PRICES["Lambda: a GB-second, arm64"],
        "DynamoDB": used.reads * PRICES["DynamoDB: a read unit"] + used.writes * PRICES["DynamoDB: a write unit"],
        "other calls": sum(price_of(call) * times for call, times in used.by_call.items()),
        "log": log / 1000 * GB["CloudWatch: a GB of log"],
        "traces": TRACED * PRICES["X-Ray: a trace"],
    }


def price_of(call: str) -> float:
    """Dollars a million calls of a service other than DynamoDB."""
    if call.startswith("kms."):
        return PRICES["KMS: a signature with P-256" if call == "kms.Sign" else "KMS: another call"]
    return {"iot.Publish": PRICES["IoT Core: a message"], "sqs.SendMessage": PRICES["SQS: a request"]}[call]
