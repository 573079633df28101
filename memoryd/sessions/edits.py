"""What an edit of an agent's own has done: notes that it disproves, callers of what changed, tests that reach it. Only certain calls.

What a file's definitions looked like is noted before the edit, when the hook tells of it; the index is refreshed after it.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from memoryd.errors import MemorydError
from memoryd.filekinds import is_test
from memoryd.graph import Graph, Tier
from memoryd.memory import ProjectMemory
from memoryd.notekinds import NOTES
from memoryd.sessions.events import Hunk
from memoryd.text import escaped, qualname_in, shortened, split_id
from memoryd.versions import Unit

MOST_NOTED = 80
"""The definitions of a file of which it is noted what they look like; of a file with more, the first."""
MOST_CALLERS, MOST_TESTS = 5, 4
REACH, MOST_REACHED = 3, 400
"""How many calls lead from a test to what it reaches, at most, and the functions that are looked at."""
SIGNATURE = 100


@dataclass(frozen=True, slots=True)
class Looks:
    """What a definition looked like before an edit: its signature, and where it was called."""

    signature: str
    callers: tuple[str, ...]


def looks(memory: ProjectMemory, path: str) -> Mapping[str, Looks]:
    """Return what the definitions of a file look like now, by id."""
    view = memory.view()
    units = [unit for unit in view.catalog.files.get(path, ()) if unit.is_symbol][:MOST_NOTED]
    return {unit.id: Looks(unit.signature, tuple(_callers(view.graph, unit.id, path))) for unit in units}


def consequences(memory: ProjectMemory, path: str, before: Mapping[str, Looks], hunks: Iterable[Hunk]) -> Iterator[str]:
    """Yield a line about each thing that an edit of a file has done; `before` is what its definitions looked like."""
    memory.refresh(wait=False)
    view = memory.view()
    now = {unit.id: unit for unit in view.catalog.files.get(path, ()) if unit.is_symbol}
    yield from _disproved(memory, path)
    changed = []
    for id_, old in before.items():
        unit, callers = now.get(id_), old.callers[:MOST_CALLERS]
        if unit is not None and unit.signature != old.signature:
            changed.append(id_)
        if callers and (unit is None or unit.signature != old.signature):
            name = escaped(qualname_in(id_))
            what = "is gone" if unit is None else f"reads `{escaped(shortened(unit.signature, SIGNATURE))}` now"
            more = f" and {len(old.callers) - MOST_CALLERS} more" if len(old.callers) > MOST_CALLERS else ""
            yield f"- `{name}` {what}; it is called at {', '.join(map(escaped, callers))}{more}\n"
    edited = {*changed, *(unit.id for unit in now.values() if _is_in(unit, hunks))}
    if tests := _tests(view.graph, edited):
        yield f"- tests that reach what was edited: {', '.join(map(escaped, tests))}\n"


def _disproved(memory: ProjectMemory, path: str) -> Iterator[str]:
    if (memory.root / NOTES).is_dir():
        with suppress(MemorydError):
            for one in memory.notes.recall_at((), (path,)).withheld:
                yield one.line


def _callers(graph: Graph, id_: str, path: str) -> Iterator[str]:
    """Yield the places outside of a file where a definition is certainly called."""
    for edge in graph.callers(id_):
        source = split_id(edge.source)[0]
        if edge.kind == "call" and edge.tier < Tier.AMBIGUOUS and source != path:
            yield f"{source}:{edge.line}"


def _is_in(unit: Unit, hunks: Iterable[Hunk]) -> bool:
    """Tell whether an edit, by lines of the old file, touched a definition, roughly: lines may have moved a little."""
    return any(hunk.first <= unit.last_line and unit.first_line <= hunk.first + max(hunk.count, len(hunk.lines), 1) - 1 for hunk in hunks)


def _tests(graph: Graph, edited: Iterable[str]) -> list[str]:
    """Return tests from which a few certain calls lead to what was edited, the nearest first."""
    found: dict[str, None] = {}
    seen = set(edited)
    front = sorted(seen)
    for _ in range(REACH):
        callers = {
            edge.source
            for id_ in front[:MOST_REACHED]
            for edge in graph.callers(id_)
            if edge.kind == "call" and edge.tier < Tier.AMBIGUOUS and edge.source not in seen
        }
        seen |= callers
        front = sorted(callers)
        found |= dict.fromkeys(id_ for id_ in front if is_test(split_id(id_)[0]))
    return list(found)[:MOST_TESTS]
