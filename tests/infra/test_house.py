"""The house's own rules: names, leanings, and that what is generated is up to date."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra import access, events, examples, openapi
from infra.catalog import catalog, endpoints
from kalit.kit import fields
from kalit.kit.api import Endpoint
from tests.conftest import ROOT

DOORS = catalog()
KALIT = ROOT / "layers" / "kalit" / "python" / "kalit"
ROOMS = ("kit", "providers")  # of all domains
DOMAINS = sorted(path.name for path in KALIT.iterdir() if path.is_dir() and path.name not in (*ROOMS, "__pycache__"))


def imports(file: Path) -> Iterator[str]:
    """The modules that a file imports, by their full names."""
    package = file.relative_to(KALIT.parent).parent.parts if KALIT in file.parents else ()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = ".".join(package[: len(package) + 1 - node.level])
            start = f"{above}.{node.module or ''}".rstrip(".") if node.level else str(node.module)
            yield start
            yield from (f"{start}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_a_door_has_its_sample_event_and_its_test(door: object) -> None:
    path = door.name.replace(".", "/")  # type: ignore[attr-defined]
    assert json.loads((ROOT / "events" / f"{path}.json").read_text())
    folder, verb = path.split("/")
    assert (ROOT / "tests" / "functions" / folder / f"test_{verb}.py").is_file()


def test_nothing_lies_about_that_belongs_to_no_door() -> None:
    named = {door.name.replace(".", "/") for door in DOORS}
    lying = {str(file.relative_to(ROOT / "events").with_suffix("")) for file in (ROOT / "events").rglob("*.json")}
    assert lying == named


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_a_door_says_what_it_does_in_a_line(door: object) -> None:
    assert 10 < len(door.summary) < 120  # type: ignore[attr-defined]
    assert door.summary.endswith(".")  # type: ignore[attr-defined]


def test_the_kit_leans_on_nothing_of_ours() -> None:
    for file in (KALIT / "kit").rglob("*.py"):
        for name in imports(file):
            assert not name.startswith("kalit.") or name.startswith("kalit.kit"), f"{file.name} imports {name}"


def test_a_domain_leans_on_the_kit_and_on_no_other_domain() -> None:
    for domain in DOMAINS:
        others = tuple(f"kalit.{other}" for other in DOMAINS if other != domain)
        for file in (KALIT / domain).rglob("*.py"):
            assert not any(name.startswith(others) for name in imports(file)), file


def test_providers_lean_on_the_kit_alone() -> None:
    for file in (KALIT / "providers").glob("*.py"):
        reached = {name for name in imports(file) if name.startswith("kalit.")}
        assert all(name.startswith(("kalit.kit", "kalit.providers")) for name in reached), file


def test_decisions_know_nothing_of_aws() -> None:
    """All AWS of a domain is in `store.py`, or in several files of such a name."""
    for domain in DOMAINS:
        for file in (KALIT / domain).rglob("*.py"):
            if not file.name.endswith("store.py"):
                reached = {name for name in imports(file) if name.startswith(("boto", "pynamodb", "kalit.kit.aws"))}
                assert not reached | {name for name in imports(file) if name.endswith("store")}, file


def test_a_handler_is_about_four_lines() -> None:
    for file in (ROOT / "functions").rglob("*.py"):
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.FunctionDef) and node.name == "handler":
                lines = (node.end_lineno or 0) - node.body[0].lineno
                assert lines <= 14, f"{file}: {lines} lines"


def test_the_openapi_document_is_what_the_doors_say() -> None:
    told = openapi.document(endpoints(DOORS))
    assert (openapi.FILES / "openapi.json").read_text() == openapi.as_json(told), "run: make derived"


def test_every_folder_has_its_sentence_in_the_docs() -> None:
    assert set(openapi.TAGS) == {door.folder for door in endpoints(DOORS)}
    assert all(told.endswith(".") and told.count(".") == 1 for told in openapi.TAGS.values())


@pytest.mark.parametrize("door", endpoints(DOORS), ids=lambda door: door.name)
def test_what_a_door_wants_is_shown_by_examples_that_it_accepts(door: Endpoint) -> None:
    told = openapi.document([door])["paths"][door.path][door.method.lower()]
    for parameter in told["parameters"]:
        assert parameter["in"] == "header" or "example" in parameter, parameter["name"]
    if "query" in door.wants:
        fields.read(door.wants["query"], {p["name"]: p["example"] for p in told["parameters"] if p["in"] == "query"})
    if "body" in door.wants:
        shown = examples.of(door.wants["body"])
        assert shown
        for example in shown:
            fields.read(door.wants["body"], example)


def test_the_sample_events_are_what_the_doors_say() -> None:
    for file, text in events.written().items():
        assert (events.EVENTS / file).read_text() == text, "run: make derived"


def test_the_table_of_access_is_what_the_doors_say() -> None:
    assert access.FILE.read_text() == access.text(), "run: make derived"


def test_a_door_that_answers_once_makes_its_effect_unique_by_the_key() -> None:
    for door in endpoints(DOORS):
        assert door.once == ("key" in door.wants), door.name


def test_operations_and_routes_are_the_same() -> None:
    paths = json.loads((openapi.FILES / "openapi.json").read_text())["paths"]
    told = {(method.upper(), path) for path, item in paths.items() for method in item}
    assert told == {route for door in endpoints(DOORS) for route in door.routes}
