import json
from functools import cache
from pathlib import Path

from kalit.kit import api
from kalit.kit.doors import Host
from kalit.kit.errors import MethodNotAllowed, NotFound
from kalit.kit.request import Request

HERE = Path(__file__).parent


@cache
def routes() -> list[tuple[list[str], list[str]]]:
    """Every path in its parts, with its methods."""
    paths = json.loads((HERE / "openapi.json").read_text())["paths"]
    return [(path.strip("/").split("/"), sorted(method.upper() for method in item)) for path, item in paths.items()]


def allowed(path: str) -> list[str]:
    """The methods that a path answers to; none when there is no such path."""
    parts = path.strip("/").split("/")
    exact = [methods for known, methods in routes() if known == parts]
    fits = exact or [
        methods
        for known, methods in routes()
        if len(known) == len(parts) and all(k == p or k.startswith("{") for k, p in zip(known, parts, strict=True))
    ]
    return sorted({method for methods in fits for method in methods})


@api.fallback(host=Host(files=["openapi.json"]))
def handler(request: Request) -> None:
    """Whatever no other door serves: 405 where the path is known, 404 where it is not."""
    methods = allowed(request.path)
    if methods and request.method not in methods:
        raise MethodNotAllowed(request.method, methods)
    raise NotFound  # also of a door that this stage does not have
