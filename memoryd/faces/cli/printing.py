"""What a command writes: results to standard output, messages to standard error.

What a file is called, or a signature says, is written so that it cannot steer a terminal or break a line; text that was
asked for comes out as it is on disk, except that a terminal gets its control characters escaped out. JSON keeps everything.
"""

import os
import re
import sys
from typing import Any

from memoryd.escaping import escaped


class ReaderGone(Exception):
    """Nobody reads our output any more, as after `| head`; click has ideas of its own about `BrokenPipeError`."""


def print_json(value: Any) -> None:
    """Write a value of the core as JSON."""
    import orjson

    _write(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS).decode() + "\n")


def print_text(text: str) -> None:
    """Write a result as it is; on a terminal without what would steer it."""
    _write(_harmless(text) if sys.stdout.isatty() else text)


def _write(text: str) -> None:
    try:
        sys.stdout.write(text)
    except BrokenPipeError as error:
        raise ReaderGone from error


def say(message: str) -> None:
    """Write a message: one line, whatever it quotes."""
    sys.stderr.write(f"memoryd: {escaped(message)}\n")


def _harmless(text: str) -> str:
    return "".join(part if part in "\n\t" else escaped(part) for part in re.split(r"([\n\t])", text))


def decoded(path: "os.PathLike[str]") -> str:
    """Spell a path as text that is UTF-8, whatever its bytes."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
