"""Every regular expression of the package, and for each the texts on which it may take more than its share of time."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

import indexers
import memoryd

_parser: Any = importlib.import_module("re._parser")
OPERATIONS = ("match", "fullmatch", "search", "findall", "finditer", "sub", "subn", "split")
NAMED = re.compile(rb"\.\s*(?:compile|" + "|".join(OPERATIONS).encode() + rb")\b")
"""What stands in every module that makes or uses an expression; to parse the others takes most of the time."""
EVERYWHERE = frozenset(("findall", "finditer", "sub", "subn", "split"))
"""Operations that go on after a match."""
ALPHABET = " \n\t\ra0A.-_/:;,'\"`<>()[]{}*#=!@|\\~+$%\x00\x1b\u00e9"
"""Characters that are tried wherever a class admits them, besides those that the expression itself names."""
MANY = 40
"""Repetitions from which an expression may be said to repeat without a bound."""
TAILS = ("", "\x00", "\n!")
"""Ends on which most matches fail."""
Text = str | bytes


@dataclass(frozen=True, slots=True)
class Expression:
    """A regular expression by its place in the code, with the operations that the code uses it for."""

    place: str
    pattern: "re.Pattern[Any]"
    operations: frozenset[str]

    def run(self, text: Text) -> None:
        """Do what the code does with a text."""
        for operation in self.operations:
            for _ in self.pattern.finditer(text) if operation in EVERYWHERE else filter(None, (getattr(self.pattern, operation)(text),)):
                pass


@cache
def expressions() -> tuple[Expression, ...]:
    """Return the expressions at module level, in classes, in containers and in calls of `re`, each once."""
    found: dict[tuple[Any, int, frozenset[str]], Expression] = {}
    everywhere: dict[str, set[str]] = {}
    owned: dict[ModuleType, dict[str, set[str]]] = {}
    for module in _modules():
        own = owned.setdefault(module, {})
        for name, operation in _uses(_nodes_of(module)):
            own.setdefault(name, set()).add(operation)
            everywhere.setdefault(name, set()).add(operation)
    for module, own in owned.items():
        held = [(name, pattern, own.get(name) or everywhere.get(name)) for name, pattern in _patterns(vars(module))]
        for name, pattern, operations in [*held, *_calls(_nodes_of(module))]:
            one = Expression(f"{module.__name__}.{name}", pattern, frozenset(operations or ("match", "search")))
            found.setdefault((pattern.pattern, pattern.flags, one.operations), one)
    return tuple(found.values())


def made_at_run_time() -> set[str]:
    """Return the functions, as `module.function`, that make or use an expression which is not written down where they do."""
    found = set()
    for module in _modules():
        for function in _nodes_of(module):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and any(map(_is_made, ast.walk(function))):
                found.add(f"{module.__name__}.{function.name}")
    return found


def _is_made(node: ast.AST) -> bool:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name) and node.args):
        return False
    return node.func.value.id == "re" and node.func.attr in {*OPERATIONS, "compile"} and not isinstance(node.args[0], ast.Constant)


def worst(expression: Expression, size: int) -> Iterator[Text]:
    """Yield texts of about `size` characters that begin, or nearly are, what an expression looks for, over and over."""
    source = expression.pattern.pattern
    parsed = _parser.parse(source, expression.pattern.flags & ~(re.UNICODE if isinstance(source, bytes) else 0))
    is_bytes = isinstance(source, bytes)
    seen: set[Text] = set()
    for prefix, pump in dict.fromkeys([*_pumps(parsed, _alphabet(parsed)), *(("", one) for one in ALPHABET)]):
        for unit, start in ((pump, prefix), (prefix + pump, ""), (pump + prefix, "")):
            if unit:
                for tail in TAILS:
                    text: Text = start + unit * (size // len(unit)) + tail
                    if is_bytes:
                        text = str(text).encode("latin-1", "replace")
                    if text not in seen:
                        seen.add(text)
                        yield text


@cache
def _modules() -> tuple[ModuleType, ...]:
    return tuple(_imported())


def _imported() -> Iterator[ModuleType]:
    for package in (memoryd, indexers):
        yield package
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith("__main__"):
                yield importlib.import_module(found.name)


@cache
def _nodes_of(module: ModuleType) -> tuple[ast.AST, ...]:
    """Return what of a module's source may make or use an expression."""
    with open(str(module.__file__), "rb") as opened:
        source = opened.read()
    if not NAMED.search(source):
        return ()
    return tuple(filter(_may_use, ast.walk(ast.parse(source))))


def _may_use(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute | ast.Call | ast.FunctionDef | ast.AsyncFunctionDef)


def _patterns(held: Mapping[str, object]) -> Iterator[tuple[str, "re.Pattern[Any]"]]:
    for name, value in held.items():
        for pattern in _within(value, 3):
            yield name, pattern


def _within(value: object, depth: int) -> Iterator["re.Pattern[Any]"]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth and isinstance(value, Mapping):
        for one in value.values():
            yield from _within(one, depth - 1)
    elif depth and isinstance(value, list | tuple | set | frozenset):
        for one in value:
            yield from _within(one, depth - 1)
    elif depth and isinstance(value, type) and value.__module__.startswith(("memoryd", "indexers")):
        for one in vars(value).values():
            yield from _within(one, depth - 1)


