import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from kalit.kit.resources import Table
from tests.cloud import Cloud

from ..rows import unchanged
from ..world import (
    BEGINNING,
    Clock,
    Killed,
    at_once,
    conflicting,
    followed_by,
    killed_after,
    lost,
    refused,
    throttled,
    upset,
)
from .owner import COUNTDOWN, LARGE, SUM, Owner

TOO_MANY = ["Вы не можете создать более 5 активных задач."]
FULL = {"active": 5, "total": 5, "pending": 5}
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def full(ali: Owner) -> list[int]:
    """Ali has as many active tasks as he may have."""
    return [ali.make() for _ in range(5)]


@pytest.mark.parametrize("body", [SUM, COUNTDOWN], ids=["sum", "countdown"])
def test_a_task_is_pending_until_its_worker_comes(ali: Owner, body: dict[str, Any]) -> None:
    answer = ali.ask(body)
    assert answer.status == 201
    assert answer.json == {
        **body,
        "id": answer.json["id"],
        "status": "pending",
        "result": None,
        "created_at": "2026-01-05T12:00:00.000Z",
    }
    assert ali.counts() == {"active": 1, "total": 1, "pending": 1}


@pytest.mark.parametrize(("body", "seconds"), [(SUM, 90), (COUNTDOWN, 60)], ids=["sum", "countdown"])
def test_a_task_asks_for_its_worker_and_then_for_the_sweeper(ali: Owner, body: dict[str, Any], seconds: int) -> None:
    id = ali.make(body)
    row = ali.row(id)
    assert (row["outbox"], row["sendings"]) == (body["task_type"], 1)
    assert row["due_at"] == (BEGINNING + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    assert row["open"] in {str(shard) for shard in range(8)}


def test_numbers_rise(ali: Owner, vali: Owner) -> None:
    numbers = [ali.make(), vali.make(), ali.make(), ali.make()]
    assert numbers == sorted(set(numbers))


def test_what_a_body_says_beside_its_two_fields_is_ignored(ali: Owner) -> None:
    answer = ali.ask({**SUM, "id": 1, "status": "completed", "result": {"result": 0}, "owner": 2})
    assert (answer.json["status"], answer.json["result"]) == ("pending", None)
    assert ali.counts() == {"active": 1, "total": 1, "pending": 1}


def test_a_large_input_is_kept_apart_and_comes_back_whole(aws: Cloud, ali: Owner) -> None:
    answer = ali.ask(LARGE)
    assert answer.json["input_data"] == LARGE["input_data"]
    assert "input" not in ali.row(answer.json["id"])
    [apart] = aws.rows(Table.TASKS, "INPUT#1#")
    assert json.loads(apart["input"]) == LARGE["input_data"]


@pytest.mark.parametrize("size", [4_000, 4_001])
def test_an_input_up_to_4000_bytes_stays_in_the_tasks_row(aws: Cloud, ali: Owner, size: int) -> None:
    bare = len(json.dumps({"numbers": [1], "note": ""}))
    ali.make({"task_type": "sum", "input_data": {"numbers": [1], "note": "x" * (size - bare)}})
    assert len(aws.rows(Table.TASKS, "INPUT#1#")) == (size > 4_000)


def test_numbers_that_dynamodb_cannot_hold_come_back_as_they_were(ali: Owner) -> None:
    told = {"numbers": [10**300, 1e-300, 0.1, -0.0], "note": 10**60}
    id = ali.make({"task_type": "sum", "input_data": told})
    assert ali.task(id)["input_data"] == told


def test_a_form_will_do(aws: Cloud, token: str) -> None:
    form = urlencode({"task_type": "sum", "input_data": '{"numbers": [1, 2]}'}).encode()
    answer = aws.http("tasks.create", raw=form, token=token, headers={"content-type": FORM})
    assert (answer.status, answer.json["input_data"]) == (201, {"numbers": [1, 2]})


def test_a_multipart_form_will_do(aws: Cloud, token: str) -> None:
    fields = {"task_type": "countdown", "input_data": '{"seconds": 5}'}
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()
    ]
    raw = "".join([*parts, "--x--\r\n"]).encode()
    answer = aws.http("tasks.create", raw=raw, token=token, headers={"content-type": "multipart/form-data; boundary=x"})
    assert (answer.status, answer.json["input_data"]) == (201, {"seconds": 5})


