from tests.cloud import Cloud

from ..rows import unchanged


def test_anybody_may_ask_after_the_health(aws: Cloud) -> None:
    with unchanged(aws):
        answer = aws.http("edge.health")
    assert answer.status == 200
    assert answer.json == {"status": "healthy", "service": "kalit", "version": "1.0.0"}
