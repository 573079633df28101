"""A parser process: batches of paths in, the result of each file out, as length-prefixed pickles.

A process outlives neither a file that takes too long nor its parent: before each file it sets timers, whose signals end it even
within C code. The first counts its CPU time, which a busy or suspended machine does not lengthen.
"""

import contextlib
import os
import pickle
import signal
import struct
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from indexers import FileFacts, index_source, language_of, load, prepare
from memoryd.files import Content, Refused, Seen, read
from memoryd.model import Secrets, Skipped
from memoryd.parsing.rows import FileRows, file_rows, revision_of, skipped_rows
from memoryd.secrets import masked

CPU_SIGNAL = signal.SIGPROF
"""The signal that ends a process whose file takes too much CPU time."""
GRACE_SECONDS = 1.0
"""How much longer than its parent a process waits for a file, so that a parent that still runs can report what happened."""
MEMORY_BYTES = 4 << 30
"""The most address space of a parser process."""
MOST_UNITS, MOST_REFERENCES = 20_000, 100_000
"""The most units and references of a file that is indexed: fifty times what people write, and already tens of megabytes in memory."""
LENGTH = struct.Struct("<I")
READY = "ready"
"""The first answer of a process: its start does not count against what it parses first."""


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """The most that parsing one file may take: CPU seconds of its process, and seconds that pass meanwhile.

    Those of the CPU are the file's own doing. The others are many more: on a busy machine they pass for any file.
    """

    cpu: float
    wall: float = 60.0


TIME_LIMIT = TimeLimit(cpu=4.0)
"""Eight times what a parser needs for the largest file that is indexed, if it was written by people."""
NO_LIMIT = TimeLimit(cpu=0.0, wall=0.0)
"""What ends no process, as timers of zero seconds never expire."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a parser failed; `may_pass` where that need not be the file's doing, so that the file is worth parsing again."""

    reason: str
    may_pass: bool


class Parsed(NamedTuple):
    """The result of one file: its rows and the bytes and stat they were made from, or the reason why it could not be read.

    A named tuple, as the rows: pickling a frozen dataclass takes ten times as long.
    """

    path: str
    outcome: FileRows | Skipped
    seen: Seen | None
    failure: Failure | None = None
    """Why its parser failed, if it did; the rows are then those of a file that is left out."""

    @property
    def size(self) -> int:
        """The number of its rows."""
        return self.outcome.size if isinstance(self.outcome, FileRows) else 0


def parse(root: Path, path: str, secrets: Secrets = Secrets.MASK) -> Parsed:
    """Read one file and return its rows."""
    content = read(root, path, secrets)
    if not isinstance(content, Content):
        return _unparsed(path, content, secrets)
    language = language_of(path, content.source[:4096])
    with unlimited():
        load(language)
    facts = index_source(language, content.source)
    if reason := excess(facts):
        return Parsed(path, skipped_rows(path, "", content.digest, revision_of("", secrets), reason), content.seen)
    return Parsed(path, file_rows(path, content.digest, revision_of(language, secrets), content.source, facts), content.seen)


def excess(facts: FileFacts) -> str:
    """Return why a file is left out for what it holds; an empty string if it is not."""
    if len(facts.symbols) + len(facts.blocks) > MOST_UNITS:
        return f"more than {MOST_UNITS:,} definitions and blocks"
    return f"more than {MOST_REFERENCES:,} references" if len(facts.references) > MOST_REFERENCES else ""


def too_slow(seconds: float) -> str:
    """Say that parsing took more CPU time than it may."""
    return f"parsing took over {seconds:g} s of CPU time"


def failed(root: Path, path: str, failure: Failure, secrets: Secrets) -> Parsed:
    """Read a file whose parser failed and return its row. Its language revision has it parsed again by another parser."""
    found = read(root, path, secrets)
    if not isinstance(found, Content):
        return _unparsed(path, found, secrets)
    language = language_of(path, found.source[:4096])
    rows = skipped_rows(path, language, found.digest, revision_of(language, secrets), failure.reason)
    return Parsed(path, rows, found.seen, failure)


