"""Ali, and what he may be: an administrator, who may read the audit log."""

import pytest

from kalit.kit.resources import Table
from tests.cloud import Cloud

from ..rows import change_ali


@pytest.fixture
def admin(aws: Cloud, token: str) -> str:
    """An administrator's access token."""
    change_ali(aws, role="admin")
    return token


@pytest.fixture
def ali(aws: Cloud, token: str) -> str:
    """The uuid of ali, whose the token is."""
    [row] = [row for row in aws.rows(Table.ACCOUNTS, "ACCOUNT#") if row.get("username") == "ali"]
    return str(row["pk"]).removeprefix("ACCOUNT#")
