"""The rows of some files, ready to be matched: their ids, two inverted columns of words, their vectors."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from memoryd.matching.postings import Flags, Ints, Offsets, Postings, invert, join
from memoryd.matching.vectors import Vectors, coded, stacked
from memoryd.rows import FILE, OWN_FOLDER

NEEDED = ("id", "path", "kind", "names", "words", "vector", "digest", "language_revision", "skipped")
"""The columns of the table of facts that a part is made of."""


@dataclass(frozen=True, eq=False)
class Part:
    """`ids` and `row_file` have an entry a row, `row_file` being a position in `paths`; `states` says of each file from which bytes,
    and with which revision of its language, its rows were made. A file may have no row: one that is not indexed."""

    paths: tuple[str, ...]
    states: tuple[str, ...]
    ids: pa.StringArray
    row_file: Ints
    names: Postings
    words: Postings
    vectors: Vectors

    @cached_property
    def files(self) -> Mapping[str, str]:
        """The state of each file, by its path."""
        return dict(zip(self.paths, self.states, strict=True))

    @cached_property
    def file_lengths(self) -> tuple[Offsets, Offsets]:
        """How many words of each column each file has: of names, and of what is said."""
        names, words = (
            np.bincount(self.row_file, weights=column.lengths, minlength=len(self.paths)).astype(np.int64)
            for column in (self.names, self.words)
        )
        return names, words

    def others(self, paths: Set[str]) -> Flags:
        """Return a flag for each file: whether it is none of some."""
        flags = np.ones(len(self.paths), bool)
        flags[[self._places[path] for path in paths if path in self._places]] = False
        return flags

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {path: number for number, path in enumerate(self.paths)}


def part_of(table: pa.Table | pa.RecordBatch) -> Part:
    """Make a part of rows with the columns `NEEDED`, without those of files that are not indexed, or our own.

    Some rows of a file may be in another part, to be merged with this one: its state is "" here if its own row is not.
    """
    heads = table.filter(pc.equal(table["kind"], FILE))
    made_from = zip(*(heads[name].to_pylist() for name in ("path", "digest", "language_revision")), strict=True)
    states = {path: state(digest, revision) for path, digest, revision in made_from}
    hidden = pc.or_(pc.not_equal(table["skipped"], ""), pc.starts_with(table["path"], OWN_FOLDER))
    rows = table.filter(pc.invert(hidden))
    paths = dict.fromkeys([*states, *pc.unique(rows["path"]).to_pylist()])
    row_file = np.asarray(_whole(pc.index_in(rows["path"], value_set=pa.array(list(paths), pa.string()))), dtype=np.int32)
    vectors = _whole(rows["vector"])
    return Part(
        tuple(paths), tuple(states.get(path, "") for path in paths), _whole(rows["id"]), row_file,
        invert(_whole(rows["names"])), invert(_whole(rows["words"])),
        coded(np.asarray(vectors.flatten()).reshape(len(rows), vectors.type.list_size)),
    )  # fmt: skip


def state(digest: str, revision: str) -> str:
    """Name what the rows of a file were made from."""
    return f"{digest} {revision}"


def merged(parts: Sequence[Part], dead: Sequence[Set[str]]) -> Part:
    """Make one part of several, without the files that are dead in each."""
    live = [np.asarray(part.others(gone)[part.row_file], bool) for part, gone in zip(parts, dead, strict=True)]
    files: dict[str, str] = {}
    for part, gone in zip(parts, dead, strict=True):
        files.update((path, found) for path, found in part.files.items() if path not in gone and (found or path not in files))
    number = {path: place for place, path in enumerate(files)}
    return Part(
        tuple(files), tuple(files.values()),
        pa.concat_arrays([part.ids.filter(pa.array(flags)) for part, flags in zip(parts, live, strict=True)]),
        np.concatenate([_numbers(part, number)[part.row_file[flags]] for part, flags in zip(parts, live, strict=True)]),
        join([part.names for part in parts], live), join([part.words for part in parts], live),
        stacked([part.vectors.chosen(flags) for part, flags in zip(parts, live, strict=True)]),
    )  # fmt: skip


def _numbers(part: Part, number: Mapping[str, int]) -> Ints:
    return np.fromiter((number.get(path, -1) for path in part.paths), np.int32, len(part.paths))


def _whole(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