# What is refused


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, {"task_type": ["This field is required."], "input_data": ["This field is required."]}),
        ({"task_type": "zzz", "input_data": {}}, {"task_type": ['"zzz" is not a valid choice.']}),
        ({**SUM, "input_data": None}, {"input_data": ["This field may not be null."]}),
        ({**SUM, "input_data": "text"}, {"input_data": ["Поле `input_data` должно быть объектом JSON."]}),
        (
            {**SUM, "input_data": {}},
            {"input_data": ["Для задач типа 'sum' поле `numbers` должно быть обязательным."]},
        ),
        (
            {**COUNTDOWN, "input_data": {"seconds": -1}},
            {"input_data": ["Для задач типа 'countdown' поле `seconds` должно быть положительным целым числом."]},
        ),
        ([SUM], {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]}),
    ],
    ids=["nothing", "type", "null", "text", "numbers", "seconds", "list"],
)
def test_a_body_that_will_not_do_makes_no_task(aws: Cloud, ali: Owner, body: Any, told: Any) -> None:
    with unchanged(aws):
        answer = ali.ask(body)
    assert (answer.status, answer.json) == (400, told)


@pytest.mark.parametrize(
    ("raw", "media_type", "status"),
    [(b"{", "application/json", 400), (b"", "application/json", 400), (b"x", "text/plain", 415), (b"\xff", FORM, 400)],
    ids=["broken", "empty", "text", "not UTF-8"],
)
def test_a_body_that_cannot_be_read_makes_no_task(
    aws: Cloud, token: str, raw: bytes, media_type: str, status: int
) -> None:
    with unchanged(aws):
        answer = aws.http("tasks.create", raw=raw, token=token, headers={"content-type": media_type})
    assert answer.status == status


def deep(levels: int) -> bytes:
    """A body so many levels deep, as JSON."""
    note = "[" * (levels - 2) + "]" * (levels - 2)
    return f'{{"task_type": "sum", "input_data": {{"numbers": [1], "note": {note}}}}}'.encode()


def test_an_input_as_deep_as_may_be_comes_back_whole(aws: Cloud, ali: Owner) -> None:
    answer = aws.http("tasks.create", raw=deep(100), token=ali.token, headers={"content-type": "application/json"})
    assert (answer.status, answer.json["input_data"]) == (201, json.loads(deep(100))["input_data"])
    assert ali.tasks() == [answer.json]


@pytest.mark.parametrize("levels", [101, 300, 1_000, 100_000])
def test_a_deeper_input_makes_no_task(aws: Cloud, token: str, levels: int) -> None:
    with unchanged(aws):
        answer = aws.http("tasks.create", raw=deep(levels), token=token, headers={"content-type": "application/json"})
    assert answer.status == 400


@pytest.mark.parametrize(
    ("raw", "media_type"),
    [
        (b'{"task_type": "sum", "input_data": {"numbers": [1], "note": 1e999}}', "application/json"),
        (b'task_type=sum&input_data={"numbers":[1],"note":NaN}', FORM),
        (b'task_type=sum&input_data={"numbers":[1],"note":-1e999}', FORM),
    ],
    ids=["json", "NaN", "form"],
)
def test_what_json_cannot_say_is_kept_nowhere(aws: Cloud, token: str, raw: bytes, media_type: str) -> None:
    with unchanged(aws):
        answer = aws.http("tasks.create", raw=raw, token=token, headers={"content-type": media_type})
    assert answer.status == 400


