"""Quantises a column of vectors: signed bytes for cosines, and one sign bit per dimension to find the few rows worth comparing.

Sign bits are a special case of random hyperplanes (Charikar 2002): comparing those of 100,000 rows takes a millisecond. The bytes
give a cosine to within one in a hundred.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.int8]
Bits = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float32]
STEPS = 127
"""The largest component of a row as a signed byte."""
GRID = 1 << 30
"""A query as whole numbers has this length: sums of their products with signed bytes need less than the 53 bits of a float."""
ROWS_AT_ONCE = 512
"""The number of rows that are quantised at a time: what they need is small enough for the heap to keep it for the next ones."""


@dataclass(frozen=True, eq=False)
class Vectors:
    """Quantised vectors. `values` has the shape (rows, dimensions), each row scaled to the range of bytes; `norms` are its lengths.

    `bits` has the shape (words of 64 bits, rows).
    """

    values: Bytes
    bits: Bits
    norms: Floats

    def distances(self, query: Floats) -> npt.NDArray[np.uint16]:
        """Return the number of sign bits in which each row differs from the query (the Hamming distance)."""
        differing = np.zeros(self.bits.shape[1], np.uint16)
        bits, counted = np.empty(len(differing), np.uint64), np.empty(len(differing), np.uint8)
        for row, word in zip(self.bits, signs(query[np.newaxis])[:, 0], strict=True):
            differing += np.bitwise_count(np.bitwise_xor(row, word, out=bits), out=counted)
        return differing

    def chosen(self, flags: npt.NDArray[np.bool_]) -> "Vectors":
        """Return the vectors of the flagged rows."""
        return Vectors(self.values[flags], self.bits[:, flags], self.norms[flags])

    def cosines(self, queries: Floats, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Return the cosines between queries of shape (..., dimensions) and some rows, of shape (rows, ...).

        Queries have length 1; the cosine of zeros is 0. A cosine does not depend on what else is compared.
        """
        # In whole numbers no sum is rounded: the order in which a library adds them depends on how many rows there are.
        whole = np.rint(queries.astype(np.float64) * GRID)
        products = self.values.take(rows, axis=0).astype(np.float64) @ whole.T
        lengths = self.norms[rows].reshape(-1, *(1,) * (products.ndim - 1)) * float(GRID)
        cosines: npt.NDArray[np.float64] = np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0)
        return cosines


def coded(vectors: npt.NDArray[np.float16]) -> Vectors:
    """Quantise vectors of shape (rows, dimensions)."""
    rows, dimensions = vectors.shape
    whole = Vectors(np.empty((rows, dimensions), np.int8), np.empty((-(-dimensions // 64), rows), np.uint64), np.empty(rows, np.float32))
    for start in range(0, rows, ROWS_AT_ONCE):
        here = slice(start, start + ROWS_AT_ONCE)
        floats = vectors[here].astype(np.float32)
        whole.bits[:, here] = signs(floats)
        largest = np.abs(floats).max(axis=1, initial=0.0, keepdims=True)
        floats *= np.divide(STEPS, largest, out=np.zeros_like(largest), where=largest > 0)
        whole.values[here] = np.rint(floats, out=floats)
        whole.norms[here] = np.linalg.norm(floats, axis=1)
    return whole


def stacked(parts: list[Vectors]) -> Vectors:
    """Return several columns of vectors as one, in their order. Takes them out of the list, so that each is freed once it is copied."""
    rows = sum(len(part.norms) for part in parts)
    whole = Vectors(
        np.empty((rows, parts[0].values.shape[1]), np.int8), np.empty((parts[0].bits.shape[0], rows), np.uint64), np.empty(rows, np.float32)
    )
    parts.reverse()
    first = 0
    while parts:
        part = parts.pop()
        here = slice(first, first + len(part.norms))
        whole.values[here], whole.bits[:, here], whole.norms[here] = part.values, part.bits, part.norms
        first = here.stop
    return whole


def signs(vectors: Floats) -> Bits:
    """Return a bit for each component, set if it is positive, in the shape (words of 64 bits, rows)."""
    packed = np.packbits(vectors > 0, axis=1)
    padded = np.zeros((len(packed), -(-packed.shape[1] // 8) * 8), np.uint8)
    padded[:, : packed.shape[1]] = packed
    return np.ascontiguousarray(padded.view(np.uint64).T)
