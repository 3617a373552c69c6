"""The accounts as one piece: how a client opens one, and what must be true of their rows."""

from collections import Counter
from itertools import count
from typing import Any

from kalit.kit.resources import Table
from tests.cloud import Answer

from .system import System

PASSWORD = "password123"
new_names = (f"user{n}" for n in count())


def register(system: System, name: str) -> Answer:
    return system.cloud.http("accounts.register", {"username": name, "password": PASSWORD})


def numbers(system: System, name: str) -> list[int]:
    """The numbers of the accounts of this name; there may be one at most."""
    return [int(row["number"]) for row in system.rows(Table.ACCOUNTS) if row.get("username") == name]


def wrong(system: System) -> list[str]:
    """Every invariant that is broken, in words: half accounts, shared numbers, wrong counts, odd one-time passwords."""
    rows = system.rows(Table.ACCOUNTS)
    names = {(row["pk"].removeprefix("USERNAME#"), row["uuid"]) for row in rows if row["sk"] == "USERNAME"}
    accounts = [row for row in rows if row["sk"] == "ACCOUNT"]
    owned = {(row["username"], row["pk"].removeprefix("ACCOUNT#")) for row in accounts}
    by_email = {(row.get("email", ""), row["pk"].removeprefix("ACCOUNT#")) for row in accounts}
    said = [f"half an account: {name}" for name, _ in (owned - names) | (names - owned - by_email)]
    said += ["two accounts have one number"] * (len({row["number"] for row in accounts}) < len(accounts))
    numbered = {(row["pk"].removeprefix("NUMBER#"), row["uuid"]) for row in rows if row["sk"] == "NUMBER"}
    if numbered != {(str(row["number"]), row["pk"].removeprefix("ACCOUNT#")) for row in accounts}:
        said.append("numbers lead elsewhere")
    if counted(rows) != Counter(row["listing"].replace("#", "_") for row in accounts):
        said.append(f"counted {counted(rows)}")
    if any(row["listing"] != row["role"] + "#blocked" * (not row["is_active"]) for row in accounts):
        said.append("an account stands in another's list")
    unused = {row["pk"] for row in accounts if "one_time_until" in row}
    said += ["a one-time password is kept by half"] * ({row["pk"] for row in rows if row["sk"] == "ONE-TIME"} != unused)
    return said


def counted(rows: list[dict[str, Any]]) -> Counter[str]:
    """How many accounts there are, by list, as it is kept."""
    total: Counter[str] = Counter()
    for row in rows:
        if row["pk"] == "COUNTS#account":
            total.update({name: int(value) for name, value in row.items() if name not in ("pk", "sk")})
    return +total
