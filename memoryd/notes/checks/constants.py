"""The values of constants, read from the bytes of their definitions. No code is run: `ast` reads Python, the rest is read as text."""

import ast
import operator
import re
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

from indexers import unnumbered
from memoryd.notes.checks.spelling import plain, uncommented

LONGEST = 20_000
"""Characters of a definition, and of the text after the name in it, that are searched for a value."""
FINDABLE = re.compile(r"[A-Za-z0-9_$]{1,200}|[^\n]{1,40}")
"""Names that begin at few places of a text, or are short: identifiers and operators."""
UNTOLD = "..."
"""The source of a value that is not told: that of a name which is changed, or of a stub."""
MOST_VALUES = 50
"""Values of a name in a file that are read, at most."""
MOST_BITS = 256
"""Bits by which a number may be shifted, and powers, where its value is worked out."""
_SUMS: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv, ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod, ast.Pow: operator.pow, ast.LShift: operator.lshift,
}  # fmt: skip
OPENING, CLOSING = "([{", ")]}"
_parsing = threading.Lock()
_Scope = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def python_values(text: str) -> list[str]:
    """Return the source of the values that a Python definition assigns."""
    tree = parsed(text.strip())
    return [ast.unparse(value) for statement in tree.body for _, value in _assigned(statement)] if tree else []


def python_names(source: str, qualname: str) -> list[str] | None:
    """Return the source of the values that a Python file assigns to a name of a module or class; None if it cannot be parsed.

    A value that cannot be read is "". Unlike the index this covers attributes of classes, of classes inside functions, and
    assignments below an `if`. The suffix `~2`, by which the index tells definitions of one name apart, is ignored.
    """
    tree = parsed(source)
    if tree is None:
        return None
    inside: list[ast.Module | _Scope] = [tree]
    *holders, name = unnumbered(qualname).split(".")
    for holder in holders:
        nested = (found for scope in inside for found in _statements(scope.body))
        inside = [found for found in nested if isinstance(found, _Scope) and found.name == holder]
    owners = [scope.body for scope in inside if isinstance(scope, ast.Module | ast.ClassDef)]
    return [
        ast.unparse(value) if value is not None else ""
        for body in owners for statement in _statements(body) for target, value in _assigned_names(statement) if target == name
    ]  # fmt: skip


def is_assigned_twice(source: str, name: str) -> bool:
    """Tell whether lines of a Python file may assign to a name more than once, whatever it belongs to."""
    before = (line.partition("=")[0] for line in source.split("\n") if name in line and "=" in line)
    return sum(_as_word(one, name) is not None for one in before) > 1


@lru_cache(maxsize=256)
def parsed(source: str) -> ast.Module | None:
    """Parse Python; None if it is invalid."""
    with _parsing, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def same_python(one: str, other: str) -> bool:
    """Tell whether two Python expressions are the same value, or if they are no literals, the same code."""
    if one == other:
        return True
    trees = [parsed(f"({text}\n)") for text in (one, other)]
    if None in trees:
        return " ".join(one.split()) == " ".join(other.split())
    values = [_literal(tree) for tree in trees if tree is not None]
    if _NOTHING in values:
        return ast.dump(trees[0]) == ast.dump(trees[1])  # type: ignore[arg-type]
    return type(values[0]) is type(values[1]) and values[0] == values[1]


_NOTHING = object()


def _literal(tree: ast.Module) -> object:
    try:
        statement = tree.body[0]
        return _worked_out(statement.value) if isinstance(statement, ast.Expr) else _NOTHING
    except (ValueError, TypeError, SyntaxError, ArithmeticError, RecursionError, MemoryError):
        return _NOTHING


def _worked_out(tree: ast.expr) -> object:
    """Return the value of a literal, or of a sum of numbers such as `60 * 60`. Raises what `ast.literal_eval` does."""
    if not isinstance(tree, ast.BinOp) or type(tree.op) not in _SUMS:
        return ast.literal_eval(tree)
    left, right = _worked_out(tree.left), _worked_out(tree.right)
    is_large = isinstance(tree.op, ast.Pow | ast.LShift) and not (abs(left) < 1 << 16 and 0 <= right <= MOST_BITS)  # type: ignore[arg-type, operator]
    if is_large or not all(isinstance(one, int | float) for one in (left, right)):
        return ast.literal_eval(tree)
    return _SUMS[type(tree.op)](left, right)


