"""Reviews: what buyers think of a product, and who may say it, change it and take it back."""

from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator, Field

from kalit.kit.caller import Caller
from kalit.kit.errors import Forbidden, NotFound, Refused
from kalit.kit.fields import Input, Moment, NonBlank, Output, Whole
from kalit.kit.pages import PageQuery

from . import orders
from .admin import Ref

PAGE_SIZE = 10
LONGEST_COMMENT = 5_000

Rating = Annotated[Whole, Field(ge=1, le=5)]
Comment = Annotated[NonBlank, Field(max_length=LONGEST_COMMENT)]


class ReviewNotFound(NotFound):
    """Review not found."""

    ru = "Отзыв не найден."
    uz = "Izoh topilmadi."


class AlreadyReviewed(Refused):
    """Siz bu mahsulotga avval izoh qoldirgansiz!"""

    en = "You have reviewed this product before!"
    ru = "Вы уже оставили отзыв об этом товаре!"


class NewReview(Input):
    """What the caller thinks of a product."""

    product: Ref = Field(examples=[1])
    rating: Rating = Field(examples=[5])
    comment: Comment = Field(examples=["Opens every time."])


class ReviewChange(Input):
    """What is to be different; what is left out stays."""

    rating: Rating = Field(1, examples=[4])
    comment: Comment = Field("", examples=["Opens almost every time."])


class ListReviews(PageQuery):
    """Reviews, the newest first."""

    product: Annotated[Ref | None, BeforeValidator(lambda value: value or None)] = Field(None, examples=[1])


class Review(Output):
    """What somebody thinks of a product."""

    id: int = Field(examples=[1])
    user: int = Field(examples=[2])
    username: str = Field(examples=["ali"])
    product: int = Field(examples=[1])
    rating: int = Field(examples=[5])
    comment: str = Field(examples=["Opens every time."])
    verified_buyer: bool = Field(description="Whether he had bought it here when he wrote it.", examples=[True])
    created_at: Moment = Field(examples=["2026-11-21T00:09:51.973Z"])


def check_may_change(author: UUID, caller: Caller) -> None:
    """Its author changes a review, and staff. Raises `Forbidden`."""
    if author != caller.uuid and not orders.is_staff(caller):
        raise Forbidden
