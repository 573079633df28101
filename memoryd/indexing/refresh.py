"""Refreshes an index: turns the working tree into one new version of the store. A first index is the refresh of an empty store.

scan → digest what `stat` cannot vouch for → diff → parse what changed → embed what is new → one commit; the caller compacts.
Killed at any moment it leaves the last whole version; the next refresh finds what is missing by digest.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

from indexers import language_of
from memoryd.embed import Embedder
from memoryd.files import Basis, Content, Raw, Refused, Scan, Seen, StatCache, judged, read_raw, scan, stat_of
from memoryd.indexing.bisection import at_fault
from memoryd.indexing.changes import diff
from memoryd.indexing.failures import Failures, left_out
from memoryd.model import ChangeSet, Fingerprint, RefreshReport, Secrets, Skipped, Touched
from memoryd.parsing import FILE, FileRows, Parsed, ParserPool, moved, revision_of, skipped_rows
from memoryd.runtime import gc_paused, late
from memoryd.searchindex import IndexFile, Segment, segment_of
from memoryd.sharing import Facts, Remotes
from memoryd.store import BATCH_ROWS, FileRecord, Meta, RowsRefused, Store, new_meta, table_schema, to_batch, vectors_of

if TYPE_CHECKING:
    import pyarrow.compute as pc
else:
    pc = late("pyarrow.compute")  # which no question needs while nothing changes


STAT_FILE = "stat.json"
Progress = Callable[[str, int, int], None]
"""Called with the name of a phase, how many files are done, and how many there are; 0 of 0 where nobody knows.

