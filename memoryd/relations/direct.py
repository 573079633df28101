"""Who calls a definition, what it calls, all its uses, and the types above and below it: one step along edges, or up and down types."""

import builtins
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from indexers import REGISTRATIONS
from memoryd.graph import Edge, Tier
from memoryd.kinds import Relation
from memoryd.relations.drafts import FLOOR, TITLES, Draft, Registered, Row, Section, by_place, name_of, plural, told
from memoryd.relations.missed import with_missed
from memoryd.relations.targets import Target
from memoryd.text import escaped, split_id
from memoryd.versions import View

Places = npt.NDArray[np.int64]
LEVELS = 12
"""The most levels of types that are followed."""
BUILTINS = frozenset(dir(builtins))
"""Names of Python's own functions: that they are not resolved says nothing."""
CALLED = ("call", "dependency", "fixture")
"""The kinds of what a definition calls, or has called for it."""
NAMED = 6
"""The most names of what could not be resolved that a remark tells."""


def direct(view: View, relation: Relation, target: Target) -> Draft:
    """Return the answer to a question about one definition or file."""
    return _ANSWERS[relation](view, target)


def _callers(view: View, target: Target) -> Draft:
    edges = _from_elsewhere(view, target, view.graph.into(target.nodes)[1], ("call", *REGISTRATIONS))
    return with_missed(view, (target,), _draft(view, Relation.CALLERS, target, edges, _source))


def _uses(view: View, target: Target) -> Draft:
    edges = _from_elsewhere(view, target, view.graph.into(target.nodes)[1], ())
    return with_missed(view, (target,), _draft(view, Relation.USES, target, edges, _source))


def _callees(view: View, target: Target) -> Draft:
    graph = view.graph
    places = graph.out_of(target.nodes)[1]
    outside = places if not (target.is_file or target.is_type) else places[~np.isin(graph.edges.target[places], target.nodes)]
    draft = _draft(view, Relation.CALLEES, target, _of_kinds(view, outside, CALLED), _target)
    # The file's own code has no qualified name.
    scopes = [split_id(id_)[1][1:] for id_ in graph.ids(target.nodes)]
    missed, all_calls = graph.misses_in(target.unit.path, "call", scopes)
    text, references = graph.facts.words.text, graph.facts.references
    said = (f"{text(references.qualifier[row])}.{text(references.name[row])}".removeprefix(".") for row in missed.tolist())
    own = [name for name in said if name not in BUILTINS]
    if not own:
        return draft
    names = list(dict.fromkeys(map(escaped, own)))
    some = ", ".join(names[:NAMED]) + (", …" if len(names) > NAMED else "")
    remark = f"not resolved: {len(own):,} of {plural(all_calls - len(missed) + len(own), 'call')} in it: {some}"
    return draft._replace(remarks=(*draft.remarks, remark), unresolved=len(own))


def _bases(view: View, target: Target) -> Draft:
    return _levels(view, Relation.BASES, target, list(above(view, target.unit.id)))


def _subclasses(view: View, target: Target) -> Draft:
    return _levels(view, Relation.SUBCLASSES, target, list(below(view, target.unit.id)))


def _implementations(view: View, target: Target) -> Draft:
    """Answer with the members below that override a member, or with all types below a type."""
    if target.is_type:
        return _levels(view, Relation.IMPLEMENTATIONS, target, list(below(view, target.unit.id)))
    rows = []
    for id_, edge in overriding(view, target.unit.id, below):
        unit = view.catalog.by_id[id_]
        inherited = edge._replace(source=id_, target=target.unit.id, kind="override", line=unit.first_line)
        rows.append(Row(unit.path, unit.first_line, escaped(unit.qualname), True, told(inherited, inherited.weight)))
    sections = (Section("members of types below that have its name", by_place(rows)),) if rows else ()
    return Draft(Relation.IMPLEMENTATIONS, (target.unit.id,), _heading(Relation.IMPLEMENTATIONS, target), sections)


def overriding(view: View, id_: str, types: Callable[[View, str], Iterator[tuple[int, Edge]]]) -> Iterator[tuple[str, Edge]]:
    """Yield the members of the name of a member in the types above or below its own, each with the last step to its type."""
    rest = split_id(id_)[1]
    owner, _, name = rest.rpartition(".")
    if not owner:
        return
    for _, edge in types(view, f"{id_[: -len(rest)]}{owner}"):
        other = f"{edge.target if types is above else edge.source}.{name}"
        if other in view.catalog.by_id:
            yield other, edge


