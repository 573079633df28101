"""Reports what a fleet holds: repositories with their sizes, and why files and repositories are not in it."""

from collections import Counter
from dataclasses import dataclass

from memoryd.fleet.coverage import Covered, read
from memoryd.fleet.tables import COVERAGE, REPOSITORIES, no_fleet
from memoryd.store import Tables

COLUMNS = ("repository", "commit", "visibility", "files", "units", "lines", "bytes", "languages", "reasons")


@dataclass(frozen=True, slots=True)
class Held:
    """A repository in the fleet: its size, its languages by files, and why files of it are left out, with how many."""

    repository: str
    commit: str
    visibility: str
    files: int
    units: int
    lines: int
    bytes: int
    languages: tuple[tuple[str, int], ...]
    reasons: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class FleetStatus:
    """What a fleet holds, what became of each repository of its list, and why files are left out, with how many."""

    held: tuple[Held, ...]
    covered: tuple[Covered, ...]
    files: int
    units: int
    lines: int
    reasons: tuple[tuple[str, int], ...]


def status_of(address: str) -> FleetStatus:
    """Return what the fleet at an address holds. Raises `FleetUnusable`, also where there is none."""
    tables = Tables(address)
    rows = tables.rows(REPOSITORIES, COLUMNS)
    if rows is None and not tables.holds(COVERAGE):  # which a run leaves, too, in which every repository failed
        raise no_fleet(address)
    held = tuple(sorted(map(_held, rows.to_pylist() if rows is not None else ()), key=lambda one: one.repository))
    reasons = Counter[str]()
    for one in held:
        reasons.update(dict(one.reasons))
    return FleetStatus(
        held, read(tables), sum(one.files for one in held), sum(one.units for one in held), sum(one.lines for one in held),
        tuple(sorted(reasons.items(), key=lambda one: (-one[1], one[0]))),
    )  # fmt: skip


def _held(row: dict[str, object]) -> Held:
    counts = {name: tuple((one["name"], one["count"]) for one in row[name]) for name in ("languages", "reasons")}  # type: ignore[attr-defined]
    return Held(**{**row, **counts})  # type: ignore[arg-type]
