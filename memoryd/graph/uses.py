"""The references of one file as values: how each is written, and the definitions it is linked to."""

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

import numpy as np

from memoryd.graph.columns import Ints
from memoryd.graph.facts import FactColumns
from memoryd.graph.linking import EXTERNAL, NONE, Links, placed_route, registration_codes
from memoryd.graph.mounts import Mounts, framework_of, mounted
from memoryd.text import file_id, symbol_id


class Use(NamedTuple):
    """A reference: its name and qualifier, the qualname and line around it, and the ids of the nodes it may mean.

    `is_certain` is true if its targets are no guess, `is_outside` if it means something of another project.
    """

    name: str
    qualifier: str
    scope: str
    line: int
    targets: tuple[str, ...]
    is_certain: bool
    is_outside: bool


class ImportStatement(NamedTuple):
    """One name that a file imports, or a module as a whole (`name` is "" then), as it is written; `alias` is what the file calls it."""

    module: str
    name: str
    line: int
    is_outside: bool
    alias: str = ""


def references_of(facts: FactColumns, path: str, kind: str) -> Ints:
    """Return the rows of the references of one kind in a file, in the order of its lines."""
    number = facts.numbers.get(path)
    if number is None:
        return np.zeros(0, np.int64)
    start, end = facts.reference_starts[number : number + 2].tolist()
    found: Ints = start + np.flatnonzero(facts.references.kind[start:end] == facts.words.find(kind))
    return found


def meaning(facts: FactColumns, links: Links, rows: Ints, name: str, node: int) -> Ints:
    """Return the rows, of ascending `rows`, that have the name `name` or a link to `node` (`NONE` for no node)."""
    if not len(rows):
        return rows
    first, last = np.searchsorted(links.row, [rows[0], rows[-1] + 1])
    linked = links.row[first:last][links.target[first:last] == node] if node != NONE else rows[:0]
    found: Ints = rows[(facts.references.name[rows] == facts.words.find(name)) | np.isin(rows, linked)]
    return found


class Registration(NamedTuple):
    """What a file tells a framework to call: a route, a listener, a fixture.

    `label` is how a framework would say it: GET /users (Flask).
    """

    source: str
    target: str
    kind: str
    label: str
    line: int


def registrations_at(
    facts: FactColumns, links: Links, places: Ints, ids: Callable[[Ints], list[str]], mounts: Callable[[], Mounts]
) -> list[Registration]:
    """Return the registrations among the links at some places; `ids` names nodes. A route is told below each path of its file's mounts."""
    references, text = facts.references, facts.words.text
    places = places[np.isin(references.kind[links.row[places]], registration_codes(facts.words))]
    rows, targets = links.row[places], ids(links.target[places])
    found = []
    for row, target in zip(rows.tolist(), targets, strict=True):
        path, kind, label = facts.paths[int(references.file[row])], text(int(references.kind[row])), text(int(references.alias[row]))
        # One without a name stands at the definition that it registers, and is no part of it.
        scope = text(int(references.scope[row])) if references.name[row] > 0 else ""
        source = symbol_id(path, scope) if scope else file_id(path)
        label = placed_route(path, label)
        labels = mounted(label, mounts().get((int(references.file[row]), framework_of(label)), ())) if kind == "route" else (label,)
        found += [Registration(source, target, kind, one, int(references.line[row])) for one in labels]
    return found


class Misses(NamedTuple):
    """References that could not be resolved: `rows` of `total`, which leave out those that mean another project."""

    rows: Ints
    total: int


def misses(facts: FactColumns, codes: Ints, names: Sequence[str], kind: str, needs_receiver: bool) -> Misses:
    """Return the references of a kind with one of some names, as `Graph.misses` does."""
    references = facts.references
    wanted = [code for name in names if (code := facts.words.find(name)) > 0]
    rows = np.flatnonzero(np.isin(references.name, wanted)) if wanted else np.zeros(0, np.int64)
    rows = rows[(references.kind[rows] == facts.words.find(kind)) & ((references.qualifier[rows] > 0) | (not needs_receiver))]
    return _missed(facts, codes, rows)


def misses_in(facts: FactColumns, codes: Ints, rows: Ints, scopes: Collection[str]) -> Misses:
    """Return those of some references that stand in some symbols, as `Graph.misses_in` does."""
    wanted = [facts.words.find(scope) for scope in scopes]
    return _missed(facts, codes, rows[np.isin(facts.references.scope[rows], wanted)])


def _missed(facts: FactColumns, codes: Ints, rows: Ints) -> Misses:
    known = rows[(codes[rows] != EXTERNAL) & (facts.families[1][facts.references.file[rows]] > 0)]
    return Misses(known[codes[known] != 0], len(known))