Phases begin in the order reading, parsing (or parsing again), embedding, writing, preparing, and overlap: files are embedded while
others are parsed.
"""


def silent(_what: str, _done: int, _total: int) -> None:
    """Ignore progress."""


@dataclass(frozen=True, slots=True)
class Project:
    """The project of a refresh and its tools. `folder` holds the project's index, `root` its files, `name` is `root` as text.

    `facts` are those of files that were indexed before, whichever checkout they were in; `remotes` have those of others.
    """

    root: Path
    name: str
    folder: Path
    embedder: Embedder
    pool: ParserPool
    progress: Progress
    facts: Facts
    remotes: Remotes
    secrets: Secrets = Secrets.MASK


@dataclass(frozen=True, slots=True)
class Survey:
    """How the working tree differs from the index, before anything is parsed.

    `records` are those of the whole index, also if only some files were compared. `stats` is the stat cache after the comparison,
    `None` if nothing in it is new. `basis` is what the scan rests on, `None` if there was none. `fingerprints` are those of the files
    that were compared, as they are now.
    """

    changes: ChangeSet
    records: Mapping[str, FileRecord]
    stats: StatCache | None
    skipped: tuple[Skipped, ...]
    basis: Basis | None = None
    fingerprints: Mapping[str, Fingerprint] = field(default_factory=dict)

    def retrying(self, paths: Iterable[str]) -> "Survey":
        """Return the survey with some indexed files counted as modified, unless they are gone."""
        gone = {*self.changes.removed, *(old for old, _ in self.changes.renamed)}
        modified = tuple(sorted({*self.changes.modified, *paths} - gone))
        return replace(self, changes=replace(self.changes, modified=modified))


@dataclass(slots=True)
class Outcome:
    """The outcome of a refresh: counts, and what it did to the rows of the version `before` (`touched`).

    `skipped` are the files that it found not to be indexed; `records` are those of the version `before`.
    `failed` are the digests of files whose parser failed; `rows` are those of the files that an update wrote.
    """

    changes: ChangeSet
    skipped: tuple[Skipped, ...]
    before: int = 0
    records: Mapping[str, FileRecord] = field(default_factory=dict)
    parsed: int = 0
    embedded: int = 0
    reused: int = 0
    pulled: int = 0
    touched: Touched = field(default_factory=Touched)
    failed: set[str] = field(default_factory=set)
    rows: pa.Table | None = None

    def report(self, seconds: float, store_version: int) -> RefreshReport:
        """Return the report of a refresh that took `seconds` and made the version `store_version`."""
        touched = frozenset(self.touched.paths)
        before = (one for one in left_out(self.records) if one.path not in touched)
        moved = (Skipped(new, self.records[old].skipped) for old, new in self.changes.renamed if self.records[old].skipped)
        left = {one.path: one for one in (*before, *moved, *self.skipped)}
        return RefreshReport(
            added=len(self.changes.added), modified=len(self.changes.modified), removed=len(self.changes.removed),
            renamed=len(self.changes.renamed), parsed=self.parsed, embedded=self.embedded, reused=self.reused, pulled=self.pulled,
            skipped=tuple(left[path] for path in sorted(left)), seconds=round(seconds, 3), store_version=store_version,
        )  # fmt: skip


def survey(
    root: Path, folder: Path, records: Mapping[str, FileRecord], secrets: Secrets = Secrets.MASK, progress: Progress = silent
) -> Survey:
    """Compare the whole working tree with the records of the index."""
    return _compare(_Tree(root, scan(root), secrets), records, StatCache.load(folder / STAT_FILE), progress)


def survey_paths(root: Path, records: Mapping[str, FileRecord], paths: Iterable[str], secrets: Secrets = Secrets.MASK) -> Survey:
    """Compare some files of the index with the working tree; the rest counts as unchanged.

    Their bytes are read whatever their stat says: for a few files that is quicker than to load and save the stat cache.
    """
    known = {path: records[path] for path in sorted(set(paths)) if path in records}
    stats = {path: stat for path in known if (stat := stat_of(root, path)) is not None}
    return replace(_compare(_Tree(root, Scan(stats, ()), secrets), known, StatCache(), silent), records=records, stats=None)


class _Tree(NamedTuple):
    """The working tree as it was scanned, and how its files are read."""

    root: Path
    found: Scan
    secrets: Secrets


def _compare(tree: _Tree, records: Mapping[str, FileRecord], cache: StatCache, progress: Progress) -> Survey:
    found = tree.found
    current: dict[str, Fingerprint] = {}
    read_now: dict[str, Seen] = {}
    skipped = list(found.skipped)
    if found.entries and not records:
        progress("reading", len(found.entries), len(found.entries))  # the parsers read them
    for looked_at, (path, stat) in enumerate(found.entries.items(), 1):
        digest = cache.digest_for(path, stat)
        record = records.get(path)
        if digest is not None and record is not None and digest == record.fingerprint.digest:
            revision, known = revision_of(record.language, tree.secrets), record.fingerprint
            current[path] = known if known.language_revision == revision else Fingerprint(digest, revision)
            continue
        if not records:
            current[path] = Fingerprint("", "")
            continue
        raw = read_raw(tree.root, path)
        progress("reading", looked_at, len(found.entries))
        if isinstance(raw, Skipped):
            skipped.append(raw)
            continue
        read_now[path] = raw.seen
        if record is not None and raw.seen.digest == record.fingerprint.digest:
            # As where the stat says so: to look for secrets takes longer than to read.
            current[path] = Fingerprint(raw.seen.digest, revision_of(record.language, tree.secrets))
            continue
        if record is not None:  # it is modified, whatever its language; for that alone secrets need not be looked for
            current[path] = Fingerprint(raw.seen.digest, revision_of(_likely_language(path, raw), tree.secrets))
            continue
        content = judged(path, raw, tree.secrets)
        current[path] = Fingerprint(content.seen.digest, revision_of(_language(path, content), tree.secrets))
    if read_now:
        progress("reading", len(found.entries), len(found.entries))
    indexed = {path: record.fingerprint for path, record in records.items()}
    stats = cache.updated(read_now, found.entries)
    return Survey(diff(indexed, current), records, stats if stats.digests != cache.digests else None, tuple(skipped), found.basis, current)


def _language(path: str, content: Content | Refused) -> str:
    """Name the language a file would be indexed as; "" if it is refused."""
    return "" if isinstance(content, Refused) else language_of(path, content.source[:4096])


def _likely_language(path: str, raw: Raw) -> str:
    """Name the language a file would be indexed as if it is indexed: that, and its text without secrets, takes longer to find out."""
    return language_of(path, raw.data[:4096])


@gc_paused()
def create(project: Project, found: Survey) -> tuple[Store, Outcome]:
    """Index every file of the survey into a new store."""
    outcome = Outcome(found.changes, found.skipped)
    seen: dict[str, Seen] = {}
    meta = new_meta(project.folder, project.embedder.id, project.embedder.dimensions, project.name)
    store = new_store(project.folder, meta, _all_batches(project, found.changes.added, outcome, seen))
    StatCache().updated(seen, ()).save(project.folder / STAT_FILE)
    _note_failures(project.folder, {}, outcome)
    return store, outcome


def _all_batches(project: Project, paths: Sequence[str], outcome: Outcome, seen: dict[str, Seen]) -> Iterator[pa.RecordBatch]:
    pulled = _pulled_first(project, paths, outcome, seen)
    yield from _whole_batches(pulled)
    known = set(pc.unique(pulled["path"]).to_pylist())
    yield from _batches(project, _parsed(project, [path for path in paths if path not in known], outcome, seen), {}, outcome)
    # Building the indexes is where memory peaks; the parser processes are not needed any more.
    project.pool.close()
    project.progress("writing", 0, 0)


@gc_paused()
def update(project: Project, store: Store, found: Survey) -> Outcome:
    """Bring the store to the state of the survey, in one version."""
    changes = found.changes
    outcome = Outcome(changes, found.skipped, store.version, found.records)
    seen: dict[str, Seen] = {}
    if changes:
        old_paths = [old for old, _ in changes.renamed]
        written = frozenset((*changes.added, *changes.modified, *(new for _, new in changes.renamed)))
        outcome.touched = Touched(written, frozenset((*changes.removed, *old_paths)) - written)
        replaced = [*changes.modified, *changes.removed, *old_paths]
        known = _known(project, found, outcome)
        known_paths = frozenset(known["path"].to_pylist())
        is_embedded = not written <= known_paths  # with the vectors of what is replaced; else only those are read that the cache lacks
        wanted = replaced if is_embedded else project.facts.lacking({path: found.records[path].fingerprint for path in replaced})
        before = store.file_batches(wanted) if wanted else table_schema(project.embedder.dimensions).empty_table()
        files = _changed_files(project, store, found, known_paths, outcome, seen)
        vectors = vectors_of(before) if is_embedded else {}
        batches = [*known.to_batches(), *_batches(project, files, vectors, outcome)]
        project.progress("writing", 0, 0)
        try:
            store.commit(batches, outcome.touched.paths)
        except RowsRefused:
            batches = _without_refused(project, store, batches, outcome)
            store.commit(batches, outcome.touched.paths)
        outcome.rows = pa.Table.from_batches(batches, table_schema(project.embedder.dimensions))
        project.facts.keep((before, outcome.rows))
    if found.stats is not None:
        found.stats.updated(seen, found.stats.digests).save(project.folder / STAT_FILE)
    _note_failures(project.folder, found.records, outcome)
    return outcome


def _note_failures(folder: Path, records: Mapping[str, FileRecord], outcome: Outcome) -> None:
    """Keep the time of the files that failed in this refresh, for `Failures.due`."""
    before = Failures.load(folder)
    if not (before.times or outcome.failed):
        return  # as almost always, and the records of a large project take long to look through
    after = before.updated(records, outcome.failed, time.time())
    if after != before:
        after.save(folder)


def reembed(project: Project, old: Store) -> Store:
    """Write the rows of a store to a new one with another embedder's vectors; nothing is parsed."""
    meta = new_meta(project.folder, project.embedder.id, project.embedder.dimensions, project.name)
    return new_store(project.folder, meta, _embedded_again(project, old))


