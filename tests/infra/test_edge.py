"""CloudFront's function, run as CloudFront runs it."""

import json
import subprocess
from typing import Any

import pytest

from infra.edge import STRIP


def passed(uri: str, **headers: str) -> Any:
    """The request that leaves the function."""
    told = {name: {"value": value} for name, value in headers.items()}
    event = {"request": {"uri": uri, "headers": told}, "viewer": {"ip": "198.51.100.7"}}
    script = f"{STRIP}\nconsole.log(JSON.stringify(handler({json.dumps(event)})))"
    return json.loads(subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True).stdout)


@pytest.mark.parametrize(
    ("asked", "served"),
    [
        ("/", "/"),
        ("/api/tasks/", "/api/tasks"),
        ("/api/tasks", "/api/tasks"),
        ("/api/tasks//", "/api/tasks"),
        ("//", "/"),
    ],
)
def test_the_final_slash_is_stripped(asked: str, served: str) -> None:
    assert passed(asked)["uri"] == served


def test_the_api_learns_who_asked_and_where() -> None:
    sent = {"host": "api.example.com", "x-kalit-address": "forged", "x-kalit-host": "forged"}
    headers = {name: told["value"] for name, told in passed("/api/tasks/", **sent)["headers"].items()}
    assert headers["x-kalit-address"] == "198.51.100.7"
    assert headers["x-kalit-host"] == "api.example.com"
    assert headers["x-kalit-path"] == "/api/tasks/"
    assert headers["x-kalit-scheme"] == "https"
