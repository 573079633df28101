"""An immutable mapping for small, frequent changes: a large dictionary that is shared, and the entries that differ from it.

The cost of a change grows with the entries that differ, not with the size of the mapping; earlier states stay as they were.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar, overload

Key = TypeVar("Key")
Value = TypeVar("Value")
Other = TypeVar("Other")
DIFFERING, DIFFERING_SHARE = 500, 0.05
"""The most entries that may differ (a number or a share of all, whichever is more); beyond, all become one dictionary again."""


class Overlay(Mapping[Key, Value]):
    """`base` with the entries of `changed`, in which `None` marks a removed key. Neither is ever modified; keys have no order."""

    __slots__ = ("_base", "_changed", "_groups_of_base", "_of_base", "_size")

    def __init__(self, base: Mapping[Key, Value], changed: dict[Key, Value | None] | None = None) -> None:
        self._base = base
        self._changed = changed or {}
        self._size: int | None = None
        self._of_base: dict[Callable[[Value], bool], frozenset[Key]] = {}
        self._groups_of_base: dict[Callable[[Key], Hashable], Mapping[Hashable, Sequence[Key]]] = {}

    def __getitem__(self, key: Key) -> Value:
        value = self._changed[key] if key in self._changed else self._base[key]
        if value is None:
            raise KeyError(key)
        return value

    @overload
    def get(self, key: Key, /) -> Value | None: ...
    @overload
    def get(self, key: Key, /, default: Value | Other) -> Value | Other: ...
    def get(self, key: Key, /, default: Any = None) -> Any:
        """Return the value of a key, or `default`. Faster than the inherited method, which raises and catches a `KeyError`."""
        value = self._changed[key] if key in self._changed else self._base.get(key)
        return default if value is None else value

    def __contains__(self, key: object) -> bool:
        return self._changed[key] is not None if key in self._changed else key in self._base

    def __iter__(self) -> Iterator[Key]:
        if not self._changed:
            return iter(self._base)
        return self._with_changes()

    def __len__(self) -> int:
        # Counted when it is first asked for: each key costs a look into the base, and hardly anybody wants to know.
        if self._size is None:
            came = sum(value is not None for key, value in self._changed.items() if key not in self._base)
            self._size = len(self._base) + came - sum(value is None for key, value in self._changed.items() if key in self._base)
        return self._size

    def _with_changes(self) -> Iterator[Key]:
        yield from (key for key in self._base if key not in self._changed)
        yield from (key for key, value in self._changed.items() if value is not None)

    def where(self, holds: Callable[[Value], bool]) -> frozenset[Key]:
        """Return the keys whose values `holds` accepts. The base is asked once for each function, however often entries change."""
        found = self._of_base.get(holds)
        if found is None:
            found = self._of_base[holds] = frozenset(key for key, value in self._base.items() if holds(value))
        came = (key for key, value in self._changed.items() if value is not None and holds(value))
        return found.difference(self._changed).union(came) if self._changed else found

    def keys_in(self, group: Hashable, group_of: Callable[[Key], Hashable]) -> list[Key]:
        """Return the keys that `group_of` puts into a group. The base is grouped once for each function, however often entries change."""
        groups = self._groups_of_base.get(group_of)
        if groups is None:
            groups = self._groups_of_base[group_of] = _grouped(self._base, group_of)
        kept = (key for key in groups.get(group, ()) if key not in self._changed)
        return [*kept, *(key for key, value in self._changed.items() if value is not None and group_of(key) == group)]

    def with_changes(self, changes: Iterable[tuple[Key, Value | None]]) -> "Overlay[Key, Value]":
        """Return the mapping with these entries set; `None` removes a key."""
        changed = {**self._changed, **dict(changes)}
        if len(changed) <= max(DIFFERING, DIFFERING_SHARE * len(self._base)):
            made = Overlay(self._base, changed)
            made._of_base, made._groups_of_base = self._of_base, self._groups_of_base
            return made
        return Overlay({key: value for key, value in {**self._base, **changed}.items() if value is not None})


def _grouped(keys: Iterable[Key], group_of: Callable[[Key], Hashable]) -> Mapping[Hashable, Sequence[Key]]:
    groups = defaultdict(list)
    for key in keys:
        groups[group_of(key)].append(key)
    return groups
