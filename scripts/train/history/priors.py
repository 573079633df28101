"""Counts how often a word of a documentation is in the name and in the body of what it documents.

    python -m scripts.train.history.priors FOLDER [--jobs 2]

FOLDER has what `prepare` made; it gets `priors.json`: for each stem that documentation of three repositories uses the logarithm of the
odds that it is in the body, and in the name, less those of any word, and how often documentation uses it.
"""

import argparse
import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

from indexers import index_source, language_of, languages, query_words
from memoryd.files import unwanted
from memoryd.ranking import telling
from scripts.train.corpus import SENTENCE
from scripts.train.history.prepare import keys_of
from scripts.train.mine import BUILT, TESTS, VENDORED, Record, records_of

SOURCES = 6_000_000
"""The most bytes of a tree that are read."""
REPOSITORIES, SEEN_BEFORE = 3, 20
"""The fewest repositories of a word; the times that a word counts as seen with the odds of any word before it is counted."""


class Counts(NamedTuple):
    """Of one tree: its documented units, and for each stem how many of their documentations, names and bodies together with it have it."""

    units: int
    asked: Counter[str]
    named: Counter[str]
    held: Counter[str]


def main() -> None:
    """Count and write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--jobs", type=int, default=1)
    given = parser.parse_args()
    trees = {key.partition("@")[0]: given.folder / "trees" / key for key in reversed(keys_of(given.folder))}
    with ProcessPoolExecutor(given.jobs) as pool:
        counts = list(pool.map(count, [trees[name] for name in sorted(trees)]))
    units = sum(one.units for one in counts)
    asked = sum((one.asked for one in counts), Counter[str]())
    named = sum((one.named for one in counts), Counter[str]())
    held = sum((one.held for one in counts), Counter[str]())
    used_by = Counter(word for one in counts for word in one.asked)
    any_named, any_held = (sum(some.values()) / sum(asked.values()) for some in (named, held))
    found = {
        word: (
            _odds(held[word], often, any_held), _odds(named[word], often, any_named), math.log1p(often / units * 10_000) / 5
        )
        for word, often in sorted(asked.items()) if used_by[word] >= REPOSITORIES
    }  # fmt: skip
    (given.folder / "priors.json").write_text(json.dumps(found))
    print(f"{units:,} documentations of {len(counts)} repositories, {len(found):,} words")


def count(root: Path) -> Counts:
    """Count the words of one tree."""
    asked, named, held = Counter[str](), Counter[str](), Counter[str]()
    units = 0
    for record in _documented(root.resolve()):
        # Not `corpus.first_sentence`, which ends with the paragraph: the table would be another, with a twelfth fewer words.
        first = " ".join(record.doc.split())
        sentence = SENTENCE.match(first)
        words = set(query_words(telling((sentence[1] if sentence else first)[:300])))
        names = set(query_words(record.qualname))
        units += 1
        asked.update(words)
        named.update(words & names)
        held.update(words & (names | set(query_words(f"{record.signature} {record.body}"))))
    return Counts(units, asked, named, held)


def _documented(root: Path) -> Iterator[Record]:
    left = SOURCES
    for file in sorted(root.rglob("*")):
        path = file.relative_to(root).as_posix()
        if file.is_symlink() or not file.is_file() or any(re.search(kind, path) for kind in (TESTS, VENDORED, BUILT)):
            continue
        source = file.read_bytes()
        language = language_of(path, source[:4096])
        if unwanted(path, source) or language not in languages():
            continue
        left -= len(source)
        if left < 0:
            return
        yield from (one for one in records_of(root.name, path, source, index_source(language, source)) if one.doc and one.kind != "file")


def _odds(number: int, of: int, usual: float) -> float:
    share = (number + SEEN_BEFORE * usual) / (of + SEEN_BEFORE)
    return round(math.log(share / (1 - share)) - math.log(usual / (1 - usual)), 2)


if __name__ == "__main__":
    main()