def new_store(folder: Path, meta: Meta, batches: Iterable[pa.RecordBatch]) -> Store:
    """Write rows to a new table with its search index beside it, which replace those in the folder. Raises `StoreUnusable`."""
    segments: list[Segment] = []
    with Store.new(folder, meta, _segmented(batches, segments)) as store:
        IndexFile(folder, meta.table, meta.lineage, meta.embedder).save(segments)
    return store


def _segmented(batches: Iterable[pa.RecordBatch], segments: list[Segment]) -> Iterator[pa.RecordBatch]:
    """Yield the batches, and append the segment of each to `segments`."""
    for batch in batches:
        segments.append(segment_of(batch))
        yield batch


def _embedded_again(project: Project, old: Store) -> Iterator[pa.RecordBatch]:
    done, total = 0, old.count()
    for batch in old.summaries():
        yield _with_vectors(batch, project.embedder)
        done += len(batch)
        project.progress("embedding", done, total)


def _with_vectors(batch: pa.RecordBatch, embedder: Embedder) -> pa.RecordBatch:
    vectors = embedder.embed(batch["summary"].to_pylist()).astype(np.float16)
    column = pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), embedder.dimensions)
    return batch.append_column("vector", column)


def _pulled_first(project: Project, paths: Sequence[str], outcome: Outcome, seen: dict[str, Seen]) -> pa.Table:
    """Return the rows that remotes have for a first index. Files are read for that only where a remote may be asked."""
    if not project.remotes.may_help(len(paths)):
        return table_schema(project.embedder.dimensions).empty_table()
    wanted: dict[str, tuple[Fingerprint, ...]] = {}
    for path in paths:
        raw = read_raw(project.root, path)
        if isinstance(raw, Raw):  # else its parser says why
            seen[path] = raw.seen
            likely = Fingerprint(raw.seen.digest, revision_of(_likely_language(path, raw), project.secrets))
            wanted[path] = _candidates(project, likely)
    return _pulled(project, wanted, outcome)


