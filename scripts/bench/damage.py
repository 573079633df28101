"""Flips bits in the files of an index, one at a time, and counts what is wrong then; also what checksums cost of opening an index."""

import logging
import random
import shutil
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from memoryd.config import Settings
from memoryd.files import is_sound
from memoryd.memory import ProjectMemory
from scripts.bench import results
from scripts.bench.measures import accounted
from scripts.bench.results import Row
from scripts.bench.stored import stored_rows

KINDS = ("facts-*-????????.arrow", "*.units.arrow", "*.graph.arrow", "*.docs.arrow", "*.lance/data/*", "*.lance/_versions/*", "meta.json")
QUERIES = ("how is a request answered", "configuration", "error handler")
EDITS, REPEATS = 3, 5
Answers = tuple[object, ...]


def run(trees: Sequence[Path], work: Path, bits: int, folder: Path) -> None:
    """Write both tables: `bits` flipped bits by kind of file, in the index of the first tree, and what checksums cost of opening each."""
    _write_damage(trees[0], work, bits, folder)
    results.write("damage-opening", [_opening(tree, work) for tree in trees], folder)


def _write_damage(tree: Path, work: Path, bits: int, folder: Path) -> None:
    shutil.rmtree(work, ignore_errors=True)
    root, sound = work / tree.name, _settings(work / "sound")
    shutil.copytree(tree, root, symlinks=True)
    edited = min(root.rglob("*.py"))
    with ProjectMemory(root, sound) as memory:
        for _ in range(EDITS):  # so that there are versions, changes and deleted rows
            memory.refresh()
            _append(edited)
        memory.refresh()
        memory.load()
    texts = edited.read_bytes(), edited.read_bytes() + b"\n\nDAMAGED = True\n"
    expected = [_fresh(root, work, edited, text) for text in texts]
    edited.write_bytes(texts[0])
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    chance = random.Random(1)
    for number in range(bits):
        kind, home = KINDS[number % len(KINDS)], work / "damaged"
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(sound.home, home)
        _flip(chance.choice(sorted(home.glob(f"projects/*/*/{kind}"))), chance)
        edited.write_bytes(texts[0])
        with ProjectMemory(root, _settings(home)) as memory, _warnings() as said:
            counts[kind]["wrong answers"] += _answers(memory) != expected[0][0]
            by_answer = len(said)
            edited.write_bytes(texts[1])
            memory.refresh()
            counts[kind]["wrong answers after a change"] += _answers(memory) != expected[1][0]
            by_change = len(said) - by_answer
            by_verify = bool(memory.verify().damaged)
            counts[kind]["wrong rows"] += stored_rows(root, _settings(home)) != expected[1][1]
            counts[kind]["not mended"] += bool(memory.verify().damaged)
        for name, is_so in (
            ("an answer", by_answer),
            ("a change", not by_answer and by_change),
            ("verify", not by_answer and not by_change and by_verify),
        ):
            counts[kind][f"noticed by {name}"] += bool(is_so)
        counts[kind]["gone with a change"] += not (by_answer or by_change or by_verify)
        counts[kind]["bits"] += 1
    names = ("bits", "noticed by an answer", "noticed by a change", "noticed by verify", "gone with a change",
             "wrong answers", "wrong answers after a change", "wrong rows", "not mended")  # fmt: skip
    rows: list[Row] = [{"file": kind, **{name: counts[kind][name] for name in names}} for kind in KINDS]
    rows.append({"file": "all", **{name: sum(counts[kind][name] for kind in KINDS) for name in names}})
    results.write("damage", rows, folder)


def _settings(home: Path) -> Settings:
    return Settings(home, workers=1)


def _append(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"\n\ndef added():\n    return None\n")


def _fresh(root: Path, work: Path, edited: Path, text: bytes) -> tuple[Answers, list[tuple[object, ...]]]:
    """Return answers and rows of a new index, while a file has a text."""
    home = work / "fresh"
    shutil.rmtree(home, ignore_errors=True)
    edited.write_bytes(text)
    with ProjectMemory(root, _settings(home)) as memory:
        memory.refresh()
        return _answers(memory), stored_rows(root, _settings(home))


def _answers(memory: ProjectMemory) -> Answers:
    hits = [[(hit.id, hit.score) for hit in memory.search(query)] for query in QUERIES]
    return hits, [memory.pack(query).text for query in QUERIES], memory.map().text


def _flip(file: Path, chance: random.Random) -> None:
    data = bytearray(file.read_bytes())
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    file.unlink()  # it may be a file of several names
    file.write_bytes(data)


@contextmanager
def _warnings() -> Iterator[list[str]]:
    """Yield the list of what is said of damage until the block ends."""
    said: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record.getMessage())

    handler, log = Keep(logging.WARNING), logging.getLogger("memoryd")
    log.addHandler(handler)
    try:
        yield said
    finally:
        log.removeHandler(handler)


def _opening(tree: Path, work: Path) -> Row:
    """Return the CPU of a process that opens the index of a tree and searches it, and that of the checksums of all that it may map."""
    settings = _settings(work / "opened")
    with ProjectMemory(tree, settings) as memory:
        memory.refresh()
        files = sorted(memory.folder.glob("*.arrow"))
    command = [sys.executable, "-m", "memoryd", "search", QUERIES[0], "--root", str(tree), "--no-daemon"]
    opening, checking = [], []
    for _ in range(REPEATS):
        opening.append(accounted(command, {"MEMORYD_HOME": str(settings.home)}).cpu)
        started = time.process_time()
        assert all(map(is_sound, files))
        checking.append(time.process_time() - started)
    whole, check = statistics.median(opening), statistics.median(checking)
    size = sum(file.stat().st_size for file in files)
    return {
        "tree": tree.name, "mapped MB": round(size / 1e6, 1), "opening and a search: CPU ms": round(1_000 * whole),
        "checksums: CPU ms": round(1_000 * check, 1), "share %": round(100 * check / whole, 1),
    }  # fmt: skip
