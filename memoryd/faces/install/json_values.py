"""Reads a JSON text with comments and trailing commas: values that know their places in the text."""

import json
import re
from dataclasses import dataclass
from typing import Any

DEPTH = 100
SPACE = re.compile(r"[ \t\r\n\ufeff]*")
COMMENT = re.compile(r"//[^\n\r]*|/\*.*?\*/", re.DOTALL)
DECODER = json.JSONDecoder()


class Malformed(Exception):
    """Raised for a text that is no JSON, even with comments and trailing commas allowed."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value with its place in the text; `members` are those of an object, `items` those of an array, in order."""

    start: int
    end: int
    data: Any
    members: "tuple[Member, ...]" = ()
    items: "tuple[Value, ...]" = ()


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an object. `before` is the end of the brace, comma or comment before it, `comma` the end of its comma."""

    key: str
    before: int
    start: int
    value: Value
    comma: int | None


def value_of(text: str) -> Value | None:
    """Return the value of a text, `None` for one that holds none. Raises `Malformed`."""
    start, _ = _skip(text, 0)
    if start == len(text):
        return None
    root = _value(text, start, 0)
    end, _ = _skip(text, root.end)
    if end != len(text):
        raise Malformed(f"line {_line(text, end)}: nothing may follow the end")
    return root


def ends_in_comment(text: str) -> bool:
    """Tell whether what follows a text would belong to a comment that goes to the end of its line."""
    return _skip(text + "{", 0)[0] > len(text)


def end_of_space(text: str, at: int) -> int:
    """Return where white space and comments end that begin at a place."""
    return _skip(text, at)[0]


def _value(text: str, at: int, depth: int) -> Value:
    if depth > DEPTH:
        raise Malformed(f"line {_line(text, at)}: nested too deep")
    if text.startswith("{", at):
        return _object(text, at, depth)
    if text.startswith("[", at):
        return _array(text, at, depth)
    try:
        data, end = DECODER.raw_decode(text, at)
    except ValueError as error:
        raise Malformed(f"line {_line(text, at)}: a value is expected") from error
    return Value(at, end, data)


def _object(text: str, start: int, depth: int) -> Value:
    members: list[Member] = []
    at, before = _skip(text, start + 1)
    while not text.startswith("}", at):
        if not text.startswith('"', at):
            raise Malformed(f"line {_line(text, at)}: a key or `}}` is expected")
        key = _value(text, at, depth)
        colon, _ = _skip(text, key.end)
        if not text.startswith(":", colon):
            raise Malformed(f"line {_line(text, colon)}: `:` is expected")
        value = _value(text, _skip(text, colon + 1)[0], depth + 1)
        after, _ = _skip(text, value.end)
        comma = after + 1 if text.startswith(",", after) else None
        members.append(Member(key.data, before, at, value, comma))
        if comma is None:
            at = after
            if not text.startswith("}", at):
                raise Malformed(f"line {_line(text, at)}: `,` or `}}` is expected")
        else:
            at, before = _skip(text, comma)
    return Value(start, at + 1, {member.key: member.value.data for member in members}, tuple(members))


def _array(text: str, start: int, depth: int) -> Value:
    items: list[Value] = []
    at, _ = _skip(text, start + 1)
    while not text.startswith("]", at):
        value = _value(text, at, depth + 1)
        items.append(value)
        at, _ = _skip(text, value.end)
        if text.startswith(",", at):
            at, _ = _skip(text, at + 1)
        elif not text.startswith("]", at):
            raise Malformed(f"line {_line(text, at)}: `,` or `]` is expected")
    return Value(start, at + 1, [item.data for item in items], items=tuple(items))


def _skip(text: str, at: int) -> tuple[int, int]:
    """Return where white space and comments after `at` end, and where the last of these comments ends (or `at`)."""
    solid = at
    while True:
        space = SPACE.match(text, at)
        at = space.end() if space else at
        comment = COMMENT.match(text, at)
        if comment is None:
            return at, solid
        at = solid = comment.end()


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
