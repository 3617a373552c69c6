"""Answers below /api/v1, as the lock service writes them: `success`, and what belongs to it."""

from dataclasses import dataclass
from typing import ClassVar, Generic, Literal, TypeVar

from pydantic import Field

from .fields import Output
from .pages import Item, Page, PageQuery

PAGE_SIZE = 20
LARGEST_PAGE = 100

Data = TypeVar("Data")


class Said(Output):
    """Something was done."""

    success: Literal[True] = True
    message: str


class Given(Output, Generic[Data]):
    """Something was asked for."""

    success: Literal[True] = True
    data: Data


class Done(Said, Generic[Data]):
    """Something was done, and this came of it."""

    data: Data


class Listed(Output, Generic[Data]):
    """A list that is not paged."""

    success: Literal[True] = True
    count: int
    data: list[Data]

    @classmethod
    def of(cls, data: list[Data]) -> "Listed[Data]":
        return cls(count=len(data), data=data)


class PagedQuery(PageQuery):
    """The query of a list whose pages may be asked for in a size of one's own."""

    page_size: str = Field(str(PAGE_SIZE), description=f"How many to a page, at most {LARGEST_PAGE}.")

    @property
    def size(self) -> int:
        """The size asked for, or what comes next to it: a larger one is the largest, and what is no size the usual."""
        try:
            size = int(self.page_size)
        except ValueError:
            return PAGE_SIZE
        return min(size, LARGEST_PAGE) if size > 0 else PAGE_SIZE


@dataclass(frozen=True)
class Paged(Page[Item]):
    """One page, with its size and its place among the others."""

    told: ClassVar[tuple[str, ...]] = ("page_size", "total_pages", "current_page")

    @property
    def page_size(self) -> int:
        return self.size

    @property
    def total_pages(self) -> int:
        return max(1, -(-self.count // self.size))

    @property
    def current_page(self) -> int:
        return self.number
