"""How a start is asked for and answered."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field

from kalit.kit import fields
from kalit.kit.fields import Input, Output, said
from kalit.kit.request import Request
from kalit.kit.words import Text

NOT_A_BOOLEAN = Text(
    "Must be a valid boolean.",
    ru="Введите корректное логическое значение.",
    uz="Mantiqiy qiymat kiriting: true yoki false.",
)
TRUE, FALSE = {"true", "1", "yes", "t", "y", "on"}, {"false", "0", "no", "f", "n", "off", ""}


def _boolean(value: Any) -> bool:
    text = str(value).strip().lower() if isinstance(value, bool | int | float | str) else "?"
    if text in ("1.0", "0.0"):
        text = text[0]
    if text not in TRUE | FALSE:
        raise said(NOT_A_BOOLEAN)
    return text in TRUE


class StartQuery(Input):
    """Whether everybody is to get a message once more, whatever was sent before."""

    force_resend: Annotated[bool, BeforeValidator(_boolean)] = Field(False, examples=[False])


class Started(Output):
    status: Literal["scheduled"] = "scheduled"
    run_id: UUID


def forced(query: StartQuery, request: Request) -> bool:
    """What the body says; without one, or where it is an empty object, what the query does. Raises `Invalid`."""
    data, source = request.data()
    return query.force_resend if data == {} else fields.read(StartQuery, data, source=source).force_resend
