"""`make derived`: every right of every role, as the templates give it, for a reviewer to read.

The list is kept in tests/infra/rights.txt; a test compares, so that a change of rights shows in a diff.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .catalog import ROOT
from .local.assembly import synthesize

HASH = re.compile(r"[0-9A-F]{8}$")  # that CDK appends to the names of resources
SNAPSHOT = ROOT / "tests" / "infra" / "rights.txt"


def statements(assembly: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """(role, statement) of every role's own policy, and (policy, statement) of those that roles share."""
    for file in sorted(assembly.glob("*.template.json")):
        for id, resource in json.loads(file.read_text())["Resources"].items():
            if resource["Type"] in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
                for statement in resource["Properties"]["PolicyDocument"]["Statement"]:
                    yield HASH.sub("", id.split("DefaultPolicy")[0]), statement


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def rights(assembly: Path) -> str:
    """A line for each right: role, action, resource."""
    lines = {
        f"{role}: {action} {_flat(resource)}"
        for role, statement in statements(assembly)
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    }
    return "\n".join(re.sub(r"<AWS::\w+>", "", line) for line in sorted(lines)) + "\n"


def _flat(value: Any) -> str:
    """A resource as one line, with CloudFormation's references by name."""
    if isinstance(value, dict):
        (kind, inner), *_ = value.items()
        if kind == "Fn::Join":
            return "".join(_flat(part) for part in inner[1])
        return f"<{inner[0] if isinstance(inner, list) else inner}>"
    return str(value)


if __name__ == "__main__":
    folder = ROOT / "build" / "test-dev"
    synthesize(folder, {"stage": "dev"})
    SNAPSHOT.write_text(rights(folder))
