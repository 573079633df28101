"""Words that mean nearly the same in code, by stems: who asks for "delete" is answered by `rm`, `remove` and `del`, too.

Soft matching, as late interaction does it (Khattab & Zaharia 2020), but between words without their context: the table is data
(`memoryd/data/related_words.npz`), which `scripts/train/related.py` makes from the vectors of the shipped embedder.
"""

from bisect import bisect_left
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import numpy.typing as npt


class Related(NamedTuple):
    """A stem, and how near its meaning is: a cosine, up to 1."""

    stem: str
    nearness: float


class _Table(NamedTuple):
    """Stems in their order; the related ones of stem `n` stand at `[starts[n], starts[n + 1])`, the nearest first."""

    stems: list[str]
    starts: npt.NDArray[np.int64]
    related: npt.NDArray[np.uint16]
    hundredths: npt.NDArray[np.uint8]


def related(stem: str) -> list[Related]:
    """Return the stems that mean nearly the same as a stem, nearest first; none for a stem that the table lacks."""
    table = _table()
    place = bisect_left(table.stems, stem)
    if place == len(table.stems) or table.stems[place] != stem:
        return []
    own = slice(table.starts[place], table.starts[place + 1])
    return [
        Related(table.stems[other], hundredths / 100)
        for other, hundredths in zip(table.related[own].tolist(), table.hundredths[own].tolist(), strict=True)
    ]


@cache
def _table() -> _Table:
    with files("memoryd.data").joinpath("related_words.npz").open("rb") as opened, np.load(opened, allow_pickle=False) as file:
        starts = np.concatenate([[0], np.cumsum(file["counts"], dtype=np.int64)])
        return _Table(file["stems"].tobytes().decode().split("\n"), starts, file["related"], file["hundredths"])
