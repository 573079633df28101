"""Learns the token vectors of `memoryd.embed` from a corpus: the texts written about a unit are to be nearest to that unit.

    python -m scripts.train.learn FOLDER --start FOLDER      # FOLDER/corpus.npz → memoryd/data/code-static/model.npz

Contrastive learning with the rest of the batch as wrong answers (InfoNCE, van den Oord et al. 2018), on one core. A text is the sum
of its tokens' vectors, as at run time. Parts of a unit are left out at random, so that a name, a list of calls or a body must each
suffice alone. A batch is made of groups from one package, whose units must be told apart, too. The same corpus, start and torch
give the same bytes.
Needs: pip install . torch, in an environment of its own.
"""

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional

from memoryd.embed import LISTED, StaticEmbedder
from scripts.train.corpus import SPLITS, Corpus, load
from scripts.train.distill import quantize, save
from scripts.train.evaluate import Pool, by_embedder, pools
from scripts.train.vocabulary import choose, first_vectors, read_start, spell

TARGET = Path(__file__).parents[2] / "memoryd" / "data" / "code-static"
BATCH = 2048
GROUP = 32
"""The units of a group within a batch, nearly always of one package."""

RATE = 3e-3
WARM_UP = 50
TEMPERATURE = 0.05
LEFT_OUT = 0.1
"""The share of words that are left out; `LINE_LEFT_OUT` is that of lines."""

LINE_LEFT_OUT = 0.15
RAW = 0.1
"""The share of units that are given as the lines of a file, without a summary."""

BODY = 0.3
QUESTION = 0.15
QUESTIONS = (
    "how does work", "how do the", "where is the", "how is handled", "how are", "what does do", "where are defined", "which function",
    "how to", "code that", "implementation of", "where is implemented", "how", "find where", "when does it", "explain how the",
)  # fmt: skip
"""Words of questions, added to sentences of documentation so that they learn to carry no meaning."""

Tokens = npt.NDArray[np.int32]


class Line(NamedTuple):
    """The tokens of a line of a unit, and the line's weight."""

    tokens: Tokens
    weight: float = 1


