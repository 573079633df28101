"""A segment: the rows of some files in searchable form, as ids, two inverted columns of words, and vectors."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from memoryd.arrays import Order, Texts
from memoryd.parsing import FILE, OWN_FOLDER
from memoryd.runtime import late
from memoryd.searchindex.postings import Flags, Gathered, Ints, Postings, invert, join
from memoryd.searchindex.vectors import Vectors, coded, stacked
from memoryd.text import split_id

if TYPE_CHECKING:
    import pyarrow.compute as pc
else:
    pc = late("pyarrow.compute")  # which no question needs while nothing changes

Rows = npt.NDArray[np.int64]
NEEDED = ("id", "path", "kind", "first_line", "last_line", "names", "words", "vector", "digest", "language_revision", "skipped")
"""The columns of the table of facts that a segment is built from."""
LAST = 1_000
"""The most files whose rows are remembered by id."""


@dataclass(frozen=True, eq=False)
class Segment:
    """The rows of some files. `ids`, `row_file`, `row_kind` and `row_lines` have an entry per row, `paths` and `states` one per file.

    `row_file` is a position in `paths`, `row_kind` one in `kinds`, `row_lines` a number of lines. The state of a file names the
    bytes and the language revision its rows were made from (see `state`). A file that is not indexed has no rows.
    """

    paths: tuple[str, ...]
    states: tuple[str, ...]
    kinds: tuple[str, ...]
    ids: pa.StringArray
    row_file: Ints
    row_kind: Ints
    row_lines: Ints
    names: Postings
    words: Postings
    vectors: Vectors

    @cached_property
    def files(self) -> Mapping[str, str]:
        """The state of each file, by its path."""
        return dict(zip(self.paths, self.states, strict=True))

    @cached_property
    def file_names(self) -> Gathered:
        """The column of names with each file as one document."""
        return Gathered(self.names, self.row_file, len(self.paths))

    @cached_property
    def file_words(self) -> Gathered:
        """The column of words with each file as one document."""
        return Gathered(self.words, self.row_file, len(self.paths))

    def others(self, paths: Set[str]) -> Flags:
        """Return flags of the files that are not among `paths`."""
        flags = np.ones(len(self.paths), bool)
        flags[[self._places[path] for path in paths if path in self._places]] = False
        return flags

    @cached_property
    def id_order(self) -> Order:
        """The order of `ids`."""
        return Order.of(self.ids)

    @cached_property
    def path_order(self) -> Order:
        """The order of `paths`."""
        return Order.of(self.paths)

    def rows_of(self, ids: Iterable[str]) -> Rows:
        """Return the row of each id, -1 where there is none. Only the rows of the files that the ids name are looked through."""
        known, rows = self._last, []
        for id_ in ids:
            path = split_id(id_)[0]
            own = known.get(path)
            if own is None:
                if len(known) >= LAST:
                    known.clear()
                own = known[path] = self._rows_in(path)
            rows.append(own.get(id_, -1))
        return np.array(rows, np.int64)

    @cached_property
    def _last(self) -> dict[str, dict[str, int]]:
        """The rows of the files that were asked for last, by id: a question asks for those of the same files again and again."""
        return {}

    def ids_at(self, rows: Ints | Rows) -> list[str]:
        """Return the ids of rows."""
        return self._texts.at(rows)

    def prepare(self) -> None:
        """Make in advance what many searches would profit from, and a single one would not."""
        _ = self.id_order, self.path_order, self._places, self._by_file

    def _rows_in(self, path: str) -> dict[str, int]:
        """Return the rows of a file, by id."""
        file = self._places.get(path, -1)
        if file < 0:
            return {}
        rows, starts = self._by_file
        own = rows[starts[file] : starts[file + 1]]
        return dict(zip(self.ids_at(own), own.tolist(), strict=True))

    @cached_property
    def _texts(self) -> Texts:
        return Texts(self.ids)

    @cached_property
    def _by_file(self) -> tuple[Ints, Rows]:
        """The rows in the order of their files, and where those of each file begin."""
        rows = np.argsort(self.row_file, kind="stable").astype(np.int32)
        return rows, np.cumsum([0, *np.bincount(self.row_file, minlength=len(self.paths)).tolist()])

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {path: number for number, path in enumerate(self.paths)}


def segment_of(table: pa.Table | pa.RecordBatch) -> Segment:
    """Build a segment from rows with the columns `NEEDED`, without rows of files that are skipped or in memoryd's own folder.

    The rows of a file may be split over segments that are merged later: without the file's own row, its state is "" here.
    """
    heads = table.filter(pc.equal(table["kind"], FILE))
    made_from = zip(*(heads[name].to_pylist() for name in ("path", "digest", "language_revision")), strict=True)
    states = {path: state(digest, revision) for path, digest, revision in made_from}
    hidden = pc.or_(pc.not_equal(table["skipped"], ""), pc.starts_with(table["path"], OWN_FOLDER))
    rows = table.filter(pc.invert(hidden))
    paths = dict.fromkeys([*states, *pc.unique(rows["path"]).to_pylist()])
    row_file = np.asarray(_whole(pc.index_in(rows["path"], value_set=pa.array(list(paths), pa.string()))), dtype=np.int32)
    kinds = _whole(rows["kind"]).dictionary_encode()
    lines = np.asarray(pc.add(pc.subtract(rows["last_line"], rows["first_line"]), 1), dtype=np.int32)
    vectors = _whole(rows["vector"])
    return Segment(
        tuple(paths), tuple(states.get(path, "") for path in paths), tuple(kinds.dictionary.to_pylist()),
        _whole(rows["id"]), row_file, np.asarray(kinds.indices, dtype=np.int32), lines,
        invert(_whole(rows["names"])), invert(_whole(rows["words"])),
        coded(np.asarray(vectors.flatten()).reshape(len(rows), vectors.type.list_size)),
    )  # fmt: skip


def segment_of_texts(ids: Sequence[str], words: Sequence[str], vectors: npt.NDArray[np.float16]) -> Segment:
    """Build a segment from texts that are no rows of a table: for each an id, its words separated by single spaces, and a vector.

    Each text is a file of its own, with one row; names are empty.
    """
    size = len(ids)
    return Segment(
        tuple(ids), ("",) * size, ("text",), pa.array(ids, pa.string()),
        np.arange(size, dtype=np.int32), np.zeros(size, np.int32), np.ones(size, np.int32),
        invert(pa.array([""] * size, pa.string())), invert(pa.array(words, pa.string())), coded(vectors),
    )  # fmt: skip


def state(digest: str, revision: str) -> str:
    """Return the state of a file: the digest of its bytes and the revision of its language."""
    return f"{digest} {revision}"


def merged(segments: Sequence[Segment], dead: Sequence[Set[str]]) -> Segment:
    """Merge segments into one, without the dead files of each."""
    return joined(list(segments), dead)


def joined(segments: list[Segment], dead: Sequence[Set[str]]) -> Segment:
    """Merge segments as `merged` does, and take them out of the list: each column is freed once it is merged, if nobody else has it."""
    live = [np.asarray(segment.others(gone)[segment.row_file], bool) for segment, gone in zip(segments, dead, strict=True)]
    files: dict[str, str] = {}
    for segment, gone in zip(segments, dead, strict=True):
        files.update((path, found) for path, found in segment.files.items() if path not in gone and (found or path not in files))
    kinds = union(segment.kinds for segment in segments)
    number = {path: place for place, path in enumerate(files)}
    ids = pa.concat_arrays([segment.ids.filter(pa.array(flags)) for segment, flags in zip(segments, live, strict=True)])
    row_file = np.concatenate(
        [_numbers(segment.paths, number)[segment.row_file[flags]] for segment, flags in zip(segments, live, strict=True)]
    )
    row_kind = np.concatenate(
        [places(segment.kinds, kinds)[segment.row_kind[flags]] for segment, flags in zip(segments, live, strict=True)]
    )
    row_lines = np.concatenate([segment.row_lines[flags] for segment, flags in zip(segments, live, strict=True)])
    vectors = [segment.vectors if flags.all() else segment.vectors.chosen(flags) for segment, flags in zip(segments, live, strict=True)]
    words, names = [segment.words for segment in segments], [segment.names for segment in segments]
    segments.clear()
    whole = stacked(vectors)
    of_words = join(words, live)
    words.clear()
    return Segment(tuple(files), tuple(files.values()), kinds, ids, row_file, row_kind, row_lines, join(names, live), of_words, whole)


def union(all_names: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """Return the distinct names, in the order of their first occurrence."""
    return tuple(dict.fromkeys(chain.from_iterable(all_names)))


def places(names: Sequence[str], among: Iterable[str]) -> Ints:
    """Return the position of each name in `among`, -1 if it is not there."""
    return _numbers(names, {name: place for place, name in enumerate(among)})


def _numbers(names: Sequence[str], number: Mapping[str, int]) -> Ints:
    return np.fromiter((number.get(name, -1) for name in names), np.int32, len(names))


def _whole(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
