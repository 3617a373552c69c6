"""Every door of the product, as its own file declares it."""

import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from kalit.kit.api import Endpoint
from kalit.kit.doors import Door

ROOT = Path(__file__).parents[1]


def catalog(roots: Sequence[Path] = (ROOT,)) -> list[Door]:
    """The doors below `functions/` of each root, by name. Tests bring a root of their own."""
    doors = [door for root in roots for door in _below(root)]
    return sorted(doors, key=lambda door: door.name)


def source(door: Door) -> Path:
    """The file that declares a door."""
    return Path(str(sys.modules[door.call.__module__].__file__))


def endpoints(doors: Sequence[Door]) -> list[Endpoint]:
    """The HTTP doors with paths of their own."""
    return [door for door in doors if isinstance(door, Endpoint) and door.path != "$default"]


def shadowed(doors: Sequence[Endpoint]) -> list[tuple[str, str]]:
    """(method, path) pairs that no door serves, but that API Gateway would take for another door's parameter.

    GET /api/tasks/create/ fits GET /api/tasks/{id}/; it must be answered like any wrong method, by the fallback.
    """
    routes = [route for door in doors for route in door.routes]
    literal = {path: {method for method, other in routes if other == path} for _, path in routes if "{" not in path}
    return sorted(
        {(method, path) for path, own in literal.items() for method, other in routes if _fits(path, other)}
        - {(method, path) for path, own in literal.items() for method in own}
    )


def _fits(path: str, template: str) -> bool:
    parts, other = path.strip("/").split("/"), template.strip("/").split("/")
    return len(parts) == len(other) and all(o == p or o.startswith("{") for p, o in zip(parts, other, strict=True))


def _below(root: Path) -> list[Door]:
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    files = sorted((root / "functions").rglob("*.py"))
    return [import_module(".".join(file.relative_to(root).with_suffix("").parts)).handler for file in files]
