"""How many SMS a text takes: in the 7-bit alphabet of GSM 03.38, or in UCS-2 as soon as one character is not in it."""

from typing import Literal, NamedTuple

Encoding = Literal["GSM-7", "UCS-2"]

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")  # each behind an escape
# Units in an SMS of its own, and in each part of a longer text, where six bytes say which part it is.
ROOM: dict[Encoding, tuple[int, int]] = {"GSM-7": (160, 153), "UCS-2": (70, 67)}


class Segments(NamedTuple):
    """What a text takes. `characters` are counted as networks do: an escaped one or an emoji is two."""

    encoding: Encoding
    characters: int
    segments: int
    per_segment: int
    culprit: str | None  # the first character that is not in the 7-bit alphabet


def segments(text: str) -> Segments:
    culprit = next((character for character in text if character not in BASIC | EXTENSION), None)
    encoding: Encoding = "UCS-2" if culprit else "GSM-7"
    widths = [_width(character, encoding) for character in text]
    alone, part = ROOM[encoding]
    if sum(widths) <= alone:
        return Segments(encoding, sum(widths), 1, alone, culprit)
    return Segments(encoding, sum(widths), _parts(widths, part), part, culprit)


def _width(character: str, encoding: Encoding) -> int:
    doubled = character in EXTENSION if encoding == "GSM-7" else character > "\uffff"
    return 2 if doubled else 1


def _parts(widths: list[int], room: int) -> int:
    """How many parts of that size are filled, where no character may be split."""
    parts, used = 1, 0
    for width in widths:
        if used + width > room:
            parts, used = parts + 1, 0
        used += width
    return parts
