"""Two owners of tasks."""

import pytest

from tests.cloud import Cloud

from .owner import Owner


@pytest.fixture
def ali(aws: Cloud, token: str) -> Owner:
    return Owner(aws, 1, token)


@pytest.fixture
def vali(ali: Owner) -> Owner:
    return Owner(ali.aws, 2, ali.aws.register("vali"))
