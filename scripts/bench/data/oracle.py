"""Finds true facts of a tree without our code: by `git ls-tree`, Python's own `ast`, and universal-ctags for other languages.

A `Fact` is the statement of a claim, in a form by which two trees can be compared; its text is how a person would write the value.
Python signatures and constants are compared as syntax, so a reformatted line is the same fact. A name that is defined or assigned
more than once in a file has no single signature or value, and the target of a call may be known only at run time: such facts are
unclear, and the oracle leaves them undecided.
"""

import ast
import json
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from scripts.bench.data.calls import Module, calls, read_module

CTAGS_KINDS = frozenset("class enum func function interface method object protocol record struct trait type singletonMethod".split())
CTAGS_LANGUAGES = "C,C++,C#,Go,Java,JavaScript,TypeScript,PHP,Ruby,Rust,Lua,Sh"
NOT_FOR_CTAGS = (".py", ".pyi", ".pyw", ".jsx", ".tsx")
"""Files that ctags does not read: Python has its own oracle, and ctags fails on markup in code."""
NAMELESS = re.compile(r"__anon|anonymous", re.IGNORECASE)
SEPARATORS = ("::", "#", ".", "/", "\\", ":")


class Fact(NamedTuple):
    """One statement about a file: `name` is a qualified name in it, `value` the normalised signature, constant or target of it."""

    kind: str
    path: str
    name: str = ""
    value: str = ""


@dataclass(frozen=True)
class Truth:
    """The facts of one tree; `texts` are values as written there; `unclear` facts have no value, those of calls the value `?name`."""

    facts: frozenset[Fact]
    texts: Mapping[Fact, str] = field(default_factory=dict)
    unclear: frozenset[Fact] = frozenset()

    def tells(self, fact: Fact) -> bool | None:
        """Tell whether a fact holds in this tree; `None` if undecided."""
        if fact in self.facts:
            return True
        name = fact.value.rpartition("#")[2].rpartition(".")[2]
        return None if fact._replace(value=f"?{name}" if fact.kind == "calls" else "") in self.unclear else False


def truth(root: Path, tracked: Collection[str]) -> Truth:
    """Return the facts of a checked-out tree. `tracked` are the files and symbolic links that git has there; links are not followed."""
    facts = [Fact("path", path) for path in tracked]
    paths = sorted(path for path in tracked if not (root / path).is_symlink())
    texts: dict[Fact, str] = {}
    unclear: set[Fact] = set()
    modules = {path: module for path in paths if path.endswith(".py") and (module := read_module(root, path)) is not None}
    for path, module in modules.items():
        for fact, text in _python(path, module, unclear):
            facts.append(fact)
            texts[fact] = text
    for path, name, target in calls(modules):
        (unclear.add if target.startswith("?") else facts.append)(Fact("calls", path, name, target))
    facts += _ctags(root, paths, unclear)
    return Truth(frozenset(facts), texts, frozenset(unclear))


def has_ctags() -> bool:
    """Tell whether universal-ctags with JSON output is installed."""
    ctags = shutil.which("ctags")
    return ctags is not None and b"json" in subprocess.run([ctags, "--list-features"], capture_output=True, check=False).stdout


def _python(path: str, module: Module, unclear: set[Fact]) -> Iterator[tuple[Fact, str]]:
    defined = Counter(name for name, _ in module.definitions)
    for name, node in module.definitions:
        yield Fact("symbol", path, name), ""
        if isinstance(node, ast.ClassDef):
            yield from ((Fact("symbol", path, f"{name}.{attribute}"), "") for attribute, _ in _assignments(node.body))
        elif defined[name] > 1:
            unclear.add(Fact("signature", path, name))
        else:
            yield Fact("signature", path, name, _signature(node)), _signature_text(module.source, node)
    assigned: dict[str, list[ast.expr | None]] = {}
    for name, value in _assignments(module.tree.body):
        assigned.setdefault(name, []).append(value)
    for name, values in assigned.items():
        yield Fact("symbol", path, name), ""
        if len(values) > 1:
            unclear.add(Fact("constant", path, name))
        elif values[0] is not None and (literal := _literal(values[0])) is not None:
            yield Fact("constant", path, name, literal), ast.get_source_segment(module.source, values[0]) or ""


def _signature(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    returns = ast.dump(node.returns) if node.returns else ""
    return f"{type(node).__name__} {ast.dump(node.args)} {returns}"


def _signature_text(source: str, node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """Return the source from `def` to the colon on one line, as a person would copy it."""
    lines = source.split("\n")
    end = node.body[0]
    head = "\n".join(lines[node.lineno - 1 : end.lineno])[node.col_offset :]
    depth = 0
    for at, character in enumerate(head):
        depth += (character in "([{") - (character in ")]}")
        if character == ":" and depth == 0:
            return " ".join(head[:at].split()) if "#" not in head[:at] else ""
    return ""


def _assignments(body: Iterable[ast.stmt]) -> Iterator[tuple[str, ast.expr | None]]:
    """Yield names with the values assigned to them at module level, also inside `if`, `try` and `with`; `None` for no plain value."""
    for node in body:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                for name in (found.id for found in ast.walk(target) if isinstance(found, ast.Name) and isinstance(found.ctx, ast.Store)):
                    yield name, node.value if isinstance(target, ast.Name) and len(node.targets) == 1 else None
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id, node.value
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            yield node.target.id, None
        elif isinstance(node, ast.If | ast.Try | ast.With | ast.For | ast.While):
            inner = [*node.body, *getattr(node, "orelse", ()), *getattr(node, "finalbody", ())]
            yield from _assignments([*inner, *(found for handler in getattr(node, "handlers", ()) for found in handler.body)])


def _literal(value: ast.expr) -> str | None:
    """Return the value of a literal with its type; `None` if it has to be computed or is long."""
    try:
        literal = ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None
    written = f"{type(literal).__name__} {literal!r}"
    return written if len(written) <= 200 else None


def _ctags(root: Path, paths: list[str], unclear: set[Fact]) -> list[Fact]:
    """Return the symbols of other languages. A tag of another kind, or in a scope without a name, is unclear, not a fact."""
    if not has_ctags():
        return []
    command = ["ctags", "--output-format=json", f"--languages={CTAGS_LANGUAGES}", "--fields=+sZKl", "--links=no", "--sort=no"]
    command += ["-L", "-", "-f", "-"]
    listed = "\n".join(path for path in paths if "\n" not in path and not path.endswith(NOT_FOR_CTAGS))
    done = subprocess.run(command, cwd=root, input=listed, capture_output=True, text=True, errors="replace", check=False)
    found = []
    for line in done.stdout.splitlines():
        tag = json.loads(line)
        if tag.get("_type") != "tag" or NAMELESS.search(tag["name"]):
            continue
        fact = Fact("symbol", tag["path"], _qualname(tag))
        if tag.get("kind") in CTAGS_KINDS and not NAMELESS.search(tag.get("scope", "")):
            found.append(fact)
        else:
            unclear.add(fact)
    return found


def _qualname(tag: dict[str, str]) -> str:
    """Return the scope and the name that ctags gives, joined by dots."""
    scope = "" if NAMELESS.search(tag.get("scope", "")) else tag.get("scope", "")
    for separator in SEPARATORS:
        scope = scope.replace(separator, ".")
    if tag.get("language") == "Go":  # which begins with the package
        scope = scope.partition(".")[2]
    return f"{scope}.{tag['name']}".strip(".") if scope else tag["name"]
