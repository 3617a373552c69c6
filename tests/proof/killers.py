"""Which tests may find a bug, those first that are nearest to it.

A door is reached from a function by names: who calls it, who calls them. The name law leads from a door to its test.
"""

import ast
import re
from functools import cache
from pathlib import Path

from .bugs import FUNCTIONS, LAYER, ROOT, Module, Mutant, modules

RULES, DOORS, PROOFS = (Path("tests") / ring for ring in ("rules", "functions", "proof"))
MOST = 40  # files of doors' tests: what all stands on is reached from everywhere
OF_A_DOMAIN = 4  # folders of doors that a proof names: those of more are about all doors, and take long
# domain -> folders of doors that are its own; of what all share, some that use most of it
FOLDERS = {
    "locks": ("locks", "access"),
    "shop": ("shop", "catalog"),
    "kit": ("tasks", "jobs"),
    "providers": ("notices", "shop", "campaigns"),
}


def of(mutant: Mutant, *, rules_only: bool = False) -> list[str]:
    """Paths of test files: those that speak of the module, those of the doors that reach it, the domain's, proofs."""
    folders = set(FOLDERS.get(mutant.domain, (mutant.domain,)))
    module = {Path(mutant.file).stem, mutant.domain}
    rules = [path for path in _tests(RULES) if module <= _words(path)]
    if rules_only:
        return [str(path) for path in rules]
    about = [path for path in _tests(DOORS) if module <= _words(path)]
    near = [path for path in map(_test, _reached(mutant.file, mutant.function)) if (ROOT / path).exists()]
    own = [path for path in _tests(DOORS) if folders & ({path.parts[2]} if len(path.parts) > 3 else _folders(path))]
    own.sort(key=lambda path: path.parts[2] not in {one.parts[2] for one in near[:3]})  # where it is most used
    proofs = [path for path in _tests(PROOFS) if folders & _folders(path) and len(_folders(path)) <= OF_A_DOMAIN]
    return [str(path) for path in (*rules, *list(dict.fromkeys([*about, *near, *own]))[:MOST], *proofs)]


@cache
def _tests(ring: Path) -> list[Path]:
    return [path.relative_to(ROOT) for path in sorted((ROOT / ring).rglob("test_*.py"))]


@cache
def _words(path: Path) -> set[str]:
    """What a test file imports, and from where."""
    nodes = ast.walk(ast.parse((ROOT / path).read_text()))
    imports = [node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {part for node in imports for alias in node.names for part in alias.name.split(".")}
    return names | {part for node in imports for part in (getattr(node, "module", "") or "").split(".")}


@cache
def _folders(path: Path) -> set[str]:
    """The folders of the doors that a test file, or a helper beside it that it imports, names."""
    beside = [ROOT / path.parent / f"{name}.py" for name in _words(path)]
    texts = [(ROOT / path).read_text(), *(one.read_text() for one in beside if one.exists())]
    return {folder for text in texts for folder in re.findall(r'"([a-z]+)\.[a-z_0-9]+"', text)}


def _test(door: Path) -> Path:
    return DOORS / door.parts[1] / f"test_{door.name}"


def _reached(file: str, function: str) -> list[Path]:
    """The doors from which a function is reached, those that do so by the fewest steps first."""
    found: dict[tuple[str, str], None] = {}
    near = [(file, function.split(".")[0])]
    while near:
        found |= dict.fromkeys(near)
        near = [caller for one in near for caller in _callers().get(one, ()) if caller not in found]
    return list(dict.fromkeys(Path(one) for one, _ in found if one.startswith(f"{FUNCTIONS}/")))


@cache
def _callers() -> dict[tuple[str, str], list[tuple[str, str]]]:
    """(file, name) -> what names it: functions, classes, tables."""
    every = {module.file: module for module in modules()}
    calls: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for module in every.values():
        files = sorted(_imported(module, every) | {module.file})
        known = [(file, name) for file in files for name in _tops(every[file])]
        for node in module.tree.body:
            used = {getattr(one, "id", None) or getattr(one, "attr", None) for one in ast.walk(node)}
            for one in known:
                if one[1] in used:
                    calls.setdefault(one, []).extend((module.file, name) for name in _named(node))
    return calls


def _tops(module: Module) -> list[str]:
    return [name for node in module.tree.body for name in _named(node)]


def _named(node: ast.stmt) -> list[str]:
    """What a statement of a module gives a name to: a function, a class, a table of them."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _imported(module: Module, every: dict[str, Module]) -> set[str]:
    """The product's files that a module imports."""
    package = Path(module.file).parent
    places: set[Path] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom):
            base = package.parents[node.level - 2] if node.level > 1 else package
            if not node.level:
                base = LAYER.parent
            base = base.joinpath(*(node.module or "").split("."))
            places |= {base.with_suffix(".py"), *(base / f"{alias.name}.py" for alias in node.names)}
    return {str(place) for place in places} & set(every)
