"""The recorded exit codes of commands. memoryd runs no command: callers report how one ended."""

from collections.abc import Mapping
from pathlib import Path

import orjson

from memoryd.errors import StoreUnusable, reason
from memoryd.files import PRIVATE, private_folder, read_whole, replace_file, sealed, text_of

FILE = "commands.json"
FORMAT = "memoryd commands 1"


def recorded(folder: Path) -> Mapping[str, int]:
    """Return the last exit code of each command; a missing, damaged or foreign file records none."""
    try:
        found = orjson.loads(text_of(read_whole(folder / FILE)))
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict) or found.get("format") != FORMAT or not isinstance(found.get("exits"), dict):
        return {}
    return {command: code for command, code in found["exits"].items() if type(code) is int}


def record(folder: Path, command: str, code: int) -> None:
    """Record the exit code of a command. The caller must hold the write lock. Raises `StoreUnusable`."""
    data = orjson.dumps({"format": FORMAT, "exits": {**recorded(folder), command: code}}, option=orjson.OPT_SORT_KEYS)
    file = folder / FILE
    try:
        private_folder(folder)
        replace_file(file, sealed(data), PRIVATE)
    except OSError as error:
        raise StoreUnusable(f"cannot record an exit code: {reason(error)}; make the data folder writable", file) from error
