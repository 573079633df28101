"""Prints the results of commands to standard output and messages to standard error.

File names and signatures are escaped so that they cannot steer a terminal or break a line. Text that was asked for is printed
as it is on disk, but with control characters escaped on a terminal. JSON keeps everything.
"""

import os
import re
import sys
from typing import Any

from memoryd.escaping import escaped


class ReaderGone(Exception):
    """Raised when nobody reads our output any more, as after `| head`; click would handle a `BrokenPipeError` itself."""


def print_json(value: Any) -> None:
    """Write a value of the core as JSON."""
    import orjson

    _write(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS).decode() + "\n")


def print_text(text: str) -> None:
    """Write a result as it is; on a terminal with control characters escaped."""
    _write(_harmless(text) if sys.stdout.isatty() else text)


def _write(text: str) -> None:
    try:
        sys.stdout.write(text)
    except BrokenPipeError as error:
        raise ReaderGone from error


def say(message: str) -> None:
    """Write a message as one line, whatever it quotes."""
    sys.stderr.write(f"memoryd: {escaped(message)}\n")


def _harmless(text: str) -> str:
    return "".join(part if part in "\n\t" else escaped(part) for part in re.split(r"([\n\t])", text))


def decoded(path: "os.PathLike[str]") -> str:
    """Return a path as valid UTF-8 text, whatever its bytes."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