def _candidates(project: Project, likely: Fingerprint) -> tuple[Fingerprint, ...]:
    """Return what may decide the rows of a file: what is likely, or that it is left out."""
    return tuple(dict.fromkeys((likely, Fingerprint(likely.digest, revision_of("", project.secrets)))))


def _whole_batches(rows: pa.Table) -> Iterator[pa.RecordBatch]:
    """Yield rows in batches of about `BATCH_ROWS`. Each chunk of theirs has the rows of whole files, and so has each batch."""
    waiting: list[pa.RecordBatch] = []
    for chunk in rows.to_batches():
        waiting.append(chunk)
        if sum(map(len, waiting)) >= BATCH_ROWS:
            yield from pa.Table.from_batches(waiting).combine_chunks().to_batches()
            waiting = []
    if waiting:
        yield from pa.Table.from_batches(waiting).combine_chunks().to_batches()


def _pulled(project: Project, wanted: Mapping[str, Sequence[Fingerprint]], outcome: Outcome) -> pa.Table:
    rows = project.remotes.find(wanted)
    outcome.pulled += len(pc.unique(rows["path"]))
    _note_reused(rows, outcome)
    return rows


def _known(project: Project, found: Survey, outcome: Outcome) -> pa.Table:
    """Return the rows of added and modified files that were indexed before, here or elsewhere: they are neither parsed nor embedded."""
    changed = (*found.changes.added, *found.changes.modified)
    lacking = {path: _candidates(project, found.fingerprints[path]) for path in changed if path in found.fingerprints}
    tables = []
    for number in range(2):
        tables.append(project.facts.find({path: some[number] for path, some in lacking.items() if number < len(some)}))
        for path in pc.unique(tables[-1]["path"]).to_pylist():
            del lacking[path]
    rows = pa.concat_tables(tables)
    _note_reused(rows, outcome)
    return pa.concat_tables([rows, _pulled(project, lacking, outcome)]) if project.remotes.may_help(len(lacking)) else rows


def _note_reused(rows: pa.Table, outcome: Outcome) -> None:
    outcome.reused += len(rows)
    left_out = rows.filter(pc.not_equal(rows["skipped"], ""))
    outcome.skipped += tuple(map(Skipped, left_out["path"].to_pylist(), left_out["skipped"].to_pylist()))


def _changed_files(
    project: Project, store: Store, found: Survey, known: Set[str], outcome: Outcome, seen: dict[str, Seen]
) -> Iterator[FileRows]:
    """Yield the rows of every added, modified and renamed file that is not `known`; a file that only moved is not parsed."""
    if found.changes.renamed:
        stored = store.file_rows(old for old, _ in found.changes.renamed)
        yield from (moved(stored[old], new) for old, new in found.changes.renamed)
    yield from _parsed(project, sorted({*found.changes.added, *found.changes.modified} - known), outcome, seen)


def _parsed(project: Project, paths: Sequence[str], outcome: Outcome, seen: dict[str, Seen]) -> Iterator[FileRows]:
    """Yield the rows of files. Where another program may be to blame for a parser that failed, the file is parsed again at the end."""
    failed: list[Parsed] = []
    for done, parsed in enumerate(project.pool.parse(paths), 1):
        project.progress("parsing", done, len(paths))
        if parsed.failure and parsed.failure.may_pass:
            failed.append(parsed)
        else:
            yield from _taken(parsed, outcome, seen)
    for done, parsed in enumerate(project.pool.parse_again(failed) if failed else (), 1):
        project.progress("parsing again", done, len(failed))
        yield from _taken(parsed, outcome, seen)


