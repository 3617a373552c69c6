"""With whom a lock is to be shared."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from kalit.locks.rights import Role
from kalit.locks.sharing import NewShare

EMAIL = "vali@example.com"


def test_a_member_for_good_is_usual() -> None:
    share = NewShare(email=EMAIL)
    assert (share.role, share.expires_at) == (Role.MEMBER, None)


@pytest.mark.parametrize("told", ["2026-02-01T10:00:00", "2026-02-01T10:00:00Z", "2026-02-01T15:00:00+05:00"])
def test_a_naive_time_is_utc(told: str) -> None:
    share = NewShare.model_validate({"email": EMAIL, "expires_at": told})
    assert share.expires_at == datetime(2026, 2, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize("told", [{"role": "OWNER"}, {"role": "admin"}, {"email": " "}, {"email": "x" * 255}])
def test_nobody_is_made_an_owner(told: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        NewShare.model_validate({"email": EMAIL, **told})
