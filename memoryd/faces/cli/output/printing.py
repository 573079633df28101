"""Prints the results of commands to standard output and messages to standard error.

File names and signatures are escaped so that they cannot steer a terminal or break a line. Text is printed with visible escapes, to a
terminal or not: an agent reads it from a pipe. JSON has escapes of its own and loses nothing. Colours and a pager are for a terminal
alone: what is piped is the same whatever the terminal is.
"""

import os
import shutil
import sys
from typing import Any

import click

from memoryd.text import escaped, escaped_json, escaped_text


class ReaderGone(Exception):
    """Raised when nobody reads our output any more, as after `| head`; click would handle a `BrokenPipeError` itself."""


def print_json(value: Any) -> None:
    """Write a value of the core as JSON."""
    import orjson

    _write(escaped_json(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS)).decode() + "\n")


def print_text(text: str) -> None:
    """Write a result with visible escapes."""
    _write(escaped_text(text))


def print_pages(text: str) -> None:
    """Write a result with visible escapes; on a terminal that it is too long for, page by page."""
    page_raw(escaped_text(text))


def page_raw(text: str) -> None:
    """Write a text as it is; on a terminal that it is too long for, page by page, with the program that `PAGER` names, else `less`."""
    if sys.stdin.isatty() and sys.stdout.isatty() and text.count("\n") >= shutil.get_terminal_size().lines:
        click.echo_via_pager(text.removesuffix("\n"))
    else:
        _write(text)


def print_raw(text: str) -> None:
    """Write a text as it is."""
    _write(text)


def _write(text: str) -> None:
    try:
        sys.stdout.write(text)
    except BrokenPipeError as error:
        raise ReaderGone from error


def say(message: str) -> None:
    """Write a message as one line, whatever it quotes."""
    sys.stderr.write(f"memoryd: {escaped(message)}\n")


def decoded(path: "os.PathLike[str]") -> str:
    """Return a path as valid UTF-8 text, whatever its bytes."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