@pytest.mark.parametrize("accept", ["application/problem+json", "application/json, application/problem+json"])
def test_a_refusal_of_fields_may_be_asked_for_as_a_problem(ali: Owner, accept: str) -> None:
    answer = ali.ask({**SUM, "input_data": {}}, accept=accept, accept_language="en", x_request_id="mine-7")
    assert (answer.status, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert answer.json == {
        "type": "urn:kalit:error:invalid",
        "title": "Invalid",
        "status": 400,
        "detail": "The request has fields that cannot be accepted.",
        "instance": "/api/tasks/create",
        "code": "invalid",
        "request_id": "mine-7",
        "errors": [{"field": "input_data", "message": "Tasks of type 'sum' need the field `numbers`."}],
    }


# Five at a time


def test_a_sixth_active_task_is_refused(aws: Cloud, ali: Owner, full: list[int]) -> None:
    with unchanged(aws):
        answer = ali.ask()
    assert (answer.status, answer.json) == (400, TOO_MANY)
    assert ali.counts() == FULL


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("ru", TOO_MANY[0]),
        ("en", "You cannot have more than 5 active tasks."),
        ("uz", "Bir vaqtda 5 tadan ortiq faol topshiriq yarata olmaysiz."),
    ],
)
def test_the_refusal_speaks_the_language_asked_for(ali: Owner, full: list[int], language: str, message: str) -> None:
    assert ali.ask(accept_language=language).json == [message]


def test_the_refusal_may_be_asked_for_as_a_problem(ali: Owner, full: list[int]) -> None:
    told = ali.ask(accept="application/problem+json").json
    assert (told["status"], told["code"], told["detail"]) == (400, "too_many_tasks", TOO_MANY[0])


def test_fields_are_looked_at_before_the_limit(ali: Owner, full: list[int]) -> None:
    assert set(ali.ask({**SUM, "input_data": {}}).json) == {"input_data"}


@pytest.mark.parametrize("end", ["add", "cancel"])
def test_a_task_that_has_ended_leaves_its_place(ali: Owner, full: list[int], end: str) -> None:
    getattr(ali, end)(full[2])
    assert ali.ask().status == 201
    assert ali.ask().json == TOO_MANY


def test_a_task_in_progress_keeps_its_place(ali: Owner, full: list[int]) -> None:
    with upset("TransactWriteItems", killed_after, own=True), pytest.raises(Killed):
        ali.add(full[0])
    assert ali.task(full[0])["status"] == "in_progress"
    assert ali.ask().json == TOO_MANY


def test_everybody_has_five_places_of_his_own(ali: Owner, vali: Owner, full: list[int]) -> None:
    assert vali.ask().status == 201


def test_of_twenty_who_ask_at_once_five_are_served(aws: Cloud, ali: Owner) -> None:
    ali.cancel(ali.make())
    answers = at_once([ali.ask] * 20)
    assert sorted(answer.status for answer in answers) == [201] * 5 + [400] * 15
    assert len({answer.json["id"] for answer in answers if answer.status == 201}) == 5
    assert ali.counts() == {"active": 5, "total": 6, "pending": 5, "error": 1}
    assert len(aws.rows(Table.TASKS, "OWNER#1 TASK#")) == 6


# A busy cloud


def test_a_conflict_is_tried_again(ali: Owner) -> None:
    with upset("TransactWriteItems", conflicting, first=3):
        ali.make()
    assert ali.counts() == {"active": 1, "total": 1, "pending": 1}


def test_who_meets_only_conflicts_is_asked_to_come_again(aws: Cloud, ali: Owner) -> None:
    with unchanged(aws), upset("TransactWriteItems", conflicting, first=8):
        answer = ali.ask(idempotency_key="k")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    assert answer.json == {"detail": "The service is busy. Try again in a moment."}
    assert ali.ask(idempotency_key="k").status == 201


def test_who_is_throttled_is_asked_to_come_again(aws: Cloud, ali: Owner) -> None:
    with unchanged(aws), upset("UpdateItem", throttled):
        answer = ali.ask()
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")


# Idempotency-Key


def test_the_same_again_gets_the_first_answer_again(aws: Cloud, ali: Owner) -> None:
    first = ali.ask(idempotency_key="k")
    with unchanged(aws):
        again = ali.ask(idempotency_key="k")
    assert (again.status, again.json) == (201, first.json)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers


