"""The areas of a project: folders with all that is below them, what is in each, and what they use of one another."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from memoryd.versions import View

MOST_AREAS, MOST_CENTRAL, MOST_OF_AREA = 28, 400, 5
"""Areas that are shown; symbols that most of the project leads to; of these, how many of each area."""


@dataclass(frozen=True, slots=True)
class Area:
    """A folder ("" is the root): the files and units in it that are in no other area, and its symbols that most leads to."""

    path: str
    files: int
    units: int
    central: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Use:
    """How much code of one area uses code of another: the sum of the weights of the edges."""

    source: str
    target: str
    weight: float


@dataclass(frozen=True, slots=True)
class Areas:
    """The areas of a project by path, and their uses of one another, most first."""

    areas: tuple[Area, ...]
    uses: tuple[Use, ...]


def areas_of(view: View) -> Areas:
    """Return the areas of one version."""
    files, units = Counter[str](), Counter[str]()
    for path, within in view.catalog.files.items():
        folder = path.rpartition("/")[0]
        files[folder] += 1
        units[folder] += len(within) - 1
    area_of = _divided(units)
    inside: defaultdict[str, list[str]] = defaultdict(list)
    for folder in files:
        inside[area_of[folder]].append(folder)
    central: defaultdict[str, list[str]] = defaultdict(list)
    for id_ in view.graph.central(MOST_CENTRAL):
        path, mark, _ = id_.partition("#")
        some = central[area_of[path.rpartition("/")[0]]]
        if mark and len(some) < MOST_OF_AREA:
            some.append(id_)
    shown = tuple(
        Area(area, sum(files[one] for one in folders), sum(units[one] for one in folders), tuple(central[area]))
        for area, folders in sorted(inside.items())
    )
    return Areas(shown, _uses(view.graph.folders_graph().edges(data="weight"), area_of))


def _divided(units: Counter[str]) -> dict[str, str]:
    """Return the area of each folder. Areas begin as the whole; while there is room, the largest gives its largest subfolders."""
    area_of = dict.fromkeys(units, "")
    done: set[str] = set()
    while True:
        sizes = Counter[str]()
        for folder, area in area_of.items():
            sizes[area] += units[folder]
        largest = next((area for area, _ in sizes.most_common() if area not in done), None)
        if largest is None:
            return area_of
        done.add(largest)
        parts = {folder: _child(folder, largest) for folder, area in area_of.items() if area == largest}
        children = Counter[str]()
        for folder, child in parts.items():
            children[child] += units[folder]
        taken = {child for child, _ in children.most_common(MOST_AREAS - len(sizes))}
        area_of.update({folder: child for folder, child in parts.items() if child in taken})


def _child(folder: str, area: str) -> str:
    """Return the folder directly below an area that a folder is in; the area itself for what is in none."""
    rest = folder.removeprefix(area).removeprefix("/") if area else folder
    first = rest.partition("/")[0]
    return f"{area}/{first}".removeprefix("/") if first else area


def _uses(edges: Iterable[tuple[str, str, float]], area_of: dict[str, str]) -> tuple[Use, ...]:
    total: defaultdict[tuple[str, str], float] = defaultdict(float)
    for source, target, weight in edges:
        if area_of[source] != area_of[target]:
            total[area_of[source], area_of[target]] += weight
    uses = (Use(source, target, round(weight, 1)) for (source, target), weight in total.items())
    return tuple(sorted(uses, key=lambda one: (-one.weight, one.source, one.target)))
