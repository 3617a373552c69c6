"""What the local gateway does by itself."""

from infra.local.gateway import Limit

NOON = 1_767_614_400.0


def test_an_address_may_ask_so_often_in_a_minute() -> None:
    limit = Limit(3)
    assert [limit.wait("a", NOON + 20) for _ in range(4)] == [0, 0, 0, 40]
    assert limit.wait("b", NOON + 20) == 0
    assert limit.wait("a", NOON + 60) == 0


def test_without_a_limit_everybody_may_ask_for_ever() -> None:
    limit = Limit(0)
    assert not any(limit.wait("a", NOON) for _ in range(1_000))
