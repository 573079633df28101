"""What is around a symbol or a file in the graph: what uses it, what it uses, and how each is known. Never more than some hundred nodes."""

from collections.abc import Iterable
from dataclasses import dataclass

from memoryd.errors import UnknownHandle
from memoryd.graph import Edge
from memoryd.text import split_id
from memoryd.versions import View

MOST_NODES, DEFAULT_NODES = 300, 60
"""Nodes of a neighbourhood: at most, and by default."""
FILE = "file"


@dataclass(frozen=True, slots=True)
class Node:
    """A symbol or a file. `line` is where it begins, `side` whether it uses the middle (`in`), is used by it (`out`), or is the middle."""

    id: str
    label: str
    kind: str
    path: str
    line: int
    side: str


@dataclass(frozen=True, slots=True)
class Link:
    """Uses of one node by another: what kind, how it is known, how often, and the line of the first."""

    source: str
    target: str
    kind: str
    tier: str
    times: int
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The nodes next to the middle and the links between it and them, best known first; `left_out` nodes did not fit."""

    middle: str
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    left_out: int
    signature: str


def around(view: View, id_: str, most: int = DEFAULT_NODES) -> Neighbourhood:
    """Return what is around a symbol or a file. Raises `UnknownHandle` if there is none of this id."""
    graph = view.graph
    if graph.node(id_) < 0:
        raise UnknownHandle(f"the graph has no symbol or file {id_[:200]!r}; look for it on the page Ask")
    _, name = split_id(id_)
    used_by = graph.callers(id_) if name else (*graph.importers(id_), *graph.callers(id_))
    uses = graph.callees(id_) if name else (*graph.imports(id_), *graph.callees(id_))
    links = [*_links(used_by), *_links(uses)]
    sides = {id_: "middle"}
    for link in sorted(links, key=lambda one: (one.tier != "same_file", -one.times)):
        other, side = (link.source, "in") if link.target == id_ else (link.target, "out")
        sides.setdefault(other, side)
    kept = dict(list(sides.items())[:most])
    shown = tuple(link for link in links if link.source in kept and link.target in kept)
    unit = view.catalog.by_id.get(id_)
    nodes = tuple(_node(view, one, side) for one, side in kept.items())
    return Neighbourhood(id_, nodes, shown, len(sides) - len(kept), unit.signature if unit else "")


def _links(edges: Iterable[Edge]) -> list[Link]:
    """Return the links of edges: those between the same nodes of the same kind are one, known as the best of them."""
    found: dict[tuple[str, str, str], list[Edge]] = {}
    for edge in edges:
        if edge.source != edge.target:
            found.setdefault((edge.source, edge.target, edge.kind), []).append(edge)
    return [
        Link(
            source, target, kind, min(one.tier for one in same).name.lower(), len(same), split_id(source)[0], min(one.line for one in same)
        )
        for (source, target, kind), same in found.items()
    ]


def _node(view: View, id_: str, side: str) -> Node:
    path, name = split_id(id_)
    unit = view.catalog.by_id.get(id_)
    label = unit.qualname if unit and unit.qualname else name.removeprefix("#") or path.rpartition("/")[2]
    return Node(id_, label, unit.kind if unit else FILE, path, unit.first_line if unit else 1, side)