def _uses(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, str]]:
    """Yield names and the operations that are looked up on them."""
    for node in nodes:
        if isinstance(node, ast.Attribute) and node.attr in OPERATIONS:
            owner = node.value
            name = owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else ""
            yield name, node.attr


def _calls(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, "re.Pattern[Any]", set[str]]]:
    """Yield the expressions that are written in calls such as `re.sub("a", …)`."""
    for node in nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
            is_written = bool(node.args) and isinstance(node.args[0], ast.Constant)
            if node.func.value.id != "re" or node.func.attr not in OPERATIONS or not is_written:
                continue
            if isinstance(node.args[0], ast.Constant):
                named = [part.attr for argument in [*node.args[2:], *(word.value for word in node.keywords)] for part in ast.walk(argument)
                         if isinstance(part, ast.Attribute) and part.attr.isupper()]  # fmt: skip
                flags = re.RegexFlag(0)
                for flag in named:
                    flags |= re.RegexFlag[flag]
                yield f"line {node.lineno}", re.compile(node.args[0].value, flags), {node.func.attr}


def _alphabet(parsed: Any) -> str:
    named = []
    for operation, argument in _nodes(parsed):
        if operation in ("LITERAL", "NOT_LITERAL"):
            named.append(chr(argument))
        elif operation == "RANGE":
            named += [chr(argument[0]), chr(argument[1])]
    return "".join(dict.fromkeys(ALPHABET + "".join(named)))


def _nodes(parsed: Any) -> Iterator[tuple[str, Any]]:
    """Yield every operation of a parsed expression with its argument."""
    for operation, argument in parsed:
        yield str(operation), argument
        for inner in _inner(str(operation), argument):
            yield from _nodes(inner)


def _inner(operation: str, argument: Any) -> Iterable[Any]:
    match operation:
        case "IN":
            return (argument,)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            return (argument[2],)
        case "SUBPATTERN":
            return (argument[3],)
        case "BRANCH":
            return tuple(argument[1])
        case "ATOMIC_GROUP":
            return (argument,)
        case "ASSERT" | "ASSERT_NOT":
            return (argument[1],)
    return ()


def _pumps(parsed: Any, alphabet: str, before: str = "") -> Iterator[tuple[str, str]]:
    """Yield for every part that may repeat what leads to it, and what repeats; and the beginnings of matches alone."""
    for node in parsed:
        operation, argument = str(node[0]), node[1]
        if operation.endswith("_REPEAT"):
            least, most, inner = argument
            bodies = _bodies(inner, alphabet)
            if most >= MANY:
                yield from ((before, body) for body in bodies)
            yield from _pumps(inner, alphabet, before)
            before += (bodies[:1] or [""])[0] * max(least, 1)
        elif operation == "BRANCH":
            for branch in argument[1]:
                yield from _pumps(branch, alphabet, before)
            before += _sample(argument[1][0], alphabet)
        elif operation in ("SUBPATTERN", "ATOMIC_GROUP", "ASSERT"):
            (inner,) = _inner(operation, argument)
            yield from _pumps(inner, alphabet, before)
            before += _sample(inner, alphabet)
        else:
            before += _sample([node], alphabet)
        if before:
            yield "", before


def _bodies(parsed: Any, alphabet: str) -> list[str]:
    if len(parsed) == 1 and str(parsed[0][0]) in ("IN", "ANY", "NOT_LITERAL", "LITERAL"):
        return [one for one in alphabet if _matches(parsed[0], one)]
    return [_sample(parsed, alphabet)]


def _sample(parsed: Any, alphabet: str) -> str:
    """Return a short text that a part of an expression may match."""
    parts = []
    for node in parsed:
        operation, argument = str(node[0]), node[1]
        if operation in ("IN", "ANY", "NOT_LITERAL", "LITERAL"):
            parts.append(next((one for one in "ax0 " + alphabet if _matches(node, one)), ""))
        elif operation.endswith("_REPEAT"):
            parts.append(_sample(argument[2], alphabet) * max(argument[0], 1))
        elif operation == "BRANCH":
            parts.append(_sample(argument[1][0], alphabet))
        elif operation in ("SUBPATTERN", "ATOMIC_GROUP"):
            parts.append(_sample(_inner(operation, argument)[0], alphabet))  # type: ignore[index]
    return "".join(parts)


def _matches(node: Any, one: str) -> bool:
    operation, argument = str(node[0]), node[1]
    if operation == "ANY":
        return one != "\n"
    if operation in ("LITERAL", "NOT_LITERAL"):
        return (chr(argument) == one) == (operation == "LITERAL")
    negated = any(str(kind) == "NEGATE" for kind, _ in argument)
    return any(_MEMBER[str(kind)](value, one) for kind, value in argument if str(kind) in _MEMBER) != negated


_CATEGORIES: dict[str, str] = {
    "CATEGORY_SPACE": r"\s", "CATEGORY_NOT_SPACE": r"\S", "CATEGORY_DIGIT": r"\d",
    "CATEGORY_NOT_DIGIT": r"\D", "CATEGORY_WORD": r"\w", "CATEGORY_NOT_WORD": r"\W",
}  # fmt: skip
_MEMBER: dict[str, Callable[[Any, str], bool]] = {
    "LITERAL": lambda value, one: chr(value) == one,
    "RANGE": lambda value, one: value[0] <= ord(one) <= value[1],
    "CATEGORY": lambda value, one: re.match(_CATEGORIES[str(value)], one) is not None,
}
