"""The accounts as one piece: how a client opens one, and what must be true of their rows."""

from itertools import count

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
    """Every invariant that is broken, in words: names without account, accounts without name, shared numbers."""
    rows = system.rows(Table.ACCOUNTS)
    names = {(row["pk"].removeprefix("USERNAME#"), row["uuid"]) for row in rows if row["sk"] == "USERNAME"}
    accounts = [row for row in rows if row["sk"] == "ACCOUNT"]
    owned = {(row["username"], row["pk"].removeprefix("ACCOUNT#")) for row in accounts}
    said = [f"half an account: {name}" for name, _ in names ^ owned]
    return said + ["two accounts have one number"] * (len({row["number"] for row in accounts}) < len(accounts))
