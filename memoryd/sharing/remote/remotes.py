"""The remotes that a refresh asks for rows of files, and how rows get there.

Nothing depends on a remote: whatever is wrong with one costs a refresh its patience once, a warning, and then nothing for a while.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from memoryd.errors import RemoteUnusable, UsageError
from memoryd.model import Fingerprint, Secrets
from memoryd.parsing import FILE
from memoryd.runtime import late
from memoryd.sharing.checks import check_rows
from memoryd.sharing.remote import condition, entries
from memoryd.sharing.remote.asking import Answer, Pace, Source, ask
from memoryd.sharing.remote.condition import LEFT_ALONE_SECONDS
from memoryd.sharing.remote.entries import Key, Maker, key_of
from memoryd.sharing.remote.inventories import name_of
from memoryd.sharing.remote.objects import Failure, Objects, check_installed
from memoryd.sharing.remote.pushing import held, put, tidy
from memoryd.sharing.remote.registry import Remote, folder_in, remotes_of
from memoryd.sharing.remote.signatures import public_of
from memoryd.store import table_schema

if TYPE_CHECKING:
    import pyarrow.compute as pc
else:
    pc = late("pyarrow.compute")  # which no question needs while nothing changes

FEW = 32
"""The files for which no remote is asked: to parse them takes less time."""
SECONDS_A_FILE = 0.002
"""What an entry saves: about what parsing a file takes."""
PULL_PATIENCE = 30.0
"""How many seconds a remote may be silent when somebody asked for it by name."""
RETRIES = 3
"""How often a request is made again when somebody asked for it by name."""
FILES_AT_ONCE = 500
FILES_UNPACKED = 64
Wanted = Mapping[str, Sequence[Fingerprint]]
"""Files by path, each with what may decide its rows, the likeliest first."""
log = logging.getLogger("memoryd")


@dataclass(frozen=True, slots=True)
class Remotes:
    """The remotes of a data folder. With `only`, the one of that name is asked however few files are wanted, and what fails is an error."""

    home: Path
    maker: Maker
    secrets: Secrets = Secrets.MASK
    only: str = ""

    def may_help(self, files: int) -> bool:
        """Tell whether any remote would be asked for so many files."""
        return bool(files) and any(True for _ in self._asked(files))

    def find(self, wanted: Wanted) -> pa.Table:
        """Return all rows of those files of which a remote has them, and that are sound. Raises `RemoteUnusable` for `only`."""
        tables = [table_schema(self.maker.dimensions).empty_table()]
        missing = dict(wanted)
        for remote in self._asked(len(wanted)):
            found = self._found(remote, missing)
            tables.append(found)
            for path in pc.unique(found["path"]).to_pylist():
                del missing[path]
            if len(missing) < (1 if self.only else FEW):
                break
        return pa.concat_tables(tables)

    def _asked(self, files: int) -> Iterator[Remote]:
        """Yield the remotes that are worth asking now."""
        if self.secrets == Secrets.SHOW or (files < FEW and not self.only):
            return
        try:
            remotes = remotes_of(self.home)
        except RemoteUnusable as error:
            if self.only:
                raise
            log.warning("%s", error)
            return
        now = time.time()
        for remote in remotes:
            if remote.name == self.only or not (self.only or condition.load(folder_in(self.home, remote.name)).is_left_alone(now)):
                yield remote

    def _found(self, remote: Remote, wanted: Wanted) -> pa.Table:
        keys = {key_of(self.maker, path, one): (path, one) for path, some in wanted.items() for one in some}
        folder, now = folder_in(self.home, remote.name), time.time()
        before = condition.load(folder)
        pace = Pace(PULL_PATIENCE if self.only else remote.patience)
        try:
            check_installed()
            source = Source(Objects(remote.address, RETRIES if self.only else 0), remote.keys, folder, before.quarantined(now))
            answer = ask(source, [key.id for key in keys], pace, PULL_PATIENCE if self.only else SECONDS_A_FILE)
        except (Failure, OSError) as failure:
            answer = Answer({}, before.entries, frozenset(), str(failure))
        except RemoteUnusable as error:
            answer = Answer({}, before.entries, frozenset(), error.message)
        rows, wrong = self._sound(keys, answer)
        wrong |= answer.wrong
        after = before.answered(now, answer.held, wrong)
        self._noted(remote, after if not answer.failure else after.broke(now, answer.failure), len(wrong - before.quarantined(now)))
        return rows

    def _noted(self, remote: Remote, after: condition.Condition, wrong: int) -> None:
        """Keep the condition of a remote, and say what is wrong with it."""
        condition.save(folder_in(self.home, remote.name), after)
        if wrong:
            log.warning("the remote %s holds %d objects that are not what they should be; they are left out", remote.name, wrong)
        if after.failure and self.only:
            raise RemoteUnusable(f"the remote {remote.name} failed: {after.failure}; see: memoryd remote list")
        if after.failure:
            minutes = LEFT_ALONE_SECONDS / 60
            log.warning("the remote %s is left alone for %.0f minutes: %s; nothing depends on it", remote.name, minutes, after.failure)

    def _sound(self, keys: Mapping[Key, tuple[str, Fingerprint]], answer: Answer) -> tuple[pa.Table, set[str]]:
        """Return the rows of entries that are what they should be, each file once, and the digests of the others."""
        chosen: dict[str, tuple[Key, Fingerprint]] = {}
        for key, (path, fingerprint) in keys.items():
            if key.id in answer.entries:
                chosen.setdefault(path, (key, fingerprint))
        tables, wrong = [table_schema(self.maker.dimensions).empty_table()], set[str]()
        paths = list(chosen)
        # In groups that fit a processor's memory: to have all of them unpacked at once takes twice as long.
        for start in range(0, len(paths), FILES_UNPACKED):
            some = {path: (*chosen[path], answer.entries[chosen[path][0].id]) for path in paths[start : start + FILES_UNPACKED]}
            rows = self._rows(some)
            if rows is None:
                alone = {path: self._rows({path: some[path]}) for path in some}
                wrong |= {name_of(some[path][2]) for path, found in alone.items() if found is None}
                tables += [found for found in alone.values() if found is not None]
            else:
                tables.append(rows)
        return pa.concat_tables(tables), wrong

    def _rows(self, files: Mapping[str, tuple[Key, Fingerprint, memoryview]]) -> pa.Table | None:
        """Return the rows of the entries of files, `None` unless all are what they should be."""
        schema = table_schema(self.maker.dimensions)
        try:
            batches = [entries.rows_of(key, entry, schema) for key, _, entry in files.values()]
            rows = pa.Table.from_batches(batches, schema).combine_chunks()
            _check(rows, {path: fingerprint for path, (_, fingerprint, _) in files.items()}, [len(batch) for batch in batches])
        except (ValueError, pa.ArrowException):
            return None
        return rows

    def push(
        self, remote: Remote, private_key: str, files: Mapping[str, Fingerprint], rows: Callable[[Iterable[str]], pa.Table]
    ) -> "Pushed":
        """Put the rows of those files that a remote lacks there, as `rows` gives them. Raises `RemoteUnusable` and `UsageError`."""
        self._check_may_push(remote, private_key)
        try:
            source = Source(Objects(remote.address, RETRIES), remote.keys, folder_in(self.home, remote.name), frozenset())
            keys = {path: key_of(self.maker, path, fingerprint) for path, fingerprint in sorted(files.items())}
            there = held(source).inventory
            known = there.places([key.id for key in keys.values()])
            lacking = {path: key for path, key in keys.items() if key.id not in known}
            size = put(source, self._entries(lacking, rows), private_key)
            is_tidied = tidy(source, private_key)
        except (Failure, OSError) as failure:
            said = str(failure) if isinstance(failure, Failure) else failure.strerror
            raise RemoteUnusable(f"nothing new counts at the remote {remote.name}: {said}; push again when that is mended") from failure
        condition.save(source.folder, condition.load(source.folder).answered(time.time(), len(there) + len(lacking), ()))
        return Pushed(remote.name, len(files), len(lacking), size, is_tidied)

    def _check_may_push(self, remote: Remote, private_key: str) -> None:
        check_installed()
        if self.secrets == Secrets.SHOW:
            raise UsageError("what holds secrets is never pushed; unset MEMORYD_SECRETS")
        if remote.keys and not private_key:
            raise UsageError(
                f"what is pushed to {remote.name} must be signed; set MEMORYD_REMOTE_KEY to the private key, in CI from its secrets"
            )
        if remote.keys and public_of(private_key) not in remote.keys:
            raise UsageError(f"the key in MEMORYD_REMOTE_KEY is none of those that {remote.name} trusts; memoryd remote list shows them")

    def _entries(self, lacking: Mapping[str, Key], rows: Callable[[Iterable[str]], pa.Table]) -> Iterator[tuple[bytes, bytes]]:
        schema = table_schema(self.maker.dimensions)
        paths = list(lacking)
        for start in range(0, len(paths), FILES_AT_ONCE):
            table = rows(paths[start : start + FILES_AT_ONCE]).select(schema.names).cast(schema)
            order = [("path", "ascending"), ("start", "ascending"), ("end", "descending"), ("id", "ascending")]
            ordered = table.sort_by(order).combine_chunks()
            counts = ordered["path"].combine_chunks().value_counts()
            first = 0
            for path, count in zip(counts.field("values").to_pylist(), counts.field("counts").to_pylist(), strict=True):
                # A slice keeps the buffers of the whole; taking its rows makes some of its own.
                some = ordered.take(pa.array(range(first, first + count))).combine_chunks().to_batches()[0]
                yield lacking[path].id, entries.written(lacking[path], some)
                first += count

    def named(self, name: str) -> "Remotes":
        """Return the same with the remote of one name alone."""
        return replace(self, only=name)


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push did: of how many files the remote holds rows now, how many of those are new, and whether it was tidied."""

    remote: str
    files: int
    pushed: int
    bytes: int
    tidied: bool


def _check(rows: pa.Table, files: Mapping[str, Fingerprint], counts: Sequence[int]) -> None:
    """Raise `ValueError` or Arrow's own unless rows are those of files, each with a count of them, and such as we write them."""
    rows.validate(full=True)
    owners = pa.array(list(files)).take(pa.array(np.repeat(np.arange(len(files)), counts)))
    heads = rows.filter(pc.equal(rows["kind"], FILE)).select(["path", "digest", "language_revision"])
    expected = [(path, one.digest, one.language_revision) for path, one in files.items()]
    if list(zip(*(column.to_pylist() for column in heads.columns), strict=True)) != expected:
        raise ValueError("it is of other files")
    if not rows["path"].combine_chunks().equals(owners) or pc.count_distinct(rows["id"]).as_py() != len(rows):
        raise ValueError("it holds units of other files, or one twice")
    for batch in rows.to_batches():
        check_rows(batch)
