"""An answer before it is written: sections of rows, each a place in a file, and what is said below them."""

from collections.abc import Iterable
from typing import NamedTuple

from memoryd.filekinds import is_test
from memoryd.graph import Edge, Tier
from memoryd.kinds import Relation
from memoryd.relations.model import FoundUnit, ToldEdge
from memoryd.text import split_id

FLOOR = 0.15
"""The probability below which an edge is not told as one, but as a use of the name."""
TITLES = {
    Tier.COMPILER: "exact, by a compiler",
    Tier.SAME_FILE: "certain, in the same file or type",
    Tier.IMPORT: "certain, by an import",
    Tier.TYPED: "certain, by the type of what it is called on",
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
        "tier": edge.tier.name, "probability": round(probability, 3),
    }  # fmt: skip


def name_of(id_: str) -> str:
    """Return what is said of a node where its path stands above: its qualified name, or that it is code of the file itself."""
    path, rest = split_id(id_)
    return rest[1:] or path.rpartition("/")[2]


def by_place(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Return rows by place, those in tests last."""
    return tuple(sorted(rows, key=lambda row: (is_test(row.path), row.path, row.line, row.text)))


def plural(number: int, noun: str) -> str:
    """Return a number of things."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
