from kalit.kit.api import Endpoint
from tests.cloud import DOORS, Cloud


def test_it_is_at_both_its_addresses() -> None:
    door = DOORS["edge.redoc"]
    assert isinstance(door, Endpoint)
    assert door.routes == (("GET", "/api/redoc/"), ("GET", "/redoc/"))


def test_its_search_may_run_in_a_worker_of_its_own_making(aws: Cloud) -> None:
    assert "worker-src blob:" in aws.http("edge.redoc").headers["Content-Security-Policy"]
