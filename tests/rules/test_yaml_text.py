from typing import Any

import pytest
import yaml

from kalit.kit.yaml_text import written

VALUES: list[Any] = [
    {"openapi": "3.1.0", "paths": {"/api/{id}/": {"get": {"tags": ["a", "b"], "deprecated": False}}}},
    {"200": 1, "on": True, "no": None, "y": 1.5, "null": "null", "true": "true", "$ref": "#/a", "x-b": ""},
    [[1, [2, 3]], {"a": [{"b": {}}, []]}, [], {}, "- a: 'b'", 'two\nlines\t"quoted" \\ and more: # text'],
    {"Смарт-замок": "Oʻzbekcha — ўзбекча", "empty": {}, "nothing": [], "date": "2026-01-05", "number": "12"},
]


@pytest.mark.parametrize("value", VALUES)
def test_yaml_says_what_json_says(value: Any) -> None:
    assert yaml.safe_load(written(value)) == value


def test_it_reads_as_people_write_it() -> None:
    assert written({"tags": [{"name": "locks"}], "200": None}) == 'tags:\n  -\n    name: "locks"\n"200": null\n'
