"""Reads the lines of a file that another program may be writing, from where the last reading ended. Never raises for their content.

A last line that is cut is left for the next time. Lines that are no JSON objects, or longer than any client writes, are counted.
"""

from collections.abc import Iterator
from typing import Any, BinaryIO

import orjson

LONGEST = 64 * 2**20
"""Bytes of a line that is read; a longer one is skipped without being held in memory."""
MARK = b"\xef\xbb\xbf"


class Lines:
    """The lines of one file from an offset on. `offset` is where the next reading begins, `damaged` counts what was skipped."""

    def __init__(self, file: BinaryIO, offset: int) -> None:
        self._file = file
        self.offset = offset
        self.damaged = 0
        self.is_cut = False

    def __iter__(self) -> Iterator[dict[str, Any]]:
        self._file.seek(self.offset)
        while line := self._file.readline(LONGEST):
            value = _parsed(line)
            if not line.endswith(b"\n") and value is None:
                if len(line) < LONGEST:
                    self.is_cut = True
                    return
                self._skip()
            self.offset = self._file.tell()
            if value is not None:
                yield value
            elif line.strip():
                self.damaged += 1

    def _skip(self) -> None:
        while (rest := self._file.readline(LONGEST)) and not rest.endswith(b"\n"):
            pass


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        value = orjson.loads(line.removeprefix(MARK))
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
