"""The administrator, the managers to whom he gives one-time passwords, and what they do with them."""

import json
from dataclasses import dataclass
from typing import Any

from kalit.kit.resources import Table
from tests.cloud import Answer, Cloud

OTP, NEW = "q7RfW2mZx9Lk", "yangi qulf kaliti"
MUST_CHANGE = {"detail": "The password was given to you: set your own first, at POST /api/v1/auth/change-password/."}
FORBIDDEN = {"detail": "You do not have permission to perform this action."}
NO_MANAGER = {"detail": "No matching manager found."}


@dataclass
class Staff:
    """The administrator `boss`, who is the first account."""

    aws: Cloud
    token: str
    address: str = "198.51.100.7"

    def call(self, name: str, body: Any = None, **told: Any) -> Answer:
        headers = {"x-kalit-address": self.address} | told.pop("headers", {})
        return self.aws.http(name, body, token=self.token, headers=headers, **told)

    def create(self, username: str = "dilshod", key: str = "", **told: Any) -> Answer:
        headers = {"idempotency-key": key} if key else {}
        return self.call("accounts.create_manager", {"username": username, **told}, headers=headers)

    def reissue(self, username: str = "dilshod", key: str = "") -> Answer:
        headers = {"idempotency-key": key} if key else {}
        return self.call("accounts.reissue", username=username, headers=headers)

    def export(self, **query: Any) -> Answer:
        return self.call("accounts.export_managers", query=query)

    def users(self, **query: Any) -> Answer:
        return self.call("accounts.list_users", query=query)

    def change(self, number: int, **told: Any) -> Answer:
        return self.call("accounts.change_user", told, id=number)

    def log_in(self, username: str = "dilshod", password: str = OTP) -> Answer:
        """As that account, by the route of names."""
        headers = {"x-kalit-address": self.address}
        return self.aws.http("accounts.token", {"username": username, "password": password}, headers=headers)

    def row(self, username: str = "dilshod") -> dict[str, Any]:
        """The account's row."""
        rows = self.aws.rows(Table.ACCOUNTS, "ACCOUNT#")
        return next(row for row in rows if row.get("username") == username)

    @property
    def sealed(self) -> list[dict[str, Any]]:
        """What is kept of unused one-time passwords."""
        return [row for row in self.aws.rows(Table.ACCOUNTS, "ACCOUNT#") if row["sk"] == "ONE-TIME"]

    @property
    def audit(self) -> list[dict[str, Any]]:
        """The entries on their way to the audit log; while the clock stands, in any order."""
        return [json.loads(row["entry"]) for row in self.aws.rows(Table.ACCOUNTS, "AUDIT#")]

    @property
    def acts(self) -> list[str]:
        """What was told to the audit log, by the alphabet."""
        return sorted(entry["action"] for entry in self.audit)

    @property
    def counts(self) -> dict[str, int]:
        """How many accounts stand in which list, as it is kept; without those of which there are none."""
        total: dict[str, int] = {}
        for row in self.aws.rows(Table.ACCOUNTS, "COUNTS#account"):
            for name, value in row.items():
                if name not in ("pk", "sk") and (sum_ := total.pop(name, 0) + int(value)):
                    total[name] = sum_
        return total

    def change_password(self, access: str, old: str = OTP, new: str = NEW) -> Answer:
        told = {"old_password": old, "new_password": new, "new_password_confirm": new}
        headers = {"x-kalit-address": self.address}
        return self.aws.http("accounts.change_password", told, token=access, headers=headers)
