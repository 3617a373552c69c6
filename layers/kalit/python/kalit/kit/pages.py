"""Lists in pages: `{"count", "next", "previous", "results"}` by `?page=N`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar
from urllib.parse import parse_qsl, urlencode

from pydantic import BaseModel, Field

from .errors import InvalidPage
from .fields import Input

Item = TypeVar("Item", bound=BaseModel)


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
class Page(Generic[Item]):
    """One page of `count` things, `size` to a page."""

    results: Sequence[Item]
    count: int
    number: int
    size: int

    told: ClassVar[tuple[str, ...]] = ()  # integers of the page that its answer has beside the count

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
