"""Texts of an array, and their sorted order, in which one is found by halving: no dictionary of all, no text that is not asked for."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, overload

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
LAST = 2_000
"""The most texts whose numbers are remembered."""


class Texts(Sequence[str]):
    """An array of texts that are made when they are asked for, in the order `order`, or else their own."""

    def __init__(self, array: pa.StringArray, order: npt.NDArray[Any] | None = None) -> None:
        self._array = array
        self._order = order
        self._raw = _Raw(array, order)

    def __len__(self) -> int:
        return len(self._array)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            return [self[at] for at in range(*place.indices(len(self)))]
        return self._raw.text(place if 0 <= place < len(self._raw) else range(len(self))[place])

    def __iter__(self) -> Iterator[str]:
        return iter((self._array if self._order is None else self._array.take(pa.array(self._order))).to_pylist())

    def at(self, places: npt.NDArray[Any] | Sequence[int]) -> list[str]:
        """Return the texts at many places, none of them negative. Arrow's `take` would first import all that it can compute."""
        return self._raw.texts(places)

    def among(self, text: str, start: int, end: int) -> list[int]:
        """Return the places of a text, which is not empty, among those from `start` to before `end`; only of texts in their own order."""
        return self._raw.among(text.encode("utf-8", "surrogatepass"), start, end)

    def before(self, text: str) -> int:
        """Return how many of the texts, which must ascend, come before a text."""
        return bisect_left(self._raw, text.encode("utf-8", "surrogatepass"))

    def place(self, text: str) -> int:
        """Return the place of a text among the texts, which must ascend, -1 if it is not there."""
        raw = text.encode("utf-8", "surrogatepass")
        at = bisect_left(self._raw, raw)
        return at if at < len(self) and self._raw[at] == raw else -1


class _Raw(Sequence[bytes]):
    """The texts of an array as UTF-8, whose order is that of the texts. Taken from Arrow's memory: its own values take longer to make."""

    def __init__(self, array: pa.StringArray, order: npt.NDArray[Any] | None) -> None:
        _, offsets, data = array.buffers()
        self._first, self._size = array.offset, len(array)
        self._offsets = memoryview(offsets).cast("i") if offsets is not None else memoryview(b"")
        self._data = memoryview(data) if data is not None else memoryview(b"")
        self._order = None if order is None else memoryview(np.ascontiguousarray(order).data)

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, place: Any) -> Any:
        at = self._first + (place if self._order is None else self._order[place])
        return bytes(self._data[self._offsets[at] : self._offsets[at + 1]])

    def text(self, place: int) -> str:
        at = self._first + (place if self._order is None else self._order[place])
        return str(self._data[self._offsets[at] : self._offsets[at + 1]], "utf-8")

    def among(self, wanted: bytes, start: int, end: int) -> list[int]:
        first, last = self._first + start, self._first + end
        base = self._offsets[first]
        data, found = bytes(self._data[base : self._offsets[last]]), []
        at = data.find(wanted)
        while at >= 0:
            place = bisect_left(self._offsets, base + at, first, last)
            while self._offsets[place] == base + at and place < last:  # empty texts stand at the place of the one after them
                if self._offsets[place + 1] == base + at + len(wanted):
                    found.append(place - self._first)
                place += 1
            at = data.find(wanted, at + 1)
        return found

    def texts(self, places: npt.NDArray[Any] | Sequence[int]) -> list[str]:
        chosen = np.asarray(places, np.int64)
        at = self._first + (chosen if self._order is None else np.asarray(self._order)[chosen].astype(np.int64))
        offsets = np.asarray(self._offsets)
        return [str(self._data[start:end], "utf-8") for start, end in zip(offsets[at].tolist(), offsets[at + 1].tolist(), strict=True)]


@dataclass(frozen=True, eq=False)
class Order:
    """The sorted order of texts: for each text as given its place in that order."""

    texts: pa.StringArray
    places: npt.NDArray[Any]

    @classmethod
    def of(cls, texts: Sequence[str] | pa.StringArray) -> "Order":
        """Sort texts."""
        array = texts if isinstance(texts, pa.StringArray) else pa.array(texts, pa.string())
        return cls(array, _inverse(np.asarray(pc.sort_indices(array))))

    @cached_property
    def ascending(self) -> Texts:
        """The texts in sorted order."""
        return Texts(self.texts, self._given)

    @cached_property
    def _given(self) -> npt.NDArray[np.int32]:
        """The number of each text as given, by its place."""
        return _inverse(self.places)

    def number(self, text: str) -> int:
        """Return the number of a text as given, -1 if it is not among the texts."""
        number = self._last.get(text)
        if number is None:
            at = self.ascending.place(text)
            number = -1 if at < 0 else int(self._given[at])
            if len(self._last) >= LAST:
                self._last.clear()
            self._last[text] = number
        return number

    @cached_property
    def _last(self) -> dict[str, int]:
        """The numbers of the texts that were asked for last: a question asks for its words again and again, and so do those after it."""
        return {}

    def keys_with(self, others: Sequence["Order"]) -> npt.NDArray[np.int64]:
        """Return sort keys of the texts of this order, then of those of `others`, all as given. Only the others are searched for."""
        keys = [(self.places.astype(np.int64) + 1) * STEP]
        for other in others:
            before = np.array([self.ascending.before(text) for text in other.ascending], np.int64) * STEP
            keys.append((before + 1 + np.arange(len(before)))[other.places])
        return np.concatenate(keys)


def _inverse(permutation: npt.NDArray[Any]) -> npt.NDArray[np.int32]:
    inverse = np.empty(len(permutation), np.int32)
    inverse[permutation] = np.arange(len(permutation), dtype=np.int32)
    return inverse
