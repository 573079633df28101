"""Mounts: what one file puts before the paths of the routes of another, as `include_router(users.router, prefix="/api")` does.

A mount is of a file as a whole: where a file is mounted once, below one path, all its routes are told with it.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cached_property
from posixpath import normpath

import numpy as np

from indexers import REPLACEABLE
from memoryd.graph.columns import components
from memoryd.graph.facts import FactColumns
from memoryd.graph.linking import Tables

LABEL = re.compile(r"(?P<method>(?:[A-Z,]+ )?)(?P<path>\S*) \((?P<framework>[^()]+)\)")
"""What a route or a mount is called: `GET /users (Flask)`."""
SLASHES = re.compile(r"/{2,}")
DEPTH = 5
"""How many mounts below each other are followed; of a file that is mounted deeper, or by itself in the end, none is told."""
MOST = 4
"""The most paths below which a file is mounted that are told; of a file with more, none."""
_Router = tuple[int, str]
"""The number of a file with routes, and their framework."""
Mounts = Mapping[_Router, tuple[str, ...]]
"""By file and framework, the paths below which the file is mounted."""


def mounts_of(facts: FactColumns, tables: Callable[[], Tables]) -> Mounts:
    """Return the paths below which files are mounted, by files that may be mounted themselves. `tables` are asked for if there are any."""
    references, words, text = facts.references, facts.words, facts.words.text
    direct: dict[_Router, set[tuple[int, str]]] = defaultdict(set)
    modules = _Modules(facts)
    for row in np.flatnonzero(np.isin(references.kind, [words.find("mount"), words.find("route")])).tolist():
        label, by = text(int(references.alias[row])), int(references.file[row])
        # Express is told of a router as of a function, for all methods.
        if references.kind[row] != words.find("mount") and not label.startswith("USE "):
            continue
        said = LABEL.fullmatch(label)
        file = _mounted(tables(), modules, by, (text(int(references.qualifier[row])), text(int(references.name[row])))) if said else -1
        if said and file not in (-1, by):
            direct[file, said["framework"]].add((by, "" if said["path"] == "/" else said["path"]))
    known: dict[tuple[_Router, int], tuple[str, ...] | None] = {}
    found = {one: _paths(direct, one, DEPTH, known) for one in direct}
    return {one: paths for one, paths in found.items() if paths is not None}


def mounted(label: str, prefixes: tuple[str, ...]) -> tuple[str, ...]:
    """Return the labels of a route whose file is mounted below some paths; "" among them for a file that is not."""
    said = LABEL.fullmatch(label)
    if said is None:
        return (label,)
    return tuple(f"{said['method']}{_below(prefix, said['path'])} ({said['framework']})" for prefix in prefixes or ("",))


def _below(prefix: str, path: str) -> str:
    """Return a path below a prefix, which replaces what the path says for want of another."""
    own, _, rest = path.partition(REPLACEABLE) if REPLACEABLE in path else ("", "", path)
    before, rest = prefix or own, rest.removeprefix("^") if prefix else rest
    return SLASHES.sub("/", f"{before}/{rest}") if before and rest else SLASHES.sub("/", before or rest)


def framework_of(label: str) -> str:
    """Return the framework of a route by its label."""
    said = LABEL.fullmatch(label)
    return said["framework"] if said else ""


def _paths(
    direct: Mapping[_Router, set[tuple[int, str]]], one: _Router, depth: int, known: dict[tuple[_Router, int], tuple[str, ...] | None]
) -> tuple[str, ...] | None:
    """Return the paths below which a file is mounted, sorted, [""] if it is not; `None` if they are too many or too deep to be told.

    What was found is kept in `known`: files may mount each other all round.
    """
    if one not in direct:
        return ("",)
    if not depth:
        return None
    if (one, depth) not in known:
        found: set[str] = set()
        known[one, depth] = None
        for by, path in direct[one]:
            above = _paths(direct, (by, one[1]), depth - 1, known)
            if above is None:
                break
            found |= {_below(each, path) for each in above}
            if len(found) > MOST:
                break
        else:
            known[one, depth] = tuple(sorted(found))
    return known[one, depth]


def _mounted(tables: Tables, modules: "_Modules", file: int, said: tuple[str, str]) -> int:
    """Return the number of the file whose routes are meant by a receiver and a name in a file; -1 if that is not known."""
    (receiver, name), size = said, tables.files
    head = (components(receiver) or [name])[0]
    row = int(tables.bindings.first(np.array([file]), np.array([tables.facts.words.find(head)]))[0])
    if row < 0:
        return modules.named(file, name)
    node = int(tables.imports.target[row])
    if size <= node < tables.nodes:
        symbol = node - size
        return -1 if tables.types.is_callable[symbol] else int(tables.facts.symbols.file[symbol])
    module = int(tables.imports.module[row])
    return node if 0 <= node < size else module if 0 <= module < size else -1


class _Modules:
    """Finds modules that are named as a text: `shop.urls`, or `./users` as seen from a file."""

    def __init__(self, facts: FactColumns) -> None:
        self._facts = facts

    def named(self, file: int, name: str) -> int:
        """Return the number of the one file of a module, -1 if there is none, or several."""
        numbers = self._facts.numbers
        if name.startswith("."):
            stem = normpath(f"{self._facts.paths[file].rpartition('/')[0]}/{name}").lstrip("/")
            ends = (".js", ".ts", ".mjs", "/index.js", "/index.ts")
            return next((numbers[stem + end] for end in ends if stem + end in numbers), -1)
        stem = name.replace(".", "/")
        fitting = [number for number in self._by_end.get(stem.rpartition("/")[2], ()) if f"/{self._stem(number)}".endswith(f"/{stem}")]
        return fitting[0] if "." in name and len(fitting) == 1 else -1

    @cached_property
    def _by_end(self) -> Mapping[str, list[int]]:
        """The files of Python by the last part of the module's name."""
        found = defaultdict(list)
        for number, path in enumerate(self._facts.paths):
            if path.endswith(".py"):
                found[self._stem(number).rpartition("/")[2]].append(number)
        return found

    def _stem(self, number: int) -> str:
        return self._facts.paths[number].removesuffix(".py").removesuffix("/__init__")
