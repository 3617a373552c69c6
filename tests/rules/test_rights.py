"""Who may do what with a lock."""

from datetime import UTC, datetime, timedelta

import pytest

from kalit.locks.rights import Right, Role, gives, in_force

AT = datetime(2026, 1, 5, 12, tzinfo=UTC)

MAY = {
    Role.ADMIN: {
        Right.SEE,
        Right.UNLOCK,
        Right.LOCK,
        Right.VIEW_LOGS,
        Right.MANAGE_ACCESS,
        Right.SHARE,
        Right.CHANGE,
    },
    Role.MEMBER: {Right.SEE, Right.UNLOCK, Right.LOCK, Right.VIEW_LOGS},
    Role.VIEWER: {Right.SEE},
}


@pytest.mark.parametrize("right", list(Right))
@pytest.mark.parametrize("role", list(Role))
def test_a_role_gives_its_rights_and_no_others(role: Role, right: Right) -> None:
    assert gives(role, None, right, AT) == (right in MAY[role])


def test_no_share_gives_what_is_its_owners() -> None:
    assert not any(gives(role, None, Right.OWN, AT) for role in Role)


@pytest.mark.parametrize("role", list(Role))
def test_a_share_that_has_run_out_gives_nothing(role: Role) -> None:
    assert not any(gives(role, AT, right, AT) for right in Right)


def test_a_share_holds_until_the_moment_it_names() -> None:
    assert in_force(None, AT)
    assert in_force(AT + timedelta(milliseconds=1), AT)
    assert not in_force(AT, AT)
