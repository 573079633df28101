"""The rows of some files, ready to be matched: their ids, two inverted columns of words, their vectors."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from memoryd.parsing import FILE, OWN_FOLDER
from memoryd.searchindex.postings import Flags, Gathered, Ints, Postings, invert, join
from memoryd.searchindex.vectors import Vectors, coded, stacked

STEP = 1 << 24
"""So many names fit between two."""
NEEDED = ("id", "path", "kind", "first_line", "last_line", "names", "words", "vector", "digest", "language_revision", "skipped")
"""The columns of the table of facts that a segment is made of."""


@dataclass(frozen=True, eq=False)
class Segment:
    """`ids`, `row_file`, `row_kind` and `row_lines` have an entry a row: a position in `paths`, one in `kinds`, how many lines it has.

    `states` says of each file from which bytes, and with which revision of its language, its rows were made. A file may have no
    row: one that is not indexed.
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
        """The names of all that is in each file."""
        return Gathered(self.names, self.row_file, len(self.paths))

    @cached_property
    def file_words(self) -> Gathered:
        """What is said in each file."""
        return Gathered(self.words, self.row_file, len(self.paths))

    def others(self, paths: Set[str]) -> Flags:
        """Return a flag for each file: whether it is none of some."""
        flags = np.ones(len(self.paths), bool)
        flags[[self._places[path] for path in paths if path in self._places]] = False
        return flags

    @cached_property
    def id_texts(self) -> list[str]:
        """`ids` as Python has them: to take a few out of an Arrow array takes longer than all else a ranking does with them."""
        found: list[str] = self.ids.to_pylist()
        return found

    @cached_property
    def id_order(self) -> "Order":
        """`ids`, sorted."""
        return Order.of(self.id_texts)

    @cached_property
    def path_order(self) -> "Order":
        """`paths`, sorted."""
        return Order.of(self.paths)

    @cached_property
    def rows(self) -> Mapping[str, int]:
        """The row of each id."""
        return {id_: row for row, id_ in enumerate(self.id_texts)}

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {path: number for number, path in enumerate(self.paths)}


class Order(NamedTuple):
    """Some names, sorted, and the place of each among them in the order in which they were given."""

    names: list[str]
    places: npt.NDArray[np.int64]

    @classmethod
    def of(cls, names: Sequence[str]) -> "Order":
        """Sort names."""
        given = np.asarray(pc.sort_indices(pa.array(names, pa.string())))
        places = np.empty(len(given), np.int64)
        places[given] = np.arange(len(given))
        return cls([names[place] for place in given.tolist()], places)

    def keys_with(self, others: Sequence["Order"]) -> npt.NDArray[np.int64]:
        """Return a sort key for every name of this order, then for those of `others`. Takes time for the others only."""
        keys = [(self.places + 1) * STEP]
        for other in others:
            before = np.array([bisect_left(self.names, name) for name in other.names], np.int64) * STEP
            keys.append((before + 1 + np.arange(len(before)))[other.places])
        return np.concatenate(keys)


def segment_of(table: pa.Table | pa.RecordBatch) -> Segment:
    """Make a segment of rows with the columns `NEEDED`, without those of files that are not indexed, or our own.

    Some rows of a file may be in another segment, to be merged with this one: its state is "" here if its own row is not.
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
    """Make a segment of texts that are no rows of a table, each as a file of its own: words that single spaces separate, and a vector.

    They have no names.
    """
    size = len(ids)
    return Segment(
        tuple(ids), ("",) * size, ("text",), pa.array(ids, pa.string()),
        np.arange(size, dtype=np.int32), np.zeros(size, np.int32), np.ones(size, np.int32),
        invert(pa.array([""] * size, pa.string())), invert(pa.array(words, pa.string())), coded(vectors),
    )  # fmt: skip


def state(digest: str, revision: str) -> str:
    """Name what the rows of a file were made from."""
    return f"{digest} {revision}"


def merged(segments: Sequence[Segment], dead: Sequence[Set[str]]) -> Segment:
    """Make one segment of several, without the files that are dead in each."""
    live = [np.asarray(segment.others(gone)[segment.row_file], bool) for segment, gone in zip(segments, dead, strict=True)]
    files: dict[str, str] = {}
    for segment, gone in zip(segments, dead, strict=True):
        files.update((path, found) for path, found in segment.files.items() if path not in gone and (found or path not in files))
    kinds = union(segment.kinds for segment in segments)
    return Segment(
        tuple(files), tuple(files.values()), kinds,
        pa.concat_arrays([segment.ids.filter(pa.array(flags)) for segment, flags in zip(segments, live, strict=True)]),
        np.concatenate([places(segment.paths, files)[segment.row_file[flags]] for segment, flags in zip(segments, live, strict=True)]),
        np.concatenate([places(segment.kinds, kinds)[segment.row_kind[flags]] for segment, flags in zip(segments, live, strict=True)]),
        np.concatenate([segment.row_lines[flags] for segment, flags in zip(segments, live, strict=True)]),
        join([segment.names for segment in segments], live), join([segment.words for segment in segments], live),
        stacked([segment.vectors.chosen(flags) for segment, flags in zip(segments, live, strict=True)]),
    )  # fmt: skip


def union(all_names: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """Return what is named, each once."""
    return tuple(dict.fromkeys(chain.from_iterable(all_names)))


def places(names: Sequence[str], among: Iterable[str]) -> Ints:
    """Return the position of each name among others, -1 where it is none of them."""
    number = {name: place for place, name in enumerate(among)}
    return np.fromiter((number.get(name, -1) for name in names), np.int32, len(names))


def _whole(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
