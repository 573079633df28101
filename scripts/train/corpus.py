"""Turns records into arrays of numbers, the words of each part of each unit, which training and evaluation read.

    python -m scripts.train.corpus FOLDER          # records of `mine` → FOLDER/corpus.npz

A unit whose body, or whose name with its documentation, occurred in an earlier package is left out. Test packages come first, so
that a unit which is in test and training packages is in the test alone.
"""

import argparse
import gzip
import hashlib
import json
import re
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from indexers import MOST_NAMES
from memoryd.embed import IDENTIFIER, split_identifier
from scripts.train.archives import Package, manifest
from scripts.train.mine import Record, records_file

SPLITS = ("test", "dev", "train")
PARTS = {"head": 40, "path": 14, "signature": 60, "uses": 100, "first": 50, "rest": 120, "body": 250}
"""The parts of a unit with the most words kept of each. Head with path, signature, and uses are the lines of `indexers.summary`."""

SENTENCE = re.compile(r"(.{15,}?[.!?])(?=\s+[A-Z`*(\[<@]|$)")


@dataclass(frozen=True, slots=True)
class Ragged:
    """Lists of numbers, stored end to end: list `i` is `values[starts[i] : starts[i + 1]]`."""

    values: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int64]

    def __getitem__(self, index: int) -> npt.NDArray[np.int32]:
        return self.values[self.starts[index] : self.starts[index + 1]]

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """Return the length of each list."""
        return np.diff(self.starts)

    def replaced(self, pieces: "Ragged") -> "Ragged":
        """Return the lists with each number `n` replaced by the list `pieces[n]`."""
        lengths = pieces.lengths[self.values]
        ends = np.zeros(len(self.values) + 1, np.int64)
        np.cumsum(lengths, out=ends[1:])
        places = np.arange(ends[-1]) - np.repeat(ends[:-1] - pieces.starts[self.values], lengths)
        return Ragged(pieces.values[places], ends[self.starts])


@dataclass(frozen=True, slots=True)
class Corpus:
    """Units by number: `parts` has their words, `split`, `package` and `language` the numbers of names; `is_file` marks whole files."""

    words: list[str]
    languages: list[str]
    parts: Mapping[str, Ragged]
    split: npt.NDArray[np.int8]
    package: npt.NDArray[np.int32]
    language: npt.NDArray[np.int8]
    is_file: npt.NDArray[np.bool_]


def main() -> None:
    """Write the corpus and say how large it is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    reader = _Reader()
    packages = sorted(manifest(), key=lambda package: SPLITS.index(package.split))
    for number, package in enumerate(packages):
        for record in _records(package, folder):
            reader.add(record, SPLITS.index(package.split), number)
    reader.save(folder / "corpus.npz")


def load(path: Path) -> Corpus:
    """Read the file that `main` wrote."""
    with np.load(path) as file:
        texts = {name: file[name].tobytes().decode("utf-8", "surrogatepass").split("\n") for name in ("words", "languages")}
        ragged = {name: Ragged(file[name], file[f"{name}_starts"]) for name in PARTS}
        plain = {name: file[name] for name in ("split", "package", "language", "is_file")}
        return Corpus(**texts, parts=ragged, **plain)


def _records(package: Package, folder: Path) -> Iterator[Record]:
    path = records_file(package, folder)
    if path.exists():
        with gzip.open(path, "rt", encoding="utf-8") as file:
            yield from (Record(**json.loads(line)) for line in file)


class _Growing:
    """A `Ragged` under construction, one list at a time."""

    def __init__(self) -> None:
        self._values = array("i")
        self._starts = array("q", [0])

    def add(self, numbers: Sequence[int]) -> None:
        self._values.extend(numbers)
        self._starts.append(len(self._values))

    def done(self) -> Ragged:
        return Ragged(np.array(self._values, np.int32), np.array(self._starts, np.int64))


class _Reader:
    """Reads records one by one; words become numbers in the order in which they are first seen."""

    def __init__(self) -> None:
        self._words: dict[str, int] = {}
        self._languages: dict[str, int] = {}
        self._seen: set[bytes] = set()
        self._left_out = 0
        self._lists = {name: _Growing() for name in PARTS}
        self._units: list[tuple[int, int, int, bool]] = []
        self._numbers = lru_cache(2_000_000)(self._split)

    def add(self, record: Record, split: int, package: int) -> None:
        """Add a record unless it repeats an earlier one."""
        keys = _keys(record)
        if keys & self._seen:
            self._left_out += 1
            return
        self._seen |= keys
        is_file = record.kind == "file"
        first, rest = first_sentence(record.doc)
        texts = {
            "head": f"{record.language} file" if is_file else f"{record.kind} {record.qualname} in",
            "path": record.path, "signature": record.signature,
            "uses": " ".join(["defines" if is_file else "uses", *record.uses[:MOST_NAMES]] if record.uses else []),
            "first": first, "rest": rest, "body": record.body,
        }  # fmt: skip
        for name, most in PARTS.items():
            words = self._read(texts[name])
            self._lists[name].add(words[-most:] if name == "path" else words[:most])
        self._units.append((split, package, self._languages.setdefault(record.language, len(self._languages)), is_file))

    def _read(self, text: str) -> list[int]:
        return [number for identifier in IDENTIFIER.findall(text) for number in self._numbers(identifier)]

    def _split(self, identifier: str) -> list[int]:
        return [self._words.setdefault(word, len(self._words)) for word in split_identifier(identifier)]

    def save(self, path: Path) -> None:
        """Write the arrays."""
        split, package, language, is_file = (np.array(column) for column in zip(*self._units, strict=True))
        ragged = {name: lists.done() for name, lists in self._lists.items()}
        arrays: dict[str, npt.NDArray[np.generic]] = {
            **{name: np.frombuffer("\n".join(table).encode("utf-8", "surrogatepass"), np.uint8)
               for name, table in (("words", self._words), ("languages", self._languages))},
            **{name: lists.values for name, lists in ragged.items()},
            **{f"{name}_starts": lists.starts for name, lists in ragged.items()},
            "split": split.astype(np.int8), "package": package.astype(np.int32), "language": language.astype(np.int8), "is_file": is_file,
        }  # fmt: skip
        np.savez(path, allow_pickle=False, **arrays)
        print(f"{len(self._units):,} units, {self._left_out:,} repeated ones left out, {len(self._words):,} words")
        documented = ragged["first"].lengths > 0
        for number, name in enumerate(SPLITS):
            print(f"{name}: {np.sum(split == number):,} units, {np.sum(documented & (split == number)):,} documented")


def _keys(record: Record) -> set[bytes]:
    texts = [f"{record.name}\n{' '.join(record.body.split())}"] if record.body else []
    texts += [f"{record.name}\n{record.doc}"] if record.doc else []
    return {hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest() for text in texts}


def first_sentence(doc: str) -> tuple[str, str]:
    """Split a documentation into its first sentence, at most its first paragraph, and the rest."""
    paragraph = " ".join(re.split(r"\n\s*\n", doc.strip(), maxsplit=1)[0].split())
    found = SENTENCE.match(paragraph)
    first = (found[1] if found else paragraph)[:300]
    whole = " ".join(doc.split())
    return first, whole.removeprefix(first)


if __name__ == "__main__":
    main()
