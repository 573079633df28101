"""Saves the units and files of a version as arrays, and takes them up again: a unit is made when it is first asked for."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from memoryd.arrays import Arrays, Texts, Values
from memoryd.model import Fingerprint
from memoryd.overlay import Overlay
from memoryd.store import FileRecord
from memoryd.text import file_id, split_id
from memoryd.versions.catalog import Catalog, Unit

Key = TypeVar("Key")
Value = TypeVar("Value")
PLACES = ("start", "end", "first_line", "last_line")
TEXTS = ("suffix", "qualname", "signature", "members")
SYMBOL = "#"
"""What stands for the suffix of an id that is this and the qualified name, as that of each symbol."""


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


def arrays_of(catalog: Catalog, records: Mapping[str, FileRecord]) -> dict[str, Values]:
    """Return the units and the records of files as arrays, files in the order of their paths."""
    paths = sorted(records)
    of_files = [catalog.files.get(path, ()) for path in paths]
    units = list(chain.from_iterable(of_files))
    row = {unit.id: number for number, unit in enumerate(units)}
    found = [records[path] for path in paths]
    kinds = sorted({unit.kind for unit in units})
    return {
        "paths": paths, "units": _starts(of_files), "digest": [one.fingerprint.digest for one in found],
        "revision": [one.fingerprint.language_revision for one in found], "language": [one.language for one in found],
        "skipped": [one.skipped for one in found], "errors": np.array([one.has_errors for one in found], np.int8),
        "suffix": [_suffix(unit) for unit in units], "qualname": [unit.qualname for unit in units],
        "signature": [unit.signature for unit in units], "members": [unit.members for unit in units],
        "kinds": kinds, "kind": np.array([kinds.index(unit.kind) for unit in units], np.int16),
        **{name: np.array([getattr(unit, name) for unit in units], np.int32) for name in PLACES},
        **_index("names", catalog.by_name, row), **_index("member names", catalog.by_member, row),
    }  # fmt: skip


def _index(names: str, ids: Mapping[str, Sequence[str]], row: Mapping[str, int]) -> dict[str, Values]:
    """Return which units have each of some names, by the rows of the units."""
    ordered = sorted(ids)
    held = [ids[name] for name in ordered]
    return {
        names: ordered, f"{names} starts": _starts(held), f"{names} rows": np.array([row[id_] for one in held for id_ in one], np.int32),
    }  # fmt: skip


def _suffix(unit: Unit) -> str:
    """Return what follows the path in the id of a unit."""
    suffix = unit.id[len(file_id(unit.path)) :]
    return SYMBOL if suffix == SYMBOL + unit.qualname else suffix


def _starts(groups: Sequence[Sequence[object]]) -> npt.NDArray[np.int32]:
    return np.cumsum([0, *map(len, groups)]).astype(np.int32)


class SavedUnits:
    """The saved units of a version, by file, id and name, and the records of its files."""

    def __init__(self, arrays: Arrays) -> None:
        self._arrays = arrays
        self._paths = arrays.texts("paths")
        self._numbers = {path: number for number, path in enumerate(self._paths)}
        self._first = arrays.numbers("units")
        self._made: dict[int, dict[str, Unit]] = {}

    def catalog(self) -> Catalog:
        """Return the catalogue of the units."""
        held = np.flatnonzero(np.diff(self._first))
        files = Made(self._of_file, lambda: [self._paths[number] for number in held.tolist()], len(held))
        by_id = Made(self._with_id, lambda: (id_ for number in held.tolist() for id_ in self._units(number)), int(self._first[-1]))
        return Catalog(Overlay(files), Overlay(by_id), self._by_name("names"), self._by_name("member names"))

    def _by_name(self, index: str) -> Overlay[str, tuple[str, ...]]:
        names = Texts(self._arrays.array(index))

        def named(name: str) -> tuple[str, ...] | None:
            """Return the ids of the units with a name in lower case, ascending."""
            at = names.place(name)
            if at < 0:
                return None
            starts, rows = self._arrays.numbers(f"{index} starts"), self._arrays.numbers(f"{index} rows")
            return tuple(self._id(row) for row in rows[starts[at] : starts[at + 1]].tolist())

        return Overlay(Made(named, lambda: names, len(names)))

    def records(self) -> Overlay[str, FileRecord]:
        """Return the records of all files."""
        columns = (self._arrays.texts(name) for name in ("digest", "revision", "language", "skipped"))
        errors = self._arrays.numbers("errors").astype(bool).tolist()
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
        number = self._numbers.get(split_id(id_)[0])
        return None if number is None else self._units(number).get(id_)

    def _units(self, number: int) -> dict[str, Unit]:
        """Return the units of a file by id, in the order of the source."""
        found = self._made.get(number)
        if found is None:
            path, start, end = self._paths[number], int(self._first[number]), int(self._first[number + 1])
            head = file_id(path)
            suffixes, names, signatures, members = (self._texts[name][start:end].to_pylist() for name in TEXTS)
            kinds = [self._kinds[kind] for kind in self._places["kind"][start:end].tolist()]
            places = (self._places[name][start:end].tolist() for name in PLACES)
            ids = [f"{head}{suffix}{name if suffix == SYMBOL else ''}" for suffix, name in zip(suffixes, names, strict=True)]
            columns = (ids, [path] * len(ids), kinds, names, *places, signatures, members)
            found = self._made[number] = {values[0]: Unit(*values) for values in zip(*columns, strict=True)}
        return found

    @cached_property
    def _texts(self) -> dict[str, Any]:
        return {name: self._arrays.array(name) for name in TEXTS}

    @cached_property
    def _kinds(self) -> list[str]:
        return self._arrays.texts("kinds")

    @cached_property
    def _places(self) -> dict[str, npt.NDArray[np.int32]]:
        return {name: self._arrays.numbers(name) for name in ("kind", *PLACES)}

    def _id(self, row: int) -> str:
        number = int(np.searchsorted(self._first, row, side="right")) - 1
        suffix = str(self._texts["suffix"][row])
        return f"{file_id(self._paths[number])}{suffix}{self._texts['qualname'][row] if suffix == SYMBOL else ''}"
