"""Tests an embedder: how often a sentence finds the unit it documents, among thousands of units of its own and other packages.

    python -m scripts.train.evaluate FOLDER memoryd=static [NAME=EMBEDDER...]     # → scripts/bench/results/embedder.csv

The packages are those marked as test in `packages.csv`, from which nothing is learnt. The question is the first sentence of a unit's
documentation; the units are searched by their summaries without documentation. The measure is the mean of 1 / rank, 0 beyond rank 10,
beside that of BM25.
"""

import argparse
import hashlib
import statistics
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from memoryd.embed import Embedder
from memoryd.embed import load as load_embedder
from scripts import bench
from scripts.train.corpus import SPLITS, Corpus, load

LANGUAGES = {
    "Python": ("python",), "JavaScript, TypeScript": ("javascript", "typescript", "tsx"), "Go": ("go",), "Rust": ("rust",),
    "Java, Kotlin, Scala": ("java", "kotlin", "scala"), "C, C++": ("c", "cpp"), "Ruby": ("ruby",), "PHP": ("php",), "Haskell": ("haskell",),
    "Lua, Swift, C#, Bash, Elixir, Zig": ("lua", "swift", "csharp", "bash", "elixir", "zig"),
}  # fmt: skip
QUESTIONS = 1_000
UNITS = 10_000
FEWEST = 300
"""The fewest units of a language that is measured."""

WORDS = 4
"""The fewest words of a sentence that is asked."""

RANKS = 10


class Pool(NamedTuple):
    """The questions and units of one group of languages: question `i` asks for unit `i`, and there are more units than questions."""

    questions: list[str]
    units: list[str]


class Measured(NamedTuple):
    """The sizes of one group of languages, and the mean reciprocal ranks of BM25 and each embedder in it."""

    language: str
    questions: int
    units: int
    ranks: Mapping[str, float]

    def row(self) -> dict[str, object]:
        """Return the row of the table."""
        sizes = {"language": self.language, "questions": self.questions, "units": self.units}
        return sizes | {name: f"{rank:.3f}" for name, rank in self.ranks.items()}


def main() -> None:
    """Measure the named embedders and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="where `scripts.train.corpus` wrote corpus.npz")
    parser.add_argument("embedders", nargs="+", help="NAME=EMBEDDER, the embedder as in MEMORYD_EMBEDDER")
    options = parser.parse_args()
    ways: dict[str, Callable[[Pool], float]] = {"BM25": bm25}
    for name, _, embedder in (given.partition("=") for given in options.embedders):
        ways[name] = _by(load_embedder(embedder))
    measured = []
    for language, pool in pools(load(options.folder / "corpus.npz"), "test").items():
        measured.append(Measured(language, len(pool.questions), len(pool.units), {name: rank(pool) for name, rank in ways.items()}))
        print(*measured[-1].row().values(), flush=True)
    bench.write("embedder", [one.row() for one in (*measured, mean(measured))])


def mean(measured: Sequence[Measured]) -> Measured:
    """Return the means over groups of languages, each of equal weight, with the total numbers of questions and units."""
    ranks = {name: statistics.fmean(one.ranks[name] for one in measured) for name in measured[0].ranks}
    return Measured("mean", sum(one.questions for one in measured), sum(one.units for one in measured), ranks)


def pools(corpus: Corpus, split: str) -> dict[str, Pool]:
    """Return the questions and units of each group of languages; deterministic for a corpus."""
    documented = np.flatnonzero((corpus.parts["first"].lengths >= WORDS) & (corpus.split == SPLITS.index(split)) & ~corpus.is_file)
    keys = {unit: corpus.parts["first"][unit].tobytes() for unit in documented.tolist()}
    times = Counter(keys.values())
    found = {}
    for group, names in LANGUAGES.items():
        among = [number for number, name in enumerate(corpus.languages) if name in names]
        units = np.flatnonzero((corpus.split == SPLITS.index(split)) & np.isin(corpus.language, among) & ~corpus.is_file)
        if len(units) < FEWEST:
            continue
        mixed = sorted(units.tolist(), key=lambda unit: hashlib.blake2b(str(unit).encode()).digest())
        asked = [unit for unit in mixed if times.get(keys.get(unit, b"")) == 1][:QUESTIONS]
        others = [unit for unit in mixed if unit not in set(asked)][: UNITS - len(asked)]
        found[group] = Pool(list(_texts(corpus, asked, (("first",),))), list(_texts(corpus, asked + others, SUMMARY)))
    return found


SUMMARY = (("head", "path"), ("signature",), ("uses",))


def _texts(corpus: Corpus, units: Sequence[int], lines: Sequence[tuple[str, ...]]) -> Iterator[str]:
    for unit in units:
        words = [" ".join(corpus.words[number] for name in line for number in corpus.parts[name][unit]) for line in lines]
        yield "\n".join(filter(None, words))


def _by(embedder: Embedder) -> Callable[[Pool], float]:
    return lambda pool: by_embedder(pool, embedder)


def by_embedder(pool: Pool, embedder: Embedder) -> float:
    """Return the mean reciprocal rank by cosines."""
    return _mean_reciprocal_rank(embedder.embed(pool.questions), embedder.embed(pool.units).T)


def bm25(pool: Pool) -> float:
    """Return the mean reciprocal rank by BM25 (Robertson and Zaragoza 2009; k1 1.2, b 0.75) over stemmed words."""
    from scipy.sparse import csr_array
    from Stemmer import Stemmer

    columns: dict[str, int] = {}

    def counts(texts: Sequence[str]) -> Any:
        rows = [[columns.setdefault(word, len(columns)) for word in stemmer.stemWords(text.split())] for text in texts]
        starts = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
        matrix = csr_array((np.ones(starts[-1], np.float32), np.concatenate(rows), starts), shape=(len(texts), 1 << 20))
        matrix.sum_duplicates()
        return matrix

    stemmer = Stemmer("english")
    units, questions = counts(pool.units), counts(pool.questions)
    questions.data[:] = 1
    lengths = units.sum(axis=1)
    holders = np.bincount(units.indices, minlength=units.shape[1])
    rarity = np.log(1 + (len(pool.units) - holders + 0.5) / (holders + 0.5))
    damping = np.repeat(1.2 * (0.25 + 0.75 * lengths / lengths.mean()), np.diff(units.indptr))
    units.data = (units.data * 2.2 / (units.data + damping) * rarity[units.indices]).astype(np.float32)
    return _mean_reciprocal_rank(questions, units.T.tocsc())


def _mean_reciprocal_rank(questions: Any, units: Any) -> float:
    total = 0.0
    asked: int = questions.shape[0]
    for start in range(0, asked, 256):
        scores: Any = questions[start : start + 256] @ units
        dense: npt.NDArray[np.float32] = scores if isinstance(scores, np.ndarray) else scores.toarray()
        right = dense[np.arange(len(dense)), np.arange(start, start + len(dense))]
        # Of units with equal scores, the right one counts as the last.
        ranks = (dense >= right[:, None]).sum(axis=1)
        total += float(np.sum(1 / ranks[ranks <= RANKS]))
    return total / asked


if __name__ == "__main__":
    main()
