"""Which passwords are good enough."""

import pytest

from kalit.accounts.strength import NUMERIC, TOO_COMMON, TOO_SHORT, weakness

ABOUT = {"email": "shahzod.karimov@example.com", "first_name": "Shahzod", "last_name": "Karimov"}


def texts(password: str, **about: str) -> str:
    weak = weakness(password, {**ABOUT, **about})
    return weak.say("en") if weak else ""


@pytest.mark.parametrize(
    "password", ["kalit va qulf", "Tr0ub4dor&3", "очень длинный пароль", "🔑🔑🔑🔑🔑🔑🔑🔑", "x1" * 128]
)
def test_a_good_password_is_good(password: str) -> None:
    assert texts(password) == ""


@pytest.mark.parametrize("password", ["", "a", "sevenle", "🔑🔑🔑"])
def test_a_short_password_is_too_short(password: str) -> None:
    assert TOO_SHORT.en in texts(password) or "8 characters" in texts(password)


@pytest.mark.parametrize("password", ["password", "PASSWORD1", "qwerty123", "iloveyou1", " sunshine ", "12345678"])
def test_a_password_from_a_breach_is_too_common(password: str) -> None:
    assert "too common" in texts(password)


@pytest.mark.parametrize("password", ["83927461029", "٣٤٥٦٧٨٩٠"])
def test_digits_alone_will_not_do(password: str) -> None:
    assert "entirely numeric" in texts(password)


@pytest.mark.parametrize(
    ("password", "what"),
    [
        ("shahzod.karimov", "email address"),
        ("Shahzod1", "first name"),
        ("VOMIRAK1", "last name"),
        ("karimov@example", "email address"),
    ],
)
def test_what_everybody_knows_of_its_owner_will_not_do(password: str, what: str) -> None:
    assert f"too similar to the {what}" in texts(password)


def test_a_long_password_may_hold_a_short_name() -> None:
    assert texts("a" * 3 + "zulfiya kaliti", first_name="Al") == ""


def test_all_that_is_wrong_is_said_at_once_in_each_language() -> None:
    weak = weakness("1234", {})
    assert weak
    for language in ("en", "ru", "uz"):
        for text in (TOO_SHORT, TOO_COMMON, NUMERIC):
            assert text.say(language) in weak.say(language)
