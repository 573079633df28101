"""Indexes a fleet: the repositories of a list → one set of tables at an address, of which all that is new is taken in at once.

Each run asks every repository for its head and has tasks make the parts that are missing. Killed at any point, the next run goes on with
what is left: parts that are whole are not made again, rows that no repository names are removed.
"""

import hashlib
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pyarrow as pa

from memoryd.config import Settings
from memoryd.embed import load as load_embedder
from memoryd.errors import RefreshBusy
from memoryd.files import locked, private_folder
from memoryd.fleet.coverage import Covered, State, read, save
from memoryd.fleet.engines import Engine, Resources
from memoryd.fleet.listed import Listed
from memoryd.fleet.parts import Parts
from memoryd.fleet.tables import IMAGES, REPOSITORIES, ROWS, Rules, part_of, rules, schema_of, tidy
from memoryd.fleet.tasks import Done, Task, head_commit, work_folder
from memoryd.past import Unreachable
from memoryd.store import POINTER, Tables, one_of

ASKED_AT_ONCE = 16
LOST = "what its task made is gone: another run, with a data folder of its own, indexes this fleet, too; run it again"
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class FleetReport:
    """The result of one run: what became of each repository that was asked, and what its task took."""

    covered: tuple[Covered, ...]
    tasks: tuple[Done, ...]
    seconds: float

    @property
    def failed(self) -> tuple[Covered, ...]:
        """The repositories that could not be brought to their head."""
        return tuple(one for one in self.covered if one.state in (State.FAILED, State.KEPT))


@dataclass(frozen=True, slots=True)
class Fleet:
    """Where a fleet's tables are, and how its tasks run."""

    address: str
    settings: Settings
    engine: Engine
    resources: Resources


@dataclass(frozen=True, slots=True)
class _Held:
    """A repository that the fleet holds, and the name of its part, which `is_whole` unless its rows were lost."""

    covered: Covered
    part: str
    is_whole: bool = field(compare=False)

    def is_at(self, commit: str) -> bool:
        """Tell whether the fleet answers of a commit."""
        return self.is_whole and self.covered.commit == commit


@dataclass(slots=True)
class _Plan:
    """The part that each repository should have, the tasks that make those that are missing, and what became of the others."""

    wanted: dict[str, str] = field(default_factory=dict)
    tasks: list[Task] = field(default_factory=list)
    covered: dict[str, Covered] = field(default_factory=dict)


def index(listed: Sequence[Listed], fleet: Fleet, progress: Progress, only: Collection[str] = ()) -> FleetReport:
    """Bring the tables to the heads of the repositories, and remove those that are not listed.

    Of a list's repositories `only` those of these names are asked, if any are given: the others stay as they are, none is
    removed, and the report tells of these alone. Raises `FleetUnusable`, `RefreshBusy`.
    """
    started = time.perf_counter()
    embedder = load_embedder(fleet.settings.embedder)
    made_by = rules(embedder.id, embedder.dimensions, fleet.settings.secrets)
    with _alone(fleet):
        tables, parts = Tables(fleet.address), Parts(fleet.address)
        held = _held(tables)
        plan = _planned([one for one in listed if not only or one.name in only], fleet, made_by, held, progress)
        if only:
            plan.covered |= _as_they_were(tables, held, only)
        whole = parts.whole(task.part for task in plan.tasks)
        left = [task for task in plan.tasks if task.part not in whole]
        took = []
        for number, ended in enumerate(fleet.engine(left, fleet.resources), 1):
            progress("indexing", number, len(left))
            if ended.done is not None:
                took.append(ended.done)
            else:
                plan.covered[ended.task.listed.name] = _failed(ended.task.listed, ended.why, held)
        made = parts.whole(task.part for task in plan.tasks)
        lost = [task.listed for task in plan.tasks if task.part not in made and task.listed.name not in plan.covered]
        plan.covered |= {one.name: _failed(one, LOST, held) for one in lost}
        new = {task.listed.name: task for task in plan.tasks if task.listed.name not in plan.covered}
        progress("writing", 0, 0)
        current = _taken_in(tables, parts, held, plan, new, made_by)
        for name, task in new.items():
            plan.covered[name] = Covered(name, task.listed.told_address, task.listed.visibility, task.commit, State.INDEXED)
        gone = [replace(held[name].covered, state=State.REMOVED) for name in held if name not in current and name not in plan.covered]
        covered = tuple(sorted((*plan.covered.values(), *gone), key=lambda one: one.repository))
        save(tables, [one for one in covered if one.state != State.REMOVED])
        parts.discard()
    asked = tuple(one for one in covered if not only or one.repository in only)
    return FleetReport(asked, tuple(took), round(time.perf_counter() - started, 3))


def _held(tables: Tables) -> dict[str, _Held]:
    """Return what the fleet holds of each repository."""
    rows = tables.rows(REPOSITORIES, ("repository", "address", "visibility", "commit", "part"))
    images = tables.rows(IMAGES, ("part",), one_of("file", (POINTER,)))
    whole = set(images["part"].to_pylist()) if images is not None else set()
    found = rows.to_pylist() if rows is not None else []
    return {
        one["repository"]: _Held(
            Covered(one["repository"], one["address"], one["visibility"], one["commit"], State.UNCHANGED), one["part"], one["part"] in whole
        )
        for one in found
    }  # fmt: skip