def _taken(parsed: Parsed, outcome: Outcome, seen: dict[str, Seen]) -> Iterator[FileRows]:
    """Count the result of a file, and yield its rows if it has any."""
    if isinstance(parsed.outcome, Skipped):
        outcome.skipped += (parsed.outcome,)
        return
    outcome.parsed += not parsed.outcome.skipped
    if parsed.outcome.skipped:
        outcome.skipped += (Skipped(parsed.path, parsed.outcome.skipped),)
    if parsed.failure:
        outcome.failed.add(parsed.outcome.digest)
    if parsed.seen is not None:
        seen[parsed.path] = parsed.seen
    yield parsed.outcome


def _batches(project: Project, files: Iterable[FileRows], kept: Mapping[str, np.ndarray], outcome: Outcome) -> Iterator[pa.RecordBatch]:
    """Yield batches of about `BATCH_ROWS` rows; a vector in `kept` is used again for the summary it was made from."""
    waiting: list[FileRows] = []
    rows = done = 0
    changes = outcome.changes
    total = len(changes.added) + len(changes.modified) + len(changes.renamed)
    for file in files:
        waiting.append(file)
        rows += file.size
        if rows >= BATCH_ROWS:
            yield _batch(project, waiting, kept, outcome)
            done += len(waiting)
            project.progress("embedding", done, total)
            waiting, rows = [], 0
    if waiting:
        yield _batch(project, waiting, kept, outcome)
    if total:
        project.progress("embedding", total, total)


def _batch(project: Project, files: Sequence[FileRows], kept: Mapping[str, np.ndarray], outcome: Outcome) -> pa.RecordBatch:
    """Return the rows of files as a batch; a file with values that cannot be stored counts as skipped."""
    try:
        return to_batch(files, _vectors(project.embedder, files, kept, outcome))
    except RowsRefused:
        refused = at_fault(files, lambda some: to_batch(some, _no_vectors(project, some)))
        skipped = [_skipped(project, file.path, file.digest, refused[file], outcome) if file in refused else file for file in files]
        return to_batch(skipped, _vectors(project.embedder, skipped, kept, outcome))


def _without_refused(project: Project, store: Store, batches: Sequence[pa.RecordBatch], outcome: Outcome) -> list[pa.RecordBatch]:
    """Return the rows of a refused commit with the files at fault skipped. Raises `RowsRefused` if no rows would be taken."""
    rows = pa.Table.from_batches(batches, table_schema(project.embedder.dimensions))
    rehearse = store.rehearsal(outcome.touched.paths)
    rehearse(rows.slice(0, 0))
    heads = rows.filter(pc.equal(rows["kind"], FILE))
    digests = dict(zip(heads["path"].to_pylist(), heads["digest"].to_pylist(), strict=True))

    def of(paths: Iterable[str]) -> pa.Table:
        return rows.filter(pc.is_in(rows["path"], pa.array(paths, pa.string())))

    refused = at_fault(digests, lambda some: rehearse(of(some)))
    skipped = [_skipped(project, path, digests[path], reason, outcome) for path, reason in refused.items()]
    others = of(path for path in digests if path not in refused).to_batches()
    return [*others, *_batches(project, skipped, {}, outcome)]


def _skipped(project: Project, path: str, digest: str, reason: str, outcome: Outcome) -> FileRows:
    outcome.skipped += (Skipped(path, reason),)
    return skipped_rows(path, "", digest, revision_of("", project.secrets), reason)


def _no_vectors(project: Project, files: Sequence[FileRows]) -> np.ndarray:
    return np.zeros((sum(file.size for file in files), project.embedder.dimensions), np.float32)


def _vectors(embedder: Embedder, files: Sequence[FileRows], kept: Mapping[str, np.ndarray], outcome: Outcome) -> np.ndarray:
    summaries = [summary for file in files for summary in file.columns.unit("summary")]
    vectors = np.zeros((len(summaries), embedder.dimensions), np.float32)
    new = [index for index, summary in enumerate(summaries) if summary not in kept]
    for index, summary in enumerate(summaries):
        if summary in kept:
            vectors[index] = kept[summary]
    if new:
        vectors[new] = embedder.embed([summaries[index] for index in new])
    outcome.embedded += len(new)
    outcome.reused += len(summaries) - len(new)
    return vectors
