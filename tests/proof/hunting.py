"""Bugs are hunted in children of one process that has collected the tests and furnished a cloud already.

A bug is put into a child's memory alone: the functions that the file made get the code that it would make with the bug.
So nothing is written, nothing is started anew, and what one child does no other sees.
"""

import gc
import os
import signal
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import CodeType, FunctionType

import pytest
from _pytest.runner import runtestprotocol

from .bugs import ROOT, Mutant
from .killers import DOORS, RULES

AT_ONCE = 2
PATIENCE = 180  # seconds for one test, on a busy machine
FOUND, SURVIVED, HUNG, BROKEN = "found", "survived", "hung", "broken"


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant, and by which test."""

    mutant: Mutant
    end: str
    by: str = ""

    @property
    def is_found(self) -> bool:
        return self.end in (FOUND, HUNG)

    @property
    def told(self) -> dict[str, str]:
        return {"name": self.mutant.name, "operator": self.mutant.operator, "end": self.end, "by": self.by}

    def __str__(self) -> str:
        return f"{self.end:9} {self.mutant.name}" + (f"  by {self.by}" if self.by else "")


def infect(mutant: Mutant) -> None:
    """Give this process's functions the code that the mutant's source makes of them."""
    path = str(ROOT / mutant.file)
    bad = {(code.co_qualname, code.co_firstlineno): code for code in _codes(compile(mutant.source, path, "exec"))}
    gc.unfreeze()
    changed = 0
    for found in gc.get_objects():
        if isinstance(found, FunctionType) and found.__code__.co_filename == path:
            new = bad.get((found.__code__.co_qualname, found.__code__.co_firstlineno))
            if new and new != found.__code__:
                found.__code__ = new
                changed += 1
    gc.freeze()
    assert changed, "no function of this process has that code"


def _codes(code: CodeType) -> Iterator[CodeType]:
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield inner
            yield from _codes(inner)


class Hunt:
    """A plugin of pytest that, in place of running the tests, runs for each mutant those that may find it."""

    def __init__(self, chosen: dict[Mutant, list[str]], *, aloud: bool = False) -> None:
        self.left = list(chosen.items())
        self.aloud = aloud
        self.outcomes: list[Outcome] = []
        self.sick: list[str] = []  # tests that fail without a bug too
        self.under_way: dict[int, tuple[Mutant, int]] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.session = session
        self.items: dict[str, list[pytest.Item]] = {}
        for item in session.items:
            self.items.setdefault(item.nodeid.partition("::")[0], []).append(item)
        self._furnish()
        while self.left or self.under_way:
            if self.left and len(self.under_way) < AT_ONCE:
                self._begin(*self.left.pop(0))
            else:
                self._end(*os.wait())
        self._look_at_finders()
        return True

    def _furnish(self) -> None:
        """Make what the doors' tests share, by running one of them."""
        for items in self.items.values():
            with_token = [item for item in items if "token" in getattr(item, "fixturenames", ())]
            if items[0].nodeid.startswith(str(DOORS)) and len(with_token) > 1:
                runtestprotocol(with_token[0], log=False, nextitem=with_token[1])
                return

    def _begin(self, mutant: Mutant, paths: Sequence[str]) -> None:
        pid, hear = _forked(lambda: self._in_child(mutant, paths))
        self.under_way[pid] = (mutant, hear)

    def _end(self, pid: int, status: int) -> None:
        if pid not in self.under_way:
            return
        mutant, hear = self.under_way.pop(pid)
        with os.fdopen(hear) as told:
            end, _, by = told.read().partition(" ")
        if os.WIFSIGNALED(status):
            by = f"signal {os.WTERMSIG(status)}"
            end = HUNG if os.WTERMSIG(status) == signal.SIGALRM else BROKEN
        self.outcomes.append(Outcome(mutant, end or BROKEN, by))
        if self.aloud:
            print(self.outcomes[-1], flush=True)

    def _in_child(self, mutant: Mutant, paths: Sequence[str]) -> str:
        _be_silent()
        try:
            infect(mutant)
        except Exception:
            return f"{BROKEN} {traceback.format_exc()}"
        rules = [path for path in paths if path.startswith(str(RULES))]
        # Their tests take no time, but end the doors' cloud: so they run in a child of their own.
        pid, hear = _forked(lambda: self._found_by(rules))
        with os.fdopen(hear) as told:
            found = told.read()
        _, status = os.waitpid(pid, 0)
        if os.WIFSIGNALED(status):
            os.kill(os.getpid(), os.WTERMSIG(status))
        return found or self._found_by([path for path in paths if path not in rules]) or SURVIVED

    def _found_by(self, paths: Sequence[str]) -> str:
        """The first test that fails, or nothing."""
        failed = self._run([item for path in paths for item in self.items.get(path, [])], first=True)
        return f"{FOUND} {failed[0]}" if failed else ""

    def _run(self, items: list[pytest.Item], *, first: bool) -> list[str]:
        """The tests that fail; of them the first, if that will do."""
        failed = []
        if items:
            self.session._setupstate.teardown_exact(items[0])
        for item, after in zip(items, [*items[1:], None], strict=True):
            signal.alarm(PATIENCE)
            reports = runtestprotocol(item, log=False, nextitem=after)
            if any(report.failed for report in reports):
                failed.append(item.nodeid)
                if first:
                    break
        signal.alarm(0)
        return failed

    def _look_at_finders(self) -> None:
        finders = {outcome.by for outcome in self.outcomes if outcome.end == FOUND}
        self.sick = self._run([item for item in self.session.items if item.nodeid in finders], first=False)


def _forked(act: Callable[[], str]) -> tuple[int, int]:
    """A child that says what the act gives: its id, and the pipe from which that can be read."""
    hear, tell = os.pipe()
    if not (pid := os.fork()):
        os.close(hear)
        os.write(tell, act().encode())
        os._exit(0)
    os.close(tell)
    return pid, hear


def _be_silent() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)


def hunt(chosen: dict[Mutant, list[str]], *, aloud: bool = False) -> Hunt:
    """What becomes of each mutant, under the tests that may find it."""
    os.environ.pop("FULL", None)
    plugin = Hunt(chosen, aloud=aloud)
    paths = sorted({path for paths in chosen.values() for path in paths})
    options = ["-q", "--no-header", "--no-summary", "-p", "no:cacheprovider"]
    status = pytest.main([*options, *(str(ROOT / path) for path in paths)], plugins=[plugin])
    assert status in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED), status
    return plugin
