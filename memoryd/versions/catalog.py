"""The catalogue of units, in memory: by id, by name, by file. Immutable; a change of some files gives a new one cheaply."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any, NamedTuple, Self

from indexers import PROTOTYPE, base_name, names_its_type
from memoryd.overlay import Overlay
from memoryd.parsing import BLOCK, FILE, SECTION, members_of
from memoryd.text import symbol_id

NAMESPACES = frozenset(("module", "namespace", "package"))
"""Kinds of definitions that hold others only to keep their names apart."""
CALLABLES = frozenset(("function", "method", "macro", PROTOTYPE))
COLUMNS = ("id", "path", "kind", "qualname", "start", "end", "first_line", "last_line", "signature", "members")


class Unit(NamedTuple):
    """A unit without its text: bytes `[start, end)` of its file, lines inclusive. `members` are those of a type, as `rows` writes them."""

    id: str
    path: str
    kind: str
    qualname: str
    start: int
    end: int
    first_line: int
    last_line: int
    signature: str
    members: str = ""

    @property
    def name(self) -> str:
        """Return the name a reference would use."""
        return base_name(self.qualname)

    @property
    def title(self) -> str:
        """Return what a person calls it: the heading of a section, the name of a symbol, "" for what has neither."""
        return self.signature if self.kind == SECTION else self.qualname

    @property
    def is_symbol(self) -> bool:
        """Tell whether this is a definition or section, neither a block nor a file."""
        return self.kind not in (BLOCK, FILE)


def announces(unit: Unit, other: Unit) -> bool:
    """Tell whether a unit is the only prototype of a function in its file; of several, each tells of an overload."""
    return unit.kind == PROTOTYPE != other.kind and other.id == f"{unit.id}~2"


@dataclass(frozen=True, slots=True)
class Catalog:
    """The units of one version. `files` has the units of each file in the order of the source, the file itself first.

    `by_name` and `by_member` have names in lower case: of units, and of what types hold.
    """

    files: Overlay[str, tuple[Unit, ...]]
    by_id: Overlay[str, Unit]
    by_name: Overlay[str, tuple[str, ...]]
    by_member: Overlay[str, tuple[str, ...]]
    _short_names: dict[str, Mapping[str, str]] = field(default_factory=dict, repr=False, compare=False)
    """The short names of the symbols of files that were asked about, by their qualified names."""

    def patched(self, removed: Iterable[str], columns: Mapping[str, Sequence[Any]]) -> Self:
        """Return the catalogue without the files `removed` and with the units in `columns`: `COLUMNS` and `skipped`, by path and place.

        Skipped files are not in it.
        """
        paths = list(removed)
        units = map(Unit._make, zip(*(columns[name] for name in COLUMNS), strict=True))
        added = [unit for unit, skipped in zip(units, columns["skipped"], strict=True) if not skipped]
        gone = [unit for path in paths for unit in self.files.get(path, ())]
        grouped = defaultdict(list)
        for unit in added:
            grouped[unit.path].append(unit)
        files: dict[str, tuple[Unit, ...] | None] = dict.fromkeys(paths)
        files.update((path, tuple(units)) for path, units in grouped.items())
        by_id: dict[str, Unit | None] = {unit.id: None for unit in gone}
        by_id.update((unit.id, unit) for unit in added)
        return type(self)(
            self.files.with_changes(files.items()),
            self.by_id.with_changes(by_id.items()),
            _renamed(self.by_name, _ids_by_name(gone), _ids_by_name(added)),
            _renamed(self.by_member, _ids_by_member(gone), _ids_by_member(added)),
        )

    def short_name(self, unit: Unit) -> str:
        """Return a symbol's qualified name without the namespaces around it: `Cart.total` of `Shop.Orders.Cart.total`.

        A function that a namespace holds itself keeps the last part: `orders.total` of `shop.orders.total`. With the path, the name is a
        handle: where another symbol of the file may be meant by it, the qualified name is returned.
        """
        if not unit.is_symbol or not any(map(self._is_namespace, repeat(unit.path), _holders(unit.qualname))):
            return unit.qualname
        if (short := self._short_names.get(unit.path)) is None:
            short = self._short_names[unit.path] = _without_namespaces(self.files.get(unit.path, ()))
        return short.get(unit.qualname, unit.qualname)

    def _is_namespace(self, path: str, qualname: str) -> bool:
        # By its id a unit is made alone: most files have no namespace, and their other units need not be made to tell.
        unit = self.by_id.get(symbol_id(path, qualname))
        return unit is not None and unit.kind in NAMESPACES

    def at(self, path: str, line: int) -> Unit | None:
        """Return the innermost unit of a file that holds a line."""
        holding = [unit for unit in self.files.get(path, ())[1:] if unit.first_line <= line <= unit.last_line]
        return min(holding, key=lambda unit: (unit.last_line - unit.first_line, unit.id), default=None)

    def inside(self, unit: Unit) -> tuple[Unit, ...]:
        """Return the units nested in a unit, at any depth; for a file, all its units."""
        units = self.files.get(unit.path, ())
        if unit.kind == FILE:
            return units[1:]
        return tuple(
            other for other in units if unit.start <= other.start and other.end <= unit.end and other.id != unit.id and other.kind != FILE
        )

    def matching_paths(self, path: str) -> list[str]:
        """Return the files a path in a text may mean: itself, or every file whose path ends with it."""
        wanted = path.strip("/")
        if wanted in self.files:
            return [wanted]
        # A report names many paths, most of them of other machines: none of them costs a look at every file.
        alike = self.files.keys_in(_last_part(wanted), _last_part)
        return sorted(path for path in alike if path.endswith("/" + wanted))


def _without_namespaces(units: Sequence[Unit]) -> dict[str, str]:
    """Return the short names of the symbols of a file that stand in namespaces, by their qualified names."""
    # The innermost namespace first, which is the longest name that a qualified name begins with.
    spaces = sorted((f"{unit.qualname}." for unit in units if unit.kind in NAMESPACES), key=len, reverse=True)
    if not spaces:
        return {}
    ends = Counter(end for unit in units if unit.is_symbol for end in _ends(unit.qualname))
    found = {}
    for unit in units:
        space = next((space for space in spaces if unit.qualname.startswith(space)), "")
        short = unit.qualname[len(space) :]
        if "." not in short and unit.kind in CALLABLES:
            short = f"{space[:-1].rpartition('.')[2]}.{short}"
        if space and ends[short.lower()] == 1:
            found[unit.qualname] = short
    return found


def _holders(qualname: str) -> Iterator[str]:
    """Yield the names that a qualified name begins with: `Shop` and `Shop.Cart` of `Shop.Cart.total`."""
    at = qualname.find(".")
    while at >= 0:
        yield qualname[:at]
        at = qualname.find(".", at + 1)


def _ends(qualname: str) -> Iterator[str]:
    """Yield the ends of a qualified name in lower case. The name of a type means the type, not its constructor."""
    end = qualname.lower()
    while "." in end or (end and not names_its_type(qualname)):
        yield end
        end = end.partition(".")[2]


def _last_part(path: str) -> str:
    return path.rpartition("/")[2]


def _renamed(
    before: Overlay[str, tuple[str, ...]], lost: Mapping[str, Sequence[str]], new: Mapping[str, Sequence[str]]
) -> Overlay[str, tuple[str, ...]]:
    """Return which units have each name, without those that lost it and with those that have it now."""

    def changes() -> Iterator[tuple[str, tuple[str, ...] | None]]:
        for name in {**lost, **new}:
            kept = set(before.get(name, ())).difference(lost.get(name, ()))
            yield name, tuple(sorted(kept.union(new.get(name, ())))) or None

    return before.with_changes(changes())


def _ids_by_name(units: Iterable[Unit]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for unit in units:
        if unit.qualname:
            found[unit.name.lower()].append(unit.id)
    return found


def _ids_by_member(units: Iterable[Unit]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for unit in units:
        if unit.members:
            for name in dict.fromkeys(one.name.lower() for one in members_of(unit.members, unit.qualname)):
                found[name].append(unit.id)
    return found
