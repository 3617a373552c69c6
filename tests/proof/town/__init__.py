"""The town of all proofs, and a visit of every door: what a new door must have, and what all goals are derived from."""

from . import access, accounts, campaigns, catalog, edge, jobs, locks, notices, security, shop, tasks  # noqa: F401
from .town import CART, PEOPLE, Place, Town
from .visits import VISITS, Asked, Visit, some

__all__ = ["CART", "PEOPLE", "VISITS", "Asked", "Place", "Town", "Visit", "some"]
