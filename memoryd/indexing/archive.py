"""An index as one file, for another machine: a compressed tar of a manifest and the facts as an Arrow stream.

An archive is taken in whole or not at all. Before anything of it counts, its format and embedder must be ours, its sizes
within bounds, every digest right, and every row such as we write them; it is never unpacked by the names it holds. What it
says about a file is believed where the file here has the digest it names (the refresh that follows reads every file), so
take in archives only from where you would take code. Same index, same bytes: stats and paths of a machine are not in it.
"""

import gzip
import hashlib
import io
import os
import stat
import struct
import tarfile
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeGuard

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from memoryd.errors import ArchiveRefused, StoreUnusable
from memoryd.files import path_bytes, path_text
from memoryd.parsing import FILE
from memoryd.store import FORMAT as INDEX_FORMAT
from memoryd.store import Store, table_schema

FORMAT = "memoryd archive 1"
MANIFEST, FACTS = "manifest.json", "facts.arrow"
LEVEL = 3
FILES_AT_ONCE = 500
MAX_MANIFEST = 64 * 2**20
MAX_FACTS = 8 * 2**30
MAX_DIMENSIONS = 65_536
MAX_RATIO = 64
"""How many times its own size an archive may unpack to; real ones come to less than ten."""
SLACK = 2**20
BLOCKS = 64 * 2**10
"""What a tar adds around a member, and reads ahead."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says it holds. `languages` are revisions by language, `files` digests by path."""

    embedder: str
    dimensions: int
    rows: int
    facts_bytes: int
    facts_digest: str
    languages: Mapping[str, str]
    files: Mapping[str, str]


def write_archive(store: Store, file: Path) -> Manifest:
    """Write what a store holds to a file, which is replaced as a whole. Raises `StoreUnusable` where that fails."""
    aside = file.with_name(f".{file.name}.{os.getpid()}.new")
    try:
        with tempfile.TemporaryFile(dir=file.parent) as facts:
            manifest = _write_facts(store, facts)
            try:
                with aside.open("xb") as opened:
                    _write_tar(manifest, facts, opened)
                aside.replace(file)
            except BaseException:
                aside.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise StoreUnusable(f"cannot write {file}: {error.strerror}; give a file in a folder you may write") from error
    return manifest


