"""The contents of a part: the rows that one task leaves, from the view that it made of its repository."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from memoryd.fleet.listed import Listed
from memoryd.fleet.parts import Parts
from memoryd.fleet.tables import FILES, IMAGES, REPOSITORIES, UNITS, WORDS, WRITTEN_IN, Rules, schema_of
from memoryd.fleet.tasks.manifests import packages_of
from memoryd.fleet.tasks.summary import summary_of
from memoryd.model import Skipped
from memoryd.runtime import late
from memoryd.store import POINTER, table_schema
from memoryd.versions import View

if TYPE_CHECKING:
    import pyarrow.compute as pc
else:
    pc = late("pyarrow.compute")

IMAGE_BYTES, TEXT_BYTES = 64 << 10, 8 << 20
"""The bytes of a file of an image in one row, and of texts in one batch. LanceDB tidies 8,192 rows at once: of a column at most 2 GiB."""
IMAGE_ROWS = 128
"""The rows of images in one batch."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a part is made from: a view of a repository at a commit, what is not in it, and the rules."""

    listed: Listed
    commit: str
    part: str
    view: View
    skipped: tuple[Skipped, ...]
    made_by: Rules

    @property
    def own(self) -> dict[str, str]:
        """What each row says of its part."""
        return {"part": self.part, "repository": self.listed.name, "commit": self.commit, "visibility": str(self.listed.visibility)}


def leave(contents: Contents, parts: Parts) -> None:
    """Write the rows of a part."""
    dimensions = contents.made_by.dimensions
    rows = contents.view.store.table(table_schema(dimensions).names)
    texts = _Texts(contents)
    tables = {
        UNITS: _units(rows, contents, schema_of(UNITS, dimensions)).to_batches(),
        FILES: texts.batches(schema_of(FILES, dimensions)),
        WORDS: _words(rows, contents.part, schema_of(WORDS, dimensions)).to_batches(),
        IMAGES: _images(contents),
    }
    # The row of the repository tells of its texts, so it is made when they are written.
    parts.leave(contents.part, tables, lambda: _repository(contents, texts), dimensions)


def _units(rows: pa.Table, contents: Contents, schema: pa.Schema) -> pa.Table:
    said = {name: pa.array([value] * len(rows), pa.string()) for name, value in contents.own.items()}
    records = contents.view.records
    said[WRITTEN_IN] = pa.array([records[path].language for path in rows["path"].to_pylist()], pa.string())
    return pa.table([said[name] if name in said else rows[name] for name in schema.names], schema=schema)


class _Texts:
    """The files of a view as rows, with their text as it is shown, and what those that were written add up to."""

    def __init__(self, contents: Contents) -> None:
        self._view, self._own = contents.view, contents.own
        self.lines = self.bytes = 0

    def batches(self, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        """Yield the rows, in the order of the paths."""
        rows: list[dict[str, object]] = []
        held = 0
        for path in sorted(self._view.records):
            record = self._view.records[path]
            text = b"" if record.skipped else self._view.source(path) or b""
            said = {"path": path, "language": record.language, "digest": record.fingerprint.digest, "skipped": record.skipped, "text": text}
            rows.append({**self._own, **said})
            held += len(text)
            self.bytes += len(text)
            self.lines += text.count(b"\n")
            if held > TEXT_BYTES:
                yield pa.RecordBatch.from_pylist(rows, schema)
                rows, held = [], 0
        yield pa.RecordBatch.from_pylist(rows, schema)


def _repository(contents: Contents, texts: _Texts) -> pa.Table:
    view, records = contents.view, contents.view.records.values()
    summary, packages = summary_of(contents.listed.name, view), packages_of(view)
    held = [record.language for record in records if not record.skipped]
    refused = [record.skipped for record in records if record.skipped]
    row = {
        **contents.own, "address": contents.listed.told_address, "rules": contents.made_by.revision, "summary": summary,
        "languages": _counts(Counter(held)), "reasons": _counts(Counter(refused + [one.reason for one in contents.skipped])),
        "files": len(held), "units": view.units, "lines": texts.lines, "bytes": texts.bytes,
        "provides": list(packages.provides), "requires": list(packages.requires),
        "vector": np.asarray(view.embedder.embed([summary])[0], np.float16),
    }  # fmt: skip
    return pa.Table.from_pylist([row], schema_of(REPOSITORIES, contents.made_by.dimensions))


def _counts(counted: Counter[str]) -> list[dict[str, object]]:
    return [{"name": name, "count": count} for name, count in sorted(counted.items(), key=lambda one: (-one[1], one[0]))]


def _words(rows: pa.Table, part: str, schema: pa.Schema) -> pa.Table:
    """Return the vocabulary of a repository: how many of its units hold each word in their text, and in their names."""
    kept = rows.filter(pc.equal(rows["skipped"], ""))
    texts, names = (
        Counter(word for text in kept[column].to_pylist() for word in set(text.split(" ")) if word) for column in ("words", "names")
    )
    words = sorted(texts.keys() | names.keys())
    columns = [[part] * len(words), words, [texts[word] for word in words], [names[word] for word in words]]
    return pa.table(columns, schema=schema)


def _images(contents: Contents) -> Iterator[pa.RecordBatch]:
    """Yield what a view is mapped from: the files beside the table of an index."""
    for file in sorted(contents.view.store.folder.iterdir()):
        if file.is_file() and (file.suffix == ".arrow" or file.name == POINTER):
            data = file.read_bytes()
            rows = [
                {"part": contents.part, "file": file.name, "number": number, "data": data[start : start + IMAGE_BYTES]}
                for number, start in enumerate(range(0, max(1, len(data)), IMAGE_BYTES))
            ]
            for first in range(0, len(rows), IMAGE_ROWS):
                yield pa.RecordBatch.from_pylist(rows[first : first + IMAGE_ROWS], schema_of(IMAGES, contents.made_by.dimensions))
