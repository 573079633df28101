"""Texts of an array, and their sorted order, in which one is found by halving: no dictionary of all, no text that is not asked for."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, overload

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from memoryd.runtime import late

if TYPE_CHECKING:
    import pyarrow.compute as pc
else:
    pc = late("pyarrow.compute")  # which no question needs while nothing changes

STEP = 1 << 24
"""The distance between the sort keys of neighbouring names: the most names of other orders that fit between them."""


class Texts(Sequence[str]):
    """An array of texts that are made when they are asked for, in the order `order`, or else their own."""

    def __init__(self, array: pa.StringArray, order: npt.NDArray[Any] | None = None) -> None:
        self._array = array
        self._order = order

    def __len__(self) -> int:
        return len(self._array)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            return [self[at] for at in range(*place.indices(len(self)))]
        return str(self._array[place if self._order is None else int(self._order[place])])

    def __iter__(self) -> Iterator[str]:
        return iter((self._array if self._order is None else self._array.take(pa.array(self._order))).to_pylist())


class Order(NamedTuple):
    """Names in sorted order; for each name as given its place in that order, and for each place the name's number as given."""

    names: Sequence[str]
    places: npt.NDArray[np.int64]
    given: npt.NDArray[np.int64]

    @classmethod
    def of(cls, names: Sequence[str] | pa.StringArray) -> "Order":
        """Sort names."""
        array = names if isinstance(names, pa.StringArray) else pa.array(names, pa.string())
        given = np.asarray(pc.sort_indices(array)).astype(np.int64)
        return cls(array.take(pa.array(given)).to_pylist(), _inverse(given), given)

    @classmethod
    def placed(cls, names: pa.StringArray, places: npt.NDArray[np.int64]) -> "Order":
        """Return the order of names whose places in it are known; no name is made before it is asked for."""
        given = _inverse(places)
        return cls(Texts(names, given), places, given)

    def number(self, name: str) -> int:
        """Return the number of a name as given, -1 if it is not among the names."""
        at = bisect_left(self.names, name)
        return int(self.given[at]) if at < len(self.names) and self.names[at] == name else -1

    def keys_with(self, others: Sequence["Order"]) -> npt.NDArray[np.int64]:
        """Return sort keys of the names of this order, then of those of `others`, all as given. Only the others are searched for."""
        keys = [(self.places + 1) * STEP]
        for other in others:
            before = np.array([bisect_left(self.names, name) for name in other.names], np.int64) * STEP
            keys.append((before + 1 + np.arange(len(before)))[other.places])
        return np.concatenate(keys)


def _inverse(permutation: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    inverse = np.empty(len(permutation), np.int64)
    inverse[permutation] = np.arange(len(permutation))
    return inverse
