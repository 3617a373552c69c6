"""What may become of a notice."""

from datetime import timedelta
from enum import StrEnum

LEASE = timedelta(seconds=30)  # longer than a door may run
KEPT = timedelta(days=14)  # as long as a dead-letter queue keeps the message


class Outcome(StrEnum):
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"  # by the provider; tried again
    UNKNOWN = "unknown"  # its answer was lost; not tried again
