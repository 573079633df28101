"""The corpus: for each target a folder of small inputs, each kept because it reaches code that those before it do not."""

import hashlib
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from scripts.fuzz.targets import Target

FOLDER = Path(__file__).parent / "corpus"
TOP = Path(__file__).parents[2]
OURS = (f"{TOP / 'indexers'}/", f"{TOP / 'memoryd'}/")
MOST_BYTES = 24_000
"""Bytes of the corpus of one target, at most."""
Arc = tuple[str, int, int]
"""A step from one line of a file to another."""


def read_corpus(name: str) -> list[bytes]:
    """Return the inputs that are kept for a target, the smallest first."""
    found = [file.read_bytes() for file in (FOLDER / name).glob("*")]
    return sorted(found, key=lambda data: (len(data), data))


def shrink(target: Target, inputs: Iterable[bytes]) -> list[bytes]:
    """Return those inputs, the smallest first, that reach what the seeds do not. One that breaks a promise is left out."""
    kept: list[bytes] = []
    reached: set[Arc] = set()
    for seed in target.seeds():
        reached |= arcs(lambda one=seed: target.check(one))  # type: ignore[misc]
    left = MOST_BYTES
    for data in sorted(set(inputs), key=lambda one: (len(one), one)):
        found = arcs(lambda one=data: target.check(one))  # type: ignore[misc]
        if found - reached and len(data) <= left:
            kept.append(data)
            reached |= found
            left -= len(data)
    return kept


def write_corpus(name: str, inputs: Iterable[bytes]) -> None:
    """Replace the corpus of a target."""
    folder = FOLDER / name
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {hashlib.blake2b(data, digest_size=6).hexdigest(): data for data in inputs}
    for file in folder.iterdir():
        if file.name not in wanted:
            file.unlink()
    for digest, data in wanted.items():
        (folder / digest).write_bytes(data)


def arcs(work: Callable[[], None]) -> frozenset[Arc]:
    """Return the steps between lines of our own code that some work takes, also in threads that it starts; none if it raises."""
    _reached.clear()
    threading.settrace(_trace)
    before = sys.gettrace()
    sys.settrace(_trace)
    try:
        work()
    except Exception:  # noqa: BLE001 - whatever it is, a promise is broken
        return frozenset()
    finally:
        sys.settrace(before)
        threading.settrace(None)
    return frozenset(_reached)


_reached: set[Arc] = set()
_last: dict[int, int] = {}
"""The last line of each frame that is traced."""


def _trace(frame: FrameType, event: str, _: Any) -> Any:
    if not frame.f_code.co_filename.startswith(OURS):
        return None
    if event == "line":
        _reached.add((frame.f_code.co_filename, _last.get(id(frame), 0), frame.f_lineno))
        _last[id(frame)] = frame.f_lineno
    elif event == "return":
        _last.pop(id(frame), None)
    return _trace


def inputs_in(folder: Path) -> Iterator[bytes]:
    """Yield the inputs that a run of the engine has left in a folder."""
    for file in sorted(folder.glob("*")):
        yield file.read_bytes()
