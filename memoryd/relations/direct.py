"""Who calls a definition, what it calls, all its uses, and the types above and below it: one step along edges, or up and down types."""

import builtins
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from indexers import REGISTRATIONS
from memoryd.graph import Edge, Tier
from memoryd.questions import Relation
from memoryd.relations.drafts import FLOOR, TITLES, Draft, Registered, Row, Section, by_place, handle_of, name_of, told
from memoryd.relations.missed import with_missed
from memoryd.relations.targets import Target
from memoryd.text import escaped, number_of, qualname_in, split_id, symbol_id
from memoryd.versions import Unit, View

Places = npt.NDArray[np.int64]
LEVELS = 12
"""The most levels of types that are followed."""
BUILTINS = frozenset(dir(builtins))
"""Names of Python's own functions: that they are not resolved says nothing."""
CALLED = ("call", "dependency", "fixture")
"""The kinds of what a definition calls, or has called for it."""
HAVING_ALL, BY_METHODS = "types that have methods of all its names, as Go asks", 0.9
"""How types that implement an interface of Go are told, and how likely each of them does."""
NAMED = 6
"""The most names of what could not be resolved that a remark tells."""


def direct(view: View, relation: Relation, target: Target) -> Draft:
    """Return the answer to a question about one definition or file."""
    return _ANSWERS[relation](view, target)


def _callers(view: View, target: Target) -> Draft:
    uses = _uses_from_elsewhere(view, target)
    draft = _draft(view, Relation.CALLERS, target, _of_kinds(view, uses, ("call", *REGISTRATIONS)), _source)
    others = len(_of_kinds(view, uses, ("value", "type") if target.is_type else ("value",)))
    how = "as a type or a value" if target.is_type else "as a value, which may be called anywhere"
    remarks = (f"{number_of(others, 'use')} {how}: ask for its uses",) if others else ()
    return with_missed(view, (target,), draft._replace(remarks=(*draft.remarks, *remarks)))


def _uses(view: View, target: Target) -> Draft:
    return with_missed(view, (target,), _draft(view, Relation.USES, target, _uses_from_elsewhere(view, target), _source))


def _uses_from_elsewhere(view: View, target: Target) -> Places:
    """Return the edges to a target; those within a file or a type are its own affair.

    A use of a type that the use of a member on the same line tells already, `Cart` in `Cart.load()`, is left out.
    """
    edges, places = view.graph.edges, view.graph.into(target.nodes)[1]
    if target.is_file or target.is_type:
        places = places[~np.isin(edges.source[places], target.nodes)]
    if not target.is_type:
        return places
    is_own, is_type = edges.target[places] == view.graph.node(target.unit.id), edges.kind[places] == view.graph.facts.words.find("type")
    spots = list(zip(edges.source[places].tolist(), edges.line[places].tolist(), strict=True))
    of_members = {spot for spot, own in zip(spots, is_own.tolist(), strict=True) if not own}
    kept: Places = places[~(is_own & is_type & np.array([spot in of_members for spot in spots], dtype=np.bool_))]
    return kept


def _callees(view: View, target: Target) -> Draft:
    graph = view.graph
    places = graph.out_of(target.nodes)[1]
    outside = places if not (target.is_file or target.is_type) else places[~np.isin(graph.edges.target[places], target.nodes)]
    draft = _draft(view, Relation.CALLEES, target, _of_kinds(view, outside, CALLED), _target)
    # The file's own code has no qualified name.
    scopes = [qualname_in(id_) for id_ in graph.ids(target.nodes)]
    missed, all_calls = graph.misses_in(target.unit.path, "call", scopes)
    text, references = graph.facts.words.text, graph.facts.references
    said = (f"{text(references.qualifier[row])}.{text(references.name[row])}".removeprefix(".") for row in missed.tolist())
    own = [name for name in said if name not in BUILTINS]
    if not own:
        return draft
    names = list(dict.fromkeys(map(escaped, own)))
    some = ", ".join(names[:NAMED]) + (", …" if len(names) > NAMED else "")
    remark = f"not resolved: {len(own):,} of {number_of(all_calls - len(missed) + len(own), 'call')} in it: {some}"
    return draft._replace(remarks=(*draft.remarks, remark), unresolved=len(own))


def _bases(view: View, target: Target) -> Draft:
    return _levels(view, Relation.BASES, target, list(above(view, target.unit.id)))


def _subclasses(view: View, target: Target) -> Draft:
    return _levels(view, Relation.SUBCLASSES, target, list(below(view, target.unit.id)))


