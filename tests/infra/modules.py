"""What doors import, as JSON on the standard output: door -> the modules that were not there before it.

Run by itself: `python -m tests.infra.modules <door>…`, with doors that may import the same.
"""

import importlib
import json
import sys


def brought(door: str) -> list[str]:
    before = set(sys.modules)
    importlib.import_module(f"functions.{door}")
    return sorted(set(sys.modules) - before)


if __name__ == "__main__":
    json.dump({door: brought(door) for door in sys.argv[1:]}, sys.stdout)
