"""Definitions that nothing in the project is known to use, and how sure that is."""

import re
from collections import defaultdict
from collections.abc import Collection

import numpy as np

from indexers import query_words
from memoryd.filekinds import is_own
from memoryd.packing import is_wholly_public
from memoryd.questions import Relation
from memoryd.relations.direct import overridden
from memoryd.relations.drafts import Draft, Row, Section
from memoryd.relations.model import FoundUnit
from memoryd.relations.targets import TYPE_KINDS
from memoryd.text import escaped, number_of
from memoryd.versions import Sources, Unit, View

KINDS = TYPE_KINDS | {"function", "method", "macro"}
IMPLICIT = re.compile(r"__\w+__|_|main|init|setup|teardown|setUp\w*|tearDown\w*|test\w*|constructor|toString|equals|hashCode|default")
"""Names of what is called by the language, or by whoever runs the program."""
BY_INTERFACES = re.compile(
    r"(?:Un)?[Mm]arshal(?:JSON|YAML|XML|XMLAttr|Text|Binary|BSON|BSONValue|Proto|TOML|HCL|Dynamo\w*)|String|GoString|Error|Unwrap|Is|As"
    r"|Format|Scan|Value|Read|Write|Close|Seek|ReadFrom|WriteTo|ServeHTTP|RoundTrip|Len|Less|Swap|Push|Pop|LogValue|Set|Type|Timeout|Temporary"
)
"""Names of methods of Go that its library calls: no type says which interfaces it implements."""
HOLDERS = frozenset(("javascript", "typescript", "tsx", "vue", "svelte"))
"""Languages in which a function may be given to a member of what is defined elsewhere, which calls it: `request.onload = …`."""
AUGMENTED = re.compile(r"(?:declare )?module ['\"]")
"""How a module of another project is extended in TypeScript."""
LETTER = re.compile(r"\w")
DECORATED = re.compile(r"^\s*(?:@|#\[|\[\w)")
SURE, LIKELY, UNSURE = 0.9, 0.6, 0.3
"""How sure it is that nothing uses a definition: one that is private, one that others might use, and one whose name is used somehow."""
TITLES = {
    SURE: "nothing here uses them, and they are private", LIKELY: "nothing here uses them; from outside of this project something may",
    UNSURE: "their name stands elsewhere, in what could not be resolved",
}  # fmt: skip
HOLDING = 8
"""The most files that are looked at for a name."""
READ = 400
"""The most files that are read to see what stands around a definition."""


def dead(view: View, changing: frozenset[str]) -> Draft:
    """Return the definitions of the project's own code to which no edge leads, the sure ones first.

    Left out are those that a decorator may register, that their file names elsewhere (as a value), and that override others: these
    are called as what they override.
    """
    rows = defaultdict(list)
    units = [unit for unit in _unused(view) if unit.path not in changing]
    paths = list(dict.fromkeys(unit.path for unit in units))[:READ]
    sources = Sources(view, paths)
    read = set(paths)
    for unit in units:
        if unit.path not in read:
            continue
        lines = sources[unit.path]
        if (
            DECORATED.match(lines[unit.first_line - 1])
            or _stands_elsewhere(unit, lines)
            or any(overridden(view, [unit.id]))
            or _is_named_elsewhere(view, unit)
        ):
            continue
        sure = _sureness(view, unit)
        found = FoundUnit(unit.id, "dead", 0, sure)
        rows[sure].append(Row(unit.path, unit.first_line, escaped(f"{unit.kind} {view.catalog.short_name(unit)}"), False, found=found))
    sections = tuple(Section(f"{sure:.1f}, {TITLES[sure]}: {len(rows[sure]):,}", tuple(rows[sure])) for sure in sorted(rows, reverse=True))
    total = sum(map(len, rows.values()))
    left = len({unit.path for unit in units}) - len(paths)
    remarks = ["names in configuration, templates and strings, and calls by reflection, are not looked at"]
    if left:
        remarks.append(f"{number_of(left, 'more file')} with candidates were not read")
    return Draft(Relation.DEAD, (), f"dead: {number_of(total, 'definition')} without a known use", sections, tuple(remarks))