def moved(listed: Sequence[Listed], address: str) -> set[str]:
    """Return the repositories whose head is not the commit that the fleet holds; one that cannot be asked is none.

    Raises `FleetUnusable`.
    """
    held = _held(Tables(address))
    heads = zip(listed, _heads(listed), strict=True)
    return {one.name for one, head in heads if isinstance(head, str) and (one.name not in held or not held[one.name].is_at(head))}


def _as_they_were(tables: Tables, held: Mapping[str, _Held], without: Collection[str]) -> dict[str, Covered]:
    """Return what the last run says of all repositories but some: what it removed or could not read is not asked again."""
    said = {one.repository: one for one in read(tables)}
    kept = {name: one.covered for name, one in held.items()}
    return {name: one for name, one in (kept | said).items() if name not in without}


def _planned(listed: Sequence[Listed], fleet: Fleet, made_by: Rules, held: Mapping[str, _Held], progress: Progress) -> _Plan:
    plan = _Plan()
    for number, (one, found) in enumerate(zip(listed, _heads(listed), strict=True), 1):
        progress("asking", number, len(listed))
        if isinstance(found, Unreachable):
            plan.covered[one.name] = _failed(one, str(found), held)
            continue
        part = part_of(one.name, one.visibility, found, made_by)
        before = held.get(one.name)
        plan.wanted[one.name] = part
        if before is not None and before.part == part and before.is_whole:
            plan.covered[one.name] = Covered(one.name, one.told_address, one.visibility, found, State.UNCHANGED)
        else:
            settings = replace(fleet.settings, workers=1)
            plan.tasks.append(Task(one, found, part, before.part if before and before.is_whole else "", fleet.address, settings))
    return plan


def _heads(listed: Sequence[Listed]) -> Iterator[str | Unreachable]:
    def asked(one: Listed) -> str | Unreachable:
        try:
            return head_commit(one)
        except Unreachable as error:
            return error

    with ThreadPoolExecutor(ASKED_AT_ONCE) as pool:
        yield from pool.map(asked, listed)


def _failed(one: Listed, why: str, held: Mapping[str, _Held]) -> Covered:
    """Return what becomes of a repository that cannot be indexed: what the fleet holds of it stays."""
    before = held.get(one.name)
    if before is None:
        return Covered(one.name, one.told_address, one.visibility, "", State.FAILED, why)
    return Covered(one.name, one.told_address, one.visibility, before.covered.commit, State.KEPT, why)


def _taken_in(
    tables: Tables, parts: Parts, held: Mapping[str, _Held], plan: _Plan, new: Mapping[str, Task], made_by: Rules
) -> dict[str, str]:
    """Write the rows of new parts, then name them; remove the rows that are named no more. Return the part of each repository."""
    names = sorted(task.part for task in new.values())
    kept = {name: one.part for name, one in held.items() if name in plan.covered and name not in new}
    for table in ROWS if names else ():
        tables.delete(table, one_of("part", names))  # which a run that was killed wrote and did not name
        tables.append(table, schema_of(table, made_by.dimensions), parts.rows(names, table))
        if not held:  # a table is searched by its indexes; rows that come later are found without, until they are in them
            tidy(tables, table)
    schema = schema_of(REPOSITORIES, made_by.dimensions)
    before = tables.rows(REPOSITORIES, schema.names, one_of("part", kept.values())) if kept else None
    rows = [*(before.cast(schema).to_batches() if before is not None else ()), *parts.rows(names, REPOSITORIES)]
    if _held(Tables(tables.address)) != held:  # also where nothing is to be written: what it named would be removed below
        raise RefreshBusy(f"another run indexed the fleet at {tables.address} meanwhile; nothing was changed, run it again")
    if names or kept.keys() != held.keys():
        tables.replace(REPOSITORIES, pa.Table.from_batches(rows, schema).sort_by("repository"))
    current = {**kept, **{name: task.part for name, task in new.items()}}
    unnamed = f"NOT ({one_of('part', sorted(current.values()))})"
    for table in ROWS:
        is_scattered = bool(names and held)
        if tables.count(table, unnamed):
            tables.delete(table, unnamed)
            is_scattered = True
        if is_scattered:
            tidy(tables, table)
    return current


@contextmanager
def _alone(fleet: Fleet) -> Iterator[None]:
    """Hold the lock of the tables at an address. Raises `RefreshBusy`."""
    place = work_folder(fleet.settings)
    private_folder(place)
    lock = place / f"{hashlib.blake2b(fleet.address.encode(), digest_size=8).hexdigest()}.lock"
    try:
        with locked(lock, 0.0):
            yield
    except TimeoutError as error:
        raise RefreshBusy(f"another process of this machine indexes the fleet at {fleet.address}; wait until it ends") from error