def main() -> None:
    """Learn and write the model, printing its quality on the development packages from time to time."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="where `scripts.train.corpus` wrote corpus.npz")
    parser.add_argument("--start", type=Path, required=True, help="a model folder that `scripts.train.distill` wrote")
    parser.add_argument("--tokens", type=int, default=48_000)
    parser.add_argument("--epochs", type=float, default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--name", default="code")
    parser.add_argument("--out", type=Path, default=TARGET)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)

    corpus = load(options.folder / "corpus.npz")
    start = read_start(options.start)
    tokens = choose(corpus, start.tokens, options.tokens)
    examples = Examples(corpus, tokens, np.random.default_rng(options.seed))
    vectors = first_vectors(tokens, start, examples.shares(), examples.rng)
    learnt = learn(examples, vectors, options.epochs, Report(tokens, pools(corpus, "dev")))
    save(options.out, options.name, tokens, *quantize(learnt))


@dataclass(frozen=True, slots=True)
class Report:
    """Prints the mean reciprocal rank of each language, measured with the vectors as they would ship."""

    tokens: Sequence[str]
    pools: dict[str, Pool]

    def __call__(self, when: str, vectors: npt.NDArray[np.float32]) -> None:
        embedder = StaticEmbedder("", self.tokens, *quantize(vectors))
        ranks = {language: by_embedder(pool, embedder) for language, pool in self.pools.items()}
        print(
            when,
            f"mean {np.mean(list(ranks.values())):.4f}",
            *(f"{language[:4]} {rank:.3f}" for language, rank in ranks.items()),
            flush=True,
        )


class Examples:
    """Draws pairs of a question and a unit's lines, each an array of tokens."""

    def __init__(self, corpus: Corpus, tokens: Sequence[str], rng: np.random.Generator) -> None:
        pieces = spell(corpus, tokens)
        number = {word: place for place, word in enumerate(corpus.words)}
        self.rng = rng
        self.size = len(tokens)
        self._learned = corpus.split == SPLITS.index("train")
        self._package = corpus.package
        self._parts = {name: part.replaced(pieces) for name, part in corpus.parts.items()}
        self._questions = [np.concatenate([pieces[number[word]] for word in words.split() if word in number]) for words in QUESTIONS]
        self.units = np.flatnonzero(self._learned & (self._parts["first"].lengths >= 3))

    def shares(self) -> npt.NDArray[np.float64]:
        """Return the share of each token in the summaries and first sentences of the training packages."""
        counts = np.zeros(self.size)
        for name in ("head", "path", "signature", "first", "uses"):
            part = self._parts[name]
            counts += np.bincount(part.values[np.repeat(self._learned, part.lengths)], minlength=self.size)
        shares: npt.NDArray[np.float64] = counts / counts.sum()
        return shares

    def batches(self) -> Iterator[npt.NDArray[np.int64]]:
        """Yield batches of BATCH units, in groups, for ever: in each round every unit once, except a few that fill no batch."""
        while True:
            mixed = self.rng.permutation(self.units)
            mixed = mixed[np.argsort(self._package[mixed], kind="stable")]
            groups = self.rng.permutation(len(mixed) // GROUP)
            grouped = mixed[: len(groups) * GROUP].reshape(-1, GROUP)[groups]
            yield from grouped[: len(groups) // (BATCH // GROUP) * (BATCH // GROUP)].reshape(-1, BATCH)

    def pair(self, unit: int) -> tuple[Tokens, list[Line]]:
        """Return a sentence of a unit's documentation, and the unit's lines without that sentence."""
        first, rest = self._parts["first"][unit], self._parts["rest"][unit]
        if self.rng.random() < 0.75 or len(rest) < 6:
            question, doc = first, rest[:60] if self.rng.random() < 0.3 else rest[:0]
        else:
            cut = int(self.rng.integers(max(1, len(rest) - 10)))
            question, doc = rest[cut : cut + 25], first if self.rng.random() < 0.5 else first[:0]
        lines = [Line(self._thinned(line.tokens), line.weight) for line in self._lines(unit, doc)]
        question = self._thinned(question)
        if self.rng.random() < QUESTION:
            question = np.concatenate([question, self._questions[int(self.rng.integers(len(self._questions)))]])
        return question, [line for line in lines if len(line.tokens)]

    def _lines(self, unit: int, doc: Tokens) -> Iterator[Line]:
        head, path, signature, uses, body = (self._parts[name][unit] for name in ("head", "path", "signature", "uses", "body"))
        named, placed, shown = (self.rng.random(3) >= (LINE_LEFT_OUT, LINE_LEFT_OUT, 1 - BODY)).tolist()
        if self.rng.random() < RAW:
            yield Line(path if named else path[:0])
            yield Line(np.concatenate([signature, body]))
            return
        yield Line(np.concatenate([head if named else head[:0], path if placed else path[:0]]))
        yield from [Line(signature)] * named
        yield Line(doc)
        yield Line(uses, LISTED)
        yield from [Line(body)] * shown

    def _thinned(self, line: Tokens) -> Tokens:
        return line[self.rng.random(len(line)) >= LEFT_OUT]


def learn(examples: Examples, vectors: npt.NDArray[np.float32], epochs: float, report: Report) -> npt.NDArray[np.float32]:
    """Return the vectors learnt with Adam (Kingma and Ba 2015) on the mean of both directions' cross entropies."""
    table = torch.nn.Parameter(torch.from_numpy(vectors.copy()))
    adam = torch.optim.Adam([table], lr=RATE, betas=(0.9, 0.99), foreach=False)
    steps = int(len(examples.units) // BATCH * epochs)
    started = time.monotonic()
    for step, units in zip(range(steps), examples.batches(), strict=False):
        adam.param_groups[0]["lr"] = RATE * min(1, (step + 1) / WARM_UP) * (1 - 0.95 * step / steps)
        loss = _loss(table, units, [examples.pair(unit) for unit in units.tolist()])
        adam.zero_grad()
        loss.backward()
        adam.step()
        if (step + 1) % max(1, steps // 6) == 0:
            report(f"step {step + 1}/{steps} {time.monotonic() - started:.0f} s loss {loss.item():.3f}", table.detach().numpy())
    learnt: npt.NDArray[np.float32] = table.detach().numpy()
    return learnt


def _loss(table: torch.Tensor, units: npt.NDArray[np.int64], pairs: Sequence[tuple[Tokens, list[Line]]]) -> torch.Tensor:
    owners = torch.tensor([number for number, (_, lines) in enumerate(pairs) for _ in lines])
    weights = torch.tensor([line.weight for _, lines in pairs for line in lines])
    lines = _lines(table, [line.tokens for _, lines in pairs for line in lines]) * weights[:, None]
    asked = _lines(table, [question for question, _ in pairs])
    found = functional.normalize(torch.zeros(len(pairs), table.shape[1]).index_add(0, owners, lines), dim=1)
    scores = asked @ found.T / TEMPERATURE
    right = torch.arange(len(pairs))
    return (functional.cross_entropy(scores, right) + functional.cross_entropy(scores.T, right)) / 2


def _lines(table: torch.Tensor, lines: Sequence[Tokens]) -> torch.Tensor:
    """Return a unit vector for each line: the normalised sum of its tokens' vectors, each times the square root of its count."""
    owners = np.repeat(np.arange(len(lines), dtype=np.int64), [len(line) for line in lines])
    keys, counts = np.unique(owners * len(table) + np.concatenate(lines), return_counts=True)
    starts = torch.from_numpy(np.searchsorted(keys // len(table), np.arange(len(lines))))
    roots = torch.from_numpy(np.sqrt(counts).astype(np.float32))
    return functional.normalize(
        functional.embedding_bag(torch.from_numpy(keys % len(table)), table, starts, mode="sum", per_sample_weights=roots)
    )


if __name__ == "__main__":
    main()
