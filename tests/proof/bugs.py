"""Seeded bugs: what a hurried change gets wrong, at every place of the product where it could be.

An operator goes over a module's syntax tree and names edits: nodes and what to put in their places. Which modules it
is for follows from what it looks for; texts and pages are left alone.
"""

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import sha256
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LAYER = Path("layers/kalit/python/kalit")
FUNCTIONS = Path("functions")
# Modules that say things and decide nothing.
WORDS = re.compile(r"(_page|words|html|letters|log|metrics|resources|tunables|dialects|__init__)\.py$")

Edit = tuple[ast.AST, str]


@dataclass(frozen=True)
class Mutant:
    """A file with one bug. `place`: what is wrong with what, where; it outlives changes elsewhere in the file."""

    file: str
    line: int
    operator: str
    place: str
    source: str

    @property
    def name(self) -> str:
        return f"{self.file.removeprefix(f'{LAYER}/')}:{self.line} {self.place}"

    @property
    def function(self) -> str:
        return self.place.removeprefix(f"{self.operator} in ").partition(":")[0]

    @property
    def domain(self) -> str:
        parts = Path(self.file).parts
        folder = parts[len(LAYER.parts) if parts[0] == LAYER.parts[0] else 1]
        return {"access": "locks", "catalog": "shop"}.get(folder, folder)

    @property
    def rank(self) -> str:
        """Its place in a draw that no change elsewhere shuffles."""
        return sha256(f"{self.file} {self.place}".encode()).hexdigest()


@dataclass(frozen=True)
class Module:
    """A source file, taken apart."""

    file: str
    source: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        return {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    @cached_property
    def bytes(self) -> bytes:
        return self.source.encode()

    @cached_property
    def starts(self) -> list[int]:
        """Where each line begins."""
        return [0, *accumulate(len(line) for line in self.bytes.splitlines(keepends=True))]

    @property
    def keeps(self) -> bool:
        """Whether it speaks with AWS or an outside world."""
        return self.file.endswith("store.py") or Path(self.file).parts[-2] in ("kit", "providers")

    def each(self, kind: type[ast.AST]) -> Iterator[Any]:
        return (node for node in ast.walk(self.tree) if isinstance(node, kind) and self.function(node))

    def text(self, node: ast.AST) -> str:
        begin, end = self._span(node)
        return self.bytes[begin:end].decode()

    def function(self, node: ast.AST) -> str:
        """The function that a node is in, with its class; none of what is outside, such as constants and defaults."""
        kinds = ast.ClassDef | ast.FunctionDef
        around = [up for down, up in self._steps(node) if isinstance(up, kinds) and down in up.body]
        inside = any(isinstance(up, ast.FunctionDef) for up in around)
        return ".".join(up.name for up in reversed(around)) if inside else ""

    def _steps(self, node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
        """The node and what it is a part of, and so on up to the module."""
        while up := self.parents.get(node):
            yield node, up
            node = up

    def _span(self, node: ast.AST) -> tuple[int, int]:
        begin = self.starts[node.lineno - 1] + node.col_offset
        return begin, self.starts[node.end_lineno - 1] + node.end_col_offset

    def changed(self, *edits: Edit) -> str:
        source = self.bytes
        for (begin, end), to in sorted(((self._span(node), to) for node, to in edits), reverse=True):
            source = source[:begin] + to.encode() + source[end:]
        return source.decode()


def _names(node: ast.AST, context: type[ast.expr_context] = ast.Load) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, context)}


def _attributes(node: ast.AST) -> set[str]:
    return {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)}


def _is_call(node: ast.AST, *names: str) -> bool:
    return isinstance(node, ast.Call) and (getattr(node.func, "attr", None) or getattr(node.func, "id", "")) in names


