"""An index as one file, for another machine: a Parquet file of the facts, whose footer holds a manifest.

An archive is taken in whole or not at all. Before anything of it counts, its seal (the digest of all its other bytes) must be
right, its format and embedder ours, its sizes within bounds; then every page must have its checksum, and every row be such as we
write them. What it says about a file is believed where the file here has the digest it names (the refresh that follows reads every
file), so take in archives only from where you would take code. Same index, same bytes: stats and paths of a machine are not in it.
"""

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeGuard

import orjson
import pyarrow as pa

from memoryd.errors import ArchiveRefused, StoreUnusable, reason
from memoryd.files import PRIVATE, path_bytes, path_text, replacing
from memoryd.model import Secrets
from memoryd.parsing import FILE
from memoryd.runtime import late
from memoryd.secrets import revision
from memoryd.sharing import check_rows
from memoryd.store import FORMAT as INDEX_FORMAT
from memoryd.store import Store, table_schema

if TYPE_CHECKING:
    import pyarrow.compute as pc
else:
    pc = late("pyarrow.compute")  # which no question needs while nothing changes


FORMAT = "memoryd archive 3"
MANIFEST = "memoryd"
VECTORS = "vector.list.element"
"""The numbers of all vectors, as Parquet calls them: they pack better with their first bytes together."""
SEAL = b"memoryd blake2b "
SEAL_BYTES = 32
MAGIC = b"PAR1"
FILES_AT_ONCE = 500
ROWS = 4_096
"""Of a row group, which is what is in memory at once."""
BLOCK = 2**20
MAX_FOOTER = 64 * 2**20
MAX_BYTES = 8 * 2**30
MAX_RATIO = 256
"""How many times its own size an archive may unpack to; real ones come to less than ten, modules that repeat each other to fifty."""
SLACK = 2**20
TOO_MUCH = "it unpacks to more than it should"
UNPROMISED = "its rows are not those its manifest promises"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says it holds. `secrets` is the revision of the rules for them, `languages` by language, `files` digests by path."""

    embedder: str
    secrets: str
    dimensions: int
    rows: int
    languages: Mapping[str, str]
    files: Mapping[str, str]


def write_archive(store: Store, secrets: Secrets, file: Path) -> Manifest:
    """Write what a store holds to a file for our user alone, which is replaced as a whole. Raises `StoreUnusable` where that fails."""
    try:
        with replacing(file, PRIVATE) as opened:
            manifest = _write_facts(store, secrets, opened)
            seal(opened)
    except OSError as error:
        raise StoreUnusable(f"cannot write the archive: {reason(error)}; give a file in a folder you may write", file) from error
    return manifest


class Archive:
    """An archive whose seal is right: its `manifest`, and its rows in `batches`."""

    def __init__(self, opened: IO[bytes]) -> None:
        import pyarrow.parquet as parquet

        place, digest = _seal(opened)
        opened.seek(place)
        if opened.read(len(digest)) != digest:
            raise ArchiveRefused("its bytes do not have the digest that it names")
        # What changes after this look shows in the checksums of pages.
        self._parquet = parquet.ParquetFile(opened, pre_buffer=False, page_checksum_verification=True)
        size = opened.seek(0, os.SEEK_END)
        self._most = min(size * MAX_RATIO + SLACK, MAX_BYTES)
        _check_sizes(self._parquet.metadata, self._most)
        self.manifest = _manifest((self._parquet.metadata.metadata or {}).get(MANIFEST.encode(), b""))

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the rows; raise `ArchiveRefused` at the first that is wrong, or at the end if anything is missing."""
        with _refusals():
            if not self._parquet.schema_arrow.equals(table_schema(self.manifest.dimensions)):
                raise ArchiveRefused("its columns are not ours")
            check = _Check(self.manifest)
            left = self._most
            for group in range(self._parquet.num_row_groups):
                for batch in self._parquet.read_row_group(group).to_batches():
                    left -= batch.nbytes
                    if left < 0:
                        raise ArchiveRefused(TOO_MUCH)
                    check.take(batch)
                    yield batch
            check.end()


@contextmanager
def open_archive(file: Path, embedder: str, dimensions: int, secrets: Secrets) -> Iterator[Archive]:
    """Open an archive made with an embedder and our rules for secrets. Raises `ArchiveRefused` for others; says why, and what to do."""
    with ExitStack() as stack:
        try:
            with _refusals():
                archive = Archive(stack.enter_context(_regular(file)))
            found = archive.manifest
            if (found.embedder, found.dimensions) != (embedder, dimensions):
                raise ArchiveRefused(
                    f"its embedder is {found.embedder}, here it is {embedder}: set MEMORYD_EMBEDDER to the same on both sides"
                )
            if found.secrets != revision(secrets):
                raise ArchiveRefused(
                    "secrets were masked in it by other rules, or not at all: make it with this version and MEMORYD_SECRETS"
                )
            yield archive
        except ArchiveRefused as refused:
            raise ArchiveRefused(
                f"{file} is not taken in: {refused}; the index here is as it was. Export it again, or run: memoryd reindex"
            ) from refused


@contextmanager
def _regular(file: Path) -> Iterator[IO[bytes]]:
    # Not to wait for a pipe.
    descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as raw:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ArchiveRefused("it is not a regular file")
        yield raw


