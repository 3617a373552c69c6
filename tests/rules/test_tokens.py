"""What a token says and how long it holds."""

from datetime import UTC, datetime

import pytest

from kalit.accounts.tokens import PLAIN, PUBLISHED, ROTATING, SIGNING, Family, Holder, RefreshToken, claims

from .refusals import refusal

AT = datetime(2026, 11, 20, 12, 0, 0, 999_000, tzinfo=UTC)
HOLDER = Holder("3f0f4f9e-6a35-4cb5-9b66-0a54cf0d1a11", 7, "0197f4b3-9c5e-7a01-8000-000000000001", 3)


@pytest.mark.parametrize(
    ("token_type", "family", "whose", "seconds"),
    [
        ("access", PLAIN, HOLDER.number, 3_600),
        ("refresh", PLAIN, HOLDER.number, 86_400),
        ("access", ROTATING, HOLDER.uuid, 900),
    ],
)
def test_a_token_says_whose_it_is_and_how_long_it_holds(
    token_type: str, family: Family, whose: object, seconds: int
) -> None:
    told = claims(token_type, HOLDER, family, AT)
    jti = told.pop("jti")
    issued = int(AT.timestamp())
    assert len(jti) == 32
    assert told == {
        "iss": "kalit",
        "sub": HOLDER.uuid,
        "user_id": whose,
        "token_type": token_type,
        "iat": issued,
        "exp": issued + seconds,
        "sid": HOLDER.session,
        "ver": 3,
    }


def test_no_two_tokens_are_the_same() -> None:
    assert claims("access", HOLDER, PLAIN, AT)["jti"] != claims("access", HOLDER, PLAIN, AT)["jti"]


def test_the_key_that_signs_is_published() -> None:
    assert SIGNING in PUBLISHED


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "This field is required."),
        ({"refresh": ""}, "This field may not be blank."),
        ({"refresh": None}, "This field may not be null."),
        ({"refresh": {}}, "Not a valid string."),
    ],
)
def test_a_refresh_without_a_token_is_refused(body: dict[str, object], message: str) -> None:
    assert refusal(RefreshToken, body) == {"refresh": [message]}
