"""Examples, as the fields of the models tell them: for the docs pages and for the sample events."""

import inspect
import re
from typing import Any

from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from kalit.kit.errors import AppError, Invalid
from kalit.kit.words import FIELD_TEXTS

# Parameters of paths by their type.
PATH = {"int": 1, "UUID": "3f0f4f9e-6a35-4cb5-9b66-0a54cf0d1a11", "str": "sample"}

# What the texts of errors fill in.
VALUES = {"limit": 1_000_000, "media_type": "text/plain", "size": 1_000_001, "what": "JSON", "why": "Expecting value"}


def of(model: type[BaseModel]) -> list[dict[str, Any]]:
    """The fields' first examples together, then their second ones, and so on; a field that has no more repeats."""
    told = {name: to_jsonable_python(field.examples) for name, field in model.model_fields.items() if field.examples}
    most = max(map(len, told.values()), default=0)
    return [{name: shown[min(number, len(shown) - 1)] for name, shown in told.items()} for number in range(most)]


def whole(model: type[BaseModel]) -> dict[str, Any] | None:
    """An example with every field, if every field has one."""
    return next((example for example in of(model) if example.keys() == model.model_fields.keys()), None)


def error(kind: type[AppError], field: str) -> AppError:
    """An error as a door might raise it; `field` is what an `Invalid` complains of."""
    if issubclass(kind, Invalid):
        return Invalid.field(field, FIELD_TEXTS["missing"])
    made = kind.__new__(kind)  # past constructors that want to know what happened
    made.values = {name: VALUES.get(name, "…") for name in re.findall(r"\{(\w+)\}", inspect.getdoc(kind) or "")}
    return made
