"""A lock's app: an account with an e-mail, and what it does below /api/v1/auth/."""

from dataclasses import dataclass, field
from typing import Any

from kalit.kit.resources import Queue, Table
from tests.cloud import Answer, Cloud

EMAIL, PASSWORD = "ali@example.com", "kalit va qulf"
PHONE = "+998 90 123-45-67"
NOT_VALID = {"success": False, "error": {"message": "Token is invalid or expired", "code": 401}}


def invalid(**fields: str) -> dict[str, Any]:
    """How the lock service refuses fields, each with one message."""
    told = {name: [message] for name, message in fields.items()}
    message = "The request has fields that cannot be accepted."
    return {"success": False, "error": {"message": message, "code": 400, "fields": told}}


@dataclass
class App:
    """Somebody's app, which keeps the tokens that it was given last."""

    aws: Cloud
    email: str = EMAIL
    password: str = PASSWORD
    address: str = "198.51.100.7"
    tokens: dict[str, str] = field(default_factory=dict)
    reset: str = ""  # that was asked for last

    @property
    def headers(self) -> dict[str, str]:
        return {"x-kalit-address": self.address, "user-agent": "Kalit/3.1 (Android)"}

    def keep(self, answer: Answer) -> Answer:
        self.tokens = answer.json.get("tokens", self.tokens)
        return answer

    def sign_up(self, **told: Any) -> Answer:
        body = {"email": self.email, "password": self.password, "password_confirm": self.password, **told}
        return self.keep(self.aws.http("accounts.sign_up", body, headers=self.headers))

    def log_in(self, **told: Any) -> Answer:
        body = {"email": self.email, "password": self.password, **told}
        return self.keep(self.aws.http("accounts.login", body, headers=self.headers))

    def rotate(self, refresh: str = "") -> Answer:
        return self.aws.http("accounts.rotate", {"refresh": refresh or self.tokens["refresh"]})

    def call(self, name: str, body: Any = None, **told: Any) -> Answer:
        """A door, with the access token."""
        return self.aws.http(name, body, token=self.tokens["access"], **({"headers": self.headers} | told))

    def ask_reset(self, channel: str = "email", email: str = "", **headers: str) -> Answer:
        told = {"email": email or self.email, "channel": channel}
        answer = self.aws.http("accounts.ask_reset", told, headers=self.headers | headers)
        self.reset = answer.json["data"]["reset"] if answer.status == 202 else ""
        return answer

    def told(self, channel: str = "email") -> dict[str, Any] | None:
        """Let the stream bring what was asked for last; the message that then waits for sending."""
        self.follow()
        return self.waiting(channel)

    def follow(self) -> None:
        """Let the stream bring what was asked for last."""
        resets = [row for row in self.aws.rows(Table.ACCOUNTS, f"RESET#{self.reset} ") if "outbox" in row]
        self.aws.stream("accounts.dispatch", *resets)

    def waiting(self, channel: str = "email") -> dict[str, Any] | None:
        """The latest message that waits for sending."""
        messages = self.aws.messages(Queue.EMAIL if channel == "email" else Queue.SMS)
        return messages[-1] if messages else None

    @property
    def row(self) -> dict[str, Any]:
        """The account's row."""
        rows = self.aws.rows(Table.ACCOUNTS, "ACCOUNT#")
        return next(row for row in rows if row.get("username") == self.email and row["sk"] == "ACCOUNT")

    @property
    def sessions(self) -> list[dict[str, Any]]:
        return [row for row in self.aws.rows(Table.ACCOUNTS, self.row["pk"]) if row["sk"].startswith("SESSION#")]
