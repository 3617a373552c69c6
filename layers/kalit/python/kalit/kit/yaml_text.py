"""YAML of what JSON can hold: so one document is shipped, not two, and no YAML library with it."""

import json
import re
from collections.abc import Iterator
from typing import Any

# A key that YAML reads as the text it is; those that it reads as a truth or as nothing are quoted.
PLAIN = re.compile(r"(?!(?:true|false|yes|no|on|off|null|[yn])$)[a-z_]\w*", re.ASCII | re.IGNORECASE)


def written(value: dict[str, Any] | list[Any]) -> str:
    """Blocks by indentation; texts are quoted as in JSON, which YAML's double quotes understand."""
    return "\n".join(_lines(value, "")) + "\n"


def _lines(value: dict[str, Any] | list[Any], margin: str) -> Iterator[str]:
    named = value.items() if isinstance(value, dict) else (("-", item) for item in value)
    for name, item in named:
        head = margin + (f"{_key(name)}:" if isinstance(value, dict) else name)
        if item and isinstance(item, dict | list):
            yield head
            yield from _lines(item, margin + "  ")
        else:
            yield f"{head} {json.dumps(item, ensure_ascii=False)}"


def _key(name: str) -> str:
    return name if PLAIN.fullmatch(name) else json.dumps(name, ensure_ascii=False)