def test_the_answer_to_the_largest_task_is_kept_too(ali: Owner) -> None:
    largest = {"task_type": "sum", "input_data": {"numbers": [1], "note": "ў" * 131_000}}
    first = ali.ask(largest, idempotency_key="k")
    again = ali.ask(largest, idempotency_key="k")
    assert (first.status, again.json, again.headers["Idempotent-Replayed"]) == (201, first.json, "true")


def test_without_a_key_the_same_again_is_another_task(ali: Owner) -> None:
    assert ali.make() != ali.make()


def test_the_first_answer_stays_when_the_task_has_moved_on(ali: Owner) -> None:
    first = ali.ask(idempotency_key="k")
    ali.add(first.json["id"])
    assert ali.ask(idempotency_key="k").json == first.json


@pytest.mark.parametrize("body", [COUNTDOWN, {**SUM, "input_data": {"numbers": [1, 2, 4]}}], ids=["type", "numbers"])
def test_another_body_under_the_same_key_is_refused(aws: Cloud, ali: Owner, body: dict[str, Any]) -> None:
    ali.ask(idempotency_key="k")
    with unchanged(aws):
        answer = ali.ask(body, idempotency_key="k")
    assert answer.status == 422
    assert answer.json == {
        "detail": "This Idempotency-Key was used with another body. Choose a new key for a new request."
    }


@pytest.mark.parametrize("key", [" ", "é", "ключ", "a\nb", "a\x00", "x" * 256], ids=repr)
def test_a_malformed_key_is_refused(aws: Cloud, ali: Owner, key: str) -> None:
    with unchanged(aws):
        answer = ali.ask(idempotency_key=key)
    assert answer.status == 400
    assert answer.json == {"Idempotency-Key": ["Idempotency-Key must be 1 to 255 printable ASCII characters."]}


@pytest.mark.parametrize("key", ["k", "3f0f4f9e-6a35-4cb5-9b66-0a54cf0d1a11", "a b", "~!#", "x" * 255])
def test_any_printable_key_will_do(ali: Owner, key: str) -> None:
    first, again = ali.ask(idempotency_key=key), ali.ask(idempotency_key=key)
    assert (first.status, again.json) == (201, first.json)


def test_two_callers_may_choose_the_same_key(ali: Owner, vali: Owner) -> None:
    first = ali.ask(idempotency_key="k")
    other = vali.ask(COUNTDOWN, idempotency_key="k")
    assert other.status == 201
    assert other.json["id"] != first.json["id"]


def test_a_refusal_of_fields_does_not_use_up_the_key(ali: Owner) -> None:
    ali.ask({**SUM, "input_data": {}}, idempotency_key="k")
    assert ali.ask(idempotency_key="k").status == 201


def test_a_refusal_of_the_sixth_is_replayed_though_there_is_a_place_now(ali: Owner, full: list[int]) -> None:
    assert ali.ask(idempotency_key="k").json == TOO_MANY
    ali.cancel(full[0])
    again = ali.ask(idempotency_key="k")
    assert (again.status, again.json, again.headers["Idempotent-Replayed"]) == (400, TOO_MANY, "true")
    assert ali.ask(idempotency_key="another").status == 201


def test_who_comes_again_while_the_first_is_running_is_asked_to_wait(ali: Owner) -> None:
    with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
        ali.ask(idempotency_key="k")
    answer = ali.ask(idempotency_key="k")
    assert (answer.status, answer.headers["Retry-After"]) == (409, "1")
    assert answer.json == {
        "detail": "The first request with this Idempotency-Key is still running. Repeat in a moment."
    }


def test_a_retry_after_a_crash_gets_the_task_that_was_made(ali: Owner, clock: Clock) -> None:
    with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
        ali.ask(idempotency_key="k")
    [made] = ali.tasks()
    clock.move(seconds=60)
    answer = ali.ask(idempotency_key="k")
    assert (answer.status, answer.json) == (201, made)
    assert ali.counts() == {"active": 1, "total": 1, "pending": 1}


