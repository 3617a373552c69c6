"""An administrator, who may read the audit log."""

import pytest

from tests.cloud import Cloud

from ..rows import change_ali


@pytest.fixture
def admin(aws: Cloud, token: str) -> str:
    """An administrator's access token."""
    change_ali(aws, role="admin")
    return token
