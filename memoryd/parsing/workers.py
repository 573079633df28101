"""Parses files in child processes: paths in, rows out. A file that hangs or kills its process costs that file and nothing else.

A grammar is C code that holds the interpreter's lock and can crash, so parsing happens in child processes that can be killed.
The file that was being parsed when a process died is the first one it did not answer. Where that need not be the file's doing, it
is parsed again, alone; a file that took too much CPU time is to blame, however busy the machine was.
"""

import os
import selectors
import time
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from memoryd.errors import ParserUnavailable
from memoryd.model import Secrets
from memoryd.parsing.parser import CPU_SIGNAL, READY, TIME_LIMIT, Failure, Parsed, TimeLimit, answers, command, failed, too_slow
from memoryd.parsing.process import DIED, PIPE_BYTES, SECONDS_TO_START, ParserProcess

BATCH_FILES = 16
"""The paths sent to a process at a time."""
PATIENCE = 2
"""How many times as many seconds may pass for a file that is parsed again; of CPU time it gets no more."""
SECONDS_AGAIN = 300.0
"""The most time of one refresh in which files are begun again."""
MOST_STARTS = 4
"""How many processes in a row may be killed, or hang, before they are ready: the system was short of memory, or busy."""
KILLED = (
    f"parser processes do not start: {MOST_STARTS} in a row were killed, or took over {SECONDS_TO_START:g} s; see whether memory is short"
    " (fewer of them need less: MEMORYD_WORKERS=1), or whether a limit or another program ends them, and try again"
)
MOST_HELD = 40_000
"""The rows that may wait for a file before them; with more, only the process at work on that file is listened to."""


@dataclass(slots=True, eq=False)
class _Worker:
    process: ParserProcess
    ready: bool = False
    waiting: deque[str] = field(default_factory=deque)
    since: float = 0.0
    received: bytearray = field(default_factory=bytearray)


class ParserPool:
    """Up to `size` parser processes for one project; they start with the first work and stay until `close`."""

    def __init__(self, root: Path, size: int, limit: TimeLimit = TIME_LIMIT, secrets: Secrets = Secrets.MASK) -> None:
        self._root = root
        self._size = size
        self._limit = limit
        self._secrets = secrets
        self._alone: ParserPool | None = None
        self._workers: list[_Worker] = []
        self._selector = selectors.DefaultSelector()
        self._unstarted = 0

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
        held = 0
        try:
            for path in paths:
                while path not in done:
                    self._feed(queue)
                    for parsed in self._answers(queue, path if held > MOST_HELD else None):
                        done[parsed.path] = parsed
                        held += parsed.size
                held -= done[path].size
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
        with ParserPool(self._root, 1, replace(self._limit, wall=self._limit.wall * PATIENCE), self._secrets) as self._alone:
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
        worker.process.send(tuple(batch))

    def _start(self) -> _Worker:
        worker = _Worker(ParserProcess(command(self._root, self._limit, self._secrets)), since=time.monotonic())
        if not self._workers:
            self._selector.close()
            self._selector = selectors.DefaultSelector()
        self._workers.append(worker)
        self._selector.register(worker.process.answers, selectors.EVENT_READ, worker)
        return worker

    def _stop(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        self._selector.unregister(worker.process.answers)
        worker.process.end()

    def _answers(self, queue: deque[deque[str]], wanted: str | None) -> Iterator[Parsed]:
        """Yield what has come; where one file is `wanted`, other processes wait until it is there."""
        paused = [worker for worker in self._workers if wanted is not None and wanted not in worker.waiting]
        if len(paused) == len(self._workers):
            paused = []  # the file is in the queue still
        for worker in paused:
            worker.since = time.monotonic()
            self._selector.unregister(worker.process.answers)
        try:
            ready = [key.data for key, _ in self._selector.select(self._patience())]
        finally:
            for worker in paused:
                self._selector.register(worker.process.answers, selectors.EVENT_READ, worker)
        for worker in list(self._workers):
            if worker in ready:
                data = os.read(worker.process.answers.fileno(), PIPE_BYTES)
                worker.received += data
                for parsed in answers(worker.received):
                    worker.since = time.monotonic()
                    worker.ready = True
                    self._unstarted = 0
                    if parsed != READY:
                        worker.waiting.popleft()
                        yield parsed
                if not data:
                    yield from self._lost(worker, queue, DIED)
            elif worker.waiting and time.monotonic() > self._deadline(worker):
                yield from self._lost(worker, queue, Failure(f"parsing took over {self._limit.wall:g} s", may_pass=True))

    def _deadline(self, worker: _Worker) -> float:
        return worker.since + (self._limit.wall if worker.ready else SECONDS_TO_START)

    def _patience(self) -> float:
        now = time.monotonic()
        return max(0.0, min((self._deadline(worker) for worker in self._workers if worker.waiting), default=now) - now) + 0.01

    def _lost(self, worker: _Worker, queue: deque[deque[str]], failure: Failure) -> Iterator[Parsed]:
        """Blame the first unanswered file of a dead or hanging process, and put the rest of its batch back in the queue.

        A process that ends before it is ready blames no file: raises `ParserUnavailable`, at once only if nobody killed it.
        """
        self._stop(worker)
        if not worker.ready:
            self._unstarted += 1
            worker.process.check_started()
            if self._unstarted == MOST_STARTS:
                raise ParserUnavailable(KILLED, worker.process.complaint)
            queue.appendleft(worker.waiting)
            return
        if not worker.waiting:
            return
        path = worker.waiting.popleft()
        if worker.waiting:
            queue.appendleft(worker.waiting)
        if worker.process.code == -CPU_SIGNAL:
            failure = Failure(too_slow(self._limit.cpu), may_pass=False)
        yield failed(self._root, path, failure, self._secrets)
