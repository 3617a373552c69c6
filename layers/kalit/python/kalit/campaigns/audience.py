"""To whom a campaign goes: by phones, by tags, by operators.

1. Phones named: whoever has one of them, and one of the tags where tags are named, and of the operators where some are.
2. Only tags named: whoever has one of them, and of the operators where some are.
3. Neither: nobody, whatever the operators say.
"""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, WithJsonSchema

from kalit.kit.errors import ParseError
from kalit.kit.fields import said
from kalit.kit.request import read_json
from kalit.kit.words import FIELD_TEXTS, Text

from .clients import digits

NOT_A_FILTER = Text(
    "client_filter должен быть словарем или списком.",
    en="client_filter must be an object or a list.",
    uz="client_filter obyekt yoki roʻyxat boʻlishi kerak.",
)
NO_AUDIENCE = Text(
    "Аудитория не задана: укажите tag или phone_numbers в client_filter.",
    en="No audience: give a tag, or phone_numbers in client_filter.",
    uz="Auditoriya berilmagan: tag yoki client_filter ichida phone_numbers koʻrsating.",
)
LISTS = ("phone_numbers", "tags", "operator_codes")
# What an entry of a list may call them.
ALIASES = {
    "phone_numbers": ("phone_number", "phone"),
    "tags": ("tag",),
    "operator_codes": ("mobile_operator_code", "operator_code"),
}


class Audience(BaseModel, frozen=True):
    """Whom a campaign is for. Phones are kept as they were written, and compared by their digits."""

    phones: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()

    @classmethod
    def of(cls, tag: str, filter: dict[str, list[str]]) -> "Audience":
        """The audience of a campaign's tag and its filter, each name once and in order."""
        return cls(
            # What has no digits is nobody's phone; left out, it would let the tags alone decide.
            phones=_once(digits(phone) or phone for phone in filter.get("phone_numbers", [])),
            tags=_once([*([tag] if tag else []), *filter.get("tags", [])]),
            operators=_once(filter.get("operator_codes", [])),
        )

    @property
    def named(self) -> bool:
        """Whether it says anything that can match somebody."""
        return bool(self.phones or self.tags)

    def includes(self, phone: str, tag: str, operator: str) -> bool:
        if not self.named:
            return False
        return (
            (not self.phones or digits(phone) in self.phones)
            and (not self.tags or tag in self.tags)
            and (not self.operators or operator in self.operators)
        )


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({name for name in names if name}))


def _texts(value: Any) -> list[str]:
    return [str(item) for item in value if item] if isinstance(value, list) else []


def _gathered(items: list[Any]) -> dict[str, list[str]]:
    """A list of phones, and of objects that name a phone, a tag or an operator, as a filter."""
    found: dict[str, list[str]] = {name: [] for name in LISTS}
    for item in items:
        if isinstance(item, str):
            found["phone_numbers"].append(item)
        elif isinstance(item, dict):
            for name, aliases in ALIASES.items():
                found[name] += [str(item[alias]) for alias in aliases if item.get(alias)][:1]
    return {name: [text for text in texts if text] for name, texts in found.items()}


def normalized(value: Any) -> dict[str, list[str]]:
    """A filter as it is kept: an object with the three lists, or an empty one."""
    if isinstance(value, str) and value.strip():  # a form carries it as text
        try:
            value = read_json(value)
        except ParseError:
            raise said(NOT_A_FILTER) from None
    if value is None:
        raise said(FIELD_TEXTS["null"])
    if value in ("", {}, []) or (isinstance(value, str) and not value.strip()):
        return {}
    if isinstance(value, list):
        return _gathered(value)
    if isinstance(value, dict):
        return {name: _texts(value.get(name)) for name in LISTS}
    raise said(NOT_A_FILTER)


Filter = Annotated[
    dict[str, list[str]],
    BeforeValidator(normalized),
    WithJsonSchema(
        {
            "description": "An object with lists `phone_numbers`, `tags`, `operator_codes`; or a list of phones.",
            "anyOf": [{"type": "object"}, {"type": "array", "items": {}}, {"type": "string"}],
        }
    ),
]
