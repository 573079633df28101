"""What of a list is in a fleet, what is not, and why: written by each run, read by whoever asks."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum

import pyarrow as pa

from memoryd.fleet.tables import COVERAGE, schema_of
from memoryd.store import Tables


class State(StrEnum):
    """What became of a repository: `kept` is one that is served at an older commit, since it could not be brought to its head."""

    INDEXED = "indexed"
    UNCHANGED = "unchanged"
    KEPT = "kept"
    FAILED = "failed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Covered:
    """A repository with the commit that the fleet holds of it, "" for none, what became of it in the last run, and why."""

    repository: str
    address: str
    visibility: str
    commit: str
    state: State
    why: str = ""


def save(tables: Tables, covered: Iterable[Covered]) -> None:
    """Keep the coverage beside the tables."""
    rows = [{**asdict(one), "state": str(one.state), "visibility": str(one.visibility)} for one in covered]
    tables.replace(COVERAGE, pa.Table.from_pylist(rows, schema_of(COVERAGE, 1)))


def read(tables: Tables) -> tuple[Covered, ...]:
    """Return the coverage as the last run left it; nothing where none has ended."""
    rows = tables.rows(COVERAGE, schema_of(COVERAGE, 1).names)
    found = rows.to_pylist() if rows is not None else []
    return tuple(sorted((Covered(**{**one, "state": State(one["state"])}) for one in found), key=lambda one: one.repository))
