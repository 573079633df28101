"""One task: a repository at a commit → its part. The same refresh as of any project, from what the fleet holds of the repository.

The rows that the fleet has of an older commit are the beginning, so only files that changed since are parsed, and of these none that the
cache of facts knows. Nothing else is kept between tasks: any worker of any machine may do any of them, twice, too.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from memoryd.config import Settings
from memoryd.embed import Embedder
from memoryd.embed import load as load_embedder
from memoryd.files import locked, private_folder, remove
from memoryd.fleet.listed import Listed
from memoryd.fleet.parts import Parts
from memoryd.fleet.tables import UNITS, rules
from memoryd.fleet.tasks.contents import Contents, leave
from memoryd.fleet.tasks.source import source_of
from memoryd.indexing import Project, new_store, silent, survey, update
from memoryd.model import Skipped
from memoryd.parsing import ParserPool
from memoryd.past import check_out
from memoryd.searchindex import IndexFile
from memoryd.sharing import Facts, Maker, Remotes
from memoryd.store import Store, Tables, new_meta, one_of, table_schema
from memoryd.versions import View

FOLDER, MIRRORS, TASK, LOCK = "fleet", "mirrors", "task.", "lock"
CLEARING_SECONDS = 600.0
"""How long a task waits for another one that removes what killed tasks left."""


@dataclass(frozen=True, slots=True)
class Task:
    """A repository to be indexed at a commit, for the fleet at `address`; `before` is the part that the fleet has of it, "" for none."""

    listed: Listed
    commit: str
    part: str
    before: str
    address: str
    settings: Settings


@dataclass(frozen=True, slots=True)
class Done:
    """What a task made and what it took: CPU seconds with those of its parsers, and seconds."""

    repository: str
    parsed: int
    reused: int
    cpu_seconds: float
    seconds: float


def work_folder(settings: Settings) -> Path:
    """Return the folder in which tasks work, and keep their copies of remote repositories."""
    return settings.home / FOLDER


def run(task: Task) -> Done:
    """Do a task. Raises `MemorydError`, or whatever the repository leads to: nothing of its part is there then."""
    started, cpu = time.perf_counter(), _cpu_seconds()
    embedder = load_embedder(task.settings.embedder)
    place = work_folder(task.settings)
    private_folder(place)
    with _own_folder(place) as folder:
        root, index = folder / "tree", folder / "index"
        root.mkdir()
        left_out = check_out(source_of(task.listed, task.commit, place / MIRRORS), task.commit, root)
        indexed = _index(task, root, index, embedder)
        view = View.load(root, indexed.store.snapshot(), embedder, task.settings.secrets)
        view.save()
        meta = indexed.store.meta
        IndexFile(index, meta.table, meta.lineage, meta.embedder).save([view.matcher.compacted()])
        made_by = rules(embedder.id, embedder.dimensions, task.settings.secrets)
        leave(Contents(task.listed, task.commit, task.part, view, (*left_out, *indexed.skipped), made_by), Parts(task.address))
    return Done(task.listed.name, indexed.parsed, indexed.reused, round(_cpu_seconds() - cpu, 3), round(time.perf_counter() - started, 3))


@contextmanager
def _own_folder(place: Path) -> Iterator[Path]:
    """Have a folder for one task until the block ends. Those that killed tasks left, which nobody locks, are removed."""
    with ExitStack() as stack:
        with locked(place / LOCK, CLEARING_SECONDS):
            for left in place.glob(f"{TASK}*"):
                with suppress(OSError), locked(left / LOCK, 0.0):  # of one that works still, a timeout
                    remove(left)
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=place, prefix=TASK)))
            stack.enter_context(locked(folder / LOCK, 0.0))
        yield folder


@dataclass(frozen=True, slots=True)
class _Indexed:
    """An index of a repository, the files that are not in it, and how many files were parsed and how many rows were known."""

    store: Store
    skipped: tuple[Skipped, ...]
    parsed: int
    reused: int


def _index(task: Task, root: Path, folder: Path, embedder: Embedder) -> _Indexed:
    settings, name = task.settings, task.listed.name
    known = list(_known(task, embedder))
    store = new_store(folder, new_meta(folder, embedder.id, embedder.dimensions, name), known)
    facts = Facts(settings.home, settings.cache_bytes, embedder.id, embedder.dimensions)
    facts.prepare()
    remotes = Remotes(settings.home, Maker(embedder.id, embedder.dimensions), settings.secrets, settings.pulls_from)
    with ParserPool(root, settings.workers, secrets=settings.secrets) as pool:
        project = Project(root, name, folder, embedder, pool, silent, facts, remotes, settings.secrets)
        found = survey(root, folder, store.files(), settings.secrets)
        outcome = update(project, store, found)
    return _Indexed(store, outcome.skipped, outcome.parsed, outcome.reused + sum(map(len, known)))


def _known(task: Task, embedder: Embedder) -> Iterator[pa.RecordBatch]:
    """Yield what the fleet has of the repository, unless another embedder made it."""
    wanted = table_schema(embedder.dimensions)
    tables = Tables(task.address)
    if task.before:
        for batch in tables.batches(UNITS, one_of("part", [task.before])):
            if wanted.field("vector").equals(batch.schema.field("vector")):
                yield batch.select(wanted.names)


def _cpu_seconds() -> float:
    """Return the CPU seconds of this process and of the processes that it waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
