"""Lists in pages: `{"count", "next", "previous", "results"}` by `?page=N`."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Self, TypeVar
from urllib.parse import parse_qsl, urlencode

from pydantic import BaseModel, Field

from .errors import InvalidPage
from .fields import Input

Item = TypeVar("Item", bound=BaseModel)
Thing = TypeVar("Thing")

NEAR = 99  # pages that are read before anybody has counted


class PageQuery(Input):
    """The query of a paged list; lists with filters extend it."""

    page: str = Field("1", description="A number from 1, or `last`.")

    def number(self, count: int, size: int) -> int:
        """The page asked for. Raises `InvalidPage` when there is none such; page 1 is always there."""
        last = max(1, -(-count // size))
        if self.page == "last":
            return last
        if not self.page:
            return 1
        if not (self.page.isascii() and self.page.isdigit() and len(self.page) < 10):
            raise InvalidPage
        if not 1 <= int(self.page) <= last:
            raise InvalidPage
        return int(self.page)


@dataclass(frozen=True)
class Part(Generic[Thing]):
    """What a page of `size` shows of a list: its things, how many the list has, and the page's number."""

    things: list[Thing]
    count: int
    number: int
    size: int


def part_of(things: Sequence[Thing], query: PageQuery, size: int) -> Part[Thing]:
    """The part that a page shows of things which are all read. Raises `InvalidPage`."""
    number = query.number(len(things), size)
    return Part(list(things[(number - 1) * size : number * size]), len(things), number, size)


def part(query: PageQuery, size: int, first: Callable[[int], Iterable[Thing]], count: Callable[[], int]) -> Part[Thing]:
    """The part of a list that a page shows. Raises `InvalidPage`.

    `first` reads so many from the list's beginning, `count` tells how many it has. A page is read with one thing more
    than it shows: a list that ends with it needs no counting. Far pages, and `last`, are counted first, so that nobody
    has a whole list read for a page that is not there.
    """
    if query.page == "last" or len(query.page) > len(str(NEAR)):
        total = count()
        number = query.number(total, size)
        return Part(list(first(number * size))[(number - 1) * size :], total, number, size)
    end = query.number(NEAR * size, size) * size
    found = list(first(end + 1))
    total = count() if len(found) > end else len(found)
    return Part(found[end - size : end], total, query.number(total, size), size)


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One page of `count` things, `size` to a page."""

    results: Sequence[Item]
    count: int
    number: int
    size: int

    told: ClassVar[tuple[str, ...]] = ()  # integers of the page that its answer has beside the count

    @classmethod
    def of(cls, part: Part[Any], results: Sequence[Item]) -> Self:
        """The page of what was read for it."""
        return cls(results, part.count, part.number, part.size)

    def body(self, url: str, query: str) -> dict[str, Any]:
        """The answer; `url` and `query` are those of the request, to link its neighbours."""
        more = self.number * self.size < self.count
        return {
            "count": self.count,
            "next": _link(url, query, self.number + 1) if more else None,
            "previous": _link(url, query, self.number - 1) if self.number > 1 else None,
            **{name: getattr(self, name) for name in self.told},
            "results": [item.model_dump(mode="json") for item in self.results],
        }


def _link(url: str, query: str, number: int) -> str:
    others = [(name, value) for name, value in parse_qsl(query) if name != "page"]
    if number > 1:
        others.append(("page", str(number)))
    return f"{url}?{urlencode(others)}" if others else url
