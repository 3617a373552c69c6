"""The tests themselves: seeded bugs are found; in the short form a few, by the rules' tests alone."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from . import bugs, goals, hunting, killers, mutants
from .bugs import OPERATORS, ROOT, Mutant
from .equivalents import EQUIVALENT

DOMAINS = {"accounts", "campaigns", "jobs", "kit", "locks", "notices", "providers", "security", "shop", "tasks"}
# What the rules' tests find in a moment.
QUICK = r"tasks/rules.py.*guard dropped in _check_sum|signature not looked at in Ticket.matches"


@pytest.fixture(scope="module")
def every() -> list[Mutant]:
    return bugs.mutants()


def test_every_operator_finds_places_and_every_mutant_is_a_program_of_its_own(every: list[Mutant]) -> None:
    assert {mutant.operator for mutant in every} == set(OPERATORS)
    assert len({mutant.name for mutant in every}) == len(every)
    drawn = mutants.draw(mutants.SAMPLE, every)
    for mutant in drawn:
        compile(mutant.source, mutant.file, "exec")
        assert mutant.source != (ROOT / mutant.file).read_text()


def test_the_draw_is_the_same_each_time_and_goes_over_all_operators_and_domains(every: list[Mutant]) -> None:
    drawn = mutants.draw(mutants.SAMPLE, every)
    assert len(drawn) == mutants.SAMPLE >= 60
    assert drawn == mutants.draw(mutants.SAMPLE, reversed(every))
    assert {mutant.operator for mutant in drawn} == set(OPERATORS)
    assert {mutant.domain for mutant in drawn} >= DOMAINS
    assert all(killers.of(mutant) for mutant in drawn)


def test_what_counts_as_no_bug_is_still_there(every: list[Mutant]) -> None:
    assert sum(map(mutants.is_equivalent, every)) == sum(map(len, EQUIVALENT.values()))


def test_the_bugs_are_found(tmp_path: Path, proved: goals.Proved) -> None:
    result = tmp_path / "mutants.json"
    chosen = [] if goals.FULL else ["--rules", "--only", QUICK]
    command = [sys.executable, "-m", "tests.proof.mutants", "--result", str(result), *chosen]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    outcomes = json.loads(result.read_text())
    survivors = [outcome for outcome in outcomes if outcome["end"] not in (hunting.FOUND, hunting.HUNG)]
    assert len(outcomes) >= (mutants.SAMPLE if goals.FULL else 2)
    proved("G4", len(outcomes), faults=len(outcomes), wrong=len(survivors))
    assert done.returncode == 0, done.stdout


def test_the_command_names_its_draw(capsys: pytest.CaptureFixture[str]) -> None:
    assert mutants.main(["--list", "--only", r"^tasks/store\.py.*condition"]) == 0
    said = capsys.readouterr().out
    assert all(line.startswith("tasks/store.py:") for line in said.splitlines())
    assert "condition dropped in create: TaskRow.pk.does_not_exist()" in said
