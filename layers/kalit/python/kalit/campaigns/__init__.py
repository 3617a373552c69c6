"""SMS campaigns: to whom, when in their own time zones, what became of each message, and who wants none."""
