"""What may break when definitions change: what reaches them, by distance, the likely ones first."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from memoryd.filekinds import is_test
from memoryd.graph import Registration
from memoryd.packing import is_wholly_public
from memoryd.questions import Relation
from memoryd.relations.drafts import Draft, Row, Section, name_of, said, told
from memoryd.relations.model import FoundUnit
from memoryd.relations.reaching import reaching
from memoryd.relations.targets import Target
from memoryd.text import escaped, number_of, split_id
from memoryd.versions import View

DEPTH, FLOOR = 4, 0.25
"""The steps that are followed, and the probability below which what is reached is not told."""
ENTRIES = ("route", "listener")
"""The kinds of registrations by which something outside of the project begins a call."""
SURE = 0.995
"""The probability from which none is told."""


def impact(view: View, targets: Sequence[Target], heading: str) -> Draft:
    """Return what may break when some definitions change: without tests, which are counted."""
    graph = view.graph
    found = reaching(view, targets, DEPTH, FLOOR)
    ids = dict(zip(found.node.tolist(), graph.ids(found.node), strict=True))
    at = found.edge >= 0
    edges = graph.edges_at(found.edge[at])
    using = {split_id(ids[node])[0] for node in found.node[at].tolist() if "#" in ids[node]}
    rows: dict[int, list[Row]] = defaultdict(list)
    tests: Counter[str] = Counter()
    columns = (column[at].tolist() for column in (found.node, found.before, found.distance, found.probability))
    for edge, node, before, distance, likely in zip(edges, *columns, strict=True):
        path = split_id(ids[node])[0]
        if is_test(path):
            tests[path] += 1
            continue
        if edge.kind == "import" and path in using:
            continue  # what uses it in that file is told
        if edge.kind in ENTRIES and "#" not in edge.source:
            continue  # told as an entry below
        unit = view.catalog.by_id.get(ids[node])
        marks = ("public",) if unit and unit.is_symbol and is_wholly_public(unit, view.records[path].language) else ()
        words = [*([f"{likely:.2f}"] if likely < SURE else []), *marks, *([edge.kind] if edge.kind != "call" else [])]
        more = f" ({', '.join(words)})" if words else ""
        text = escaped(f"{name_of(view, ids[node])} → {name_of(view, ids[before])}{more}")
        one = FoundUnit(ids[node], "reaches", distance, round(likely, 3), marks)
        rows[distance].append(Row(path, edge.line, text, False, told(edge, likely), one))
    sections = tuple(
        Section(
            f"{'direct' if distance == 1 else number_of(distance, 'step') + ' away'}: {len(rows[distance]):,}", _ordered(rows[distance])
        )
        for distance in sorted(rows)
    )
    sections += _entries(view, graph.registrations(found.node))
    remarks = [f"tests: {number_of(sum(tests.values()), 'definition')} in {number_of(len(tests), 'test file')} reach it"] if tests else []
    outside = sum("public" in row.found.marks for section in sections for row in section.rows if row.found)
    if outside:
        remarks.append(f"public: {outside:,} of what is reached may be used from outside of this project, too")
    return Draft(Relation.IMPACT, tuple(target.unit.id for target in targets), heading, sections, tuple(remarks))


def _entries(view: View, registered: Sequence[Registration]) -> tuple[Section, ...]:
    """Return the routes and listeners by which a framework gets to what is reached, in the code of the project itself."""
    found = [one for one in registered if one.kind in ENTRIES and not is_test(split_id(one.source)[0])]
    rows = tuple(
        Row(split_id(one.source)[0], one.line, escaped(f"{said(one)} → {name_of(view, one.target)}"), True) for one in found
    )  # fmt: skip
    return (Section(f"entered by a framework: {len(rows):,}", rows),) if rows else ()


def _ordered(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Return rows by file, the files with the likeliest first."""
    best: dict[str, float] = {}
    for row in rows:
        best[row.path] = max(best.get(row.path, 0.0), row.found.probability if row.found else 0.0)
    return tuple(
        sorted(rows, key=lambda row: (-round(best[row.path], 2), row.path, -(row.found.probability if row.found else 0.0), row.line))
    )
