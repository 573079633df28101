"""Mounts: what one file puts before the paths of the routes of another, as `include_router(users.router, prefix="/api")` does.

A mount is of a file as a whole: where a file is mounted once, below one path, all its routes are told with it.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping

import numpy as np

from memoryd.graph.columns import components
from memoryd.graph.facts import FactColumns
from memoryd.graph.linking import Tables

LABEL = re.compile(r"(?P<method>(?:[A-Z,]+ )?)(?P<path>\S*) \((?P<framework>[^()]+)\)")
"""What a route or a mount is called: `GET /users (Flask)`."""
SLASHES = re.compile(r"/{2,}")
DEPTH = 5
"""How many mounts below each other are followed."""
MOST = 4
"""The most paths below which a file is mounted that are told; of a file with more, none."""
Mounts = Mapping[tuple[int, str], tuple[str, ...]]
"""By the number of a file and a framework: the paths below which the file is mounted."""


def mounts_of(facts: FactColumns, tables: Callable[[], Tables]) -> Mounts:
    """Return the paths below which files are mounted, by files that may be mounted themselves. `tables` are asked for if there are any."""
    references, words, text = facts.references, facts.words, facts.words.text
    direct: dict[tuple[int, str], set[tuple[int, str]]] = defaultdict(set)
    for row in np.flatnonzero(np.isin(references.kind, [words.find("mount"), words.find("route")])).tolist():
        label, by = text(int(references.alias[row])), int(references.file[row])
        # Express is told of a router as of a function, for all methods.
        if references.kind[row] != words.find("mount") and not label.startswith("USE "):
            continue
        said = LABEL.fullmatch(label)
        file = _mounted(tables(), by, text(int(references.qualifier[row])), text(int(references.name[row]))) if said else -1
        if said and file not in (-1, by):
            direct[file, said["framework"]].add((by, said["path"]))
    found = {one: _paths(direct, one, DEPTH) for one in direct}
    return {one: tuple(sorted(paths)) for one, paths in found.items() if len(paths) <= MOST}


def mounted(label: str, prefixes: tuple[str, ...]) -> tuple[str, ...]:
    """Return the labels of a route whose file is mounted below some paths."""
    said = LABEL.fullmatch(label)
    if said is None or not prefixes:
        return (label,)
    path = said["path"].removeprefix("^")
    return tuple(f"{said['method']}{SLASHES.sub('/', f'{prefix}/{path}') if path else prefix} ({said['framework']})" for prefix in prefixes)


def framework_of(label: str) -> str:
    """Return the framework of a route by its label."""
    said = LABEL.fullmatch(label)
    return said["framework"] if said else ""


def _paths(direct: Mapping[tuple[int, str], set[tuple[int, str]]], one: tuple[int, str], depth: int) -> set[str]:
    if not depth:
        return set()
    found = set()
    for by, path in direct.get(one, ()):
        found |= {f"{above}/{path}" for above in _paths(direct, (by, one[1]), depth - 1)} or {path}
    return found


def _mounted(tables: Tables, file: int, receiver: str, name: str) -> int:
    """Return the number of the file whose routes are meant by a name in a file, or by that of a module; -1 if that is not known."""
    words, size = tables.facts.words, tables.files
    head = (components(receiver) or [name])[0]
    row = int(tables.bindings.first(np.array([file]), np.array([words.find(head)]))[0])
    if row < 0:
        return _module(tables, file, name)
    node = int(tables.imports.target[row])
    if size <= node < tables.nodes:
        symbol = node - size
        return -1 if tables.types.is_callable[symbol] else int(tables.facts.symbols.file[symbol])
    module = int(tables.imports.module[row])
    return node if 0 <= node < size else module if 0 <= module < size else -1


def _module(tables: Tables, file: int, name: str) -> int:
    """Return the one file of a module that is named as a text: `shop.urls`, or `./users` as seen from a file."""
    paths = tables.facts.paths
    if name.startswith("."):
        inner = [part for part in (*paths[file].split("/")[:-1], *name.split("/")) if part not in ("", ".")]
        for at in [at for at, part in enumerate(inner) if part == ".."]:
            inner[max(0, at - 1) : at + 1] = [".", "."]
        ends = tuple("/".join(part for part in inner if part != ".") + end for end in (".js", ".ts", ".mjs", "/index.js", "/index.ts"))
        return next((tables.facts.numbers[end] for end in ends if end in tables.facts.numbers), -1)
    ends = tuple(f"{name.replace('.', '/')}{end}" for end in (".py", "/__init__.py"))
    fitting = [number for number, path in enumerate(paths) if f"/{path}".endswith(tuple(f"/{end}" for end in ends))]
    return fitting[0] if "." in name and len(fitting) == 1 else -1
