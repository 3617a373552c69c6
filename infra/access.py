"""`make derived`: who may knock at which door, as docs/access.md, derived from the doors; a test fails on drift."""

from collections.abc import Iterator

from kalit.kit.api import Endpoint

from .catalog import ROOT, catalog, endpoints

FILE = ROOT / "docs" / "access.md"
COLUMNS = ("anonymous", "user", "manager", "admin")


INTRODUCTION = """# Who may what

Derived from the doors by `make derived`. A door says whom it lets in by its parameter `caller`; whoever is none of them
hears 401 without a token that holds, and 403 with one. Role, block and session are read from the account's row on every
request, so a change holds from the next one on.

* **anonymous**: nobody in particular.
* **user**: an account, by whichever way it was opened. Sees and changes what is its own; what is others' is not there
  for it (404), or forbidden (403) where the lock service's apps expect that.
* **manager**: staff. May what a user may, and sees what is everybody's where a door is for staff.
* **admin**: everything that doors offer. The first one is made by the deployment.

Nobody's role gives rights over somebody else's lock: those stay with its owner and with whom he shares it.
"""


def lets_in(door: Endpoint) -> frozenset[str]:
    """The columns that a door is open to."""
    roles = door.caller_kind.roles if door.caller_kind else frozenset(COLUMNS)
    return frozenset({*roles, *({"anonymous"} if door.open_to_all else ())})


def lines() -> Iterator[str]:
    yield INTRODUCTION
    folder = ""
    for door in endpoints(catalog()):
        if door.folder != folder:
            folder = door.folder
            yield f"\n## {folder.capitalize()}\n"
            yield f"| door | what it does | {' | '.join(COLUMNS)} |"
            yield "|---|---|" + ":-:|" * len(COLUMNS)
        routes = "<br>".join(f"`{method} {path}`" for method, path in door.routes)
        open_to = lets_in(door)
        marks = " | ".join("✓" if column in open_to else "" for column in COLUMNS)
        where = " (sandbox only)" if door.host.outbox else ""
        yield f"| {routes} | {door.summary.removesuffix('.')}{where} | {marks} |"


def text() -> str:
    return "\n".join(lines()) + "\n"


if __name__ == "__main__":
    FILE.write_text(text())
