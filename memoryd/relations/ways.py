"""How one definition reaches another: the shortest way along edges, of equal ones the likeliest."""

import numpy as np

from memoryd.graph import Reached, reach
from memoryd.questions import Relation
from memoryd.relations.drafts import TITLES, Draft, Row, Section, handle_of, name_of, told
from memoryd.relations.reaching import Nodes, through_constructors
from memoryd.relations.targets import Target
from memoryd.text import escaped, number_of
from memoryd.versions import View

DEPTH, FLOOR = 16, 0.0005
"""The most steps of a way, and the least probability of all its edges together."""


def way(view: View, start: Target, end: Target) -> Draft:
    """Return how `start` reaches `end` by calls and other uses, or else how `end` reaches `start`."""
    targets = (start.unit.id, end.unit.id)
    for first, last in ((start, end), (end, start)):
        rows = _rows(view, first, last)
        if rows:
            heading = f"path from {escaped(first.unit.id)} to {escaped(last.unit.id)}: {number_of(len(rows), 'step')}"
            reversed_ = () if first is start else ("there is no way in the direction that was asked for",)
            return Draft(Relation.PATH, targets, heading, (Section("", tuple(rows)),), reversed_)
    heading = f"path from {escaped(start.unit.id)} to {escaped(end.unit.id)}"
    return Draft(
        Relation.PATH, targets, heading, (), ("no way is known in either direction; calls that could not be resolved may hide one",)
    )


def _rows(view: View, start: Target, end: Target) -> list[Row]:
    graph = view.graph
    odds, is_import = graph.probabilities, graph.edges.kind == graph.facts.words.find("import")

    def steps(nodes: Nodes) -> tuple[Nodes, Nodes, Nodes, "np.ndarray[tuple[int], np.dtype[np.float64]]"]:
        # Whoever calls a type goes on in its constructor.
        made = through_constructors(graph, nodes)
        beyond = np.array([made.get(node, node) for node in nodes.tolist()], dtype=np.int64)
        query, edge = graph.out_of(np.concatenate([nodes, beyond]))
        kept = ~is_import[edge]
        query, edge = query[kept] % max(len(nodes), 1), edge[kept]
        return query, edge, graph.edges.target[edge], odds[edge]

    found = reach(steps, start.nodes, np.ones(len(start.nodes)), DEPTH, FLOOR, end.nodes)
    return [] if len(np.intersect1d(start.nodes, end.nodes)) else _told(view, found, end)


def _told(view: View, found: Reached, end: Target) -> list[Row]:
    hits = np.flatnonzero(np.isin(found.node, end.nodes))
    if not len(hits):
        return []
    at = {node: place for place, node in enumerate(found.node.tolist())}
    place, rows = int(hits[0]), []
    while found.edge[place] >= 0:
        edge = view.graph.edges_at(found.edge[place : place + 1])[0]
        kind = "" if edge.kind == "call" else f" ({edge.kind})"
        likely = float(view.graph.probabilities[found.edge[place]])
        one = told(edge, likely)
        way = f"{name_of(view, edge.source)} → {handle_of(view, edge.target, one['path'])}"
        rows.append(Row(one["path"], edge.line, escaped(f"{way}{kind}; {TITLES[edge.tier]}"), True, one))
        place = at[int(found.before[place])]
    return rows[::-1]
