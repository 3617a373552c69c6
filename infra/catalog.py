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


def _below(root: Path) -> list[Door]:
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    files = sorted((root / "functions").rglob("*.py"))
    return [import_module(".".join(file.relative_to(root).with_suffix("").parts)).handler for file in files]
