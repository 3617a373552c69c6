"""How Stripe's clients write parameters: forms whose names nest, such as `line_items[0][price_data][currency]=usd`."""

import re
from typing import Any
from urllib.parse import parse_qsl

INSIDE = re.compile(r"\[([^\[\]]*)\]")


def parse(text: str) -> dict[str, Any]:
    """The parameters as JSON would have them, with texts for leaves; `a[]=1&a[]=2` and `a[0]=1&a[1]=2` are lists.

    Raises `ValueError` for a name that is a value and has parts at once.
    """
    told: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        *path, last = [name.partition("[")[0], *INSIDE.findall(name)]
        place = told
        for key in path:
            place = place.setdefault(key or str(len(place)), {})
            if not isinstance(place, dict):
                raise ValueError(name)
        place[last or str(len(place))] = value
    return {name: _listed(value) for name, value in told.items()}


def _listed(value: Any) -> Any:
    """Dictionaries whose keys count from 0 become lists."""
    if not isinstance(value, dict):
        return value
    told = {name: _listed(inner) for name, inner in value.items()}
    return list(told.values()) if list(told) == [str(number) for number in range(len(told))] else told