def _is_condition(node: ast.AST) -> bool:
    """Whether DynamoDB is to decide it: a comparison of a row's attribute, or a question about one."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.BitOr):
        return _is_condition(node.left) or _is_condition(node.right)
    if isinstance(node, ast.Compare):
        return _of_class(node.left)
    return _is_call(node, "does_not_exist", "exists", "is_in", "startswith", "between") and _of_class(node.func.value)


def _of_class(node: ast.AST) -> bool:
    owner = node.value if isinstance(node, ast.Attribute) else None
    return isinstance(owner, ast.Name) and (owner.id == "cls" or owner.id.lstrip("_")[:1].isupper())


# (method, of a transaction) -> where its condition stands
CONDITIONS = {
    ("put", True): 1,
    ("delete", True): 1,
    ("update", True): 2,
    ("update_alike", True): 2,
    ("save", False): 0,
    ("delete", False): 0,
    ("update", False): 1,
}


def conditions(module: Module) -> Iterator[list[Edit]]:
    for call in module.each(ast.Call):
        if not isinstance(call.func, ast.Attribute) or not module.keeps:
            continue
        place = CONDITIONS.get((call.func.attr, module.text(call.func.value) == "commit"))
        told = [word.value for word in call.keywords if word.arg == "condition"]
        if place is not None and place < len(call.args):
            told.append(call.args[place])
        yield from ([(one, "None")] for one in told if not isinstance(one, ast.Constant | ast.Set))


def _operands(module: Module, kind: type[ast.operator]) -> Iterator[list[Edit]]:
    for node in module.each(ast.BinOp):
        if isinstance(node.op, kind) and _is_condition(node):
            yield [(node, f"({module.text(node.left)})")]
            yield [(node, f"({module.text(node.right)})")]


def conjuncts(module: Module) -> Iterator[list[Edit]]:
    return _operands(module, ast.BitAnd)


def alternatives(module: Module) -> Iterator[list[Edit]]:
    return _operands(module, ast.BitOr)


def consistency(module: Module) -> Iterator[list[Edit]]:
    for call in module.each(ast.Call):
        yield from ([(word.value, "False")] for word in call.keywords if word.arg == "consistent_read")
        yield from ([(word.value, "False")] for word in call.keywords if word.arg == "ConsistentRead")
    for table in module.each(ast.Dict):
        for key, value in zip(table.keys, table.values, strict=True):
            if isinstance(key, ast.Constant) and key.value == "ConsistentRead":
                yield [(value, "False")]


SILENT = {"log", "metrics", "commit", "changes", "super"}  # whose calls change nothing outside, or not in their order


def _is_effect(module: Module, node: ast.AST) -> bool:
    """Whether a statement is there for what it changes outside of the process."""
    if isinstance(node, ast.With):
        return any(module.text(item.context_expr) == "Commit()" for item in node.items)
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
        return False
    return not _names(node.value.func) & SILENT and not _is_call(node.value, "append", "extend", "add", "setdefault")


def orders(module: Module) -> Iterator[list[Edit]]:
    """Two effects, one behind the other, the other way round; in a transaction their order is nothing."""
    bodies = [getattr(node, name, None) for node in ast.walk(module.tree) for name in ("body", "orelse")]
    for body in bodies:
        for first, second in pairwise(body if isinstance(body, list) else []):
            apart = all(isinstance(one, ast.With) or "commit" not in _names(one) for one in (first, second))
            effects = _is_effect(module, first) and _is_effect(module, second)
            if apart and effects and module.function(first) and not _names(first, ast.Store) & _names(second):
                yield [(first, module.text(second)), (second, module.text(first))]


RANDOM = '__import__("uuid").uuid4()'


def keys(module: Module) -> Iterator[list[Edit]]:
    """What names a thing by what makes it unique, at random instead; or the same for all."""
    for call in module.each(ast.Call):
        if _is_call(call, "derived", "uuid5"):
            yield [(call, RANDOM)]
        for word in call.keywords:
            if word.arg == "client_request_token":
                yield [(word.value, f"{RANDOM}.hex")]
    for text in module.each(ast.JoinedStr):
        head = text.values[0]
        if isinstance(head, ast.Constant) and re.match(r"[A-Z_]+#", head.value) and len(text.values) > 1:
            yield [(text, repr(head.value))]


def items(module: Module) -> Iterator[list[Edit]]:
    """One write less in a transaction."""
    for statement in module.each(ast.Expr):
        call = statement.value
        if isinstance(call, ast.Call):
            written = module.text(call.func).startswith("commit.")
            if written or (call.args and module.text(call.args[0]) == "commit"):
                yield [(statement, "pass")]


MOVED = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}


def boundaries(module: Module) -> Iterator[list[Edit]]:
    for node in module.each(ast.Compare):
        if len(node.ops) == 1 and type(node.ops[0]) in MOVED:
            moved = ast.Compare(node.left, [MOVED[type(node.ops[0])]()], node.comparators)
            yield [(node, ast.unparse(moved))]


def negations(module: Module) -> Iterator[list[Edit]]:
    for node in module.each(ast.UnaryOp):
        if isinstance(node.op, ast.Not):
            yield [(node, f"({module.text(node.operand)})")]


def guards(module: Module) -> Iterator[list[Edit]]:
    """What is refused, or left alone because of how it is, is let through."""
    for node in module.each(ast.If):
        last, compares = node.body[-1], isinstance(node.test, ast.Compare) and _attributes(node.test)
        refuses = isinstance(last, ast.Raise) and last.exc is not None
        leaves = len(node.body) == 1 and isinstance(last, ast.Return | ast.Continue)
        names = any(isinstance(one, ast.NamedExpr) for one in ast.walk(node.test))  # for what comes behind it
        if (refuses or (leaves and compares)) and not node.orelse and not names:
            yield [(node.test, "False")]


TIMES = re.compile(r"until|expires|expiry|ends|ends_at|valid|ttl|due|deadline|hold|lease|since|begins|starts")


def expiries(module: Module) -> Iterator[list[Edit]]:
    """What ends in time is endless, or over from the beginning."""
    for node in module.each(ast.Compare):
        ordered = len(node.ops) == 1 and type(node.ops[0]) in MOVED and not _is_condition(node)
        words = " ".join(_names(node) | _attributes(node))
        if ordered and TIMES.search(words) and {"at", "now", "today"} & _names(node):
            yield from ([(node, told)] for told in ("False", "True"))


def limits(module: Module) -> Iterator[list[Edit]]:
    for statement in module.each(ast.Expr):
        if re.match(r"(limits|guess_store)\.\w+\(", module.text(statement)):
            yield [(statement, "pass")]
    for block in module.each(ast.With):
        for item in block.items:
            if module.text(item.context_expr).startswith("limits.tries("):
                yield [(item.context_expr, '__import__("contextlib").nullcontext()')]


def signatures(module: Module) -> Iterator[list[Edit]]:
    for call in module.each(ast.Call):
        if _is_call(call, "compare_digest"):
            yield [(call, "True")]


OPERATORS: dict[str, Callable[[Module], Iterator[list[Edit]]]] = {
    "condition dropped": conditions,
    "conjunct dropped": conjuncts,
    "alternative dropped": alternatives,
    "consistent read dropped": consistency,
    "effects swapped": orders,
    "key made random or constant": keys,
    "write dropped from a transaction": items,
    "boundary moved": boundaries,
    "negation dropped": negations,
    "guard dropped": guards,
    "expiry not looked at": expiries,
    "limit not counted": limits,
    "signature not looked at": signatures,
}


@cache
def modules() -> list[Module]:
    """The product's files that decide or keep."""
    paths = [path for folder in (LAYER, FUNCTIONS) for path in sorted((ROOT / folder).rglob("*.py"))]
    return [Module(str(path.relative_to(ROOT)), path.read_text()) for path in paths if not WORDS.search(path.name)]


@cache
def mutants() -> list[Mutant]:
    """All there are, in the order of the files."""
    return [mutant for module in modules() for mutant in _of(module)]


def _of(module: Module) -> Iterator[Mutant]:
    met: Counter[str] = Counter()
    for operator, edits in OPERATORS.items():
        for edit in edits(module):
            node, to = edit[0]
            place = f"{operator} in {module.function(node)}: {_short(module.text(node))}"
            if operator in ("conjunct dropped", "alternative dropped", "expiry not looked at"):
                place += f" -> {_short(to)}"
            met[place] += 1
            again = f" ({met[place]})" if met[place] > 1 else ""
            yield Mutant(module.file, node.lineno, operator, place + again, module.changed(*edit))


def _short(text: str) -> str:
    return re.sub(r"\s+", " ", text)[:90]
