"""Where a product lies so that it is found: in lists in their orders, below its words, below its prices."""

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from pydantic import BaseModel

LONGEST_WORD = 60  # letters by which words are told apart
LONGEST_NAME = 100  # letters by which names are put in order
ALL = "all"  # the scope that every product is in, beside that of its category
ORDERINGS = ("created_at", "name", "price", "-price")
LAST = "~"  # behind every number
END = "\x1f"  # of a name in a key: before every letter, so that "Lock" comes before "Lock 2"

_APOSTROPHES = re.compile("[ʻʼ'’‘`´]")  # people write Uzbek with any of them
_WORD = re.compile(r"[^\W_]+")


class Place(NamedTuple):
    """The key of a row that finds a product."""

    pk: str
    sk: str


class Card(BaseModel):
    """What lists and searches must know of a product: to filter and order it, and to read all of it at once."""

    id: int
    category: int
    created_at: str
    name: str
    prices: list[int] = []  # of active variants, in cents, the cheapest first
    variants: list[int] = []
    values: list[tuple[int, int]] = []  # (attribute, value) of all its variants

    @property
    def cheapest(self) -> int | None:
        return self.prices[0] if self.prices else None

    def costs(self, least: int | None, most: int | None) -> bool:
        """Whether one active variant's price is within bounds."""
        if least is None and most is None:
            return True
        return any((least is None or least <= price) and (most is None or price <= most) for price in self.prices)


def folded(text: str) -> str:
    """Text as it is compared: whatever its case, its width and its apostrophes."""
    return _APOSTROPHES.sub("", unicodedata.normalize("NFKC", text).casefold())


def words(*texts: str) -> set[str]:
    """The words of texts as they are searched for."""
    return {word[:LONGEST_WORD] for text in texts for word in _WORD.findall(folded(text))}


def wanted(text: str) -> list[str]:
    """The words of a search, the longest first, which most products lack; a beginning of another is implied by it."""
    told = sorted(words(text), key=lambda word: (-len(word), word))
    return [word for number, word in enumerate(told) if not any(longer.startswith(word) for longer in told[:number])]


def ordered(cards: Iterable[Card], ordering: str) -> list[Card]:
    """Cards as a list in that ordering, such as `-created_at`, has them."""
    listed, forward = walk(ordering)
    return sorted(cards, key=lambda card: _sort_key(card, listed), reverse=not forward)


def walk(ordering: str) -> tuple[str, bool]:
    """Which list an ordering walks through, and whether forward."""
    if ordering in ORDERINGS:
        return ordering, True
    return ordering.removeprefix("-"), False


def lists(card: Card) -> set[Place]:
    """Where a product stands in the lists of its scopes. Those without a price come last, whichever way it goes."""
    return {
        Place(listing(scope, ordering), _sort_key(card, ordering))
        for scope in (ALL, str(card.category))
        for ordering in ORDERINGS
    }


def listing(scope: str, ordering: str) -> str:
    return f"LIST#{scope}#{ordering}"


def terms(card: Card, words: Iterable[str]) -> set[Place]:
    """Below which words and prices a product lies."""
    by_word = {Place(*word_place(word, card.id)) for word in words}
    prices = {
        Place(priced(scope), f"{price:012}#{card.id:019}")
        for scope in (ALL, str(card.category))
        for price in card.prices
    }
    return by_word | prices


def has(places: Iterable[Place], words: Iterable[str]) -> bool:
    """Whether what lies there has a word of each beginning."""
    told = list(places)
    return all(any(pk == initial(word) and sk.startswith(word) for pk, sk in told) for word in words)


def word_place(word: str, id: int) -> tuple[str, str]:
    return initial(word), f"{word}#{id:019}"


def initial(word: str) -> str:
    """The partition that a word lies in: whatever the beginning that is searched for, it is known."""
    return f"WORD#{word[0]}"


def priced(scope: str) -> str:
    return f"PRICE#{scope}"


def _by(card: Card, name: str) -> str:
    return card.created_at if name == "created_at" else folded(card.name)[:LONGEST_NAME]


def _sort_key(card: Card, ordering: str) -> str:
    id = f"{card.id:019}"
    if ordering.removeprefix("-") != "price":
        return f"{_by(card, ordering)}{END}{id}"
    if card.cheapest is None:
        return f"{LAST}#{id}"
    price = card.cheapest if ordering == "price" else 10**12 - 1 - card.cheapest
    return f"{price:012}#{id}"
