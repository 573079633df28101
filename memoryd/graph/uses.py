"""The references of one file as values: how each is written, and the definitions it is linked to."""

from typing import NamedTuple

import numpy as np

from memoryd.graph.columns import Ints
from memoryd.graph.facts import FactColumns
from memoryd.graph.linking import NONE, Links


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
    """One name that a file imports, or a module as a whole (`name` is "" then), as it is written."""

    module: str
    name: str
    line: int
    is_outside: bool


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
