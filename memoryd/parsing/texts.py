"""Parses texts that were never indexed, such as old versions of files, in a process of its own: a grammar can hang or crash.

A text may take what a file may, and all texts of one question together `QUESTION` times as much. What failed is not parsed again.
"""

import hashlib
import os
import selectors
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, NamedTuple

from indexers import index_source
from memoryd.parsing.parser import (
    CPU_SIGNAL,
    GRACE_SECONDS,
    NO_LIMIT,
    READY,
    TIME_LIMIT,
    Failure,
    TimeLimit,
    answer_all,
    answers,
    end_after,
    excess,
    running,
    too_slow,
)
from memoryd.parsing.process import DIED, PIPE_BYTES, SECONDS_TO_START, ParserProcess

QUESTION = 2
"""How many times as much CPU time as one text all texts of a question may take."""
DEATH_SECONDS = 0.5
"""What the death of a process counts at least, as another has to start."""
MOST_REMEMBERED = 1_000
"""Texts that failed that are remembered."""


class Definition(NamedTuple):
    """A definition in a text: its qualified name, its bytes `[start, end)`, and those without the few lines that were joined to it."""

    qualname: str
    start: int
    end: int
    own_start: int
    own_end: int


class Unparsed(Exception):
    """A text was not parsed; the message says why."""


@dataclass(slots=True)
class Allowance:
    """The seconds of CPU time that are left for the texts of one question."""

    seconds: float


class TextParser:
    """A process that parses texts, one after the other; it starts with the first one and stays until `close`.

    Safe to use from several threads. One that waits for it lets others have its turn, by `waiting`.
    """

    def __init__(self, limit: TimeLimit = TIME_LIMIT, waiting: Callable[[], AbstractContextManager[None]] = nullcontext) -> None:
        self._limit = limit
        self._waiting = waiting
        self._lock = threading.Lock()
        self._process: ParserProcess | None = None
        self._loaded: set[str] = set()
        self._used = 0.0
        self._failed: dict[bytes, str] = {}

    def close(self) -> None:
        """End the process; the parser may be used again."""
        with self._lock:
            self._end()

    def rest(self, seconds: float) -> None:
        """End the process if it was not used for some seconds."""
        if time.monotonic() - self._used > seconds and self._lock.acquire(blocking=False):
            self._end()
            self._lock.release()

    def allowance(self) -> Allowance:
        """Return what the texts of one question may take."""
        return Allowance(QUESTION * self._limit.cpu)

    def definitions(self, language: str, text: bytes, allowance: Allowance) -> tuple[Definition, ...]:
        """Return the definitions in a text as an index would have them.

        Raises `Unparsed`, and `ParserUnavailable` if no process starts.
        """
        if not text:
            return ()
        key = hashlib.blake2b(text, digest_size=16, person=language.encode()[:16]).digest()
        if key in self._failed:
            raise Unparsed(self._failed[key])
        if allowance.seconds <= 0:
            raise Unparsed(f"to parse what is asked about took over {QUESTION * self._limit.cpu:g} s of CPU time")
        with self._waiting(), self._lock:
            found = self._asked(language, text, allowance)
            self._used = time.monotonic()
        if not isinstance(found, Failure):
            return found
        if not found.may_pass:
            if len(self._failed) >= MOST_REMEMBERED:
                self._failed.clear()
            self._failed[key] = found.reason
        raise Unparsed(found.reason)

    def _asked(self, language: str, text: bytes, allowance: Allowance) -> tuple[Definition, ...] | Failure:
        """Return what the process makes of a text, and take its time from the allowance."""
        cpu, begun = min(self._limit.cpu, allowance.seconds), time.monotonic()
        if process := self._ready(language):
            process.send((language, text, TimeLimit(cpu, self._limit.wall + GRACE_SECONDS)))
            if answer := _answer(process, self._limit.wall):
                found: tuple[Definition, ...] | Failure = answer[0]
                allowance.seconds -= answer[1]
                return found
            self._end()
            if process.code == -CPU_SIGNAL:
                allowance.seconds -= cpu
                return Failure(too_slow(cpu), may_pass=cpu < self._limit.cpu)
        allowance.seconds -= max(DEATH_SECONDS, time.monotonic() - begun)
        return DIED

    def _ready(self, language: str) -> ParserProcess | None:
        """Return the process, `None` if it was killed before it was ready for a language. Raises `ParserUnavailable` if none starts."""
        if self._process is None:
            process = self._process = ParserProcess(running(__name__))
            self._loaded.clear()
            if _answer(process, SECONDS_TO_START) != READY:
                self._end()
                process.check_started()
        if self._process and language not in self._loaded:
            # A text has it load its grammar, which may take longer than any text may.
            self._process.send((language, b"", NO_LIMIT))
            self._loaded.add(language)
            if not _answer(self._process, SECONDS_TO_START):
                self._end()
        return self._process

    def _end(self) -> None:
        if self._process is not None:
            self._process.end()
            self._process = None


def _answer(process: ParserProcess, seconds: float) -> Any:
    """Return what a process answers within some seconds; `None` if it ends or takes longer."""
    received, until = bytearray(), time.monotonic() + seconds
    with selectors.DefaultSelector() as selector:
        selector.register(process.answers, selectors.EVENT_READ)
        while selector.select(max(0.0, until - time.monotonic())) and (data := os.read(process.answers.fileno(), PIPE_BYTES)):
            received += data
            for answer in answers(received):
                return answer
    return None


def serve() -> None:
    """Run as the process of a `TextParser`: answer texts until standard input ends."""
    answer_all(_parsed)


def _parsed(asked: tuple[str, bytes, TimeLimit]) -> Iterator[tuple[tuple[Definition, ...] | Failure, float]]:
    """Yield the definitions in a text, and the seconds that it took."""
    language, text, limit = asked
    begun = time.process_time()
    end_after(limit)
    facts = index_source(language, text)
    end_after(NO_LIMIT)
    found: tuple[Definition, ...] | Failure = tuple(
        Definition(symbol.qualname, symbol.span.start, symbol.span.end, own.start, own.end)
        for symbol, own in zip(facts.symbols, facts.own_spans, strict=True)
    )
    if why := excess(facts):
        found = Failure(why, may_pass=False)
    yield found, time.process_time() - begun
