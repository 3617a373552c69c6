"""What may be asked for as a task, when it is over, and how it ends."""

import json
import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalit.kit.fields import read
from kalit.tasks.rules import ListTasks, NewTask, Repair, Status, TaskType, TooManyTasks, added, due_at, repair

from .refusals import refusal

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DUE = datetime(2026, 11, 20, 12, 5, tzinfo=UTC)

NUMBERS_REQUIRED = "Для задач типа 'sum' поле `numbers` должно быть обязательным."
NUMBERS_LIST = "Для задач типа 'sum' поле `numbers` должно быть списком чисел."
NUMBERS_TOO_MANY = "Для задач типа 'sum' поле `numbers` может содержать не более 10000 чисел."
SECONDS_REQUIRED = "Для задач типа 'countdown' поле `seconds` должно быть обязательным."
SECONDS_POSITIVE = "Для задач типа 'countdown' поле `seconds` должно быть положительным целым числом."
SECONDS_TOO_LONG = "Для задач типа 'countdown' поле `seconds` не может превышать 86400."


def a_task(task_type: str, input_data: Any) -> dict[str, Any]:
    return {"task_type": task_type, "input_data": input_data}


@pytest.mark.parametrize(
    "numbers",
    [[1], [1, 2, 3], [0], [-1, 2.5], [1e308], [10**400], [0] * 10_000],
    ids=["one", "ints", "zero", "mixed", "largest float", "huge int", "ten thousand"],
)
def test_a_sum_takes_a_list_of_numbers(numbers: list[float]) -> None:
    assert read(NewTask, a_task("sum", {"numbers": numbers})).input_data == {"numbers": numbers}


@pytest.mark.parametrize("seconds", [1, 60, 86_400])
def test_a_countdown_takes_whole_seconds_up_to_a_day(seconds: int) -> None:
    assert read(NewTask, a_task("countdown", {"seconds": seconds})).input_data == {"seconds": seconds}


