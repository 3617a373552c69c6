from tests.cloud import Cloud

from ..rows import unchanged


def test_the_bare_address_says_that_all_is_well(aws: Cloud) -> None:
    with unchanged(aws):
        answer = aws.http("edge.root")
    assert (answer.status, answer.json) == (200, {"status": "Healthy"})
