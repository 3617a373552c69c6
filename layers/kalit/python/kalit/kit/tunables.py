"""Limits that whoever tests the product may set, in sandbox stages only; everywhere else the default is the rule."""

import os


def tunable(name: str, default: int) -> int:
    """The limit of that name: an environment variable that only sandbox stages have, or the default."""
    return int(os.environ.get(name) or default)