@pytest.mark.parametrize(
    ("input_data", "message"),
    [
        ({}, NUMBERS_REQUIRED),
        ({"numbers": None}, NUMBERS_REQUIRED),
        ({"numbers": []}, NUMBERS_REQUIRED),
        ({"numbers": ""}, NUMBERS_REQUIRED),
        ({"seconds": 5}, NUMBERS_REQUIRED),
        ({"numbers": 5}, NUMBERS_LIST),
        ({"numbers": "1, 2"}, NUMBERS_LIST),
        ({"numbers": {"0": 1}}, NUMBERS_LIST),
        ({"numbers": [1, "2"]}, NUMBERS_LIST),
        ({"numbers": [1, None]}, NUMBERS_LIST),
        ({"numbers": [1, [2]]}, NUMBERS_LIST),
        ({"numbers": [1, True]}, NUMBERS_LIST),
        ({"numbers": True}, NUMBERS_LIST),
        ({"numbers": [math.nan]}, NUMBERS_LIST),
        ({"numbers": [math.inf]}, NUMBERS_LIST),
        ({"numbers": [-math.inf]}, NUMBERS_LIST),
        ({"numbers": [0] * 10_001}, NUMBERS_TOO_MANY),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_sum_without_fit_numbers_is_refused(input_data: Any, message: str) -> None:
    assert refusal(NewTask, a_task("sum", input_data)) == {"input_data": [message]}


@pytest.mark.parametrize(
    ("input_data", "message"),
    [
        ({}, SECONDS_REQUIRED),
        ({"seconds": None}, SECONDS_REQUIRED),
        ({"seconds": 0}, SECONDS_REQUIRED),
        ({"seconds": ""}, SECONDS_REQUIRED),
        ({"numbers": [1]}, SECONDS_REQUIRED),
        ({"seconds": -1}, SECONDS_POSITIVE),
        ({"seconds": 1.5}, SECONDS_POSITIVE),
        ({"seconds": 5.0}, SECONDS_POSITIVE),
        ({"seconds": math.nan}, SECONDS_POSITIVE),
        ({"seconds": math.inf}, SECONDS_POSITIVE),
        ({"seconds": "5"}, SECONDS_POSITIVE),
        ({"seconds": [5]}, SECONDS_POSITIVE),
        ({"seconds": True}, SECONDS_POSITIVE),
        ({"seconds": False}, SECONDS_POSITIVE),
        ({"seconds": 86_401}, SECONDS_TOO_LONG),
        ({"seconds": 10**400}, SECONDS_TOO_LONG),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_countdown_without_fit_seconds_is_refused(input_data: Any, message: str) -> None:
    assert refusal(NewTask, a_task("countdown", input_data)) == {"input_data": [message]}


@pytest.mark.parametrize("input_data", [[], [1, 2], "text", "", 5, 0, True, 1.5])
@pytest.mark.parametrize("task_type", ["sum", "countdown"])
def test_an_input_that_is_no_object_is_refused(task_type: str, input_data: Any) -> None:
    message = "Поле `input_data` должно быть объектом JSON."
    assert refusal(NewTask, a_task(task_type, input_data)) == {"input_data": [message]}


def test_a_null_input_is_refused() -> None:
    assert refusal(NewTask, a_task("sum", None)) == {"input_data": ["This field may not be null."]}


def test_both_missing_fields_are_named() -> None:
    required = ["This field is required."]
    assert refusal(NewTask, {}) == {"task_type": required, "input_data": required}


@pytest.mark.parametrize("task_type", ["zzz", "", "SUM", 5, None, ["sum"]])
def test_an_unknown_type_is_refused_alone(task_type: Any) -> None:
    assert set(refusal(NewTask, a_task(task_type, {"anything": 1}))) == {"task_type"}


def test_an_unknown_type_is_quoted() -> None:
    assert refusal(NewTask, a_task("zzz", {})) == {"task_type": ['"zzz" is not a valid choice.']}


def test_an_unknown_type_does_not_hide_an_input_that_is_no_object() -> None:
    assert set(refusal(NewTask, a_task("zzz", "text"))) == {"task_type", "input_data"}


@pytest.mark.parametrize(("language", "word"), [("uz", "obyekti"), ("ru", "объектом"), ("en", "object")])
def test_a_refusal_speaks_the_language_asked_for(language: str, word: str) -> None:
    assert word in refusal(NewTask, a_task("sum", []), language)["input_data"][0]


def test_extra_keys_of_an_input_are_kept() -> None:
    told = {"numbers": [1], "seconds": "soon", "note": {"deep": [None, True, "ў"]}}
    assert read(NewTask, a_task("sum", told)).input_data == told


def test_fields_beside_the_two_are_ignored() -> None:
    new = read(NewTask, {**a_task("sum", {"numbers": [1]}), "id": 7, "status": "completed", "owner": 3})
    assert new.model_dump() == a_task("sum", {"numbers": [1]})


def of_size(size: int) -> dict[str, Any]:
    """An input of so many bytes as JSON."""
    bare = len(json.dumps({"numbers": [1], "note": ""}))
    return {"numbers": [1], "note": "x" * (size - bare)}


def test_an_input_of_256_kb_is_taken() -> None:
    assert read(NewTask, a_task("sum", of_size(262_144)))


def test_a_larger_input_is_refused_with_its_size() -> None:
    message = "This value takes 262145 bytes as JSON; at most 262144 are kept."
    assert refusal(NewTask, a_task("sum", of_size(262_145))) == {"input_data": [message]}


def test_an_input_is_measured_in_bytes_of_utf_8() -> None:
    assert set(refusal(NewTask, a_task("sum", {"numbers": [1], "note": "ў" * 131_072}))) == {"input_data"}


def test_a_form_carries_its_input_as_json_text() -> None:
    form = {"task_type": "countdown", "input_data": '{"seconds": 5}'}
    assert read(NewTask, form, source="form").input_data == {"seconds": 5}


@pytest.mark.parametrize("text", ["", "{", "soon", '"text"', "[1]"])
def test_a_form_with_another_text_as_input_is_refused(text: str) -> None:
    assert set(refusal(NewTask, a_task("sum", text), source="form")) == {"input_data"}


@pytest.mark.parametrize(
    "text",
    [
        '{"numbers": [1], "note": NaN}',
        '{"numbers": [1], "note": 1e999}',
        '{"numbers": [1], "note": "\\ud800"}',
        '{"numbers": [1], "note": ' + "[" * 100_000 + "]" * 100_000 + "}",
    ],
    ids=["NaN", "1e999", "lone surrogate", "deep"],
)
def test_a_form_may_carry_no_more_than_json_may(text: str) -> None:
    assert set(refusal(NewTask, a_task("sum", text), source="form")) == {"input_data"}


def test_json_text_in_a_json_body_is_text() -> None:
    assert set(refusal(NewTask, a_task("sum", '{"numbers": [1]}'))) == {"input_data"}


def test_a_sum_is_given_ninety_seconds() -> None:
    assert due_at(read(NewTask, a_task("sum", {"numbers": [1]})), NOON) == NOON + timedelta(seconds=90)


@pytest.mark.parametrize(
    ("microsecond", "due"),
    [(0, "12:00:05"), (1, "12:00:06"), (999_999, "12:00:06")],
)
def test_a_countdown_is_over_at_the_first_whole_second_that_is_not_too_early(microsecond: int, due: str) -> None:
    task = read(NewTask, a_task("countdown", {"seconds": 5}))
    assert due_at(task, NOON.replace(microsecond=microsecond)).time().isoformat() == due


@given(st.datetimes(timezones=st.just(UTC), max_value=datetime(9000, 1, 1)), st.integers(1, 86_400))
def test_a_countdown_is_never_early_and_less_than_a_second_late(at: datetime, seconds: int) -> None:
    late = due_at(read(NewTask, a_task("countdown", {"seconds": seconds})), at) - at - timedelta(seconds=seconds)
    assert timedelta(0) <= late < timedelta(seconds=1)


@pytest.mark.parametrize(
    ("numbers", "total"),
    [([1, 2, 3], 6), ([5], 5), ([1, 0.5], 1.5), ([-1, 1], 0), ([10**30, 1], 10**30 + 1), ([10**4299], 10**4299)],
    ids=["ints", "one", "float", "nothing left", "large", "as large as JSON takes"],
)
def test_numbers_are_added(numbers: list[float], total: float) -> None:
    outcome = added(numbers)
    assert (outcome.status, outcome.result) == (Status.COMPLETED, {"result": total})


@pytest.mark.parametrize(
    "numbers",
    [[1e308, 1e308], [10**400, 0.5], [10**4300], [9 * 10**4299] * 2, [-(10**4300)]],
    ids=[
        "past the largest float",
        "int past float",
        "more digits than JSON takes",
        "a sum of more digits",
        "far below zero",
    ],
)
def test_a_sum_that_no_number_holds_ends_in_error(numbers: list[float]) -> None:
    outcome = added(numbers)
    assert (outcome.status, outcome.result) == (Status.ERROR, {"error": "Сумма не помещается в число."})


@given(st.lists(st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False)), min_size=1))
def test_every_sum_ends_in_something_that_json_can_say(numbers: list[float]) -> None:
    assert json.loads(json.dumps(added(numbers).result, allow_nan=False))


@pytest.mark.parametrize(
    ("task_type", "seconds_late", "sendings", "cure"),
    [
        (TaskType.SUM, -1, 1, Repair.WAIT),
        (TaskType.SUM, 0, 1, Repair.SEND_AGAIN),
        (TaskType.SUM, 0, 3, Repair.SEND_AGAIN),
        (TaskType.SUM, 0, 4, Repair.GIVE_UP),
        (TaskType.SUM, 0, 5, Repair.GIVE_UP),
        (TaskType.SUM, -1, 4, Repair.WAIT),
        (TaskType.SUM, 86_400, 1, Repair.SEND_AGAIN),
        (TaskType.COUNTDOWN, -1, 1, Repair.WAIT),
        (TaskType.COUNTDOWN, 0, 1, Repair.WAIT),
        (TaskType.COUNTDOWN, 29, 1, Repair.WAIT),
        (TaskType.COUNTDOWN, 30, 1, Repair.FINISH),
        (TaskType.COUNTDOWN, 86_400, 9, Repair.FINISH),
    ],
)
def test_an_overdue_task_is_repaired_in_its_way(
    task_type: TaskType, seconds_late: int, sendings: int, cure: Repair
) -> None:
    assert repair(task_type, DUE, sendings, DUE + timedelta(seconds=seconds_late)) is cure


@pytest.mark.parametrize("status", ["pending", "in_progress", "completed", "error"])
def test_a_list_can_be_of_one_status(status: str) -> None:
    assert read(ListTasks, {"status": status}, source="query").status == status


@pytest.mark.parametrize("query", [{}, {"status": ""}])
def test_a_list_without_a_status_is_of_all(query: dict[str, str]) -> None:
    assert read(ListTasks, query, source="query").status is None


def test_a_list_of_no_known_status_is_refused() -> None:
    message = "Select a valid choice. zzz is not one of the available choices."
    assert refusal(ListTasks, {"status": "zzz"}, source="query") == {"status": [message]}


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("", "Вы не можете создать более 5 активных задач."),
        ("ru", "Вы не можете создать более 5 активных задач."),
        ("en", "You cannot have more than 5 active tasks."),
        ("uz", "Bir vaqtda 5 tadan ortiq faol topshiriq yarata olmaysiz."),
    ],
)
def test_the_sixth_task_is_refused_in_the_words_of_the_contract(language: str, message: str) -> None:
    assert TooManyTasks().say(language) == message
