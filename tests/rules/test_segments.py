"""How many SMS a text takes, and which character makes it more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalit.campaigns.segments import BASIC, EXTENSION, ROOM, segments


@pytest.mark.parametrize(
    ("text", "characters", "number", "per_segment"),
    [
        ("", 0, 1, 160),
        ("Salom!", 6, 1, 160),
        ("a" * 160, 160, 1, 160),
        ("a" * 161, 161, 2, 153),
        ("a" * 306, 306, 2, 153),
        ("a" * 307, 307, 3, 153),
        ("€" * 80, 160, 1, 160),
        ("€" * 81, 162, 2, 153),
        ("a" * 152 + "€" + "a" * 152, 306, 3, 153),  # the escape would be parted from its character
        ("Narxi 100 000 so'm\nÄÖÜ@", 23, 1, 160),
    ],
)
def test_a_text_of_the_7_bit_alphabet(text: str, characters: int, number: int, per_segment: int) -> None:
    assert segments(text) == ("GSM-7", characters, number, per_segment, None)


@pytest.mark.parametrize(
    ("text", "characters", "number", "per_segment", "culprit"),
    [
        ("100 000 soʻm", 12, 1, 70, "ʻ"),
        ("Привет, мир", 11, 1, 70, "П"),
        ("ç", 1, 1, 70, "ç"),
        ("a" * 69 + "ў", 70, 1, 70, "ў"),
        ("a" * 70 + "ў", 71, 2, 67, "ў"),
        ("ў" * 134, 134, 2, 67, "ў"),
        ("ў" * 135, 135, 3, 67, "ў"),
        ("€" * 70 + "ғ", 71, 2, 67, "ғ"),  # no escapes here
        ("🔑", 2, 1, 70, "🔑"),
        ("ў" * 66 + "🔑" + "ў" * 66, 134, 3, 67, "ў"),  # the pair would be parted
    ],
)
def test_one_character_outside_of_it_makes_a_text_ucs_2(
    text: str, characters: int, number: int, per_segment: int, culprit: str
) -> None:
    assert segments(text) == ("UCS-2", characters, number, per_segment, culprit)


def test_the_alphabet_is_whole() -> None:
    assert len(BASIC) == 127  # and the escape
    assert len(EXTENSION) == 10


@given(st.text(st.one_of(st.sampled_from(sorted(BASIC | EXTENSION)), st.sampled_from("ʻğж🔑")), max_size=700))
def test_segments_are_as_few_as_can_hold_the_text(text: str) -> None:
    told = segments(text)
    assert told.per_segment in ROOM[told.encoding]
    assert told.characters <= told.segments * told.per_segment
    # At most one unit of each is left empty, in front of a pair.
    assert told.segments == 1 or told.characters > (told.segments - 1) * (told.per_segment - 1)
    if told.encoding == "UCS-2":
        assert told.characters == len(text.encode("utf-16-be")) // 2
