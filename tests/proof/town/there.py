"""A town on a running system, over HTTP; what a lock or a provider says is handed to its function."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import requests

from kalit.kit.api import Endpoint
from kalit.kit.resources import Key
from tests.cloud import DOORS, Answer
from tests.functions.forged import parts, signed
from tests.running import Local, User

from .town import PASSWORD


class There:
    """See `town.Place`."""

    def __init__(self, local: Local) -> None:
        self.local, self.session = local, requests.Session()
        self.somebody = local.user()
        issuer = self.client("lambda").get_function_configuration(FunctionName="local-accounts-token")
        self.ids = {Key.TOKENS_A: issuer["Environment"]["Variables"][Key.TOKENS_A.variable]}

    def client(self, service: str) -> Any:
        return self.local.aws.client(service)

    def http(
        self,
        name: str,
        body: Any = None,
        *,
        token: str = "",
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        raw: bytes | None = None,
        **path: object,
    ) -> Answer:
        door = DOORS[name]
        assert isinstance(door, Endpoint)
        place = door.path.format(**{key: quote(str(value), safe="") for key, value in path.items()})
        place = "/nowhere/" if place == "$default" else place
        told = {**({"authorization": f"Bearer {token}"} if token else {}), **(headers or {})}
        self.session.cookies.clear()
        method = "GET" if door.method == "ANY" else door.method
        answer = self.session.request(
            method, self.local.url + place, params=query, headers=told, json=body, data=raw, timeout=60,
            allow_redirects=False,
        )  # fmt: skip
        return Answer(answer.status_code, answer.headers, answer.text)

    def call(self, name: str, event: dict[str, Any]) -> Any:
        function = f"local-{name.replace('.', '-')}"
        answer = self.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event))
        told = json.loads(answer["Payload"].read() or b"null")
        assert "FunctionError" not in answer, told
        return told

    def now(self) -> datetime:
        return datetime.now(UTC)

    def boss(self) -> str:
        name = f"boss-{uuid4().hex[:6]}"
        self.call("accounts.bootstrap", {"username": name, "password": PASSWORD})
        return str(User.log_in(self.local.url, name, PASSWORD).session.headers["Authorization"]).removeprefix("Bearer ")

    def expire(self, token: str) -> str:
        header, claims = parts(token)
        now = int(self.now().timestamp())
        return signed(self, header, claims | {"iat": now - 7200, "exp": now - 3600})  # type: ignore[arg-type]

    def settle(self) -> None:
        """A sum that is asked for now is done: so what was written before it has been looked at too."""
        self.somebody.finished(self.somebody.create("sum", numbers=[1])["id"], within=30)