def _unparsed(path: str, found: Skipped, secrets: Secrets) -> Parsed:
    """Return the row of a file that is skipped for its content; a file that could not be read has no row."""
    if isinstance(found, Refused):
        return Parsed(path, skipped_rows(path, "", found.seen.digest, revision_of("", secrets), found.reason), found.seen)
    return Parsed(path, found, None)


def command(root: Path, limit: TimeLimit, secrets: Secrets) -> list[str]:
    """Return the command that runs a parser process."""
    return running(__name__, os.fspath(root), str(limit.cpu), str(limit.wall + GRACE_SECONDS), secrets)


def running(module: str, *arguments: str) -> list[str]:
    """Return the command that runs `serve` of a module, which has the arguments in `sys.argv[1:]`."""
    # Neither modules nor facts hold many reference cycles: to search for some takes a tenth of the start, and as long again as to parse
    # a large file. The child finds the packages where the parent did, however those came onto its path.
    own = len(arguments) + 1
    program = f"import gc, sys; gc.disable(); sys.path[:] = sys.argv[{own}:]; del sys.argv[{own}:]; from {module} import serve; serve()"
    return [sys.executable, "-c", program, *arguments, *sys.path]


def serve() -> None:
    """Run as a parser process: answer batches of paths until standard input ends."""
    root, limit, secrets = Path(sys.argv[1]), TimeLimit(float(sys.argv[2]), float(sys.argv[3])), Secrets(sys.argv[4])
    if secrets == Secrets.MASK:
        masked(b"")  # compiles the rules

    def parsed(batch: Sequence[str]) -> Iterator[Parsed]:
        for path in batch:
            end_after(limit)
            answer = parse(root, path, secrets)
            end_after(NO_LIMIT)
            yield answer

    answer_all(parsed)


def answer_all(answers_to: Callable[[Any], Iterable[object]]) -> None:
    """Send the answers to whatever the parent of this process sends, until it is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit_memory()
    pipe = os.fdopen(os.dup(1), "wb", buffering=1 << 16)
    # Nothing a library prints may get between the answers.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    prepare()
    write(pipe, READY)
    # A parent that is gone shows as the end of input, or as a broken pipe.
    with contextlib.suppress(BrokenPipeError):
        while len(head := sys.stdin.buffer.read(LENGTH.size)) == LENGTH.size:
            asked = pickle.loads(sys.stdin.buffer.read(LENGTH.unpack(head)[0]))  # noqa: S301 - written by our own parent
            for answer in answers_to(asked):
                write(pipe, answer)


def end_after(limit: TimeLimit) -> None:
    """End this process if it takes longer than `limit` from now on, whatever was said before."""
    signal.setitimer(signal.ITIMER_PROF, limit.cpu)
    signal.setitimer(signal.ITIMER_REAL, limit.wall)


@contextlib.contextmanager
def unlimited() -> Iterator[None]:
    """Let nothing that is done meanwhile count for what `end_after` said."""
    timers = (signal.ITIMER_PROF, signal.ITIMER_REAL)
    left = [signal.setitimer(timer, 0)[0] for timer in timers]
    try:
        yield
    finally:
        for timer, seconds in zip(timers, left, strict=True):
            signal.setitimer(timer, seconds)


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, resource.RLIM_INFINITY))


def write(pipe: BinaryIO, value: object) -> None:
    """Send a value to the process at the other end."""
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    left = memoryview(LENGTH.pack(len(data)) + data)
    while left:  # a pipe without a buffer may take less than all
        left = left[pipe.write(left) :]
    pipe.flush()


def answers(received: bytearray) -> Iterator[Any]:
    """Yield the complete answers and remove them from `received`."""
    while len(received) >= LENGTH.size:
        end = LENGTH.size + LENGTH.unpack_from(received)[0]
        if len(received) < end:
            return
        yield pickle.loads(received[LENGTH.size : end])  # noqa: S301 - written by our own child
        del received[:end]
