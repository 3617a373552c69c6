import json
from typing import Any

import pytest

from kalit.kit import audit
from kalit.kit.resources import Queue, Table
from kalit.security.chain import digest
from tests.cloud import Cloud

from ..rows import put
from ..world import Clock, Killed, at_once, conflicting, killed_after, lost, meanwhile, refused, throttled, upset
from .deeds import chained, deed, head, intact, links, numbers, remove, report


def test_a_deed_comes_from_its_table_into_the_chain(aws: Cloud, clock: Clock, admin: str) -> None:
    row = {"pk": "AUDIT#1", "sk": "AUDIT", "outbox": audit.OUTBOX, "entry": json.dumps(deed(1))}
    row["asked_at"] = "2026-01-05T12:00:00.000Z"
    aws.stream("accounts.dispatch", row)
    [message] = aws.messages(Queue.AUDIT)
    assert chained(aws, message) == {"batchItemFailures": []}
    [link] = links(aws)
    assert json.loads(link["text"]) == {"number": 1, **deed(1)}
    assert (link["sk"], link["previous"], link["hash"]) == ("000000000001", "0" * 64, digest("0" * 64, link["text"]))
    assert intact(aws, admin)


def test_entries_are_chained_in_the_order_in_which_they_come(aws: Cloud, clock: Clock, admin: str) -> None:
    for number in (3, 1, 2):
        chained(aws, deed(number))
    first, second, third = links(aws)
    assert numbers(aws) == [3, 1, 2]
    assert (second["previous"], third["previous"]) == (first["hash"], second["hash"])
    assert (head(aws)["number"], head(aws)["hash"]) == (3, third["hash"])
    assert intact(aws, admin)


def test_ten_in_a_batch_are_chained_in_their_order(aws: Cloud, clock: Clock, admin: str) -> None:
    assert chained(aws, *map(deed, range(10, 0, -1))) == {"batchItemFailures": []}
    assert numbers(aws) == list(range(10, 0, -1))
    assert report(aws, admin)["checked"] == 10


def test_an_entry_that_comes_again_is_not_chained_again(aws: Cloud, clock: Clock) -> None:
    chained(aws, deed(1), deed(2), deed(1))
    chained(aws, deed(1))
    assert chained(aws, deed(2)) == {"batchItemFailures": []}
    assert numbers(aws) == [1, 2]


def test_an_entry_that_comes_again_as_another_message_is_not_chained_again(aws: Cloud, clock: Clock) -> None:
    """Long after its job was forgotten."""
    chained(aws, deed(1), deed(2))
    remove(aws, *aws.rows(Table.OPS, "JOB#"))
    assert chained(aws, deed(1)) == {"batchItemFailures": []}
    assert numbers(aws) == [1, 2]


CALLS = {
    "nothing chained yet": (0, ["GetItem", "GenerateMac", "TransactWriteItems"]),
    "behind another": (1, ["GetItem", "GenerateMac", "GenerateMac", "TransactWriteItems"]),
}
JOB = ["GetItem", "TransactWriteItems"]  # how the job begins; it ends with one more transaction


@pytest.mark.parametrize(("before", "made"), CALLS.values(), ids=CALLS)
def test_an_entry_costs_a_few_calls(aws: Cloud, clock: Clock, calls: list[str], before: int, made: list[str]) -> None:
    for number in range(1, before + 1):
        chained(aws, deed(number))
    calls.clear()
    chained(aws, deed(7))
    assert calls == [*JOB, *made, "TransactWriteItems"]


CRASHES = [("GetItem", 0), ("GetItem", 1), ("GenerateMac", 0), ("GenerateMac", 1)]
CRASHES += [("TransactWriteItems", after) for after in range(3)]


@pytest.mark.parametrize(("operation", "after"), CRASHES)
def test_an_appender_that_dies_at_any_point_is_replaced_by_the_next(
    aws: Cloud, clock: Clock, admin: str, operation: str, after: int
) -> None:
    chained(aws, deed(1))
    with upset(operation, killed_after, after=after), pytest.raises(Killed):
        chained(aws, deed(2))
    assert chained(aws, deed(2), deed(3)) == {"batchItemFailures": []}
    assert numbers(aws) == [1, 2, 3]
    assert intact(aws, admin)


@pytest.mark.parametrize("fault", [lost, conflicting, throttled], ids=["lost", "conflicting", "throttled"])
def test_an_entry_whose_transaction_goes_wrong_is_chained_once(
    aws: Cloud, clock: Clock, admin: str, fault: Any
) -> None:
    with upset("TransactWriteItems", fault, first=2, after=1):
        assert chained(aws, deed(1)) == {"batchItemFailures": []}
    assert numbers(aws) == [1]
    assert intact(aws, admin)


def test_an_appender_that_is_overtaken_chains_behind_the_other(aws: Cloud, clock: Clock, admin: str) -> None:
    with upset("TransactWriteItems", meanwhile(lambda: chained(aws, deed(2))), after=1):
        chained(aws, deed(1))
    assert numbers(aws) == [2, 1]
    assert intact(aws, admin)


