"""Letters to buyers: an order's confirmation, and one for staff to try."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from kalit.kit.fields import Input, Output
from kalit.kit.ids import ordered
from kalit.kit.words import Text
from kalit.providers.email import Message

from . import money, orders
from .orders import HOLD, Line

NOBODY = "test@example.com"
QUEUED = Text("Email queuega qo'shildi!", en="The letter is on its way!", ru="Письмо поставлено в очередь!")
SUBJECT = "Kalit: buyurtma №{id} · заказ №{id} · order #{id}"
TEXTS = (
    "Rahmat! №{id} buyurtmangiz qabul qilindi: {total} USD. Toʻlov uchun {until} (UTC) gacha vaqtingiz bor.",
    "Спасибо! Ваш заказ №{id} принят: {total} USD. Оплатить его можно до {until} (UTC).",
    "Thank you! Your order #{id} is placed: {total} USD. You have until {until} (UTC) to pay for it.",
)


class TestEmail(Input):
    email: Annotated[str, AfterValidator(lambda told: orders.is_email(told) if told else told)] = Field(
        "", max_length=254, description=f"Whom to; {NOBODY} where nobody is named.", examples=["ali@example.com"]
    )


class Queued(Output):
    message: str = Field(examples=["Email queuega qo'shildi!"])


def confirmation(id: int, to: str, lines: Iterable[Line], until: datetime) -> Message:
    """What a buyer is written when his order is placed, in the three languages of our customers."""
    goods = list(lines)
    told = {"id": id, "total": money.text(orders.total(goods)), "until": f"{until:%Y-%m-%d %H:%M}"}
    listed = "\n".join(f"{line.quantity} x {line.product_name} ({line.sku})" for line in goods)
    body = "\n\n".join([*(text.format(**told) for text in TEXTS), listed]) + "\n"
    return Message(id=f"order-{id}", to=to, subject=SUBJECT.format(**told), body=body)


def trial(to: str, at: datetime) -> Message:
    """The same of an order that nobody has placed."""
    line = Line(variant=0, product=0, product_name="Kalit One", sku="LOCK-1-BLACK", quantity=1, price=12_999)
    return confirmation(0, to, [line], at + HOLD).model_copy(update={"id": f"test-{ordered(at)}"})
