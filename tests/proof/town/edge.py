"""The doors that are for everybody."""

from .town import PEOPLE, Town
from .visits import Asked, visit


def nothing(town: Town) -> Asked:
    return {}


for door in ("health", "index", "openapi", "redoc", "root", "swagger"):
    visit(f"edge.{door}", by="anonymous")(nothing)


# Where there is no door, nobody is told otherwise.
visit("edge.fallback", by="anonymous", hears=dict.fromkeys(PEOPLE, 404))(nothing)
