"""Kinds of rows, as pynamodb knows them."""

import subprocess
import sys

PROGRAM = """
import os
os.environ |= {"TABLE_ACCOUNTS": "accounts", "AWS_DEFAULT_REGION": "eu-central-1"}
from kalit.accounts.store import AccountRow
from kalit.kit.caller import Standing
Standing._get_connection()
meta = AccountRow._get_connection().connection.get_meta_table("accounts")
print(meta.has_index_name("by_role"))
"""


def test_a_kind_of_row_knows_its_indexes_whichever_kind_was_used_first() -> None:
    """In a process of its own: here others have been used already."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"
