"""Input models: how bodies and queries are read, and pydantic's errors in the words of the contract."""

from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from .clock import wire
from .errors import Invalid, ParseError
from .request import read_json
from .words import FIELD_TEXTS, Text

CROSS_FIELD = "non_field_errors"
END = 9_000  # the year from which on times are refused: what follows them must find room in the calendar


class Input(BaseModel):
    """Base of bodies and queries: text is trimmed, unknown fields are ignored."""

    model_config = ConfigDict(str_strip_whitespace=True, coerce_numbers_to_str=True, frozen=True)


class Output(BaseModel):
    """Base of answers."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


def said(text: Text, **values: object) -> PydanticCustomError:
    """What a domain's validator raises to refuse a field in words of its own."""
    return PydanticCustomError("said", "said", {"text": text, **values})


def _from_form(value: Any, info: ValidationInfo) -> Any:
    """A form can only carry text, so JSON fields travel in it as JSON text."""
    if value is None:
        raise PydanticCustomError("null", "null")
    if isinstance(value, str) and info.context == "form":
        try:
            return read_json(value)
        except ParseError:
            return value
    return value


def _no_bool(value: Any) -> Any:
    if isinstance(value, bool):
        raise PydanticCustomError("int_type", "int")
    return value


Whole = Annotated[int, BeforeValidator(_no_bool)]
"""A whole number, as a number or as text; true is none."""


def _aware(at: datetime) -> datetime:
    if not 1 < at.year < END:
        raise said(FIELD_TEXTS["datetime"])
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


Instant = Annotated[datetime, AfterValidator(_aware)]
"""A time that is asked for; without an offset, UTC."""

Moment = Annotated[datetime, PlainSerializer(wire), WithJsonSchema({"type": "string", "format": "date-time"})]
"""A time, written as all answers write times."""

NonBlank = Annotated[str, Field(min_length=1)]
AnyJson = Annotated[Any, BeforeValidator(_from_form)]
"""Any JSON value but null."""

Model = TypeVar("Model", bound=BaseModel)

# pydantic's error types in groups, by how they begin -> the key of the text.
_TEXT_BY_PREFIX = {
    "int_": "int",
    "float_": "number",
    "decimal_": "number",
    "finite_number": "number",
    "bool_": "bool",
    "enum": "choice",
    "literal_error": "choice",
    "datetime_": "datetime",
    "timezone_": "datetime",
    "uuid_": "uuid",
    "dict_type": "object",
    "model_type": "object",
    "list_type": "list",
}
_JSON_NAMES = {dict: "dict", list: "list", str: "str", int: "int", float: "float", bool: "bool", type(None): "null"}


def read(model: type[Model], data: Any, *, source: str = "json") -> Model:
    """`data` as `model`. `source` is json, form or query. Raises `Invalid`."""
    if not isinstance(data, dict):
        got = _JSON_NAMES.get(type(data), type(data).__name__)
        raise Invalid.field(CROSS_FIELD, FIELD_TEXTS["not_object"], got=got)
    try:
        return model.model_validate(data, context=source)
    except ValidationError as error:
        fields: dict[str, list[tuple[Text, dict[str, object]]]] = {}
        for detail in error.errors(include_url=False):
            name = str(detail["loc"][0]) if detail["loc"] else CROSS_FIELD
            fields.setdefault(name, []).append(_text(detail, source))
        raise Invalid(fields) from None


def _text(detail: ErrorDetails, source: str) -> tuple[Text, dict[str, object]]:
    kind, value = detail["type"], detail["input"]
    key = next((key for prefix, key in _TEXT_BY_PREFIX.items() if kind.startswith(prefix)), kind)
    if kind != "missing" and value is None:
        key = "null"
    elif kind == "string_too_short" and isinstance(value, str) and not value.strip():
        key = "blank"
    elif key == "choice" and source == "query":
        key = "filter_choice"
    if kind == "said":
        context = dict(detail["ctx"])
        return context.pop("text"), context
    shown = {"input": str(value)[:100], "got": _JSON_NAMES.get(type(value), "str")}
    return FIELD_TEXTS.get(key, FIELD_TEXTS["invalid"]), {**detail.get("ctx", {}), **shown}
