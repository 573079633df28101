"""Makes arrays of the units and files in the rows of a table, column by column, and takes them up: a unit is made when it is asked for.

Files are in the order of their paths, units in that of the source, the file itself first.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from indexers import base_name
from memoryd.arrays import Arrays, Texts, Values
from memoryd.model import Fingerprint
from memoryd.overlay import Overlay
from memoryd.parsing import FILE, members_of
from memoryd.runtime import late
from memoryd.store import FileRecord
from memoryd.text import file_id, split_id
from memoryd.versions.catalog import Catalog, Unit

if TYPE_CHECKING:
    import pyarrow.compute as pc
else:
    pc = late("pyarrow.compute")  # which no question needs while nothing changes

Key = TypeVar("Key")
Value = TypeVar("Value")
PLACES = ("start", "end", "first_line", "last_line")
TEXTS = ("suffix", "qualname", "signature", "members")
OF_FILES = ("digest", "language_revision", "language", "skipped")
NEEDED = ("id", "path", "kind", "qualname", *PLACES, "signature", "members", "doc", *OF_FILES, "has_errors")
"""The columns of the table that units and files are made of."""
KEPT = 1_000
"""The most files whose units are kept once they were made: what asks for all of them in turn does not leave them all in memory."""
KEPT_UNITS, KEPT_IDS = 10_000, 20_000
"""The most units of other files that are kept, and the most ids in those names that are kept with the ids of their units."""
SYMBOL = "#"
"""What stands for the suffix of an id that is this and the qualified name, as that of each symbol."""
Ints = npt.NDArray[np.int64]


class UnitArrays(NamedTuple):
    """Units and files as arrays, the number of units, and the documentation of each."""

    values: Mapping[str, Values]
    size: int
    docs: pa.StringArray


def unit_arrays(table: pa.Table) -> UnitArrays:
    """Return the rows of a table, with the columns `NEEDED`, as arrays."""
    rows = {name: table[name].combine_chunks() for name in NEEDED}
    coded = rows["path"].dictionary_encode()
    given = pa.array(coded.dictionary)
    paths = given.take(pc.sort_indices(given))
    file = np.asarray(pc.index_in(given, value_set=paths)).astype(np.int64)[np.asarray(coded.indices)]
    order = _ordered(rows, file)
    heads = order[np.asarray(pc.equal(rows["kind"], FILE))[order]]
    order = order[np.asarray(pc.equal(rows["skipped"], ""))[order]]
    units = {name: rows[name].take(pa.array(order)) for name in ("id", "kind", "qualname", "signature", "members", "doc")}
    kinds = pc.unique(units["kind"]).sort()
    return UnitArrays({
        "paths": paths, "units": _starts(np.bincount(file[order], minlength=len(paths))),
        **{name: rows[name].take(pa.array(heads)) for name in OF_FILES},
        "has_errors": np.asarray(rows["has_errors"].take(pa.array(heads)).cast(pa.int8())),
        "suffix": _suffixes(paths, file[order], units["id"], units["qualname"]), "qualname": units["qualname"],
        "signature": units["signature"], "members": units["members"],
        "kinds": kinds, "kind": np.asarray(pc.index_in(units["kind"], value_set=kinds)).astype(np.int16),
        **{name: np.asarray(rows[name])[order].astype(np.int32) for name in PLACES},
        **_index("names", *_named(units["qualname"]), units["id"]), **_index("member names", *_holding(units["members"]), units["id"]),
    }, len(order), units["doc"])  # fmt: skip


def _ordered(rows: Mapping[str, pa.Array], file: Ints) -> Ints:
    """Return the rows by file and place: the outer before the inner, those at one place by their ids."""
    start, end = np.asarray(rows["start"]), np.asarray(rows["end"])
    order = np.lexsort((-end, start, file))
    equal = np.flatnonzero((np.diff(file[order]) == 0) & (np.diff(start[order]) == 0) & (np.diff(end[order]) == 0))
    for places in np.split(equal, np.flatnonzero(np.diff(equal) > 1) + 1) if len(equal) else ():
        alike = slice(int(places[0]), int(places[-1]) + 2)
        order[alike] = sorted(order[alike].tolist(), key=lambda row: str(rows["id"][row]))
    return order


def _suffixes(paths: pa.StringArray, file: Ints, ids: pa.StringArray, qualnames: pa.StringArray) -> pa.StringArray:
    """Return what follows the path in the id of each unit."""
    heads = pa.array([file_id(path) for path in paths.to_pylist()], pa.string())
    own = heads.take(pa.array(file))
    others = np.flatnonzero(~np.asarray(pc.equal(ids, pc.binary_join_element_wise(own, qualnames, SYMBOL))))
    pairs = zip(ids.take(pa.array(others)).to_pylist(), own.take(pa.array(others)).to_pylist(), strict=True)
    told = pa.array([SYMBOL, *(id_[len(head) :] for id_, head in pairs)], pa.string())
    which = np.zeros(len(ids), np.int64)
    which[others] = np.arange(1, len(others) + 1)
    return told.take(pa.array(which))


def _named(qualnames: pa.StringArray) -> tuple[pa.StringArray, Ints]:
    """Return the names of units in lower case, and the units that have them."""
    coded = qualnames.dictionary_encode()
    by_qualname = pa.array([base_name(qualname).lower() if qualname else None for qualname in coded.dictionary.to_pylist()], pa.string())
    names = by_qualname.take(coded.indices)
    return names.drop_null(), np.flatnonzero(np.asarray(names.is_valid()))


def _holding(members: pa.StringArray) -> tuple[pa.StringArray, Ints]:
    """Return the names of fields and cases in lower case, and the types that hold them, each once."""
    types = np.flatnonzero(np.asarray(pc.not_equal(members, "")))
    held = [{one.name.lower() for one in members_of(told, "")} for told in members.take(pa.array(types)).to_pylist()]
    return pa.array([name for names in held for name in names], pa.string()), np.repeat(types, [len(names) for names in held])


def _index(what: str, given: pa.StringArray, units: Ints, ids: pa.StringArray) -> dict[str, Values]:
    """Return the names that units have, ascending, and the units with each, in the order of their ids."""
    names = pc.unique(given)
    names = names.take(pc.sort_indices(names))
    name = np.asarray(pc.index_in(given, value_set=names)).astype(np.int64)
    held = np.bincount(name, minlength=len(names))
    shared = np.flatnonzero(held[name] > 1)
    place = np.zeros(len(name), np.int64)
    place[shared[np.asarray(pc.sort_indices(ids.take(pa.array(units[shared]))))]] = np.arange(len(shared))
    return {what: names, f"{what} starts": _starts(held), f"{what} rows": units[np.lexsort((place, name))].astype(np.int32)}


def _starts(sizes: npt.NDArray[np.intp]) -> npt.NDArray[np.int32]:
    return np.append(0, np.cumsum(sizes)).astype(np.int32)


class Made(Mapping[Key, Value]):
    """A mapping whose values are made when they are asked for."""

    def __init__(self, value: Callable[[Key], Value | None], keys: Callable[[], Iterable[Key]], size: int) -> None:
        self._value = value
        self._keys = keys
        self._size = size

    def __getitem__(self, key: Key) -> Value:
        value = self._value(key)
        if value is None:
            raise KeyError(key)
        return value

    def get(self, key: Key, default: Value | None = None) -> Value | None:  # type: ignore[override]
        """Return the value of a key, or `default`."""
        value = self._value(key)
        return default if value is None else value

    def __contains__(self, key: object) -> bool:
        return self._value(key) is not None  # type: ignore[arg-type]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._keys())

    def __len__(self) -> int:
        return self._size


class SavedUnits:
    """The saved units of a version, by file, id and name, and the records of its files."""

    def __init__(self, arrays: Arrays) -> None:
        self._arrays = arrays
        self._paths = arrays.texts("paths")
        self._numbers = {path: number for number, path in enumerate(self._paths)}
        self._first = arrays.numbers("units")
        self._made: dict[int, dict[str, Unit]] = {}
        self._apart: dict[str, Unit] = {}

    @cached_property
    def catalog(self) -> Catalog:
        """The catalogue of the units."""
        held = np.flatnonzero(np.diff(self._first))
        files = Made(self._of_file, lambda: [self._paths[number] for number in held.tolist()], len(held))
        by_id = Made(self._with_id, lambda: (id_ for number in held.tolist() for id_ in self._units(number)), int(self._first[-1]))
        return Catalog(Overlay(files), Overlay(by_id), self._by_name("names"), self._by_name("member names"))

    def _by_name(self, index: str) -> Overlay[str, tuple[str, ...]]:
        names = Texts(self._arrays.array(index))
        starts, rows = (self._arrays.numbers(f"{index} {part}") for part in ("starts", "rows"))
        kept: dict[str, tuple[str, ...]] = {}
        room = KEPT_IDS

        def named(name: str) -> tuple[str, ...] | None:
            """Return the ids of the units with a name in lower case, ascending. Each question has names that others had."""
            nonlocal room
            ids = kept.get(name)
            if ids is None:
                at = names.place(name)
                if at < 0:
                    return None
                ids = tuple(self._ids(rows[starts[at] : starts[at + 1]]))
                if len(ids) > room:
                    kept.clear()
                    room = KEPT_IDS
                room -= len(ids)
                kept[name] = ids
            return ids

        return Overlay(Made(named, lambda: names, len(names)))

    @cached_property
    def records(self) -> Overlay[str, FileRecord]:
        """The records of all files."""
        columns = (self._arrays.texts(name) for name in OF_FILES)
        errors = self._arrays.numbers("has_errors").astype(bool).tolist()
        return Overlay({
            path: FileRecord(Fingerprint(digest, revision), language, skipped, has_errors)
            for path, digest, revision, language, skipped, has_errors in zip(self._paths, *columns, errors, strict=True)
        })  # fmt: skip

    def rows(self, path: str) -> slice:
        """Return where the units of a file lie among all units."""
        number = self._numbers[path]
        return slice(int(self._first[number]), int(self._first[number + 1]))

    def _of_file(self, path: str) -> tuple[Unit, ...] | None:
        number = self._numbers.get(path)
        return None if number is None else tuple(self._units(number).values()) or None

    def _with_id(self, id_: str) -> Unit | None:
        found = self._apart.get(id_)
        if found is None:
            path, rest = split_id(id_)
            number = self._numbers.get(path)
            if number is None:
                return None
            if number in self._made:
                return self._made[number].get(id_)
            row = self._row(number, rest)
            found = None if row < 0 else self._unit(number, row)
            if found is None or found.id != id_:
                return None  # a path may be spelled in more than one way
            if len(self._apart) >= KEPT_UNITS:
                self._apart.clear()
            self._apart[id_] = found
        return found

    def _row(self, number: int, rest: str) -> int:
        """Return the row of the unit of a file whose id has `rest` after the path, -1 if there is none."""
        start, end = int(self._first[number]), int(self._first[number + 1])
        if rest in ("", SYMBOL):
            return start if start < end and not rest else -1
        suffixes = self._texts["suffix"]
        for row in self._texts["qualname"].among(rest[1:], start, end) if rest[0] == SYMBOL else ():
            if suffixes[row] == SYMBOL:
                return row
        return next(iter(suffixes.among(rest, start, end)), -1)

    def _unit(self, number: int, row: int) -> Unit:
        """Return the unit in a row of a file. A question asks for few of the units of most files."""
        path = self._paths[number]
        suffix, name, signature, members = [column[row] for column in self._text_columns]
        kind, start, end, first_line, last_line = [column[row] for column in self._cells]
        id_ = _id(file_id(path), suffix, name)
        return Unit(id_, path, self._kinds[kind], name, start, end, first_line, last_line, signature, members)

    def _units(self, number: int) -> dict[str, Unit]:
        """Return the units of a file by id, in the order of the source."""
        made = self._made
        found = made.get(number)
        if found is None:
            if len(made) >= KEPT:
                made.clear()
            path, rows = self._paths[number], range(int(self._first[number]), int(self._first[number + 1]))
            suffixes, names, signatures, members = (self._texts[name].at(rows) for name in TEXTS)
            kinds, *places = (column[rows.start : rows.stop].tolist() for column in self._places.values())
            ids = [_id(file_id(path), suffix, name) for suffix, name in zip(suffixes, names, strict=True)]
            columns = (ids, [path] * len(ids), [self._kinds[kind] for kind in kinds], names, *places, signatures, members)
            found = made[number] = dict(zip(ids, map(Unit._make, zip(*columns, strict=True)), strict=True))
        return found

    def _ids(self, rows: npt.NDArray[np.int32]) -> Iterator[str]:
        """Yield the ids of the units in some rows."""
        files = np.searchsorted(self._first, rows, side="right") - 1
        heads = (file_id(self._paths[number]) for number in files.tolist())
        return map(_id, heads, self._texts["suffix"].at(rows), self._texts["qualname"].at(rows))

    @cached_property
    def _texts(self) -> dict[str, Texts]:
        return {name: Texts(self._arrays.array(name)) for name in TEXTS}

    @cached_property
    def _kinds(self) -> list[str]:
        return self._arrays.texts("kinds")

    @cached_property
    def _text_columns(self) -> list[Texts]:
        return [self._texts[name] for name in TEXTS]

    @cached_property
    def _cells(self) -> list[memoryview]:
        """The columns of numbers, of which one is taken in a third of the time."""
        return [memoryview(column.data) for column in self._places.values()]

    @cached_property
    def _places(self) -> dict[str, npt.NDArray[np.int32]]:
        return {name: self._arrays.numbers(name) for name in ("kind", *PLACES)}


def _id(head: str, suffix: str, qualname: str) -> str:
    """Return the id of a unit by that of its file, what follows in it, and its qualified name."""
    return f"{head}{suffix}{qualname}" if suffix == SYMBOL else f"{head}{suffix}"
