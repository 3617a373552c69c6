"""A role may do what its door declares and what its trigger takes, and nothing more.

That no door makes a call which it does not declare is held in every test (tests/cloud.py); that each right is used by
some test, when the doors' tests have all run (tests/rights.py).
"""

import re
from collections import Counter
from pathlib import Path

import pytest

from infra import nag
from infra.rights import rights
from kalit.kit.api import Endpoint
from kalit.kit.consumers import Consumer, DeadLetters
from kalit.kit.doors import Door
from kalit.kit.resources import Queue
from kalit.kit.streams import Follower
from tests.cloud import DOORS

from .goals import Proved

Right = tuple[str, str]  # action, resource

LOG = ["logs:CreateLogStream", "logs:PutLogEvents"]
POLL = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
FOLLOW = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"]
PUT_ASIDE = ["sqs:SendMessage"]


@pytest.fixture(scope="module")
def given(assembly: Path) -> dict[str, list[Right]]:
    """Role, or policy that roles share -> its rights."""
    told: dict[str, list[Right]] = {}
    for line in rights(assembly).splitlines():
        role, _, right = line.partition(": ")
        action, _, resource = right.partition(" ")
        told.setdefault(role, []).append((action, resource))
    return told


def role_of(door: Door) -> str:
    return "".join(part.title() for part in re.split(r"[._]", door.name)) + "Role"


def asked(door: Door) -> Counter[str]:
    """How many rights of each action a door's role takes."""
    actions = Counter([*LOG, *(grant.action for grant in door.grants)])
    if isinstance(door, Consumer):
        actions.update(POLL)
    elif isinstance(door, DeadLetters):
        actions.update(POLL * (len(Queue) + 1))  # and the queue of what reached no door
    elif isinstance(door, Follower):
        actions.update([*FOLLOW, *PUT_ASIDE])
    elif not isinstance(door, Endpoint) and door.kind != "steps":
        actions.update(PUT_ASIDE)
    return actions


def test_a_role_may_do_what_its_door_declares_and_nothing_more(given: dict[str, list[Right]], proved: Proved) -> None:
    wrong = []
    for door in DOORS.values():
        asks, may = asked(door), Counter(action for action, _ in given[role_of(door)])
        wrong += [f"{door.name} lacks {action}" for action in asks - may]
        wrong += [f"{door.name} needs no {action}" for action in may - asks]
    proved("G16", sum(len(given[role_of(door)]) for door in DOORS.values()), wrong=len(wrong), back_end="templates")
    assert not wrong


def test_what_is_given_by_a_wildcard_has_its_reason(given: dict[str, list[Right]], proved: Proved) -> None:
    known = {re.sub(r"<AWS::\w+>", "", arn).format(stage="local") for arn in nag.WILDCARDS}
    anything = tuple(policy.split("/")[0] for policy in nag.ANY)
    wild = [(role, action, resource) for role, told in given.items() for action, resource in told if "*" in resource]
    wrong = [
        f"{role}: {action} on {resource}"
        for role, action, resource in wild
        if not (role in anything if resource == "*" else re.sub("[<>]", "", resource) in known)
    ]
    assert not [action for told in given.values() for action, _ in told if "*" in action]
    assert wild
    proved("G16", len(wild), wrong=len(wrong), back_end="templates")
    assert not wrong
