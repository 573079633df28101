"""A column of vectors: each as signed bytes, for the angle, and as one bit a dimension, to find the few worth looking at.

The bits are the signs (random hyperplanes' special case, Charikar 2002): comparing 100,000 of them takes a millisecond, and
the bytes of those that differ least give their cosine to within one in a hundred.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.int8]
Bits = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float32]
STEPS = 127


@dataclass(frozen=True, eq=False)
class Vectors:
    """`values` has the shape (rows, dimensions), scaled row by row; `norms` are theirs; `bits` has the shape (words of 64, rows)."""

    values: Bytes
    bits: Bits
    norms: Floats

    def distances(self, query: Floats) -> npt.NDArray[np.uint16]:
        """Return in how many signs each row differs from the query."""
        differing = np.zeros(self.bits.shape[1], np.uint16)
        for row, word in zip(self.bits, signs(query[np.newaxis])[:, 0], strict=True):
            differing += np.bitwise_count(row ^ word)
        return differing

    def chosen(self, flags: npt.NDArray[np.bool_]) -> "Vectors":
        """Return the vectors of some rows."""
        return Vectors(self.values[flags], self.bits[:, flags], self.norms[flags])

    def cosines(self, query: Floats, rows: npt.NDArray[np.int64]) -> Floats:
        """Return the cosine of the angle between the query, of length 1, and some rows; 0 for a row of zeros."""
        norms = self.norms[rows]
        products = self.values.take(rows, axis=0).astype(np.float32) @ query
        cosines: Floats = np.divide(products, norms, out=np.zeros_like(products), where=norms > 0)
        return cosines


def coded(vectors: npt.NDArray[np.float16]) -> Vectors:
    """Code vectors, shape (rows, dimensions)."""
    floats = vectors.astype(np.float32)
    largest = np.abs(floats).max(axis=1, initial=0.0, keepdims=True)
    values = np.rint(floats * np.divide(STEPS, largest, out=np.zeros_like(largest), where=largest > 0)).astype(np.int8)
    return Vectors(values, signs(floats), np.linalg.norm(values.astype(np.float32), axis=1).astype(np.float32))


def stacked(segments: Sequence[Vectors]) -> Vectors:
    """Return the vectors of several columns as one."""
    return Vectors(
        np.concatenate([segment.values for segment in segments]),
        np.concatenate([segment.bits for segment in segments], axis=1),
        np.concatenate([segment.norms for segment in segments]),
    )


def signs(vectors: Floats) -> Bits:
    """Return which components are positive as bits, shape (words of 64, rows)."""
    packed = np.packbits(vectors > 0, axis=1)
    padded = np.zeros((len(packed), -(-packed.shape[1] // 8) * 8), np.uint8)
    padded[:, : packed.shape[1]] = packed
    return np.ascontiguousarray(padded.view(np.uint64).T)
