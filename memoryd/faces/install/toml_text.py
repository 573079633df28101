"""Edits one table of a TOML text; comments, order and line ends stay. `drop` undoes `put` byte for byte."""

import json
import re
import tomllib
from collections.abc import Sequence
from typing import Any


class Malformed(Exception):
    """Raised for a text that is no TOML."""


class Unfamiliar(Exception):
    """Raised for an entry that is not a table of its own, the only form that is edited."""


def read(text: str) -> dict[str, Any]:
    """Return the data of a text. Raises `Malformed`."""
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise Malformed(str(error)) from error


def put(text: str | None, path: Sequence[str], data: dict[str, Any]) -> str:
    """Return the text with the keys of `data` in the table at `path`; `None` stands for no file. Raises `Unfamiliar`."""
    newline = "\r\n" if text and "\r\n" in text else "\n"
    statements = _statements(text or "")
    header = next((index for index, one in enumerate(statements) if _header(one) == tuple(path)), None)
    if header is None:
        table = newline.join([f"[{'.'.join(path)}]", *(_assignment(key, value) for key, value in data.items())])
        if not text:
            # No final line end for an empty file, so that `drop` can tell it from no file.
            return table if text is not None else table + newline
        return text + newline + (table + newline if text.endswith("\n") else newline + table)
    if not statements[header].endswith("\n"):
        statements[header] += newline
    for key, value in data.items():
        body = range(header + 1, _body_end(statements, header))
        old = next((index for index in body if key in read(statements[index])), None)
        if old is None:
            statements.insert(header + 1, _assignment(key, value) + newline)
        elif read(statements[old]) != {key: value}:
            statements[old] = _assignment(key, value) + (newline if statements[old].endswith("\n") else "")
    return "".join(statements)


def drop(text: str, path: Sequence[str]) -> str | None:
    """Return the text without the table at `path` and the tables below it; `None` if nothing is left. Raises `Unfamiliar`."""
    statements = _statements(text)
    while (header := next((index for index, one in enumerate(statements) if _header(one)[: len(path)] == tuple(path)), None)) is not None:
        end = max((index for index in range(header, _body_end(statements, header)) if _says(statements[index])), default=header) + 1
        unended = end == len(statements) and not statements[-1].endswith("\n")
        start = header - 1 if header and not statements[header - 1].strip() else header
        statements = [*statements[:start], *statements[end:]]
        if unended and statements:
            statements[-1] = statements[-1].removesuffix("\n").removesuffix("\r")
        elif not statements:
            return "" if unended else None
    remaining = "".join(statements)
    if _lookup(read(remaining), path) is not None:
        raise Unfamiliar
    return remaining


def _assignment(key: str, value: Any) -> str:
    return f"{key} = {_value(value)}"


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{ {', '.join(_assignment(key, one) for key, one in value.items())} }}"
    # The JSON of strings, lists of strings and booleans is valid TOML.
    return json.dumps(value, ensure_ascii=False)


def _statements(text: str) -> list[str]:
    """Split a valid text into statements: headers, assignments (also over several lines), comments, empty lines."""
    found: list[str] = []
    waiting = ""
    for line in re.findall(r"[^\n]*\n|[^\n]+", text):
        waiting += line
        try:
            read(waiting)
        except Malformed:
            continue
        found.append(waiting)
        waiting = ""
    return [*found, waiting] if waiting else found


def _header(statement: str) -> tuple[str, ...]:
    """Return the path in a table's header; an empty one for any other statement."""
    if not statement.lstrip(" \t\ufeff").startswith("["):
        return ()
    found: Any = read(statement)
    path: list[str] = []
    while isinstance(found, dict) and found:
        ((key, found),) = found.items()
        path.append(key)
    return tuple(path)


def _body_end(statements: Sequence[str], header: int) -> int:
    return next((index for index in range(header + 1, len(statements)) if _header(statements[index])), len(statements))


def _says(statement: str) -> bool:
    return bool(read(statement))


def _lookup(data: Any, path: Sequence[str]) -> Any:
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    return data
