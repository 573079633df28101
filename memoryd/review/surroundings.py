"""What stands around a change, a line each: who calls what changed, what that calls, other tests that reach it, uses of what is gone."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from memoryd.filekinds import is_test
from memoryd.history import Touches
from memoryd.relations import FLOOR, Changes, lost_uses, tests_of
from memoryd.text import escaped, qualname_in, source_line
from memoryd.versions import Unit, View

MOST_LINES = 60
"""The most lines of each section: what is further down is of no use."""
USUAL, LEAST = 0.4, 4
"""The share of the commits of a file in which another one changes usually with it, and how many they must be."""
LONGEST = 120
"""The most characters of a signature."""
CALLERS, CALLEES, TESTS, LOST = "callers of what changed", "what it calls", "other tests that reach it", "uses of what is gone"
TOGETHER = "usually changes together with it, and did not"


class Section(NamedTuple):
    """Lines about one thing, best first, and the number of those that are there besides."""

    title: str
    lines: tuple[str, ...]
    more: int


def surroundings(view: View, changes: Changes) -> tuple[Section, ...]:
    """Return the sections that have any lines, the most telling first."""
    lost = [f"{row.path}:{row.line} {row.text}" for row in lost_uses(view, changes)]
    found = (
        _section(LOST, [source_line(escaped(line)) for line in lost]),
        _section(CALLERS, list(_neighbours(view, changes, is_into=True))),
        _section(TESTS, list(_tests(view, changes))),
        _section(CALLEES, list(_neighbours(view, changes, is_into=False))),
    )
    return tuple(one for one in found if one.lines)


def lacking(view: View, changes: Changes, touches: Touches) -> Section:
    """Return what usually changes together with the changed files, and did not."""
    best: dict[str, tuple[float, int, str]] = {}
    for path in sorted(changes.before)[:MOST_LINES]:
        for one in touches.together(path, MOST_LINES, LEAST):
            if one.confidence >= USUAL and one.path not in changes.before and one.path in view.records:
                best[one.path] = max(best.get(one.path, (0.0, 0, "")), (one.confidence, one.support, path))
    ordered = sorted(best.items(), key=lambda pair: (-pair[1][0], -pair[1][1], pair[0]))
    said = [f"{other} in {share:.0%} of the commits of {path} ({support:,})" for other, (share, support, path) in ordered]
    return _section(TOGETHER, [source_line(escaped(line)) for line in said])


def _section(title: str, lines: list[str]) -> Section:
    return Section(title, tuple(lines[:MOST_LINES]), max(0, len(lines) - MOST_LINES))


def _neighbours(view: View, changes: Changes, is_into: bool) -> Iterator[str]:
    """Yield the signatures of what calls the changed definitions, or is called by them: the likeliest first, each once."""
    graph = view.graph
    own = [target for target in changes.targets if not target.is_file and not is_test(target.unit.path)]
    changed = np.array([target.node for target in own], dtype=np.int64)
    if not len(changed):
        return
    places = (graph.into(changed) if is_into else graph.out_of(changed))[1]
    kinds = [graph.facts.words.find(kind) for kind in ("call", "inherit")]
    places = places[np.isin(graph.edges.kind[places], kinds) & (graph.probabilities[places] >= FLOOR)]
    far = (graph.edges.source if is_into else graph.edges.target)[places]
    places = places[~np.isin(far, changed)]
    places = places[np.lexsort((places, -graph.probabilities[places]))]
    seen: dict[str, tuple[Unit, set[str], int]] = {}
    for edge in graph.edges_at(places):
        id_, other = (edge.source, edge.target) if is_into else (edge.target, edge.source)
        unit = view.catalog.by_id.get(id_)
        if unit is not None and not is_test(unit.path):
            seen.setdefault(id_, (unit, set(), edge.line if is_into else unit.first_line))[1].add(qualname_in(other))
    for unit, others, line in seen.values():
        about = f" → {', '.join(sorted(others)[:3])}" if is_into else ""
        signature = " ".join((unit.signature or unit.path).split())
        shown = signature if len(signature) <= LONGEST else f"{signature[: LONGEST - 1]}…"
        yield source_line(escaped(f"{unit.path}:{line} {shown}{about}"))


def _tests(view: View, changes: Changes) -> Iterator[str]:
    draft = tests_of(view, changes.targets, "", (), (), {})
    for section in draft.sections:
        # Changed tests are part of the change.
        yield from (source_line(escaped(f"{row.path} {row.text}")) for row in section.rows if row.path not in changes.before)
