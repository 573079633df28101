"""Learns the match of words: which words of a task count, and what they have to meet in a candidate.

    python -m scripts.train.history.match FOLDER --out memoryd/data/word-matching.npz

Needs `pip install torch`. FOLDER has what `measure` and `priors` made; it gets `matched/*.npy`: for each candidate the score of a network
that has learnt from the other half of the repositories. The one that is written with `--out` has learnt from all. The loss is that of
picking the answers among the candidates of their task (softmax; ListNet, Cao et al. 2007).
"""

import argparse
import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch

from memoryd.ranking import PRIORS
from scripts.train.history.measure import SOURCES, halves

FIRST, SECOND = 48, 24
"""The units of the two layers."""
EPOCHS, BATCH, RATE = 10, 16, 6e-3
WEIGHTS = {"question": 3.0, "place": 3.0, "name": 0.3, "report": 2.0, "message": 2.0}
"""How much a task counts beside one of a commit's subject, a documentation or a comment."""
HEADS = 2
"""The column of `Interactions.words` that says which words stand in the headline."""
MOVED, LATER = 0.5, 0.8
"""The share of the texts of several sentences whose headline is taken to end elsewhere, and the share of these where it ends later."""
MOST = 250
"""The candidates of a task that are learnt from: its answers, and of the others as many as are left, at random."""
SEED = 1


class Given(NamedTuple):
    """A task: what is known of its words, what they meet (words, candidates, channels), what answers, what may, how much it counts."""

    known: Any
    met: npt.NDArray[np.float16]
    labels: npt.NDArray[np.bool_]
    unsaid: npt.NDArray[np.bool_]
    weight: float


class Network(torch.nn.Module):  # type: ignore[misc]
    """The network that `memoryd.ranking.matching` evaluates."""

    def __init__(self, known: int, channels: int) -> None:
        super().__init__()
        self.of_words = torch.nn.Linear(known, FIRST)
        self.of_met = torch.nn.Linear(channels, FIRST, bias=False)
        self.second = torch.nn.Linear(FIRST, SECOND)
        self.last = torch.nn.Linear(SECOND, 1, bias=False)

    def forward(self, known: Any, met: npt.NDArray[np.float16]) -> Any:
        """Return the score of each candidate, for what is known of words and what they meet (words, candidates, channels)."""
        first = (self.of_words(known)[:, None, :] + self.of_met(torch.from_numpy(met.astype(np.float32)))).relu()
        return self.last(self.second(first).relu().sum(0)).squeeze(-1)


def main() -> None:
    """Learn, write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    priors = json.loads((given.folder / "priors.json").read_text())
    keys = [path.stem for path in sorted((given.folder / "features").glob("*.npz"))]
    tasks = {key: read(given.folder, key, priors) for key in keys}
    (given.folder / "matched").mkdir(exist_ok=True)
    half_of = dict(zip(keys, halves(keys), strict=True))
    for half in (0, 1):
        network = learn([task for key in keys if half_of[key] != half for task in tasks[key]])
        with torch.no_grad():
            for key in (key for key in keys if half_of[key] == half):
                scores = [np.round(network(task.known, task.met).numpy(), 3) for task in tasks[key]]
                np.save(given.folder / "matched" / f"{key}.npy", np.concatenate(scores))
    if given.out:
        write(given.out, priors, learn([task for key in keys for task in tasks[key]]))


def read(folder: Path, key: str, priors: dict[str, Sequence[float]]) -> list[Given]:
    """Read the tasks of one repository."""
    words, features = (dict(np.load(folder / name / f"{key}.npz")) for name in ("words", "features"))
    channels = int(words["channels"])
    found, first, begun, row = [], 0, 0, 0
    for stems, size, source in zip(words["stems"].tolist(), features["sizes"].tolist(), features["sources"].tolist(), strict=True):
        own = stems.split()
        end = first + channels * len(own) * size
        met = words["met"][first:end].reshape(channels, len(own), size).transpose(1, 2, 0)
        prior = np.array([priors.get(word, (0.0,) * PRIORS) for word in own], np.float32).reshape(-1, PRIORS)
        known = torch.from_numpy(np.column_stack([words["known"][row : row + len(own)], prior]))
        labels, unsaid = (features[name][begun : begun + size] for name in ("labels", "unsaid"))
        found.append(Given(known, met, labels, unsaid, WEIGHTS.get(SOURCES[source], 1.0)))
        first, begun, row = end, begun + size, row + len(own)
    return found


def learn(tasks: Sequence[Given]) -> Network:
    """Learn a network from tasks."""
    torch.manual_seed(SEED)
    chosen = np.random.default_rng(SEED)
    network = Network(tasks[0].known.shape[1], tasks[0].met.shape[2])
    optimizer = torch.optim.Adam(network.parameters(), RATE)
    usable = [task for task in tasks if task.labels.any() and len(task.known)]
    for epoch in range(EPOCHS):
        random.Random(epoch).shuffle(usable)
        for group in optimizer.param_groups:
            group["lr"] = RATE * (1 - epoch / EPOCHS) + RATE / 30
        whole = 0.0
        for number, task in enumerate(usable, 1):
            others = np.flatnonzero(~task.labels & ~task.unsaid)
            own = np.flatnonzero(task.labels)
            picked = np.concatenate([own, chosen.permutation(others)[:MOST]])
            scores = network(moved(task.known, chosen), task.met[:, picked])
            loss = -torch.log_softmax(scores, 0)[: len(own)].mean() * task.weight / BATCH
            loss.backward()
            whole += loss.item()
            if number % BATCH == 0:
                torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
                optimizer.step()
                optimizer.zero_grad()
        print(f"epoch {epoch + 1}: loss {whole / len(usable) * BATCH:.4f}", file=sys.stderr, flush=True)
    return network


def moved(known: Any, chosen: np.random.Generator) -> Any:
    """Return what is known of words, for some texts as if the headline ended some words later or sooner.

    Where a title ends is certain in a text with lines only, so where exactly it does must not matter much.
    """
    heads = known[:, HEADS]
    if not heads.any() or heads.all() or chosen.random() >= MOVED:
        return known
    end = int(heads.nonzero().max()) + 1
    end = end + int(chosen.integers(1, 9)) if chosen.random() < LATER else max(2, end - int(chosen.integers(1, 4)))
    known = known.clone()
    known[:, HEADS] = torch.arange(len(known)) < end
    return known


def write(out: Path, priors: dict[str, Sequence[float]], network: Network) -> None:
    """Write a network and the table of words as data."""
    weights = {name: value.numpy() for name, value in network.state_dict().items()}
    table = np.round(np.array(list(priors.values())) * 100).astype(np.int16)
    np.savez_compressed(
        out, stems=np.frombuffer("\n".join(priors).encode(), np.uint8), priors=table, bias=weights["of_words.bias"],
        of_words=weights["of_words.weight"].T, of_met=weights["of_met.weight"].T,
        second=weights["second.weight"].T, second_bias=weights["second.bias"], last=weights["last.weight"][0],
    )  # fmt: skip
    print(f"{len(priors)} words, {out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
