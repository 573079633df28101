"""Finds the way of one request through a project: the strongest path of certain calls from where it enters.

A path is strong that passes many files and folders, by functions that do much and are no helpers of everybody. It is searched with a
beam, so the time does not depend on the size of the project.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log2

from memoryd.filekinds import is_own
from memoryd.graph import Tier
from memoryd.packing.maps.survey import FUNCTION_KINDS, Survey
from memoryd.text import symbol_id
from memoryd.versions import Unit, View

STEPS, BEAM, BRANCHES = 9, 24, 8
"""The most steps of a path, the paths that are followed at once, and the calls of a function that are followed."""
NEW_FILE, SAME_FILE, NEW_FOLDER, LEAF = 0.8, 0.15, 0.4, 0.5
"""What a step into a new file, within a known one, and into a new folder, beside that into a new file, gives; the share of it that one
gives into a function that calls nothing."""
STEP = 0.4
"""What every step takes, so that a way ends where nothing more of note is called."""
ASIDE = re.compile(
    r"error|exception|warn|log(?:ger|ging)?(?![a-z])|debug|deprecat|redirect|fallback|usage|help|close|clean|teardown|abort|fail|panic|valid|check|fixed",
    re.IGNORECASE,
)
"""Parts of names of what happens beside the way: when something is wrong, or before it begins."""
OFF = 1.0
"""What a step into such a function takes."""
BUSY, BUSIEST = 0.2, 4.0
"""What each doubling of a function's own calls gives, and up to how many."""
HELPER, USERS = 0.12, 4
"""What each file that uses a function takes beyond so many: what everybody uses is no part of the way."""
LATER = 0.92
"""How much each step counts of the one before."""
DOORS: Mapping[str, float] = {
    "wsgi_app": 3.0, "ServeHTTP": 3.0, "handle_request": 2.0, "full_dispatch_request": 2.0, "dispatch": 1.5, "__call__": 2.0,
    "handle": 1.0, "fetch": 1.0, "request": 1.5, "call": 1.0, "serve": 1.0, "send": 0.7, "run": 0.7, "execute": 0.5, "process": 0.5,
    "main": 0.5,
}  # fmt: skip
"""Names of methods by which a request enters, with what they give to a path that begins there."""
ENTRY, PASSED_ON = 1.0, 0.9
"""What an entry point gives to a path that begins there, and a function beside it that is called by nobody: it is passed on as a value."""
REQUEST = re.compile(r"environ|\bscope\b|req(?:uest)?\b|argv", re.IGNORECASE)
"""What such a method takes."""
USED, MOST_USED = 10, 2.0
"""The files that use its type for each of which so much more is given by a door, 1 / the first, and the most that is."""
PERIPHERY = re.compile(r"(?:^|/)(?:contrib|middleware|plugins?|extras?|extensions?|scripts|tools)/|Middleware|Mixin|Test", re.IGNORECASE)
OUTER = 1.5
"""What a way loses that begins at the periphery of a project."""
DOORS_TRIED, PASSED_ON_TRIED, USED_TRIED = 24, 40, 12
"""The most doors that are tried, the most functions that are passed on, and the most used ones, where there is nothing else."""
WAYS, OVERLAP, NEARLY = 2, 0.34, 0.7
"""The most ways that are told, the share of its steps that a second may have in common with the first, and the least share of its
strength."""


@dataclass(frozen=True, slots=True)
class Way:
    """A path of calls: its functions in their order, and the strength of it."""

    units: tuple[Unit, ...]
    strength: float


