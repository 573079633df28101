"""Parses files in child processes: paths in, rows out. A file that hangs or kills its process costs that file and nothing else.
What only seems to be its fault is told apart by parsing it again, alone.

A grammar is C code that holds the interpreter's lock and can crash, so parsing happens in child processes that can be
killed. Each reads batches of paths from its standard input and answers file by file, as length-prefixed pickles; the
file that was being parsed when a process died is the first one it did not answer. A process outlives neither a file that hangs
nor its parent: it arms a timer before each file, whose signal ends it even within C code.
"""

import contextlib
import gc
import os
import pickle
import selectors
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, BinaryIO, Self

from indexers import index_source, language_of
from memoryd.errors import ParserUnavailable
from memoryd.files import Content, Refused, Seen, read
from memoryd.model import Skipped
from memoryd.parsing.rows import FileRows, file_rows, revision_of, skipped_rows
from memoryd.secrets import Secrets, masked

BATCH_FILES = 16
"""The paths sent to a process at a time."""
SECONDS_A_FILE = 20.0
PATIENCE = 2
"""How many times as long a file may take that is parsed again."""
SECONDS_AGAIN = 300.0
"""The most time of one refresh in which files are begun again."""
SECONDS_TO_START = 60.0
GRACE_SECONDS = 1.0
"""How much longer than its parent a process waits for a file, so that a parent that still runs can report what happened."""
PIPE_BYTES = 1 << 20
MEMORY_BYTES = 4 << 30
"""The most address space of a parser process."""
LENGTH = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class Parsed:
    """The result of one file: its rows and the bytes and stat they were made from, or the reason why it could not be read."""

    path: str
    outcome: FileRows | Skipped
    seen: Seen | None

    @property
    def has_failed(self) -> bool:
        """Whether the parser died or took too long."""
        return isinstance(self.outcome, FileRows) and self.outcome.has_failed


def parse(root: Path, path: str, secrets: Secrets = Secrets.MASK) -> Parsed:
    """Read one file and return its rows."""
    content = read(root, path, secrets)
    if not isinstance(content, Content):
        return _unparsed(path, content, secrets)
    language = language_of(path, content.source[:4096])
    facts = index_source(language, content.source)
    return Parsed(path, file_rows(path, content.digest, revision_of(language, secrets), content.source, facts), content.seen)


def _unparsed(path: str, found: Skipped, secrets: Secrets) -> Parsed:
    """Return the row of a file that is skipped for its content; a file that could not be read has no row."""
    if isinstance(found, Refused):
        return Parsed(path, skipped_rows(path, "", found.seen.digest, revision_of("", secrets), found.reason), found.seen)
    return Parsed(path, found, None)


def _failed(path: str, found: Content, reason: str, secrets: Secrets) -> Parsed:
    """Return the row of a file whose parser failed. Its language revision has it parsed again by another parser."""
    language = language_of(path, found.source[:4096])
    return Parsed(path, skipped_rows(path, language, found.digest, revision_of(language, secrets), reason), found.seen)


@dataclass(slots=True)
class _Worker:
    process: subprocess.Popen[bytes]
    complaints: IO[bytes]
    ready: bool = False
    waiting: deque[str] = field(default_factory=deque)
    since: float = 0.0
    received: bytearray = field(default_factory=bytearray)


