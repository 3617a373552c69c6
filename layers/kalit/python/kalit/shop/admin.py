"""What staff make and change of the catalogue: which fields there are, and what is refused."""

import re
import unicodedata
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from kalit.kit.errors import AppError, Conflict, Invalid, NotFound
from kalit.kit.fields import Input, Moment, NonBlank, Output, Whole, said
from kalit.kit.pages import PageQuery
from kalit.kit.words import Text

from .money import Money, Price

LONGEST_NAME = 255
LONGEST_DESCRIPTION = 10_000
LONGEST_SKU = 100
LONGEST_CAUSE = 200
MOST_STOCK = 10**9
MOST_VARIANTS = 40  # of a product: all of them are written at once when it is deleted
MOST_VALUES = 10  # of a variant

TAKEN = Text("This value is already taken.", ru="Это значение уже занято.", uz="Bu qiymat band.")
NO_SUCH = Text(
    'Invalid pk "{pk}" - object does not exist.',
    ru="Недопустимый первичный ключ «{pk}» - объект не существует.",
    uz="«{pk}» yoʻq: bunday obyekt mavjud emas.",
)
NOT_A_SLUG = Text(
    "Enter a valid 'slug' consisting of letters, numbers, underscores or hyphens.",
    ru="Введите корректный «slug», состоящий из букв, цифр, знаков подчёркивания или дефисов.",
    uz="Slug harf, raqam, chiziqcha va pastki chiziqdan iborat boʻlishi kerak.",
)
NOT_IN_STOCK = Text("Only {stock} are in stock.", ru="На складе только {stock}.", uz="Omborda faqat {stock} ta bor.")
TOO_MANY_VARIANTS = Text(
    f"A product may have at most {MOST_VARIANTS} variants.",
    ru=f"У товара может быть не более {MOST_VARIANTS} вариантов.",
    uz=f"Mahsulotda koʻpi bilan {MOST_VARIANTS} ta variant boʻlishi mumkin.",
)


class InUse(Conflict):
    """Others hang on it: delete or change those first."""

    ru = "На это ссылаются другие объекты: сначала удалите или измените их."
    uz = "Bunga boshqalar bogʻlangan: avval ularni oʻchiring yoki oʻzgartiring."


class Reserved(Conflict):
    """Open orders hold some of it; delete it when they are paid or over."""

    ru = "Часть зарезервирована открытыми заказами; удалите, когда они будут оплачены или закрыты."
    uz = "Bir qismi ochiq buyurtmalarda band; ular toʻlangach yoki yopilgach oʻchiring."


class AttributeNotFound(NotFound):
    """Attribute not found."""

    ru = "Атрибут не найден."
    uz = "Xususiyat topilmadi."


class ValueNotFound(NotFound):
    """Attribute value not found."""

    ru = "Значение атрибута не найдено."
    uz = "Xususiyat qiymati topilmadi."


class VariantNotFound(NotFound):
    """Variant not found."""

    ru = "Вариант не найден."
    uz = "Variant topilmadi."


def slug(name: str) -> str:
    """A slug from a name: letters and digits, the rest as hyphens."""
    plain = re.sub(r"[^\w\s-]", "", unicodedata.normalize("NFKC", name).casefold())
    return re.sub(r"[\s_-]+", "-", plain).strip("-")[:LONGEST_NAME]


def _is_slug(text: str) -> str:
    if text and not re.fullmatch(r"[\w-]+", text):
        raise said(NOT_A_SLUG)
    return text


Name = Annotated[NonBlank, Field(max_length=LONGEST_NAME)]
Slug = Annotated[str, Field(max_length=LONGEST_NAME), AfterValidator(_is_slug)]
Stock = Annotated[Whole, Field(ge=0, le=MOST_STOCK)]
Ref = Annotated[Whole, Field(ge=0, lt=10**18)]


class ListAll(PageQuery):
    """All there are, by id."""


class NewCategory(Input):
    """A category; without a slug it is made of the name."""

    name: Name = Field(examples=["Smart locks"])
    slug: Slug = Field("", examples=["smart-locks"])


class CategoryChange(Input):
    """What is to be different; what is left out stays."""

    name: Name = Field("", examples=["Smart locks"])
    slug: Slug = Field("", examples=["smart-locks"])


class NewAttribute(Input):
    """Something in which variants differ."""

    name: Name = Field(examples=["Color"])


class Attribute(Output):
    id: int = Field(examples=[1])
    name: str = Field(examples=["Color"])


class NewValue(Input):
    """One of the values that an attribute may have."""

    attribute: Ref = Field(examples=[1])
    value: Name = Field(examples=["Black"])