class Archive:
    """An archive that is read once, from front to back: first `manifest`, then `batches`."""

    def __init__(self, opened: IO[bytes], size: int) -> None:
        self._unpacked = _Bounded(gzip.GzipFile(fileobj=opened), size * MAX_RATIO + SLACK)
        self._unpacked.allow(MAX_MANIFEST + BLOCKS)
        self._tar = tarfile.open(fileobj=self._unpacked, mode="r|")  # noqa: SIM115 - closed with the file below it
        self.manifest = _manifest(self._member(MANIFEST, MAX_MANIFEST).read())

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the rows; raise `ArchiveRefused` at the first that is wrong, or at the end if anything is missing."""
        with _refusals():
            self._unpacked.allow(self.manifest.facts_bytes + BLOCKS)
            facts = _Digested(self._member(FACTS, self.manifest.facts_bytes))
            check = _Check(self.manifest)
            for batch in _record_batches(facts, table_schema(self.manifest.dimensions)):
                check.take(batch)
                yield batch
            check.end()
            facts.end(self.manifest)
            self._unpacked.allow(BLOCKS)
            if self._tar.next() is not None or self._unpacked.read(BLOCKS).strip(b"\0"):
                raise ArchiveRefused("more follows behind its end")

    def _member(self, name: str, most: int) -> IO[bytes]:
        member = self._tar.next()
        if member is None or member.name != name or not member.isreg() or member.issparse() or member.size > most:
            raise ArchiveRefused(f"{name} is not where it should be")
        opened = self._tar.extractfile(member)
        if opened is None:
            raise ArchiveRefused(f"{name} is not where it should be")
        return opened


@contextmanager
def open_archive(file: Path, embedder: str, dimensions: int) -> Iterator[Archive]:
    """Open an archive made with an embedder. Raises `ArchiveRefused` for anything else; says why, and what to do."""
    with ExitStack() as stack:
        try:
            with _refusals():
                raw, size = stack.enter_context(_regular(file))
                archive = Archive(raw, size)
            found = archive.manifest
            if (found.embedder, found.dimensions) != (embedder, dimensions):
                raise ArchiveRefused(
                    f"its embedder is {found.embedder}, here it is {embedder}: set MEMORYD_EMBEDDER to the same on both sides"
                )
            yield archive
        except ArchiveRefused as refused:
            raise ArchiveRefused(
                f"{file} is not taken in: {refused}; the index here is as it was. Export it again, or run: memoryd reindex"
            ) from refused


@contextmanager
def _regular(file: Path) -> Iterator[tuple[IO[bytes], int]]:
    # Not to wait for a pipe.
    descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as raw:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise ArchiveRefused("it is not a regular file")
        yield raw, found.st_size


def _write_facts(store: Store, facts: IO[bytes]) -> Manifest:
    files = store.files()
    columns = table_schema(store.meta.dimensions)
    rows = 0
    with pa.ipc.new_stream(pa.PythonFile(facts, "w"), columns) as stream:
        paths = sorted(files)
        for start in range(0, len(paths), FILES_AT_ONCE):
            table = store.file_batches(paths[start : start + FILES_AT_ONCE]).select(columns.names).cast(columns)
            ordered = table.sort_by([("path", "ascending"), ("start", "ascending"), ("end", "descending"), ("id", "ascending")])
            rows += len(ordered)
            stream.write_table(ordered.combine_chunks())
    size = facts.tell()
    facts.seek(0)
    digest = _digest(facts)
    facts.seek(0)
    languages = {one.language: one.fingerprint.language_revision for one in files.values() if one.language}
    digests = {path: one.fingerprint.digest for path, one in files.items()}
    return Manifest(store.meta.embedder, store.meta.dimensions, rows, size, digest, languages, digests)


def _digest(opened: IO[bytes]) -> str:
    digest = hashlib.blake2b()
    while block := opened.read(BLOCKS):
        digest.update(block)
    return digest.hexdigest()


def _write_tar(manifest: Manifest, facts: IO[bytes], opened: IO[bytes]) -> None:
    fields = {
        "format": FORMAT, "index": INDEX_FORMAT, "embedder": manifest.embedder, "dimensions": manifest.dimensions, "rows": manifest.rows,
        "facts": {"bytes": manifest.facts_bytes, "blake2b": manifest.facts_digest},
        "languages": manifest.languages, "files": manifest.files,
    }  # fmt: skip
    head = orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)
    with (
        gzip.GzipFile(filename="", mode="wb", compresslevel=LEVEL, fileobj=opened, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.GNU_FORMAT) as tar,
    ):
        for name, size, source in ((MANIFEST, len(head), io.BytesIO(head)), (FACTS, manifest.facts_bytes, facts)):
            member = tarfile.TarInfo(name)
            member.size = size
            tar.addfile(member, source)


def _manifest(data: bytes) -> Manifest:
    found = orjson.loads(data)
    if not isinstance(found, dict) or found.get("format") != FORMAT or found.get("index") != INDEX_FORMAT:
        raise ArchiveRefused("its format is not the one of this version of memoryd")
    facts = found.get("facts")
    facts = facts if isinstance(facts, dict) else {}
    languages, files = found.get("languages"), found.get("files")
    sizes = (found.get("dimensions"), found.get("rows"), facts.get("bytes"))
    sound = (
        all(type(size) is int and size >= 0 for size in sizes)
        and 0 < found["dimensions"] <= MAX_DIMENSIONS
        and facts["bytes"] <= MAX_FACTS
        and isinstance(found.get("embedder"), str)
        and isinstance(facts.get("blake2b"), str)
    )
    if not sound or not _is_texts(languages) or not _is_texts(files):
        raise ArchiveRefused("its manifest is damaged")
    if outside := next((path for path in files if not _is_inside(path)), None):
        raise ArchiveRefused(f"it names {outside!r}, which is no path inside a project")
    return Manifest(found["embedder"], found["dimensions"], found["rows"], facts["bytes"], facts["blake2b"], languages, files)


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
        if self._rows > self._manifest.rows or any(column.null_count for column in _flat(batch)):
            raise ArchiveRefused("its rows are not those its manifest promises")
        spans = (("start", "end"), ("first_line", "last_line"))
        if any(pc.any(pc.or_(pc.less(batch[low], 0), pc.less(batch[high], batch[low]))).as_py() for low, high in spans):
            raise ArchiveRefused("it holds a unit that ends before it starts")
        if not np.isfinite(batch["vector"].flatten().to_numpy(zero_copy_only=False)).all():
            raise ArchiveRefused("it holds a vector that is none")
        ids, paths = batch["id"].to_pylist(), batch["path"].to_pylist()
        self._ids.update(ids)
        if not all(id_ == path or id_.startswith((path + "#", path + ":")) for id_, path in zip(ids, paths, strict=True)):
            raise ArchiveRefused("it holds a unit that belongs to no file")
        if not self._manifest.files.keys() >= set(paths):
            raise ArchiveRefused("it holds a file that its manifest does not name")
        heads = batch.filter(pc.equal(batch["kind"], FILE))
        self._files.update(zip(heads["path"].to_pylist(), heads["digest"].to_pylist(), strict=True))

    def end(self) -> None:
        """Look at all of them. Raises `ArchiveRefused`."""
        if self._rows != self._manifest.rows or len(self._ids) != self._rows or self._files != self._manifest.files:
            raise ArchiveRefused("its rows are not those its manifest promises")


def _flat(batch: pa.RecordBatch) -> Iterator[pa.Array]:
    yield from batch.columns
    yield batch["vector"].flatten()
    yield from batch["references"].flatten().flatten()


def _record_batches(facts: "_Digested", columns: pa.Schema) -> Iterator[pa.RecordBatch]:
    messages = pa.ipc.MessageReader.open_stream(pa.PythonFile(facts, "r"))
    first = _next(messages)
    if first is None or first.type != "schema" or not pa.ipc.read_schema(first).equals(columns, check_metadata=True):
        raise ArchiveRefused("its columns are not ours")
    while (message := _next(messages)) is not None:
        # Compressed once more, a message could unpack to any size.
        if message.type != "record batch" or _is_compressed(message.metadata.to_pybytes()):
            raise ArchiveRefused("its facts are written in a way that we do not write them")
        yield pa.ipc.read_record_batch(message, columns)


def _next(messages: pa.ipc.MessageReader) -> "pa.ipc.Message | None":
    try:
        return messages.read_next_message()
    except StopIteration:
        return None


def _is_compressed(metadata: bytes) -> bool:
    """Tell whether a message is a record batch with compressed buffers.

    Reads the flatbuffer by hand (Message.header is field 2, RecordBatch.compression field 3 of Arrow's Message.fbs), because
    pyarrow tells only by unpacking it.
    """
    header = _field(metadata, struct.unpack_from("<I", metadata)[0], 2)
    return header is None or _field(metadata, header + struct.unpack_from("<I", metadata, header)[0], 3) is not None


def _field(metadata: bytes, table: int, number: int) -> int | None:
    vtable = table - struct.unpack_from("<i", metadata, table)[0]
    if vtable < 0 or 4 + 2 * number >= struct.unpack_from("<H", metadata, vtable)[0]:
        return None
    offset = struct.unpack_from("<H", metadata, vtable + 4 + 2 * number)[0]
    return table + offset if offset else None


class _Bounded(io.RawIOBase):
    """A stream that refuses to be longer than allowed so far, and in all."""

    def __init__(self, inner: gzip.GzipFile, most: int) -> None:
        self._inner = inner
        self._most = most
        self._allowed = 0
        self._taken = 0

    def allow(self, size: int) -> None:
        """Let so much more be read from where we are."""
        self._allowed = min(self._taken + size, self._most)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes. Raises `ArchiveRefused` beyond what is allowed."""
        left = self._allowed - self._taken
        data = self._inner.read(left + 1 if size < 0 else min(size, left + 1))
        self._taken += len(data)
        if self._taken > self._allowed:
            raise ArchiveRefused("it unpacks to more than it should")
        return data


class _Digested(io.RawIOBase):
    """A stream that knows the digest of what was read of it."""

    def __init__(self, inner: IO[bytes]) -> None:
        self._inner = inner
        self._digest = hashlib.blake2b()
        self._taken = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes."""
        data = self._inner.read(size)
        self._taken += len(data)
        self._digest.update(data)
        return data

    def end(self, manifest: Manifest) -> None:
        """Raise `ArchiveRefused` unless all was read, and is what the manifest says."""
        if self.read() or (self._taken, self._digest.hexdigest()) != (manifest.facts_bytes, manifest.facts_digest):
            raise ArchiveRefused("its facts do not have the digest that its manifest names")


@contextmanager
def _refusals() -> Iterator[None]:
    """Translate everything that damaged data makes the libraries raise."""
    try:
        yield
    except (
        OSError,
        EOFError,
        ValueError,
        zlib.error,
        tarfile.TarError,
        pa.ArrowException,
        struct.error,
        MemoryError,
        OverflowError,
    ) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else None
        raise ArchiveRefused(f"it cannot be read ({reason or 'truncated or damaged'})") from error
