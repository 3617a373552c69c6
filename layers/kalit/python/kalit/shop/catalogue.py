"""What is sold, as everybody sees it, and how a list of it may be asked for."""

from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from kalit.kit.errors import NotFound
from kalit.kit.fields import Moment, Output, said
from kalit.kit.pages import PageQuery
from kalit.kit.words import Text

from . import search
from .money import Money

PAGE_SIZE = 10
LONGEST_SEARCH = 200
NEWEST = "-created_at"
ORDERINGS = {f"{sign}{name}" for name in ("created_at", "name", "price") for sign in ("", "-")}

NOT_A_NUMBER = Text("Enter a number.", ru="Введите число.", uz="Son kiriting.")


class CategoryNotFound(NotFound):
    """Category not found."""

    ru = "Категория не найдена."
    uz = "Turkum topilmadi."


class ProductNotFound(NotFound):
    """Product not found."""

    ru = "Товар не найден."
    uz = "Mahsulot topilmadi."


class Category(Output):
    """A shelf of the shop."""

    id: int = Field(examples=[1])
    name: str = Field(examples=["Smart locks"])
    slug: str = Field(examples=["smart-locks"])


class AttributeValue(Output):
    """What tells a variant apart."""

    id: int = Field(examples=[1])
    attribute_name: str = Field(examples=["Color"])
    value: str = Field(examples=["Black"])


class Variant(Output):
    """A product as it can be bought; `stock` is what can be bought now."""

    id: int = Field(examples=[1])
    sku: str = Field(examples=["LOCK-1-BLACK"])
    price: Money = Field(examples=["129.99"])
    stock: int = Field(examples=[12])
    attributes: list[AttributeValue] = Field(examples=[[{"id": 1, "attribute_name": "Color", "value": "Black"}]])
    is_active: bool = Field(examples=[True])


class Product(Output):
    """A product with its variants."""

    id: int = Field(examples=[1])
    category: Category = Field(examples=[{"id": 1, "name": "Smart locks", "slug": "smart-locks"}])
    name: str = Field(examples=["Kalit One"])
    slug: str = Field(examples=["kalit-one"])
    description: str = Field(examples=["Opens by phone, PIN and card."])
    image: str | None = Field(examples=["https://kalit.example/media/products/1/5f2c.jpg"])
    variants: list[Variant] = Field(
        examples=[
            [
                {
                    "id": 1,
                    "sku": "LOCK-1-BLACK",
                    "price": "129.99",
                    "stock": 12,
                    "attributes": [{"id": 1, "attribute_name": "Color", "value": "Black"}],
                    "is_active": True,
                }
            ]
        ]
    )
    average_rating: float | None = Field(description="Of all reviews, from 1 to 5.", examples=[4.5])
    reviews_count: int = Field(examples=[2])
    created_at: Moment = Field(examples=["2026-11-21T00:09:51.973Z"])


def _bound(value: Any) -> Any:
    if value in (None, ""):
        return None
    try:
        bound = Decimal(str(value))
    except InvalidOperation:
        raise said(NOT_A_NUMBER) from None
    if not bound.is_finite() or abs(bound) >= 10**12:
        raise said(NOT_A_NUMBER)
    return bound


Bound = Annotated[Decimal | None, BeforeValidator(_bound)]


def _known(ordering: str) -> str:
    return ordering if ordering in ORDERINGS else NEWEST


class ListProducts(PageQuery):
    """A part of the catalogue. Both bounds are to be met by one active variant."""

    search: str = Field(
        "",
        max_length=LONGEST_SEARCH,
        description="Words that words of the name, the description or a SKU begin with; all of them.",
        examples=["smart lock"],
    )
    min_price: Bound = Field(None, examples=["100"])
    max_price: Bound = Field(None, examples=["250.50"])
    category: str = Field("", max_length=LONGEST_SEARCH, description="A slug.", examples=["smart-locks"])
    ordering: Annotated[str, AfterValidator(_known)] = Field(
        NEWEST, description="created_at, name or price (of the cheapest active variant); `-` before it turns it round."
    )

    @property
    def words(self) -> list[str]:
        return search.wanted(self.search)

    @property
    def is_priced(self) -> bool:
        return self.min_price is not None or self.max_price is not None


def average(total: int, count: int) -> float | None:
    """The average of ratings to one decimal, a half rounded up."""
    return (20 * total + count) // (2 * count) / 10 if count else None
