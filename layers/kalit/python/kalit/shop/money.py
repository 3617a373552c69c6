"""Money: whole cents inside, text with two decimals on the wire."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

CURRENCY = "usd"
DEAREST = Decimal("99999999.99")


def _no_bool(value: Any) -> Any:
    if isinstance(value, bool):
        raise PydanticCustomError("decimal_type", "number")
    return value


def cents(amount: Decimal) -> int:
    """An amount of at most two decimals in cents."""
    return int(amount * 100)


def text(amount: int) -> str:
    """Cents as the wire has them: "999.99"."""
    return f"{amount // 100}.{amount % 100:02}"


def number(amount: int) -> float:
    """Cents as the number that carts show."""
    return amount / 100


def at_least(bound: Decimal) -> int:
    """The cheapest price in cents that is not below a bound."""
    return int((bound * 100).to_integral_value(ROUND_CEILING))


def at_most(bound: Decimal) -> int:
    """The dearest price in cents that is not above a bound."""
    return int((bound * 100).to_integral_value(ROUND_FLOOR))


Price = Annotated[
    Decimal,
    BeforeValidator(_no_bool),
    Field(ge=Decimal("0.01"), le=DEAREST, decimal_places=2),
    AfterValidator(lambda amount: amount.quantize(Decimal("0.01"))),
]
"""A price that is asked for, as a number or as text."""

Money = Annotated[int, PlainSerializer(text), WithJsonSchema({"type": "string", "format": "decimal"})]
"""Cents, written as all answers write money."""