@dataclass(slots=True)
class _Walker:
    """Follows calls; what a function calls is looked up once."""

    view: View
    users: Mapping[str, int]
    called: dict[str, tuple[Unit, ...]] = field(default_factory=dict)

    def callees(self, unit: Unit) -> tuple[Unit, ...]:
        """Return the functions of the project's own code that a function certainly calls, in the order of the calls."""
        if unit.id not in self.called:
            edges = [edge for edge in self.view.graph.callees(unit.id) if edge.kind == "call" and edge.tier < Tier.AMBIGUOUS]
            ids = dict.fromkeys(edge.target for edge in sorted(edges, key=lambda edge: (edge.line, edge.target)))
            units = (self.view.catalog.by_id.get(id_) for id_ in ids)
            self.called[unit.id] = tuple(one for one in units if one is not None and one.kind in FUNCTION_KINDS and is_own(one.path))
        return self.called[unit.id]

    def gain(self, unit: Unit, path: Sequence[Unit]) -> float:
        """Return what a function adds to a path."""
        files = {one.path for one in path}
        place = NEW_FILE if unit.path not in files else SAME_FILE
        if unit.path.rpartition("/")[0] not in {one.rpartition("/")[0] for one in files}:
            place += NEW_FOLDER
        calls = len(self.callees(unit))
        aside = STEP + HELPER * max(0, self.users.get(unit.id, 0) - USERS) + (OFF if ASIDE.search(unit.name) else 0.0)
        return place * (1.0 if calls else LEAF) + BUSY * min(BUSIEST, log2(1 + calls)) - aside

    def strongest(self, start: Unit, bonus: float) -> Way:
        """Return the strongest path from a function."""
        beam = [Way((start,), bonus)]
        best = beam[0]
        for step in range(1, STEPS):
            longer = []
            for way in beam:
                known = {one.id for one in way.units}
                following = sorted(
                    ((-self.gain(one, way.units), one.id, one) for one in self.callees(way.units[-1]) if one.id not in known),
                )[:BRANCHES]
                longer += [Way((*way.units, one), way.strength - loss * LATER**step) for loss, _, one in following]
            beam = sorted(longer, key=lambda way: (-way.strength, [one.id for one in way.units]))[:BEAM]
            # One step is told wherever there is one; further ones where they add something.
            best = max([best, *beam[:1]], key=lambda way: (len(way.units) > 1, way.strength))
        return best


def ways_through(view: View, found: Survey) -> list[Way]:
    """Return the strongest way from a door or an entry point of a project, and the next one that is nearly as strong and another one.

    A library that has neither is entered by the functions that most files use.
    """
    walker = _Walker(view, found.users)
    ways = _strongest(walker, (*_entered(found), *_passed_on(view, found), *_doors(view, found)))
    ways = ways or _strongest(walker, [(unit, min(MOST_USED, found.users[unit.id] / USED)) for unit in found.functions[:USED_TRIED]])
    chosen: list[Way] = []
    for way in ways:
        known = {unit.id for one in chosen for unit in one.units}
        is_other = sum(unit.id in known for unit in way.units) <= OVERLAP * len(way.units)
        if is_other and way.strength >= NEARLY * ways[0].strength:
            chosen.append(way)
    return chosen[:WAYS]


def _strongest(walker: _Walker, starts: Iterable[tuple[Unit, float]]) -> list[Way]:
    """Return the strongest way from each start, given with its bonus, that has one: the strongest first."""
    found = (walker.strongest(unit, bonus - (OUTER if PERIPHERY.search(unit.id) else 0.0)) for unit, bonus in starts)
    return sorted((way for way in found if len(way.units) > 1), key=lambda way: (-way.strength, way.units[0].id))


def beside(view: View, way: Way, unit: Unit, most: int) -> list[Unit]:
    """Return what a step of a way calls beside the next one, in the order of the calls: the busiest."""
    walker = _Walker(view, {})
    others = [one for one in walker.callees(unit) if one not in way.units]
    busiest = sorted(others, key=lambda one: (-len(walker.callees(one)), one.id))[:most]
    return [one for one in others if one in busiest]


def _entered(found: Survey) -> Iterable[tuple[Unit, float]]:
    return ((entry.unit, ENTRY) for entry in found.entries if entry.unit is not None and entry.unit.kind in FUNCTION_KINDS)


def _passed_on(view: View, found: Survey) -> list[tuple[Unit, float]]:
    """Return the functions in the files of entry points that nothing certainly calls: commands, and what is passed on as a value."""
    paths = dict.fromkeys(entry.path for entry in found.entries)
    units = [unit for path in paths for unit in view.catalog.files.get(path, ()) if unit.kind == "function" and "." not in unit.qualname]
    alone = [unit for unit in units if not any(edge.tier < Tier.AMBIGUOUS for edge in view.graph.callers(unit.id))]
    return [(unit, max(PASSED_ON, DOORS.get(unit.name, 0.0))) for unit in alone[:PASSED_ON_TRIED]]


def _doors(view: View, found: Survey) -> list[tuple[Unit, float]]:
    """Return the methods by which a request may enter: by name and by what they take, those of much used types first."""
    doors = []
    for name, bonus in DOORS.items():
        for id_ in view.catalog.by_name.get(name.lower(), ()):
            unit = view.catalog.by_id[id_]
            if unit.name == name and unit.kind in FUNCTION_KINDS and is_own(unit.path) and REQUEST.search(unit.signature):
                users = found.users.get(symbol_id(unit.path, unit.qualname.rpartition(".")[0]), 0)
                doors.append((unit, bonus + min(MOST_USED, users / USED)))
    return sorted(doors, key=lambda door: (-door[1], PERIPHERY.search(door[0].id) is not None, door[0].id))[:DOORS_TRIED]
