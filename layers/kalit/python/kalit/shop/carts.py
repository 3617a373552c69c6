"""Whose a cart is, what may be put into it, and how it is shown."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator, Field

from kalit.kit.api import Reply
from kalit.kit.caller import Caller
from kalit.kit.fields import Input, Output, Whole
from kalit.kit.ids import derived
from kalit.kit.request import VISITOR, VISITOR_COOKIE, Request
from kalit.kit.words import Text

from .admin import MOST_STOCK, Ref

KEPT = timedelta(days=7)  # after its last change
COOKIE_KEPT = timedelta(days=14)
MOST_LINES = 40  # different goods: an order of them must fit a transaction of a hundred writes
MOST_OF_ONE = MOST_STOCK

ADDED = Text("Savatga qo'shildi", en="Added to the cart", ru="Добавлено в корзину")
REMOVED = Text("O'chirildi", en="Removed", ru="Удалено")


@dataclass(frozen=True)
class Holder:
    """Whose cart it is: an account's, or that of a visitor who is known by an id alone."""

    id: UUID  # what the client is told
    account: UUID | None = None
    visitor: UUID | None = None  # whose cart an account's takes in

    @property
    def key(self) -> str:
        return f"ACCOUNT#{self.account}" if self.account else guest(self.id)

    @property
    def taken_in(self) -> str | None:
        """The key of the cart that is to be merged into this one."""
        return guest(self.visitor) if self.account and self.visitor else None


class AddToCart(Input):
    """So many of a variant more."""

    variant_id: Ref = Field(examples=[1])
    quantity: Annotated[Whole, Field(ge=1, le=MOST_OF_ONE)] = Field(1, examples=[2])


class RemoveFromCart(Input):
    """A variant; without one the whole cart is emptied."""

    variant_id: Annotated[Ref | None, BeforeValidator(lambda value: None if value == "" else value)] = Field(
        None, examples=[1]
    )


class CartLine(Output):
    """Some of a variant, at its price of now."""

    variant_id: int = Field(examples=[1])
    product_name: str = Field(examples=["Kalit One"])
    sku: str = Field(examples=["LOCK-1-BLACK"])
    attributes: str = Field(examples=["Color: Black, Size: XL"])
    price: float = Field(examples=[129.99])
    quantity: int = Field(examples=[2])
    total: float = Field(examples=[259.98])
    image: str | None = Field(examples=["https://kalit.example/media/products/1/5f2c.jpg"])


class Cart(Output):
    """What somebody means to buy."""

    items: list[CartLine] = Field(
        examples=[
            [
                {
                    "variant_id": 1,
                    "product_name": "Kalit One",
                    "sku": "LOCK-1-BLACK",
                    "attributes": "Color: Black, Size: XL",
                    "price": 129.99,
                    "quantity": 2,
                    "total": 259.98,
                    "image": None,
                }
            ]
        ]
    )
    total_price: float = Field(examples=[259.98])
    count: int = Field(description="Of all pieces together.", examples=[2])


class CartChanged(Output):
    """What was done, and the cart after it."""

    message: str = Field(examples=["Savatga qo'shildi"])
    cart: Cart


def guest(visitor: UUID | None) -> str:
    """The key of a visitor's cart."""
    return f"VISITOR#{visitor}"


def holder(request: Request, caller: Caller | None, fresh: UUID) -> Holder:
    """Whose cart a request is about; `fresh` is what a new visitor is known as. Raises `Invalid`."""
    visitor = request.visitor
    if caller:
        return Holder(derived("cart", str(caller.uuid)), account=caller.uuid, visitor=visitor)
    return Holder(visitor or fresh)


def reply(body: object, holder: Holder, request: Request, status: int = 200) -> Reply:
    """An answer that tells the client whose cart it was; a new visitor is given a cookie."""
    headers = {VISITOR: str(holder.id)}
    if not holder.account and request.visitor is None:
        secure = "; Secure" if request.origin.startswith("https") else ""
        age = int(COOKIE_KEPT.total_seconds())
        headers["Set-Cookie"] = f"{VISITOR_COOKIE}={holder.id}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}"
    return Reply(body, status, headers)


def merged(own: dict[int, int], others: dict[int, int]) -> dict[int, int]:
    """Two carts' lines as one: variant -> quantity. What does not fit any more is left out."""
    told = dict(own)
    for variant, quantity in others.items():
        if variant in told or len(told) < MOST_LINES:
            told[variant] = min(told.get(variant, 0) + quantity, MOST_OF_ONE)
    return told