def above(view: View, id_: str) -> Iterator[tuple[int, Edge]]:
    """Yield the inheritance of a type and of the types above it, each with its level from 0, nearest first."""
    return _inherited(id_, view.graph.bases, lambda edge: edge.target)


def below(view: View, id_: str) -> Iterator[tuple[int, Edge]]:
    """Yield the inheritance from a type and from the types below it, each with its level from 0, nearest first."""
    return _inherited(id_, view.graph.subclasses, lambda edge: edge.source)


def _inherited(id_: str, step: Callable[[str], Sequence[Edge]], end: Callable[[Edge], str]) -> Iterator[tuple[int, Edge]]:
    known, level = {id_}, [id_]
    for depth in range(LEVELS):
        following = []
        for one in level:
            for edge in step(one):
                if edge.tier < Tier.AMBIGUOUS and end(edge) not in known:
                    known.add(end(edge))
                    following.append(end(edge))
                    yield depth, edge
        level = following


def _of_kinds(view: View, places: Places, kinds: Sequence[str]) -> Places:
    """Return the edges of some kinds, all edges for none."""
    words = view.graph.facts.words
    codes = [words.find(kind) for kind in kinds]
    return places[np.isin(view.graph.edges.kind[places], codes)] if codes else places


def _from_elsewhere(view: View, target: Target, places: Places, kinds: Sequence[str]) -> Places:
    """Return the edges of some kinds; those within a file or a type are its own affair."""
    found = _of_kinds(view, places, kinds)
    if target.is_file or target.is_type:
        return found[~np.isin(view.graph.edges.source[found], target.nodes)]
    return found


def _source(edge: Edge, target: Target) -> str:
    to = "" if edge.target == target.unit.id else f" → {name_of(edge.target)}"
    return f"{name_of(edge.source)}{to}"


def _target(edge: Edge, target: Target) -> str:
    """Return the words for a callee, which stands elsewhere."""
    by = "" if edge.source == target.unit.id else f"{name_of(edge.source)} "
    return f"{by}→ {edge.target}"


def _draft(view: View, relation: Relation, target: Target, places: Places, say: Callable[[Edge, Target], str]) -> Draft:
    graph = view.graph
    odds = graph.probabilities[places].tolist()
    rows: dict[Tier, list[Row]] = defaultdict(list)
    hidden = 0
    registered = Registered(graph, target.nodes)
    for edge, likely in zip(graph.edges_at(places), odds, strict=True):
        if likely < FLOOR:
            hidden += 1
            continue
        kind = "" if edge.kind == "call" else f" ({edge.kind})"
        sure = f" {likely:.2f}" if edge.tier == Tier.AMBIGUOUS else ""
        if registered.of(edge):
            rows[edge.tier] += registered.rows(edge, likely, "" if edge.target == target.unit.id else f" → {name_of(edge.target)}")
            continue
        told_ = told(edge, likely)
        rows[edge.tier].append(Row(told_["path"], edge.line, escaped(f"{say(edge, target)}{kind}{sure}"), True, told_))
    sections = tuple(Section(f"{TITLES[tier]}: {len(rows[tier]):,}", by_place(rows[tier])) for tier in sorted(rows))
    remarks = (f"{plural(hidden, 'more use')}, each too unlikely to be an edge",) if hidden else ()
    return Draft(relation, (target.unit.id,), _heading(relation, target), sections, remarks, hidden=hidden)


def _levels(view: View, relation: Relation, target: Target, found: Sequence[tuple[int, Edge]]) -> Draft:
    rows = defaultdict(list)
    for level, edge in found:
        other = edge.target if relation == Relation.BASES else edge.source
        told_ = told(edge, edge.weight)
        text = f"{name_of(edge.source)} → {edge.target}" if relation == Relation.BASES else name_of(other)
        rows[level].append(Row(told_["path"], edge.line, escaped(text), True, told_))
    titles = ["direct", *(f"{level} levels away" for level in range(2, LEVELS + 1))]
    sections = tuple(Section(f"{titles[level]}: {len(rows[level]):,}", by_place(rows[level])) for level in sorted(rows))
    return Draft(relation, (target.unit.id,), _heading(relation, target), sections)


def _heading(relation: Relation, target: Target) -> str:
    inside = len(target.nodes) - 1
    held = f", with the {plural(inside, 'definition')} in it" if inside and (target.is_file or target.is_type) else ""
    return f"{relation} of {escaped(target.unit.id)}{held}"


_ANSWERS = {
    Relation.CALLERS: _callers, Relation.CALLEES: _callees, Relation.USES: _uses, Relation.BASES: _bases,
    Relation.SUBCLASSES: _subclasses, Relation.IMPLEMENTATIONS: _implementations,
}  # fmt: skip
