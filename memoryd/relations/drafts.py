"""An answer before it is written: sections of rows, each a place in a file, and what is said below them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from memoryd.filekinds import is_test
from memoryd.graph import Edge, Registration, Tier
from memoryd.questions import Relation
from memoryd.relations.model import FoundUnit, ToldEdge
from memoryd.text import escaped, split_id, symbol_id
from memoryd.versions import View

FLOOR = 0.15
"""The probability below which an edge is not told as one, but as a use of the name."""
TITLES = {
    Tier.COMPILER: "exact, by a compiler",
    Tier.SAME_FILE: "certain, in the same file or type",
    Tier.IMPORT: "certain, by an import",
    Tier.TYPED: "certain, by the type of what it is called on",
    Tier.FRAMEWORK: "registered with a framework, which calls it",
    Tier.UNIQUE: "likely, as the only definition of the name",
    Tier.AMBIGUOUS: "candidates, by what speaks for each",
}


class Row(NamedTuple):
    """A line of an answer: where it stands, what it says, and whether the source line is quoted. Line 0 means the file."""

    path: str
    line: int
    text: str
    is_quoted: bool = False
    edge: ToldEdge | None = None
    found: FoundUnit | None = None


class Section(NamedTuple):
    """Rows under a title."""

    title: str
    rows: tuple[Row, ...]


class Draft(NamedTuple):
    """An answer before it is written. `hidden` counts what no row tells, `remarks` are lines below the rows."""

    relation: Relation
    targets: tuple[str, ...]
    heading: str
    sections: tuple[Section, ...]
    remarks: tuple[str, ...] = ()
    unresolved: int = 0
    hidden: int = 0
    uncertain: tuple[str, ...] = ()


def told(edge: Edge, probability: float) -> ToldEdge:
    """Return an edge as answers tell it; it stands where its source does."""
    return {
        "from": edge.source, "to": edge.target, "kind": edge.kind, "path": split_id(edge.source)[0], "line": edge.line,
        "tier": edge.tier.name, "probability": round(probability, 3), "label": "",
    }  # fmt: skip


class Registered:
    """What is registered of some nodes."""

    def __init__(self, view: View, nodes: npt.NDArray[np.int64]) -> None:
        """Read what is registered of some nodes of the graph."""
        self._view = view
        self._found: dict[tuple[str, str, str], list[Registration]] = defaultdict(list)
        for one in view.graph.registrations(nodes):
            self._found[one.source, one.target, one.kind].append(one)

    def of(self, edge: Edge) -> Sequence[Registration]:
        """Return the registrations that an edge stands for; none for a use in the code of the project."""
        return self._found.get((edge.source, edge.target, edge.kind), ()) if edge.tier is Tier.FRAMEWORK else ()

    def rows(self, edge: Edge, likely: float, to: str) -> Iterator[Row]:
        """Yield a line for each registration that an edge stands for; `to` says of what, where that is not what was asked about."""
        for one in self.of(edge):
            edge_told: ToldEdge = {**told(edge._replace(line=one.line), likely), "label": one.label}
            within = "" if "#" not in one.source else f" in {name_of(self._view, one.source)}"
            yield Row(split_id(one.source)[0], one.line, escaped(f"{said(one)}{within}{to}"), True, edge_told)


def said(one: Registration) -> str:
    """Return what a registration is called: `route GET /users/{id} (FastAPI)`."""
    return f"{one.kind} {one.label}"


def name_of(view: View, id_: str) -> str:
    """Return what is said of a node where its path stands above: its name, or that it is code of the file itself."""
    path, rest = split_id(id_)
    unit = view.catalog.by_id.get(id_)
    return view.catalog.short_name(unit) if unit and unit.is_symbol else rest[1:] or path.rpartition("/")[2]


def handle_of(view: View, id_: str, path: str) -> str:
    """Return a handle of a node below the path of a file: its name alone where it stands in that file."""
    own, rest = split_id(id_)
    if not rest.startswith("#"):
        return id_
    return name_of(view, id_) if own == path else symbol_id(own, name_of(view, id_))


def by_place(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Return rows by place, those in tests last."""
    return tuple(sorted(rows, key=lambda row: (is_test(row.path), row.path, row.line, row.text)))