def test_a_retry_after_a_crash_with_another_body_is_refused(aws: Cloud, ali: Owner, clock: Clock) -> None:
    with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
        ali.ask(idempotency_key="k")
    clock.move(seconds=60)
    with unchanged(aws):
        answer = ali.ask(COUNTDOWN, idempotency_key="k")
    assert answer.status == 422


@pytest.mark.parametrize("headers", [{}, {"idempotency_key": "k"}], ids=["no key", "key"])
def test_an_answer_of_dynamodb_that_gets_lost_costs_nothing(ali: Owner, headers: dict[str, str]) -> None:
    with upset("TransactWriteItems", lost):
        answer = ali.ask(**headers)
    assert (answer.status, [answer.json]) == (201, ali.tasks())
    assert ali.counts() == {"active": 1, "total": 1, "pending": 1}


def test_an_answer_that_cannot_be_kept_is_given_all_the_same(ali: Owner, clock: Clock) -> None:
    with upset("PutItem", refused("InternalServerError"), after=1):
        first = ali.ask(idempotency_key="k")
    assert first.status == 201
    clock.move(seconds=60)
    assert ali.ask(idempotency_key="k").json == first.json
    assert ali.counts() == {"active": 1, "total": 1, "pending": 1}


def test_a_retry_of_the_fifth_takes_no_place_though_all_are_taken(ali: Owner, clock: Clock) -> None:
    for _ in range(4):
        ali.make()
    with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
        ali.ask(idempotency_key="k")
    clock.move(seconds=60)
    assert ali.ask(idempotency_key="k").status == 201
    assert ali.counts() == FULL


def test_what_failed_on_our_side_is_not_kept_as_an_answer(aws: Cloud, ali: Owner) -> None:
    with unchanged(aws), upset("TransactWriteItems", refused("InternalServerError")):
        assert ali.ask(idempotency_key="k").status == 500
    assert ali.ask(idempotency_key="k").status == 201


def test_an_answer_is_kept_for_a_day(ali: Owner, clock: Clock) -> None:
    first = ali.ask(idempotency_key="k")
    clock.move(hours=24, seconds=-1)
    ali = Owner(ali.aws, 1, ali.aws.log_in("ali"))
    again = ali.ask(idempotency_key="k")
    assert (again.json, again.headers["Idempotent-Replayed"]) == (first.json, "true")


def test_a_key_that_was_used_long_ago_makes_another_task(ali: Owner, clock: Clock) -> None:
    first = ali.ask(idempotency_key="k")
    clock.move(days=3)
    ali = Owner(ali.aws, 1, ali.aws.log_in("ali"))
    second = ali.ask(COUNTDOWN, idempotency_key="k")
    assert (second.status, second.json["task_type"]) == (201, "countdown")
    assert second.json["id"] != first.json["id"]


def test_of_many_who_ask_with_one_key_at_once_one_is_served(aws: Cloud, ali: Owner) -> None:
    ali.make()
    answers = at_once([lambda: ali.ask(idempotency_key="k")] * 10)
    assert {answer.status for answer in answers} <= {201, 409}
    assert len({answer.json["id"] for answer in answers if answer.status == 201}) == 1
    assert ali.counts() == {"active": 2, "total": 2, "pending": 2}


def test_a_key_that_is_let_go_meanwhile_is_claimed(aws: Cloud, ali: Owner) -> None:
    with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
        ali.ask(idempotency_key="k")

    def let_go() -> None:
        [row] = aws.rows(Table.OPS, "ONCE#")
        key = {"pk": {"S": row["pk"]}, "sk": {"S": row["sk"]}}
        aws.client("dynamodb").delete_item(TableName=aws.ids[Table.OPS], Key=key)

    with upset("PutItem", followed_by(let_go)):
        assert ali.ask(idempotency_key="k").status == 201


def test_a_task_never_takes_the_place_of_another(aws: Cloud, ali: Owner) -> None:
    id = ali.make()
    aws.table(Table.TASKS).put_item(Item={"pk": "COUNTER#task", "sk": "COUNTER", "value": id - 1})
    with unchanged(aws):
        assert ali.ask(COUNTDOWN).status == 500
