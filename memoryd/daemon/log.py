"""The daemon's log: one JSON object per line, bounded in size, without source text, questions or secrets.

Our own messages are constant texts with named fields. A library's message or an exception may quote anything, so only its
origin is logged.
"""

import contextlib
import json
import logging
import logging.handlers
import os
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

BYTES = 2_000_000
BACKUPS = 2
FRAMES = 12
OURS = "memoryd"


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON, with the named values of `extra={"fields": {...}}`."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {"time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")}
        line |= {"level": record.levelname.lower(), "logger": record.name, "event": _event(record)}
        line |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[1] is not None:
            line |= {"error": type(record.exc_info[1]).__name__, "trace": _places(record.exc_info[1])}
        return json.dumps(line, default=str)


def _event(record: logging.LogRecord) -> str:
    if record.name.partition(".")[0] == OURS:
        return record.getMessage()
    return f"said at {record.module}:{record.lineno}"


def _places(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]


class _Private(logging.handlers.RotatingFileHandler):
    def _open(self) -> Any:
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        return open(descriptor, "a", encoding="utf-8", errors="backslashreplace")

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name that logging calls
        """Lose the line: where a disk is full, telling each time that nothing can be told helps nobody."""


@contextlib.contextmanager
def logged(file: Path, size: int = BYTES) -> Iterator[None]:
    """Write this process's log to a file until the block ends: our messages from `INFO` on, those of libraries from `WARNING`."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handler = _Private(file, maxBytes=size, backupCount=BACKUPS)
    handler.setFormatter(JsonLines())
    root, ours = logging.getLogger(), logging.getLogger(OURS)
    before = ours.level
    root.addHandler(handler)
    ours.setLevel(logging.INFO)
    try:
        yield
    finally:
        root.removeHandler(handler)
        ours.setLevel(before)
        with contextlib.suppress(OSError):  # what could not be written is lost
            handler.close()