class ValueChange(Input):
    """A value in other words; its attribute stays."""

    value: Name = Field(examples=["Black"])


class Value(Output):
    id: int = Field(examples=[1])
    attribute: int = Field(examples=[1])
    value: str = Field(examples=["Black"])


class NewProduct(Input):
    """A product; it can be bought when it has variants."""

    category: Ref = Field(examples=[1])
    name: Name = Field(examples=["Kalit One"])
    slug: Slug = Field("", description="Left out, it is made of the name.", examples=["kalit-one"])
    description: Annotated[str, Field(max_length=LONGEST_DESCRIPTION)] = Field(
        "", examples=["Opens by phone, PIN and card."]
    )


class ProductChange(Input):
    """What is to be different; what is left out stays."""

    category: Ref = Field(0, examples=[1])
    name: Name = Field("", examples=["Kalit One"])
    slug: Slug = Field("", examples=["kalit-one"])
    description: Annotated[str, Field(max_length=LONGEST_DESCRIPTION)] = Field(
        "", examples=["Opens by phone, PIN and card."]
    )


class AdminProduct(Output):
    """A product as staff change it."""

    id: int = Field(examples=[1])
    category: int = Field(examples=[1])
    name: str = Field(examples=["Kalit One"])
    slug: str = Field(examples=["kalit-one"])
    description: str = Field(examples=["Opens by phone, PIN and card."])
    image: str | None = Field(examples=["https://kalit.example/media/products/1/5f2c.jpg"])
    variants: list[int] = Field(examples=[[1, 2]])
    created_at: Moment = Field(examples=["2026-11-21T00:09:51.973Z"])


def _list_of_refs(value: Any) -> Any:
    """A form carries a list as text, such as `1,2`."""
    return [part for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Refs = Annotated[list[Ref], BeforeValidator(_list_of_refs), Field(max_length=MOST_VALUES)]


class NewVariant(Input):
    """Something that can be bought."""

    product: Ref = Field(examples=[1])
    sku: Annotated[NonBlank, Field(max_length=LONGEST_SKU)] = Field(examples=["LOCK-1-BLACK"])
    price: Price = Field(examples=["129.99"])
    stock: Stock = Field(0, examples=[12])
    attributes: Refs = Field([], description="Ids of attribute values.", examples=[[]])
    is_active: bool = Field(True, examples=[True])


class VariantChange(Input):
    """What is to be different; what is left out stays. `stock` is what can be bought, beside what orders hold."""

    sku: Annotated[NonBlank, Field(max_length=LONGEST_SKU)] = Field("", examples=["LOCK-1-BLACK"])
    price: Price = Field(Decimal(1), examples=["129.99"])
    stock: Stock = Field(0, examples=[12])
    attributes: Refs = Field([], description="Ids of attribute values.", examples=[[]])
    is_active: bool = Field(True, examples=[True])


class ListVariants(PageQuery):
    product: Annotated[Ref | None, BeforeValidator(lambda value: value or None)] = Field(None, examples=[1])


class AdminVariant(Output):
    """A variant as staff change it: what can be bought, what open orders hold, and what was paid for."""

    id: int = Field(examples=[1])
    product: int = Field(examples=[1])
    sku: str = Field(examples=["LOCK-1-BLACK"])
    price: Money = Field(examples=["129.99"])
    stock: int = Field(examples=[12])
    reserved: int = Field(examples=[1])
    sold: int = Field(examples=[3])
    attributes: list[int] = Field(examples=[[1]])
    is_active: bool = Field(examples=[True])


class StockChange(Input):
    """More or fewer of a variant, and why."""

    delta: Annotated[Whole, Field(ge=-MOST_STOCK, le=MOST_STOCK)] = Field(examples=[10])
    cause: Annotated[NonBlank, Field(max_length=LONGEST_CAUSE)] = Field(examples=["Delivery of 21 November"])


class Movement(Output):
    """A change of what can be bought, and why. Orders name themselves."""

    id: str = Field(examples=["01a1fc4a-5701-7a4e-93fe-5bb48994bc32"])
    delta: int = Field(examples=[-1])
    cause: str = Field(examples=["order placed"])
    order: int | None = Field(examples=[1])
    user: str | None = Field(description="The name of the member of staff.", examples=["dilshod"])
    created_at: Moment = Field(examples=["2026-11-21T00:09:51.973Z"])


def taken(field: str) -> AppError:
    return Invalid.field(field, TAKEN)


def no_such(field: str, pk: int) -> AppError:
    return Invalid.field(field, NO_SUCH, pk=pk)
