"""Sample events of HTTP doors, derived from the doors: `make derived` writes them, a test fails on drift.

Doors with other triggers have theirs written by hand beside them, in events/<folder>/<verb>.json.
"""

import json
from typing import Any

from kalit.kit.api import ASKED, Endpoint

from . import examples
from .catalog import ROOT, catalog

EVENTS = ROOT / "events"


def sample(door: Endpoint) -> dict[str, Any]:
    """An API Gateway event (payload 2.0) as this door gets it."""
    method, route = (door.method, door.path.rstrip("/") or "/") if door.path != "$default" else ("GET", "/no/such/path")
    parameters = {name: str(examples.PATH[kind.__name__]) for name, kind in door.wants.items() if name not in ASKED}
    path = route.format(**parameters)
    headers = {"accept": "application/json", "host": "localhost:8000", "x-kalit-path": path}
    if door.caller_kind and not door.open_to_all:
        headers["authorization"] = "Bearer <access token>"
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default" if door.path == "$default" else f"{method} {route}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": headers,
        "requestContext": {
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1"},
            "requestId": "sample-request",
            "stage": "$default",
        },
        "isBase64Encoded": False,
    }
    if parameters:
        event["pathParameters"] = parameters
    if "body" in door.wants:
        headers["content-type"] = "application/json"
        event["body"] = json.dumps(next(iter(examples.of(door.wants["body"])), {}), ensure_ascii=False)
    return event


def written() -> dict[str, str]:
    """File below events/ -> text, for every HTTP door."""
    return {
        f"{door.name.replace('.', '/')}.json": json.dumps(sample(door), ensure_ascii=False, indent=2) + "\n"
        for door in catalog()
        if isinstance(door, Endpoint)
    }


if __name__ == "__main__":
    for file, text in written().items():
        (EVENTS / file).parent.mkdir(parents=True, exist_ok=True)
        (EVENTS / file).write_text(text)
