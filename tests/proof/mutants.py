"""Whether tests find seeded bugs: a draw of them, against each of which the tests are run that are near to it.

    python -m tests.proof.mutants                       the draw, of 66; exit status 1 when one survives
    python -m tests.proof.mutants --sample 200          a larger one
    python -m tests.proof.mutants --only 'shop/.*key'   of all that there are, those whose name has this in it
    python -m tests.proof.mutants --list                names alone

What came of each stands in build/mutants.json too. A bug is found when a test fails, or hangs; the first that does is
named. In the end those tests are run on the product as it is: a test that always fails finds nothing.
"""

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from . import killers
from .bugs import LAYER, OPERATORS, ROOT, Mutant, mutants
from .equivalents import EQUIVALENT
from .hunting import Outcome, hunt

SAMPLE = 66
RESULT = ROOT / "build" / "mutants.json"


def draw(size: int, among: Iterable[Mutant] | None = None) -> list[Mutant]:
    """The same for the same source: each operator in turn, of the domain that had the fewest so far."""
    left: dict[str, list[Mutant]] = defaultdict(list)
    for mutant in sorted(mutants() if among is None else among, key=lambda one: one.rank):
        if not is_equivalent(mutant):
            left[mutant.operator].append(mutant)
    drawn: list[Mutant] = []
    had: Counter[str] = Counter()
    while len(drawn) < size and any(left.values()):
        for some in left.values():
            if some and len(drawn) < size:
                chosen = min(some, key=lambda one: had[one.domain])
                some.remove(chosen)
                drawn.append(chosen)
                had[chosen.domain] += 1
    return drawn


def is_equivalent(mutant: Mutant) -> bool:
    return mutant.place in EQUIVALENT.get(mutant.file.removeprefix(f"{LAYER}/"), {})


def table(outcomes: Sequence[Outcome]) -> Iterator[str]:
    yield "| bug | drawn | found | survived |"
    yield "|---|--:|--:|--:|"
    for operator in OPERATORS:
        mine = [outcome for outcome in outcomes if outcome.mutant.operator == operator]
        if mine:
            found = sum(outcome.is_found for outcome in mine)
            yield f"| {operator} | {len(mine)} | {found} | {len(mine) - found} |"
    yield f"| all | {len(outcomes)} | {sum(o.is_found for o in outcomes)} | {sum(not o.is_found for o in outcomes)} |"


def main(arguments: Sequence[str] | None = None) -> int:
    options = argparse.ArgumentParser(description="Do the tests find seeded bugs?")
    options.add_argument("--only", metavar="PATTERN", help="those whose name has this regular expression in it")
    options.add_argument("--sample", type=int, metavar="N", help=f"how many are drawn; {SAMPLE} when not said")
    options.add_argument("--rules", action="store_true", help="let the tests of the rules alone look for them")
    options.add_argument("--list", action="store_true", help="print their names, run nothing")
    options.add_argument("--result", type=Path, default=RESULT, help="where to write what came of each, as JSON")
    told = options.parse_args(arguments)
    among = [mutant for mutant in mutants() if re.search(told.only or "", mutant.name)]
    chosen = draw(told.sample or (len(among) if told.only else SAMPLE), among)
    if told.list:
        print(*(mutant.name for mutant in chosen), sep="\n")
        return 0
    hunted = hunt({mutant: killers.of(mutant, rules_only=told.rules) for mutant in chosen}, aloud=True)
    survivors = [outcome for outcome in hunted.outcomes if not outcome.is_found]
    print(*table(hunted.outcomes), *survivors, sep="\n")
    print(*(f"fails without a bug too: {test}" for test in hunted.sick), sep="\n")
    told.result.parent.mkdir(exist_ok=True)
    told.result.write_text(json.dumps([outcome.told for outcome in hunted.outcomes], indent=1))
    return int(bool(survivors or hunted.sick))


if __name__ == "__main__":
    sys.exit(main())