def _implementations(view: View, target: Target) -> Draft:
    """Answer with the members below that override a member, or with all types below a type."""
    if target.is_type:
        draft = _levels(view, Relation.IMPLEMENTATIONS, target, list(below(view, target.unit.id)))
        told_ = {edge.source for _, edge in below(view, target.unit.id)}
        others = [type_ for type_ in having_all(view, target.unit) if type_ not in told_]
        return _with_section(draft, HAVING_ALL, [_implementing(view, type_, target.unit.id) for type_ in others])
    rows = []
    for id_, edge in _overriding(view, target.unit.id):
        unit = view.catalog.by_id[id_]
        inherited = edge._replace(source=id_, target=target.unit.id, kind="override", line=unit.first_line)
        rows.append(Row(unit.path, unit.first_line, escaped(view.catalog.short_name(unit)), True, told(inherited, inherited.weight)))
    sections = (Section("members of types below that have its name", by_place(rows)),) if rows else ()
    draft = Draft(Relation.IMPLEMENTATIONS, (target.unit.id,), _heading(Relation.IMPLEMENTATIONS, target), sections)
    owner = view.catalog.by_id.get(member_of(target.unit.id)[0])
    found = having_all(view, owner).values() if owner else ()
    known = {row.edge["from"] for row in rows if row.edge}
    methods = [held[target.unit.name] for held in found if held.get(target.unit.name, target.unit.id) not in (target.unit.id, *known)]
    return _with_section(draft, HAVING_ALL, [_implementing(view, id_, target.unit.id) for id_ in methods])


def _with_section(draft: Draft, title: str, rows: list[Row]) -> Draft:
    return draft._replace(sections=(*draft.sections, Section(f"{title}: {len(rows):,}", by_place(rows)))) if rows else draft


def _implementing(view: View, id_: str, interface: str) -> Row:
    unit = view.catalog.by_id[id_]
    edge = Edge(id_, interface, "implement", Tier.AMBIGUOUS, unit.first_line, BY_METHODS)
    return Row(unit.path, unit.first_line, escaped(view.catalog.short_name(unit)), True, told(edge, BY_METHODS))


def having_all(view: View, interface: Unit) -> dict[str, dict[str, str]]:
    """Return the types of Go that have methods of all the names of an interface, each with the ids of its own by name; none elsewhere.

    A type of Go says nowhere what it implements; what its methods take is not looked at. Of an interface that embeds one of another project
    not all names are known, so that none is told.
    """
    if view.records[interface.path].language != "go" or interface.kind != "interface":
        return {}
    asked = [interface.id, *(edge.target for _, edge in above(view, interface.id))]
    if np.isin(view.graph.nodes(asked), view.graph.with_unknown_bases()).any():
        return {}
    names = {name for id_ in asked for name in _members(view, id_)}
    symbols, words, paths = view.graph.facts.symbols, view.graph.facts.words, view.graph.facts.paths
    held: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for row in np.flatnonzero(np.isin(symbols.name, [words.find(name) for name in names]) & (symbols.outer > 0)).tolist():
        path, type_ = paths[int(symbols.file[row])], words.text(int(symbols.outer[row]))
        if path.endswith(".go"):
            name, qualname = words.text(int(symbols.name[row])), words.text(int(symbols.qualname[row]))
            held[path.rpartition("/")[0], type_][name] = symbol_id(path, qualname)
    found = {}
    for (folder, type_), methods in held.items():
        if 2 * len(methods) < len(names):
            continue
        places = (paths[int(symbols.file[row])] for row in np.flatnonzero(symbols.qualname == words.find(type_)).tolist())
        for id_ in (symbol_id(path, type_) for path in places if path.rpartition("/")[0] == folder):
            known = methods.keys() | {name for _, edge in above(view, id_) for name in _members(view, edge.target)}
            if (unit := view.catalog.by_id.get(id_)) and unit.kind != "interface" and names <= known:
                found[id_] = methods
    return found


def _members(view: View, id_: str) -> set[str]:
    """Return the names of the methods of a type of Go: those in an interface, or those that its package defines for it."""
    unit = view.catalog.by_id.get(id_)
    if unit is None:
        return set()
    if unit.kind == "interface":
        return {other.name for other in view.catalog.inside(unit)}
    symbols, words, paths = view.graph.facts.symbols, view.graph.facts.words, view.graph.facts.paths
    folder = unit.path.rpartition("/")[0]
    rows = np.flatnonzero(symbols.outer == words.find(unit.qualname)).tolist()
    return {words.text(int(symbols.name[row])) for row in rows if paths[int(symbols.file[row])].rpartition("/")[0] == folder}


