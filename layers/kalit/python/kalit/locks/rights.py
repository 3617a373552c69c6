"""Who may do what with a lock: its owner everything, those it is shared with what their role says."""

from datetime import datetime
from enum import StrEnum


class Right(StrEnum):
    """What may be done with a lock; those that a share's object shows are named as there."""

    SEE = "see"
    UNLOCK = "can_unlock"
    LOCK = "can_lock"
    VIEW_LOGS = "can_view_logs"
    MANAGE_ACCESS = "can_manage_access"
    SHARE = "can_share"
    CHANGE = "change"
    OWN = "own"


class Role(StrEnum):
    """As what somebody shares a lock."""

    ADMIN = "ADMIN"
    MEMBER = "MEMBER"
    VIEWER = "VIEWER"


FLAGS = (Right.UNLOCK, Right.LOCK, Right.VIEW_LOGS, Right.MANAGE_ACCESS, Right.SHARE)
RIGHTS: dict[Role, frozenset[Right]] = {
    Role.ADMIN: frozenset(Right) - {Right.OWN},
    Role.MEMBER: frozenset({Right.SEE, Right.UNLOCK, Right.LOCK, Right.VIEW_LOGS}),
    Role.VIEWER: frozenset({Right.SEE}),
}


def in_force(expires_at: datetime | None, at: datetime) -> bool:
    """Whether a share has not run out."""
    return expires_at is None or expires_at > at


def gives(role: Role, expires_at: datetime | None, right: Right, at: datetime) -> bool:
    """Whether a share of this role gives a right at this time."""
    return in_force(expires_at, at) and right in RIGHTS[role]