def _unused(view: View) -> list[Unit]:
    """Return own definitions to which no edge leads, nor to anything in them."""
    graph, open_ = view.graph, _of_unknown_types(view)
    files, container = len(graph.facts.paths), graph.container
    used = np.zeros(graph.facts.nodes, dtype=np.bool_)
    used[graph.edges.target] = True
    reached = used[files:].copy()
    for symbol in np.flatnonzero(reached).tolist():
        outer = int(container[symbol])
        while outer >= 0 and not reached[outer]:
            reached[outer] = True
            outer = int(container[outer])
    reached[np.flatnonzero(~reached)[graph.definitions(np.flatnonzero(~reached) + files)[0]]] = True  # uses lead to what is announced
    found = []
    own = np.array([is_own(path) for path in graph.facts.paths], dtype=np.bool_)
    for id_ in graph.ids(np.flatnonzero(~reached & own[graph.facts.symbols.file]) + files):
        unit = view.catalog.by_id.get(id_)
        if unit and unit.kind in KINDS and not IMPLICIT.fullmatch(unit.name) and not _is_inner(view, unit, open_):
            found.append(unit)
    return sorted(found, key=lambda unit: (unit.path, unit.first_line))


def _is_inner(view: View, unit: Unit, open_: Collection[str]) -> bool:
    """Tell whether a definition stands in a function, or is a member of something that is defined elsewhere or inherits from there."""
    if "." not in unit.qualname:
        return False
    outer, language = view.catalog.by_id.get(unit.id.rpartition(".")[0]), view.records[unit.path].language
    if language == "go" and BY_INTERFACES.fullmatch(unit.name):
        return True
    if outer is None or AUGMENTED.match(outer.signature):
        return language in HOLDERS
    return outer.kind not in TYPE_KINDS or outer.id in open_


def _of_unknown_types(view: View) -> set[str]:
    """Return the types that inherit, at any level, from what is not in this project: that may call any of their members."""
    graph = view.graph
    inherits = graph.edges.kind == graph.facts.words.find("inherit")
    source, target = graph.edges.source[inherits], graph.edges.target[inherits]
    found = fresh = graph.with_unknown_bases()
    while len(fresh):
        fresh = np.setdiff1d(source[np.isin(target, fresh)], found)
        found = np.union1d(found, fresh)
    return set(graph.ids(found))


def _stands_elsewhere(unit: Unit, lines: list[str]) -> bool:
    name, around = unit.name, "\n".join((*lines[: unit.first_line - 1], *lines[unit.last_line :]))
    at = around.find(name)
    while at >= 0:
        before, after = around[at - 1 : at], around[at + len(name) : at + len(name) + 1]
        if not (LETTER.match(before) or LETTER.match(after)):
            return True
        at = around.find(name, at + 1)
    return False


def _is_named_elsewhere(view: View, unit: Unit) -> bool:
    """Tell whether the code of another file holds the name: it may be used as a value there."""
    whole = query_words(unit.name)[:1]
    matches = view.matcher.files(whole, HOLDING).words
    paths = (view.matcher.paths[number] for number in matches.numbers.tolist())
    others = (view.graph.facts.numbers.get(path, -1) for path in paths if path != unit.path)
    return any(number >= 0 and view.graph.is_linked(number) for number in others)


def _sureness(view: View, unit: Unit) -> float:
    missed = [view.graph.misses([unit.name], kind, needs_receiver=False).rows for kind in ("call", "type", "inherit")]
    if any(map(len, missed)):
        return UNSURE
    return LIKELY if is_wholly_public(unit, view.records[unit.path].language) else SURE
