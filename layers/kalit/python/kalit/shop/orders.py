"""Orders: what must be told to place one, what may become of it, and when an unpaid one is over."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field

from kalit.kit.caller import Caller, Staff
from kalit.kit.errors import NotFound
from kalit.kit.fields import Input, Moment, NonBlank, Output, said
from kalit.kit.pages import PageQuery
from kalit.kit.words import Text

from .errors import NotYourOrder
from .money import Money

HOLD = timedelta(hours=24)  # that an unpaid order keeps its goods
OVERDUE = timedelta(seconds=30)  # after which the sweeper ends what its machine should have ended
PAGE_SIZE = 10
LONGEST_SEARCH = 200
MOST_SEARCHED = 2_000  # of the newest orders, whose names and phones a search reads

BAD_PHONE = Text("Telefon raqam noto'g'ri", en="The phone number is wrong", ru="Неверный номер телефона")
BAD_EMAIL = Text(
    "Enter a valid email address.",
    ru="Введите правильный адрес электронной почты.",
    uz="Toʻgʻri elektron pochta manzilini kiriting.",
)


class OrderNotFound(NotFound):
    """Order not found."""

    ru = "Заказ не найден."
    uz = "Buyurtma topilmadi."


@dataclass(frozen=True)
class Clerk(Staff):
    """As a door's parameter: staff, where a buyer is told whom to ask instead."""

    refusal = NotYourOrder


class Status(StrEnum):
    PENDING = "pending"
    PAID = "paid"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


# Where an order's goods are counted while it is in a status.
COUNTED = {
    Status.PENDING: "reserved",
    Status.PAID: "sold",
    Status.SHIPPED: "sold",
    Status.DELIVERED: "sold",
    Status.CANCELLED: "available",
}
CAN_BE_CANCELLED = (Status.PENDING, Status.PAID)
# What an order's movements of stock say.
CAUSES = {Status.CANCELLED: "order cancelled", Status.PENDING: "order placed", Status.PAID: "order paid"}
EXPIRED = "order expired"


def _is_phone(text: str) -> str:
    if not 7 <= len(text) <= 20:
        raise said(BAD_PHONE)
    return text


def is_email(text: str) -> str:
    """A validator of addresses to write to."""
    if not re.fullmatch(r"[^@\s<>\"',;:\\()\[\]]{1,64}@[^@\s_.-](?:[\w-]*\w)?(?:\.[\w-]*\w)+", text):
        raise said(BAD_EMAIL)
    return text


FullName = Annotated[NonBlank, Field(max_length=255)]
Address = Annotated[NonBlank, Field(max_length=500)]
Phone = Annotated[NonBlank, AfterValidator(_is_phone)]
Email = Annotated[NonBlank, Field(max_length=254), AfterValidator(is_email)]


class Checkout(Input):
    """Who orders what is in the cart, and where it is to go."""

    full_name: FullName = Field(examples=["Ali Valiyev"])
    address: Address = Field(examples=["Toshkent, Amir Temur 1"])
    phone: Phone = Field(examples=["+998901234567"])
    email: Email = Field(examples=["ali@example.com"])


class Placed(Output):
    """An order was placed."""

    message: str = Field(examples=["Buyurtma qabul qilindi!"])
    order_id: int = Field(examples=[1])
    status: Literal["success"] = Field("success", examples=["success"])


class OrderLine(Output):
    """Some of a variant, as it was called and what it cost when it was ordered."""

    id: int = Field(examples=[101])
    product_name: str = Field(examples=["Kalit One"])
    sku: str = Field(examples=["LOCK-1-BLACK"])
    quantity: int = Field(examples=[2])
    price: Money = Field(examples=["129.99"])


class Order(Output):
    id: int = Field(examples=[1])
    user: str | None = Field(description="Whose it is; null of a guest's.", examples=["ali"])
    full_name: str = Field(examples=["Ali Valiyev"])
    address: str = Field(examples=["Toshkent, Amir Temur 1"])
    phone: str = Field(examples=["+998901234567"])
    email: str = Field(examples=["ali@example.com"])
    total_price: Money = Field(examples=["259.98"])
    status: Status = Field(examples=[Status.PENDING])
    refund_status: str | None = Field(
        description="`pending`, `succeeded` or `failed`, where money is given back.", examples=[None]
    )
    items: list[OrderLine] = Field(
        examples=[[{"id": 101, "product_name": "Kalit One", "sku": "LOCK-1-BLACK", "quantity": 2, "price": "129.99"}]]
    )
    expires_at: Moment = Field(
        description="Until when, unpaid, it keeps its goods.", examples=["2026-11-22T00:09:51.973Z"]
    )
    created_at: Moment = Field(examples=["2026-11-21T00:09:51.973Z"])


AnyStatus = Literal["pending", "paid", "shipped", "delivered", "cancelled", ""]
ORDERINGS = ("created_at", "-created_at", "total_price", "-total_price")


class ListOrders(PageQuery):
    """Orders, the newest first."""

    status: AnyStatus = Field("", examples=["pending"])
    search: str = Field(
        "", max_length=LONGEST_SEARCH, description="A part of the name or the phone, or an id.", examples=["Ali"]
    )
    ordering: Annotated[str, AfterValidator(lambda told: told if told in ORDERINGS else "-created_at")] = Field(
        "-created_at", description="created_at or total_price; `-` before it turns it round."
    )

    @property
    def statuses(self) -> tuple[Status, ...]:
        return (Status(self.status),) if self.status else tuple(Status)

    @property
    def by_total(self) -> bool:
        return self.ordering.endswith("total_price")

    @property
    def downward(self) -> bool:
        return self.ordering.startswith("-")

    def says(self, order: Order) -> bool:
        """Whether an order is one that was asked for."""
        text = self.search.casefold()
        named = text in order.full_name.casefold() or text in order.phone.casefold() or text == str(order.id)
        return order.status in self.statuses and (named or not text)


class OrderChange(Input):
    """What is to be different; what is left out stays. Staff may set any status; goods are counted as it says."""

    status: Status = Field(Status.PENDING, examples=[Status.SHIPPED])
    full_name: FullName = Field("", examples=["Ali Valiyev"])
    address: Address = Field("", examples=["Toshkent, Amir Temur 1"])
    phone: Phone = Field("", examples=["+998901234567"])


class Line(BaseModel):
    """A line of an order as it is kept."""

    variant: int
    product: int
    product_name: str
    sku: str
    quantity: int
    price: int


class Held(BaseModel):
    """What the machine of an unpaid order is told: which one, and when it is to be looked at."""

    id: int
    next: "Next"


class Next(BaseModel):
    """When an order is to be looked at again, or that it is settled."""

    at: datetime
    done: bool = False


def is_staff(caller: Caller) -> bool:
    return caller.role in Staff.roles


def total(lines: Iterable[Line]) -> int:
    """What lines cost together, in cents."""
    return sum(line.price * line.quantity for line in lines)


def ordered(orders: Iterable[Order], query: ListOrders) -> list[Order]:
    """Orders as a list in that ordering has them."""
    return sorted(
        orders,
        key=lambda order: (order.total_price if query.by_total else order.created_at, order.id),
        reverse=query.downward,
    )


PLACED = Text("Buyurtma qabul qilindi!", en="Your order is placed!", ru="Заказ принят!")