def _write_facts(store: Store, secrets: Secrets, opened: IO[bytes]) -> Manifest:
    import pyarrow.parquet as parquet

    files = store.files()
    columns = table_schema(store.meta.dimensions)
    rows = 0
    with parquet.ParquetWriter(
        opened, columns, compression="zstd", use_dictionary=False, use_byte_stream_split=[VECTORS], write_statistics=False,
        write_page_checksum=True,
    ) as writer:  # fmt: skip
        paths = sorted(files)
        for start in range(0, len(paths), FILES_AT_ONCE):
            table = store.file_batches(paths[start : start + FILES_AT_ONCE]).select(columns.names).cast(columns)
            ordered = table.sort_by([("path", "ascending"), ("start", "ascending"), ("end", "descending"), ("id", "ascending")])
            rows += len(ordered)
            writer.write_table(ordered.combine_chunks(), ROWS)
        languages = {one.language: one.fingerprint.language_revision for one in files.values() if one.language}
        digests = {path: one.fingerprint.digest for path, one in files.items()}
        manifest = Manifest(store.meta.embedder, revision(secrets), store.meta.dimensions, rows, languages, digests)
        fields = {"format": FORMAT, "index": INDEX_FORMAT, **asdict(manifest)}
        blank = SEAL + b"0" * 2 * SEAL_BYTES
        writer.add_key_value_metadata({MANIFEST: orjson.dumps(fields, option=orjson.OPT_SORT_KEYS), "seal": blank})
    return manifest


def seal(opened: IO[bytes]) -> None:
    """Write the digest of all other bytes of an archive into its place."""
    place, digest = _seal(opened)
    opened.seek(place)
    opened.write(digest)


def _seal(opened: IO[bytes]) -> tuple[int, bytes]:
    """Return where in an archive its seal stands, and what that is: the digest of all other bytes."""
    end = opened.seek(max(opened.seek(0, os.SEEK_END) - 8, 0))
    footer = int.from_bytes(opened.read(4), "little")
    if opened.read() != MAGIC:
        raise ArchiveRefused("it is truncated, or no archive of this version of memoryd")
    if footer > min(MAX_FOOTER, end):
        raise ArchiveRefused("its footer is larger than it can be")
    digest = hashlib.blake2b(digest_size=SEAL_BYTES)
    opened.seek(0)
    while block := opened.read(min(end - footer - opened.tell(), BLOCK)):
        digest.update(block)
    last = opened.read()
    place = last.rfind(SEAL) + len(SEAL)
    digest.update(last[:place] + last[place + 2 * SEAL_BYTES :])
    return end - footer + place, digest.hexdigest().encode()


def _check_sizes(promised: Any, most: int) -> None:
    """Refuse what would unpack to more than it should, going by what it says of itself."""
    # Not of its columns: asked for one that is damaged, pyarrow ends the process.
    groups = [promised.row_group(number) for number in range(promised.num_row_groups)]
    is_bounded = all(group.num_rows <= ROWS and group.total_byte_size >= 0 for group in groups)
    if not is_bounded or sum(group.total_byte_size for group in groups) > most:
        raise ArchiveRefused(TOO_MUCH)


def _manifest(data: bytes) -> Manifest:
    found = orjson.loads(data)
    if not isinstance(found, dict) or found.get("format") != FORMAT or found.get("index") != INDEX_FORMAT:
        raise ArchiveRefused("its format is not the one of this version of memoryd")
    values: list[Any] = [found.get(name) for name in Manifest.__slots__]
    embedder, secrets, dimensions, rows, languages, files = values
    are_sizes = type(dimensions) is int and type(rows) is int
    if not are_sizes or not _is_texts({"embedder": embedder, "secrets": secrets}) or not _is_texts(languages) or not _is_texts(files):
        raise ArchiveRefused("its manifest is damaged")
    if outside := next((path for path in files if not _is_inside(path)), None):
        raise ArchiveRefused(f"it names {outside!r}, which is no path inside a project")
    return Manifest(*values)


def _is_texts(found: Any) -> TypeGuard[dict[str, str]]:
    return isinstance(found, dict) and all(isinstance(value, str) for value in found.values())


def _is_inside(path: str) -> bool:
    raw = path_bytes(path)
    return path_text(raw) == path and b"\0" not in raw and not {b"", b".", b".."}.intersection(raw.split(b"/"))


class _Check:
    """Whether rows are such as we write them, and all that the manifest promises."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest
        self._ids: set[str] = set()
        self._files: dict[str, str] = {}
        self._rows = 0

    def take(self, batch: pa.RecordBatch) -> None:
        """Look at some rows. Raises `ArchiveRefused`."""
        self._rows += len(batch)
        batch.validate(full=True)
        if self._rows > self._manifest.rows:
            raise ArchiveRefused(UNPROMISED)
        try:
            check_rows(batch)
        except ValueError as wrong:
            raise ArchiveRefused(str(wrong)) from wrong
        ids, paths = batch["id"].to_pylist(), batch["path"].to_pylist()
        self._ids.update(ids)
        if not self._manifest.files.keys() >= set(paths):
            raise ArchiveRefused("it holds a file that its manifest does not name")
        heads = batch.filter(pc.equal(batch["kind"], FILE))
        self._files.update(zip(heads["path"].to_pylist(), heads["digest"].to_pylist(), strict=True))

    def end(self) -> None:
        """Look at all of them. Raises `ArchiveRefused`."""
        if self._rows != self._manifest.rows or len(self._ids) != self._rows or self._files != self._manifest.files:
            raise ArchiveRefused(UNPROMISED)


@contextmanager
def _refusals() -> Iterator[None]:
    """Translate everything that damaged data makes the libraries raise."""
    try:
        yield
    except (OSError, ValueError, pa.ArrowException, MemoryError, OverflowError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else None
        raise ArchiveRefused(f"it cannot be read ({reason or 'truncated or damaged'})") from error