def overridden(view: View, ids: Iterable[str]) -> Iterator[str]:
    """Yield the members that some members override: those of their names in the types above theirs."""
    types: dict[str, list[str]] = {}
    for owner, name in map(member_of, ids):
        if owner not in types:
            types[owner] = [edge.target for _, edge in above(view, owner)] if owner else []
        yield from (other for type_ in types[owner] if (other := f"{type_}.{name}") in view.catalog.by_id)


def _overriding(view: View, id_: str) -> Iterator[tuple[str, Edge]]:
    """Yield the members that override a member, in the types below its own, each with the last step to its type."""
    owner, name = member_of(id_)
    for _, edge in below(view, owner) if owner else ():
        if (other := f"{edge.source}.{name}") in view.catalog.by_id:
            yield other, edge


def member_of(id_: str) -> tuple[str, str]:
    """Return the id of the type that a member is in, and its name in it; no type for what is no member."""
    rest = split_id(id_)[1]
    owner, _, name = rest.rpartition(".")
    return f"{id_[: -len(rest)]}{owner}" if owner else "", name


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
    """Return the edges of some kinds."""
    words = view.graph.facts.words
    return places[np.isin(view.graph.edges.kind[places], [words.find(kind) for kind in kinds])]


def _source(view: View, edge: Edge, target: Target) -> str:
    return f"{name_of(view, edge.source)}{_to(view, edge, target)}"


def _target(view: View, edge: Edge, target: Target) -> str:
    """Return the words for a callee, which may stand elsewhere."""
    by = "" if edge.source == target.unit.id else f"{name_of(view, edge.source)} "
    return f"{by}→ {handle_of(view, edge.target, split_id(edge.source)[0])}"


def _to(view: View, edge: Edge, target: Target) -> str:
    """Return what of the target is meant, where it is not the target itself."""
    return "" if edge.target == target.unit.id else f" → {name_of(view, edge.target)}"


def _draft(view: View, relation: Relation, target: Target, places: Places, say: Callable[[View, Edge, Target], str]) -> Draft:
    graph = view.graph
    odds = graph.probabilities[places].tolist()
    rows: dict[Tier, list[Row]] = defaultdict(list)
    hidden = 0
    registered = Registered(view, target.nodes)
    for edge, likely in zip(graph.edges_at(places), odds, strict=True):
        if likely < FLOOR:
            hidden += 1
            continue
        kind = "" if edge.kind == "call" else f" ({edge.kind})"
        sure = f" {likely:.2f}" if edge.tier == Tier.AMBIGUOUS else ""
        if registered.of(edge):
            rows[edge.tier] += registered.rows(edge, likely, _to(view, edge, target))
            continue
        told_ = told(edge, likely)
        rows[edge.tier].append(Row(told_["path"], edge.line, escaped(f"{say(view, edge, target)}{kind}{sure}"), True, told_))
    sections = tuple(Section(f"{TITLES[tier]}: {len(rows[tier]):,}", by_place(rows[tier])) for tier in sorted(rows))
    remarks = (f"{number_of(hidden, 'more use')}, each too unlikely to be an edge",) if hidden else ()
    return Draft(relation, (target.unit.id,), _heading(relation, target), sections, remarks, hidden=hidden)


def _levels(view: View, relation: Relation, target: Target, found: Sequence[tuple[int, Edge]]) -> Draft:
    rows = defaultdict(list)
    for level, edge in found:
        other = edge.target if relation == Relation.BASES else edge.source
        told_ = told(edge, edge.weight)
        text = name_of(view, other)
        if relation == Relation.BASES:
            text = f"{name_of(view, edge.source)} → {handle_of(view, edge.target, told_['path'])}"
        rows[level].append(Row(told_["path"], edge.line, escaped(text), True, told_))
    titles = ["direct", *(f"{level} levels away" for level in range(2, LEVELS + 1))]
    sections = tuple(Section(f"{titles[level]}: {len(rows[level]):,}", by_place(rows[level])) for level in sorted(rows))
    return Draft(relation, (target.unit.id,), _heading(relation, target), sections)


def _heading(relation: Relation, target: Target) -> str:
    inside = len(target.nodes) - 1
    held = f", with the {number_of(inside, 'definition')} in it" if inside and (target.is_file or target.is_type) else ""
    held = f", with its {number_of(target.overloads, 'overload')}" if target.overloads else held
    return f"{relation} of {escaped(target.unit.id)}{held}"


_ANSWERS = {
    Relation.CALLERS: _callers, Relation.CALLEES: _callees, Relation.USES: _uses, Relation.BASES: _bases,
    Relation.SUBCLASSES: _subclasses, Relation.IMPLEMENTATIONS: _implementations,
}  # fmt: skip
