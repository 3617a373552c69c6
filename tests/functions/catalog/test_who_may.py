import pytest

from infra.events import sample
from kalit.kit.api import Endpoint
from tests.cloud import DOORS

from ..rows import unchanged
from ..shop.market import Market


@pytest.mark.parametrize(
    "name", [name for name, door in DOORS.items() if "/api/admin/" in door.trigger and name.startswith("catalog.")]
)
@pytest.mark.parametrize(("by", "status"), [("", 401), ("ali", 403)])
def test_the_catalogue_is_kept_by_staff_alone(market: Market, name: str, by: str, status: int) -> None:
    door = DOORS[name]
    assert isinstance(door, Endpoint)
    with unchanged(market.aws):
        answer = market.ask(name, by=by, **sample(door).get("pathParameters", {}))
    assert answer.status == status


@pytest.mark.parametrize("by", ["manager", "boss"])
def test_managers_and_administrators_are_staff(market: Market, by: str) -> None:
    assert market.staff("create_category", {"name": "Locks"}, by=by).status == 201
