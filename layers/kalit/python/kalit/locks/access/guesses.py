"""How often wrong codes may be tried: some at once, then after growing pauses.

The first tenth of `KALIT_VERIFY_LIMIT` (100) costs no pause. Each wrong code more doubles the pause before the next one
is looked at, from 30 seconds to an hour; one wrong code is forgotten an hour. So ten at once, sixteen in the first
hour, and one an hour after that. PINs and cards are counted apart. So is each network from which the lock has lately
asked about a right code, five of them at most, and all others together, however many: who guesses from elsewhere holds
up nobody at the door, and who may come in adds no more than his own network.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from kalit.kit.clock import wire
from kalit.kit.limits import Limit
from kalit.kit.tunables import tunable

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
FORGOTTEN = timedelta(hours=1)  # until one wrong code counts no more
LEASE = timedelta(seconds=30)  # a try takes no longer: one that has not ended by then died
KEPT = 30 * 86_400  # seconds that wrong codes are kept at most: the longest that they count


MOST_NETWORKS = 5
REMEMBERED = timedelta(days=30)  # since a network's last right code


def limit() -> Limit:
    """How often an hour a lock may ask about codes that there are but do not open, and have it on record."""
    return Limit("verify", tunable("VERIFY_LIMIT", 100), timedelta(hours=1))


def remembered(networks: Mapping[str, str], network: str, at: datetime) -> dict[str, str]:
    """The networks of a lock after a right code from one: none is pushed out by another, unless it is forgotten."""
    known = {name: last for name, last in networks.items() if datetime.fromisoformat(last) > at - REMEMBERED}
    if network and (network in known or len(known) < MOST_NETWORKS):
        known[network] = wire(at)
    return known


def whose(networks: Mapping[str, str], network: str, at: datetime) -> str:
    """With whom wrong codes from a network are counted: by themselves, where a right one came from it lately."""
    last = networks.get(network)
    return network if last and datetime.fromisoformat(last) > at - REMEMBERED else "others"


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
