"""Lists for each word those that mean nearly the same in code, by the vectors of the shipped embedder.

    python -m scripts.train.related

Writes `memoryd/data/related_words.npz`, which `memoryd.ranking.related` reads: stems in their order, and for each the stems whose
vectors are nearest, with their cosines in hundredths. The same embedder gives the same bytes.
"""

import re
from pathlib import Path

import numpy as np
import numpy.typing as npt

from indexers import query_words

EMBEDDER, OUT = Path("memoryd/data/code-static/model.npz"), Path("memoryd/data/related_words.npz")
WORD = re.compile(r"[a-z]{2,20}")
MOST, LONGER, LEAST = 8, 2, 0.4
"""The most words that are related to one, the most of these that contain it, and the least cosine."""
OFTEN = 24_000
"""The first tokens that may be related to others: they stand in the order of how often code uses them; rare ones are near by chance."""
BLOCK = 1_000
"""The words that are compared with all at a time."""


def main() -> None:
    """Compare all words, and write the table."""
    with np.load(EMBEDDER) as file:
        tokens = file["tokens"].tobytes().decode().split("\n")
        vectors = file["vectors"].astype(np.float32)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    rows = [row for row, token in enumerate(tokens) if WORD.fullmatch(token) and len(query_words(token)) == 1]
    stems, numbers = np.unique([query_words(tokens[row])[0] for row in rows], return_inverse=True)
    often = np.searchsorted(rows, OFTEN)
    near: list[dict[int, float]] = [{} for _ in stems]
    for start in range(0, len(rows), BLOCK):
        cosines = vectors[rows[start : start + BLOCK]] @ vectors[rows[:often]].T
        for word, other in np.argwhere(cosines >= LEAST).tolist():
            own = near[numbers[start + word]]
            own[numbers[other]] = max(own.get(numbers[other], 0.0), float(cosines[word, other]))
    chosen = [_nearest(stems, place, own) for place, own in enumerate(near)]
    np.savez_compressed(
        OUT, stems=np.frombuffer("\n".join(stems.tolist()).encode(), np.uint8), counts=np.array([len(own) for own in chosen], np.uint8),
        related=np.array([other for own in chosen for other, _ in own], np.uint16),
        hundredths=np.array([round(100 * cosine) for own in chosen for _, cosine in own], np.uint8),
    )  # fmt: skip
    print(f"{len(stems)} stems, {sum(map(len, chosen))} related, {OUT.stat().st_size} bytes")


def _nearest(stems: npt.NDArray[np.str_], place: int, near: dict[int, float]) -> list[tuple[int, float]]:
    """Return the stems nearest to the one at a place, with their cosines; few that only spell it longer."""
    ranked = sorted((pair for pair in near.items() if pair[0] != place), key=lambda pair: (-round(pair[1], 2), pair[0]))
    longer = [pair for pair in ranked if stems[place] in stems[pair[0]]]
    return [pair for pair in ranked if pair not in longer[LONGER:]][:MOST]


if __name__ == "__main__":
    main()
