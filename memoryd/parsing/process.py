"""Starts and ends a process that parses, and talks to it."""

import contextlib
import subprocess
import tempfile
from collections.abc import Sequence
from typing import IO, BinaryIO

from memoryd.errors import ParserUnavailable, reason
from memoryd.parsing.parser import Failure, write

INCOMPLETE = "parser processes do not start: they end with an error, as where memoryd is not installed completely; install it again"
SECONDS_TO_START = 60.0
DIED = Failure("its parser died", may_pass=True)
PIPE_BYTES = 1 << 20


class ParserProcess:
    """A process that runs a command: what it is sent, what it answers, and once it ended with which `code`, and the last `complaint`.

    Raises `ParserUnavailable` if none starts.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        try:
            # A session of its own: Ctrl-C is for the parent, which then ends its children.
            self._process = subprocess.Popen(
                command, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._complaints, start_new_session=True,
                pipesize=PIPE_BYTES,
            )  # fmt: skip
        except OSError as error:
            self._complaints.close()
            raise ParserUnavailable(
                f"cannot start a parser process: {reason(error)}; allow more processes, open files or memory"
            ) from error

    @property
    def answers(self) -> BinaryIO:
        """The pipe from which its answers come."""
        return _pipe(self._process.stdout)

    def send(self, value: object) -> None:
        """Send a value. That the process ended is noticed while waiting for its answer."""
        with contextlib.suppress(BrokenPipeError):
            write(_pipe(self._process.stdin), value)

    def end(self) -> None:
        """End it, if it did not end by itself."""
        self.complaint = _last_line(self._complaints) or "no reason given"
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(BrokenPipeError):
                _pipe(pipe).close()
        self.code = self._process.wait()
        self._complaints.close()

    def check_started(self) -> None:
        """Raise `ParserUnavailable` if a process that ended before it was ready did so by itself."""
        if self.code >= 0:
            raise ParserUnavailable(INCOMPLETE, self.complaint)


def _last_line(complaints: IO[bytes]) -> str:
    complaints.seek(0)
    lines = complaints.read().decode("utf-8", "replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _pipe(pipe: object) -> BinaryIO:
    assert pipe is not None
    return pipe  # type: ignore[return-value]