class ParserPool:
    """Up to `size` parser processes for one project; they start with the first work and stay until `close`."""

    def __init__(self, root: Path, size: int, seconds_a_file: float = SECONDS_A_FILE, secrets: Secrets = Secrets.MASK) -> None:
        self._root = root
        self._size = size
        self._seconds = seconds_a_file
        self._secrets = secrets
        self._alone: ParserPool | None = None
        self._workers: list[_Worker] = []
        self._selector = selectors.DefaultSelector()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the processes; the pool may be used again."""
        if self._alone is not None:
            self._alone.close()
        while self._workers:
            self._stop(self._workers[-1])
        self._selector.close()

    def parse(self, paths: Sequence[str]) -> Generator[Parsed, None, None]:
        """Yield the result of each path, in the order given; no path may occur twice.

        Raises `ParserUnavailable` where no parser process starts.
        """
        queue = deque(deque(paths[index : index + BATCH_FILES]) for index in range(0, len(paths), BATCH_FILES))
        done: dict[str, Parsed] = {}
        try:
            for path in paths:
                while path not in done:
                    self._feed(queue)
                    for parsed in self._answers(queue):
                        done[parsed.path] = parsed
                yield done.pop(path)
        finally:
            if any(worker.waiting for worker in self._workers):
                self.close()

    def parse_again(self, failed: Sequence[Parsed]) -> Iterator[Parsed]:
        """Yield the result of each file that failed, parsed once more with `PATIENCE`, while no other parser process runs.

        After `SECONDS_AGAIN` no more files are begun; the rest is yielded as it failed.
        """
        self.close()
        until = time.monotonic() + SECONDS_AGAIN
        with ParserPool(self._root, 1, self._seconds * PATIENCE, self._secrets) as self._alone:
            for parsed in failed:
                if time.monotonic() > until:
                    yield parsed
                else:
                    yield from self._alone.parse((parsed.path,))

    def _feed(self, queue: deque[deque[str]]) -> None:
        for worker in self._workers:
            # One batch in work and one waiting: a process need not pause while we make rows of what it sent.
            if queue and len(worker.waiting) < BATCH_FILES:
                self._send(worker, queue)
        while queue and len(self._workers) < self._size:
            self._send(self._start(), queue)

    def _send(self, worker: _Worker, queue: deque[deque[str]]) -> None:
        batch = queue.popleft()
        if not worker.waiting:
            worker.since = time.monotonic()
        worker.waiting.extend(batch)
        # A worker that is already dead is noticed while waiting for its answer.
        with contextlib.suppress(BrokenPipeError):
            _write(_pipe(worker.process.stdin), tuple(batch))

    def _start(self) -> _Worker:
        # The child finds the packages where the parent did, however those came onto its path.
        program = "import sys; sys.path[:] = sys.argv[4:]; from memoryd.parsing.workers import serve; serve()"
        given = [os.fspath(self._root), str(self._seconds + GRACE_SECONDS), self._secrets]
        command = [sys.executable, "-c", program, *given, *sys.path]
        complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the worker
        try:
            # A session of its own: Ctrl-C is for the parent, which then ends its children.
            process = subprocess.Popen(
                command,
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                start_new_session=True,
                pipesize=PIPE_BYTES,
            )
        except OSError as error:
            complaints.close()
            raise ParserUnavailable(f"cannot start a parser process: {error.strerror}; allow more processes or memory") from error
        worker = _Worker(process, complaints, since=time.monotonic())
        if not self._workers:
            self._selector.close()
            self._selector = selectors.DefaultSelector()
        self._workers.append(worker)
        self._selector.register(_pipe(process.stdout), selectors.EVENT_READ, worker)
        return worker

    def _stop(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        self._selector.unregister(_pipe(worker.process.stdout))
        worker.process.kill()
        for pipe in (worker.process.stdin, worker.process.stdout):
            with contextlib.suppress(BrokenPipeError):
                _pipe(pipe).close()
        worker.process.wait()
        worker.complaints.close()

    def _answers(self, queue: deque[deque[str]]) -> Iterator[Parsed]:
        ready = {key.data.process.pid: key.data for key, _ in self._selector.select(self._patience())}
        for worker in list(self._workers):
            if worker.process.pid in ready:
                data = os.read(_pipe(worker.process.stdout).fileno(), 1 << 20)
                worker.received += data
                for parsed in _frames(worker.received):
                    worker.since = time.monotonic()
                    worker.ready = True
                    if parsed is not None:
                        worker.waiting.popleft()
                        yield parsed
                if not data:
                    yield from self._lost(worker, queue, "its parser died")
            elif worker.waiting and time.monotonic() > self._deadline(worker):
                yield from self._lost(worker, queue, f"parsing took over {self._seconds:g} s")

    def _deadline(self, worker: _Worker) -> float:
        return worker.since + (self._seconds if worker.ready else SECONDS_TO_START)

    def _patience(self) -> float:
        now = time.monotonic()
        return max(0.0, min((self._deadline(worker) for worker in self._workers if worker.waiting), default=now) - now) + 0.01

    def _lost(self, worker: _Worker, queue: deque[deque[str]], reason: str) -> Iterator[Parsed]:
        """Blame the first unanswered file of a dead or hanging process, and put the rest of its batch back in the queue.

        A process that ends before it is ready blames no file: raises `ParserUnavailable`.
        """
        complaint = _last_line(worker.complaints)
        self._stop(worker)
        if not worker.ready:
            raise ParserUnavailable(f"parser processes do not start ({complaint or 'no reason given'}); is memoryd installed completely?")
        if not worker.waiting:
            return
        path = worker.waiting.popleft()
        if worker.waiting:
            queue.appendleft(worker.waiting)
        found = read(self._root, path, self._secrets)
        yield _failed(path, found, reason, self._secrets) if isinstance(found, Content) else _unparsed(path, found, self._secrets)


def serve() -> None:
    """Run as a parser process: answer batches of paths until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Facts hold no reference cycles: searching for some while a large file is parsed takes as long again as parsing it.
    gc.disable()
    _limit_memory()
    root, seconds, secrets = Path(sys.argv[1]), float(sys.argv[2]), Secrets(sys.argv[3])
    answers = os.fdopen(os.dup(1), "wb", buffering=1 << 16)
    # Nothing a library prints may get between the answers.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    if secrets == Secrets.MASK:
        masked(b"")  # compiles the rules
    # The first answer says that the process is ready: its start does not count against the first file.
    _write(answers, None)
    # A parent that is gone shows as the end of input, or as a broken pipe.
    with contextlib.suppress(BrokenPipeError):
        while (batch := _read(sys.stdin.buffer)) is not None:
            for path in batch:
                signal.setitimer(signal.ITIMER_REAL, seconds)
                answer = parse(root, path, secrets)
                signal.setitimer(signal.ITIMER_REAL, 0)
                _write(answers, answer)


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, resource.RLIM_INFINITY))


def _write(pipe: BinaryIO, value: object) -> None:
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    pipe.write(LENGTH.pack(len(data)) + data)
    pipe.flush()


def _read(pipe: BinaryIO) -> tuple[str, ...] | None:
    """Return the next batch of paths, or `None` once the parent is gone."""
    head = pipe.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    data = pipe.read(LENGTH.unpack(head)[0])
    return tuple(pickle.loads(data))  # noqa: S301 - written by our own parent


def _frames(received: bytearray) -> Iterator[Parsed | None]:
    """Yield the complete answers and remove them from `received`; the first answer of a process, `None`, says that it is ready."""
    while len(received) >= LENGTH.size:
        end = LENGTH.size + LENGTH.unpack_from(received)[0]
        if len(received) < end:
            return
        yield pickle.loads(received[LENGTH.size : end])  # noqa: S301 - written by our own child
        del received[:end]


def _last_line(complaints: IO[bytes]) -> str:
    complaints.seek(0)
    lines = complaints.read().decode("utf-8", "replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _pipe(pipe: object) -> BinaryIO:
    assert pipe is not None
    return pipe  # type: ignore[return-value]
