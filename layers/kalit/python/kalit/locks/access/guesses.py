"""How often wrong codes may be tried: some at once, then after growing pauses.

The first tenth of `KALIT_VERIFY_LIMIT` (100) costs no pause. Each wrong code more doubles the pause before the next one
is looked at, from 30 seconds to an hour; one wrong code is forgotten an hour. So ten at once, sixteen in the first
hour, and one an hour after that, whatever the number of those who guess. Those whose network the lock has opened for
lately are counted by themselves: who guesses from elsewhere holds up nobody at the door.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from kalit.kit.tunables import tunable

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
FORGOTTEN = timedelta(hours=1)  # until one wrong code counts no more
LEASE = timedelta(seconds=30)  # a try takes no longer: one that has not ended by then died
KEPT = 30 * 86_400  # seconds that wrong codes are kept at most: the longest that they count


def free() -> int:
    """How many wrong codes cost no pause."""
    return max(1, tunable("VERIFY_LIMIT", 100) // 10)


@dataclass(frozen=True)
class Guesses:
    """Wrong codes so far, and tries under way."""

    missed: int = 0
    missed_at: datetime | None = None
    trying: int = 0
    trying_since: datetime | None = None

    def counted(self, at: datetime) -> int:
        """Wrong codes that still count."""
        if self.missed_at is None:
            return 0
        return max(0, self.missed - max(0, (at - self.missed_at) // FORGOTTEN))

    def opens_at(self, at: datetime) -> datetime:
        """From when on the next try is looked at."""
        over = self.counted(at) - free()
        if over < 0 or self.missed_at is None:
            return at
        pause: timedelta = FIRST_PAUSE * 2 ** min(over, 20)
        return self.missed_at + min(pause, LONGEST_PAUSE)

    def places(self, at: datetime) -> int:
        """How many tries may be under way: each may turn out wrong."""
        if self.opens_at(at) > at:
            return 0
        return max(1, free() - self.counted(at))

    def are_stale(self, at: datetime) -> bool:
        """Whether the tries that seem under way have died."""
        return self.trying > 0 and self.trying_since is not None and at - self.trying_since > LEASE

    def pause(self, at: datetime) -> int:
        """Seconds until the next try is looked at."""
        return max(1, -(-(self.opens_at(at) - at) // timedelta(seconds=1)))
