"""Who belongs to an audience: phones, narrowed by tags, narrowed by operators; or tags; or nobody."""

import pytest

from kalit.campaigns.audience import Audience, normalized

PHONE = "+998901234567"


@pytest.mark.parametrize(
    ("audience", "included"),
    [
        (Audience(), False),
        (Audience(operators=("90",)), False),
        (Audience(tags=("vip",)), True),
        (Audience(tags=("new", "vip")), True),
        (Audience(tags=("new",)), False),
        (Audience(tags=("vip",), operators=("90", "91")), True),
        (Audience(tags=("vip",), operators=("91",)), False),
        (Audience(phones=("998901234567",)), True),
        (Audience(phones=("998901234568",)), False),
        (Audience(phones=("998901234567",), tags=("vip",)), True),
        (Audience(phones=("998901234567",), tags=("new",)), False),
        (Audience(phones=("998901234567",), tags=("vip",), operators=("91",)), False),
        (Audience(phones=("998901234568",), tags=("vip",)), False),
    ],
)
def test_names_of_one_kind_widen_and_kinds_narrow(audience: Audience, included: bool) -> None:
    assert audience.includes(PHONE, "vip", "90") is included


def test_the_campaigns_tag_is_one_of_the_tags() -> None:
    assert Audience.of("b", {"tags": ["c", "a", "c"]}).tags == ("a", "b", "c")
    assert Audience.of("", {}) == Audience()


def test_phones_are_compared_by_their_digits() -> None:
    assert Audience.of("", {"phone_numbers": ["+998 90 123-45-67", "998901234567"]}).phones == ("998901234567",)


def test_what_is_no_phone_matches_nobody_and_widens_nothing() -> None:
    audience = Audience.of("vip", {"phone_numbers": ["nobody"]})
    assert audience.named
    assert not audience.includes(PHONE, "vip", "90")


@pytest.mark.parametrize("value", [7, True, "x", 1.5])
def test_what_is_no_filter_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="said"):
        normalized(value)