def _statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a body, nested ones included, without those of nested classes and functions."""
    for statement in body:
        yield statement
        if not isinstance(statement, _Scope):
            for inner in ("body", "orelse", "finalbody"):
                yield from _statements(getattr(statement, inner, ()))
            for handler in getattr(statement, "handlers", ()):
                yield from _statements(handler.body)


def _assigned(statement: ast.stmt) -> Iterator[tuple[ast.expr, ast.expr]]:
    if isinstance(statement, ast.Assign):
        yield from ((target, statement.value) for target in statement.targets)
    elif isinstance(statement, ast.AugAssign):
        yield statement.target, ast.Constant(...)
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
        yield statement.target, statement.value


def _assigned_names(statement: ast.stmt) -> Iterator[tuple[str, ast.expr | None]]:
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        yield statement.target.id, statement.value
        return
    for target, value in _assigned(statement):
        if isinstance(target, ast.Name):
            yield target.id, value
        elif isinstance(target, ast.Tuple | ast.List):
            values = value.elts if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts) else None
            for place, inner in enumerate(target.elts):
                if isinstance(inner, ast.Name):
                    yield inner.id, values[place] if values else None


def text_value(text: str, name: str, language: str) -> str | None:
    """Return the value after `=`, `:=` or the name in a definition that is not Python; None if there is none.

    Of names that are given their values together, as in `one, two = 1, 2`, none is told.
    """
    text = uncommented(text[:LONGEST], language)
    found = _as_word(text, name)
    if found is None:
        return None
    rest = text[found.end() :]
    assigned = _after_assignment(rest)
    if assigned is not None and _is_one_of_several(text[: found.start()], rest):
        return None
    return plain(_first(rest.lstrip("'\" \t)(,") if assigned is None else assigned), language) or None


def member_value(text: str, name: str, language: str) -> str | None:
    """Return the value that the lines of a type assign to a member; None if there is none."""
    found = _as_word(uncommented(text[:LONGEST], language), name)
    is_assigned = found is not None and _after_assignment(found.string[found.end() :]) is not None
    return text_value(text, name, language) if is_assigned else None


def _as_word(text: str, name: str) -> re.Match[str] | None:
    return re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", text) if is_findable(name) else None


def _is_one_of_several(before: str, after: str) -> bool:
    """Tell whether a name stands in a list or pattern of names that all get their values behind it."""
    return after.lstrip().startswith((",", "}")) or (before.rstrip().endswith(",") and "=" not in before)


def file_values(source: str, name: str, language: str) -> list[str]:
    """Return the values that the lines of a file assign to a name: `NAME = value`, `NAME: value` and similar."""
    if not is_findable(name):
        return []
    pattern = (
        rf"^[ \t]*(?:[\w@.$-]+[ \t]+){{0,4}}[\"']?{re.escape(name)}[\"']?[ \t]*(?::[^=:\n]+)?(?::=|=(?![=>~])|:(?=[ \t]))[ \t]*(\S.*)$"
    )
    found = (_with_lines_below(source, match, language) for match in islice(re.finditer(pattern, source, re.MULTILINE), MOST_VALUES))
    return [plain(_first(text), language) for text in found]


def _with_lines_below(source: str, match: re.Match[str], language: str) -> str:
    """Return the rest of a line without comments, and what follows it if it ends in an opening bracket."""
    line = uncommented(match[1], language)
    is_open = line.rstrip().endswith(tuple(OPENING))
    return uncommented(source[match.start(1) : match.start(1) + LONGEST], language) if is_open else line


def is_findable(name: str) -> bool:
    """Tell whether a name is looked for in a text: others could take as long as name times text, and nothing is called so."""
    return FINDABLE.fullmatch(name) is not None


def _after_assignment(rest: str) -> str | None:
    """Return the text after the first `=` that assigns; None if another statement, or the end of this one, comes first."""
    depth = 0
    for place, one in enumerate(rest):
        if one in OPENING:
            depth += 1
        elif one in CLOSING:
            depth -= 1
            if depth < 0 and one == ")":
                return None
        elif depth <= 0 and one == ";":
            return None
        elif (
            depth <= 0
            and one == "="
            and rest[place + 1 : place + 2] not in ("=", ">", "~")
            and rest[place - 1 : place] not in tuple("=!<>")
        ):
            return rest[place + 1 :]
    return None


def _first(text: str) -> str:
    """Return the first expression of a text: up to a `;` or `,` outside of quotes and brackets."""
    depth, quote, place = 0, "", 0
    while place < len(text):
        one = text[place]
        if quote:
            if one == "\\":
                place += 1
            elif one == quote:
                quote = ""
        elif one in "\"'`":
            quote = one
        elif one in OPENING:
            depth += 1
        elif one in CLOSING:
            depth -= 1
            if depth < 0:
                return text[:place]
        elif one in ";," and depth == 0:
            return text[:place]
        place += 1
    return text
