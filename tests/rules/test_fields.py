"""Bodies and queries as models, and pydantic's errors in the words of the contract."""

from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import BaseModel, Field, create_model

from kalit.kit.fields import AnyJson, Input, NonBlank, read, said
from kalit.kit.words import FIELD_TEXTS, LANGUAGES, Text

from .refusals import refusal


class Colour(Enum):
    RED = "red"


class Named(Input):
    name: NonBlank


class Inner(BaseModel):
    a: int


def one(kind: Any) -> type[Input]:
    """A model with one field."""
    return create_model("One", __base__=Input, it=(kind, ...))


# key of FIELD_TEXTS -> kind of field, what it is given, source, what is said.
WORDS: list[tuple[str, Any, Any, str, str]] = [
    ("null", str, None, "json", "This field may not be null."),
    ("null", AnyJson, None, "json", "This field may not be null."),
    ("null", int, None, "json", "This field may not be null."),
    ("blank", NonBlank, "", "json", "This field may not be blank."),
    ("blank", NonBlank, "  ", "json", "This field may not be blank."),
    ("string_type", str, True, "json", "Not a valid string."),
    ("string_type", str, ["a"], "json", "Not a valid string."),
    (
        "string_too_long",
        Annotated[str, Field(max_length=3)],
        "abcd",
        "json",
        "Ensure this field has no more than 3 characters.",
    ),
    (
        "string_too_short",
        Annotated[str, Field(min_length=3)],
        "ab",
        "json",
        "Ensure this field has at least 3 characters.",
    ),
    ("string_pattern_mismatch", Annotated[str, Field(pattern="^a$")], "b", "json", "Enter a valid value."),
    ("int", int, "many", "json", "A valid integer is required."),
    ("int", int, 1.5, "json", "A valid integer is required."),
    ("int", int, [1], "json", "A valid integer is required."),
    ("number", float, "many", "json", "A valid number is required."),
    ("number", Decimal, "many", "json", "A valid number is required."),
    ("number", Annotated[float, Field(allow_inf_nan=False)], float("inf"), "json", "A valid number is required."),
    ("bool", bool, "perhaps", "json", "Must be a valid boolean."),
    ("bool", bool, [], "json", "Must be a valid boolean."),
    ("greater_than_equal", Annotated[int, Field(ge=1)], 0, "json", "Ensure this value is greater than or equal to 1."),
    ("less_than_equal", Annotated[int, Field(le=5)], 6, "json", "Ensure this value is less than or equal to 5."),
    ("choice", Colour, "blue", "json", '"blue" is not a valid choice.'),
    ("choice", Literal["red"], "blue", "form", '"blue" is not a valid choice.'),
    ("filter_choice", Colour, "blue", "query", "Select a valid choice. blue is not one of the available choices."),
    ("datetime", datetime, "soon", "json", FIELD_TEXTS["datetime"].default),
    ("uuid", UUID, "42", "json", "Must be a valid UUID."),
    ("object", dict[str, int], [1], "json", 'Expected a dictionary of items but got type "list".'),
    ("object", Inner, "a", "json", 'Expected a dictionary of items but got type "str".'),
    ("list", list[int], {"a": 1}, "json", 'Expected a list of items but got type "dict".'),
    ("list", list[int], 1.5, "json", 'Expected a list of items but got type "float".'),
    ("invalid", Annotated[int, Field(multiple_of=2)], 3, "json", "Enter a valid value."),
]
# Said by hand, where pydantic has no error for it.
BY_HAND = {"missing", "not_object", "too_big"}


@pytest.mark.parametrize(("kind", "value", "source", "message"), [words[1:] for words in WORDS])
def test_a_field_is_refused_in_the_contracts_words(kind: Any, value: Any, source: str, message: str) -> None:
    assert refusal(one(kind), {"it": value}, source=source) == {"it": [message]}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("key", "kind", "value", "source"), [words[:-1] for words in WORDS])
def test_every_template_can_be_filled_in_every_language(
    key: str, kind: Any, value: Any, source: str, language: str
) -> None:
    [told] = refusal(one(kind), {"it": value}, language, source)["it"]
    template = FIELD_TEXTS[key].say(language)
    assert told.startswith(template.partition("{")[0])
    assert "{" not in told


def test_every_template_is_tried_above() -> None:
    assert {key for key, *_ in WORDS} | BY_HAND == set(FIELD_TEXTS)


def test_a_missing_field_is_required() -> None:
    assert refusal(Named, {}) == {"name": ["This field is required."]}


@pytest.mark.parametrize(
    ("data", "got"),
    [([], "list"), ("text", "str"), (5, "int"), (1.5, "float"), (True, "bool"), (None, "null")],
    ids=str,
)
def test_a_body_that_is_no_object_is_refused_as_a_whole(data: Any, got: str) -> None:
    assert refusal(Named, data) == {"non_field_errors": [f"Invalid data. Expected a dictionary, but got {got}."]}


def test_text_is_trimmed() -> None:
    assert read(Named, {"name": "  ali \n"}).name == "ali"


def test_a_number_may_stand_for_text() -> None:
    assert read(Named, {"name": 42}).name == "42"


def test_unknown_fields_are_ignored() -> None:
    assert read(Named, {"name": "ali", "role": "admin"}).model_dump() == {"name": "ali"}


def test_a_field_of_a_list_is_named_by_the_list() -> None:
    assert refusal(one(list[int]), {"it": [1, "a", "b"]}) == {"it": ["A valid integer is required."] * 2}


def test_what_is_quoted_is_cut() -> None:
    [told] = refusal(one(Colour), {"it": "x" * 10_000})["it"]
    assert told == f'"{"x" * 100}" is not a valid choice.'


def test_what_is_quoted_is_not_read_as_a_template() -> None:
    assert refusal(one(Colour), {"it": "{got}{0}"}) == {"it": ['"{got}{0}" is not a valid choice.']}


def test_a_form_carries_json_in_its_text() -> None:
    assert read(one(AnyJson), {"it": '{"a": [1]}'}, source="form").model_dump() == {"it": {"a": [1]}}


def test_a_form_may_carry_text_that_is_no_json() -> None:
    assert read(one(AnyJson), {"it": "soon"}, source="form").model_dump() == {"it": "soon"}


def test_a_domain_may_refuse_a_field_in_words_of_its_own() -> None:
    error = said(Text("at most {limit}", ru="не более {limit}"), limit=5)
    assert error.context is not None
    assert error.context["text"].say("ru", limit=error.context["limit"]) == "не более 5"
