"""Edits one table of a TOML text; comments, order and line ends stay. `drop` undoes `put` byte for byte."""

import json
import re
import tomllib
from collections.abc import Sequence
from typing import Any


class Malformed(Exception):
    """Raised for a text that is no TOML."""


class Unfamiliar(Exception):
    """Raised with the reason where an entry is not a table of its own, the only form that is edited, and cannot become one."""


def read(text: str) -> dict[str, Any]:
    """Return the data of a text. Raises `Malformed`."""
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise Malformed(str(error)) from error


def put(text: str | None, path: Sequence[str], data: dict[str, Any]) -> str:
    """Return the text with the keys of `data` in the table at `path`; `None` stands for no file. Raises `Unfamiliar`.

    Tables in both are joined.
    """
    statements = _statements(text or "")
    header = _place(statements, path)
    if header is None:
        return _with_table(text, path, data)
    newline = "\r\n" if text and "\r\n" in text else "\n"
    if not statements[header].endswith("\n"):
        statements[header] += newline
    tables = {key: value for key, value in data.items() if isinstance(value, dict) and _place(statements, (*path, key)) is not None}
    for key, value in data.items():
        body = range(header + 1, _body_end(statements, header))
        old = next((index for index in body if key in read(statements[index])), None)
        if key in tables:
            continue
        if old is None:
            statements.insert(header + 1, _assignment(key, value) + newline)
        elif (joined := _joined(read(statements[old])[key], value)) != read(statements[old])[key]:
            statements[old] = _assignment(key, joined) + (newline if statements[old].endswith("\n") else "")
    changed = "".join(statements)
    for key, value in tables.items():
        changed = put(changed, (*path, key), value)
    return changed


def _with_table(text: str | None, path: Sequence[str], data: dict[str, Any]) -> str:
    """Return the text with a new table at its end."""
    newline = "\r\n" if text and "\r\n" in text else "\n"
    table = newline.join([f"[{'.'.join(path)}]", *(_assignment(key, value) for key, value in data.items())])
    if not text:
        # No final line end for an empty file, so that `drop` can tell it from no file.
        return table if text is not None else table + newline
    made = text + newline + (table + newline if text.endswith("\n") else newline + table)
    try:
        read(made)
    except Malformed as error:
        raise Unfamiliar(_obstacle(text, path)) from error
    return made


def _obstacle(text: str, path: Sequence[str]) -> str:
    """Return why a text can get no table at `path`: it has the entry, or what all entries are in, in another form."""
    table: tuple[str, ...] = ()
    line = 1
    for statement in _statements(text):
        if header := _header(statement):
            table = header
        elif _lookup(read(statement), path[len(table) :] if table == tuple(path[: len(table)]) else ("",)) is not None:
            return f"line {line} has the entry in braces or with dots; write it as a table, [{'.'.join(path)}]"
        elif not table and path[0] in read(statement):
            return (
                f"line {line} has all of `{path[0]}` in one pair of braces, which nothing outside of them can add to;"
                f" write what is in them as tables, [{path[0]}.NAME]"
            )
        line += statement.count("\n")
    return f"it can get no table [{'.'.join(path)}]"


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
        raise Unfamiliar(_obstacle(remaining, path))
    return remaining


def _place(statements: Sequence[str], path: Sequence[str]) -> int | None:
    """Return which statement is the header of the table at `path`."""
    return next((index for index, one in enumerate(statements) if _header(one) == tuple(path)), None)


def _joined(old: Any, new: Any) -> Any:
    return {**old, **new} if isinstance(old, dict) and isinstance(new, dict) else new


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