def test_an_entry_that_another_appender_chains_meanwhile_is_chained_once(aws: Cloud, clock: Clock) -> None:
    chained(aws, deed(1))
    with upset("TransactWriteItems", meanwhile(lambda: chained(aws, deed(2))), after=1):
        assert chained(aws, deed(2)) == {"batchItemFailures": []}
    assert numbers(aws) == [1, 2]


def test_an_appender_that_is_overtaken_again_and_again_gives_up_for_now(aws: Cloud, clock: Clock) -> None:
    taken = refused("TransactionCanceledException", CancellationReasons=[{}, {"Code": "ConditionalCheckFailed"}])
    with upset("TransactWriteItems", taken, first=10, after=1):
        assert chained(aws, deed(1)) == {"batchItemFailures": [{"itemIdentifier": "message-0"}]}
    chained(aws, deed(1))
    assert numbers(aws) == [1]


def test_appenders_at_once_lose_nothing(aws: Cloud, clock: Clock, admin: str) -> None:
    """Each has some that the others have as well."""
    batches = [[1, 2, 3, 4, 5], [4, 5, 6, 7], [7, 1, 8, 9, 10]]
    acts = [lambda batch=batch: chained(aws, *map(deed, batch)) for batch in batches]
    for _ in range(5):  # those that came to nothing come again
        if not any(answer["batchItemFailures"] for answer in at_once(acts)):
            break
    assert sorted(numbers(aws)) == list(range(1, 11))
    assert report(aws, admin) == {"intact": True, "checked": 10, "problems": [], "next": None}


@pytest.mark.parametrize("bad", [{}, {"id": "x"}, {**deed(2), "details": None}], ids=["empty", "id", "details"])
def test_a_message_that_cannot_be_read_comes_back_with_those_behind_it(
    aws: Cloud, clock: Clock, bad: dict[str, Any]
) -> None:
    told = chained(aws, deed(1), bad, deed(3))
    assert told == {"batchItemFailures": [{"itemIdentifier": f"message-{place}"} for place in (1, 2)]}
    assert numbers(aws) == [1]


def test_a_batch_whose_first_message_fails_comes_back_whole(aws: Cloud, clock: Clock) -> None:
    with upset("GenerateMac", refused("KMSInternalException")):
        told = chained(aws, deed(1), deed(2))
    assert told == {"batchItemFailures": [{"itemIdentifier": f"message-{place}"} for place in (0, 1)]}
    assert numbers(aws) == []


def changed_head(aws: Cloud) -> None:
    put(aws, Table.OPS, {**head(aws), "hash": "f" * 64})


def shorter_head(aws: Cloud) -> None:
    put(aws, Table.OPS, {**head(aws), "number": 1, "hash": links(aws)[0]["hash"]})


def unsealed_head(aws: Cloud) -> None:
    put(aws, Table.OPS, {key: value for key, value in head(aws).items() if key != "seal"})


def lost_head(aws: Cloud) -> None:
    remove(aws, head(aws))


@pytest.mark.parametrize("deed_to", [changed_head, shorter_head, unsealed_head, lost_head])
def test_nothing_is_chained_behind_a_head_that_is_not_ours(aws: Cloud, clock: Clock, admin: str, deed_to: Any) -> None:
    """The next seal would make it good."""
    chained(aws, deed(1), deed(2))
    deed_to(aws)
    before = (links(aws), aws.rows(Table.OPS, "AUDIT#HEAD"))
    assert chained(aws, deed(3)) == {"batchItemFailures": [{"itemIdentifier": "message-0"}]}
    assert (links(aws), aws.rows(Table.OPS, "AUDIT#HEAD")) == before
    assert not intact(aws, admin)


def test_an_older_head_that_is_put_back_lets_nothing_be_written_over(aws: Cloud, clock: Clock, admin: str) -> None:
    chained(aws, deed(1))
    older = head(aws)
    chained(aws, deed(2))
    put(aws, Table.OPS, older)
    assert chained(aws, deed(3)) == {"batchItemFailures": [{"itemIdentifier": "message-0"}]}
    assert numbers(aws) == [1, 2]
    [problem] = report(aws, admin)["problems"]
    assert (problem["number"], problem["problem"]) == (2, "added")


def test_the_log_keeps_what_an_older_head_with_its_chain_would_hide(
    aws: Cloud, clock: Clock, admin: str, caplog: pytest.LogCaptureFixture
) -> None:
    chained(aws, deed(1))
    older = head(aws)
    chained(aws, deed(2))
    second = links(aws)[1]
    put(aws, Table.OPS, older)
    remove(aws, second)
    assert intact(aws, admin)
    lines = [vars(record) for record in caplog.records if record.getMessage() == "chained"]
    told = [(line["number"], line["hash"]) for line in lines]
    assert told == [(1, older["hash"]), (2, second["hash"])]


def test_the_log_says_nothing_of_who_did_what(aws: Cloud, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    chained(aws, deed(1))
    said = caplog.text + "".join(str(vars(record)) for record in caplog.records)
    assert "chained" in said
    assert not any(secret in said for secret in ("admin@example.com", "203.0.113.7", "manager"))


def test_a_seal_is_of_the_key_and_of_its_head_alone(aws: Cloud, clock: Clock) -> None:
    seals = []
    for number in (1, 2):
        chained(aws, deed(number))
        seals.append(head(aws)["seal"])
    assert len(set(seals)) == 2
