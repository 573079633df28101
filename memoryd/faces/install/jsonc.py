"""Edits one entry of a JSON text with comments; comments, trailing commas, order, indentation and line ends stay.

`drop` undoes `put` byte for byte without any record of the old text: a container that `put` made starts with white space, and an
entry that it put into an existing empty container follows the brace directly. Likewise `drop_item` undoes `append`: an item put into
an existing empty array follows the bracket directly and is followed by a blank.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from memoryd.faces.install.json_values import Malformed, Member, Value, end_of_space, ends_in_comment, value_of

__all__ = ["Malformed", "append", "drop", "drop_item", "put", "read"]

REST_OF_LINE = re.compile(r"(?:[ \t]*(?:/\*[^\n]*?\*/|//[^\n\r]*))*")
"""Comments behind a member on the same line, which belong to it."""
END_OF_LINE = re.compile(r"[ \t]*(?:[\r\n]|//|\Z)")


@dataclass(frozen=True, slots=True)
class _Style:
    """The layout of a text: the indentation of one level, and the line end."""

    unit: str
    newline: str


def read(text: str) -> Any:
    """Return the data of a text, `None` for an empty one. Raises `Malformed`."""
    root = value_of(text)
    return None if root is None else root.data


def put(text: str | None, path: Sequence[str], data: dict[str, Any]) -> str:
    """Return the text with the keys of `data` in the object at `path`; `None` stands for no file.

    The values on the way to `path` must be objects; a value at `path` that is no object is replaced. Objects in both are joined.
    """
    root = value_of(text) if text else None
    if text is None or root is None:
        # No final line end for a file without a value, so that `drop` can tell it from no file; but for one that ends within a
        # comment, which `drop` knows by both line ends.
        made, end = _pretty(_wrapped(path, data), "", "  ", "\n"), "\n"
        return made + end if text is None else text + end + made + end if ends_in_comment(text) else text + made
    found = _lookup(root, path)
    if found is None or not isinstance(found.data, dict):
        return _set(text, path, data)
    for key, value in data.items():
        if isinstance(value, dict) and isinstance(found.data.get(key), dict):
            text = put(text, (*path, key), value)
        elif found.data.get(key) != value:
            text = _set(text, (*path, key), value)
    return text


def drop(text: str, path: Sequence[str]) -> str | None:
    """Return the text without the value at `path` and the containers that held nothing else; `None` if nothing is left."""
    left: str | None = text
    # A key that stands there twice counts as written last: without that, the one before it counts.
    while left is not None and (nodes := _way(left, path)):
        left = _without_last(left, path, nodes)
    return left


def append(text: str | None, path: Sequence[str], item: Any) -> str:
    """Return the text with one more item at the end of the array at `path`, which is made if it is not there."""
    root = value_of(text) if text else None
    found = _lookup(root, path) if root is not None else None
    if text is None or root is None:
        return put(text, path[:-1], {path[-1]: [item]})
    if found is None:
        return _set(text, path, [item])
    if not found.items:
        # The blank tells `drop_item` that the array was there; what else is in it stays.
        return f"{text[: found.start + 1]}{_inline(item)} {text[found.start + 1 :]}"
    end = found.items[-1].end
    return f"{text[:end]}, {_inline(item)}{text[end:]}"


def drop_item(text: str, path: Sequence[str], index: int) -> str | None:
    """Return the text without an item of the array at `path`; without the array, as `drop` does, if there was nothing else in it.

    An array that was empty before `append` stays, and so does one with comments.
    """
    root = value_of(text)
    found = _lookup(root, path) if root is not None else None
    assert found is not None
    items = found.items
    if len(items) == 1:
        before, after = text[found.start + 1 : items[0].start], text[items[0].end : found.end - 1]
        was_empty = not before and after.startswith(" ")
        if not was_empty and not (before + after).strip(", \t\r\n"):
            return drop(text, path)
        comma = end_of_space(text, items[0].end)
        rest = text[items[0].end : comma] + text[comma + 1 :] if text.startswith(",", comma) else text[items[0].end :]
        return text[: items[0].start] + (rest[1:] if was_empty else rest)
    start, end = (items[index - 1].end, items[index].end) if index else (items[0].start, items[1].start)
    return text[:start] + text[end:]


def _way(text: str, path: Sequence[str]) -> list[Value]:
    """Return the values on the way to the one at `path`, that included; none if there is none."""
    nodes = [root] if (root := value_of(text)) is not None else []
    for key in path:
        found = _member(nodes[-1], key) if nodes else None
        if found is None:
            return []
        nodes.append(found.value)
    return nodes


def _without_last(text: str, path: Sequence[str], nodes: Sequence[Value]) -> str | None:
    """Return the text without the last of the values on a way."""
    root = nodes[0]
    for depth in range(len(path) - 1, -1, -1):
        node = nodes[depth]
        member = _member(node, path[depth])
        assert member is not None
        around = text[node.start + 1 : member.start] + text[member.comma or member.value.end : node.end - 1]
        ours = len(node.members) == 1 and member.start > node.start + 1 and not around.strip()
        if not ours:
            return _without(text, node, member)
    before, after = text[: root.start], text[root.end :]
    if after == "\n" and before.endswith("\n") and ends_in_comment(before[:-1]):
        return before[:-1]
    if after.strip() or before.strip():
        return before + after
    return before if not after else None


def _set(text: str, path: Sequence[str], data: Any) -> str:
    """Return the text of an object with one value replaced or added."""
    root = value_of(text)
    assert root is not None
    style = _Style(_unit(text, root), "\r\n" if "\r\n" in text else "\n")
    node = root
    for depth, key in enumerate(path):
        found = _member(node, key)
        if found is None:
            return _insert(text, node, path[depth:], data, style)
        node = found.value
    return text[: node.start] + _inline(data) + text[node.end :]


def _lookup(node: Value, path: Sequence[str]) -> Value | None:
    for key in path:
        member = _member(node, key)
        if member is None:
            return None
        node = member.value
    return node


def _without(text: str, node: Value, member: Member) -> str:
    start, end = member.before, member.comma or member.value.end
    position = node.members.index(member)
    token = node.members[position - 1].comma if position else node.start + 1
    assert token is not None
    rest = text[end:]
    if ends_in_comment(text[token:start]) and not END_OF_LINE.match(rest):
        # What follows must not become part of the comment before.
        rest = ("\r\n" if text.startswith("\r\n", start) else text[start]) + rest
    # A last member without a comma came with the comma before it: the author writes no trailing commas.
    is_last = member.comma is None and position
    return (text[: token - 1] + text[token:start] if is_last else text[:start]) + rest


def _insert(text: str, node: Value, keys: Sequence[str], data: Any, style: _Style) -> str:
    if not node.members:
        inner = _spaced(keys[1:], data)
        return text[: node.start + 1] + _inline(keys[0]) + ": " + inner + text[node.start + 1 :]
    last = node.members[-1]
    token = last.comma or last.value.end
    behind = REST_OF_LINE.match(text, token)
    point = behind.end() if behind else token
    own_line = "\n" in text[last.before : last.start]
    comment = text[token:point]
    if own_line or "//" in comment:
        indent = _indent(text, last.start)
        body = _pretty(_wrapped(keys[1:], data), indent, style.unit, style.newline)
        member = style.newline + indent + _inline(keys[0]) + ": " + body
    else:
        member = " " + _inline(keys[0]) + ": " + _spaced(keys[1:], data)
    trailing = "," if last.comma else ""
    return text[: last.value.end] + ("" if last.comma else ",") + text[last.value.end : point] + member + trailing + text[point:]


def _wrapped(keys: Sequence[str], data: Any) -> Any:
    for key in reversed(keys):
        data = {key: data}
    return data


def _spaced(keys: Sequence[str], data: Any) -> str:
    """Write the data on one line, with the white space that marks containers made by `put`."""
    text = _inline(data)
    for key in reversed(keys):
        text = "{ " + _inline(key) + ": " + text + " }"
    return text


def _inline(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False)


def _pretty(data: Any, indent: str, unit: str, newline: str) -> str:
    """Write an object with one member per line, any other value on one line."""
    if not isinstance(data, dict) or not data:
        return json.dumps(data, ensure_ascii=False)
    inner = indent + unit
    lines = [f"{inner}{_inline(key)}: {_pretty(value, inner, unit, newline)}" for key, value in data.items()]
    return "{" + newline + f",{newline}".join(lines) + newline + indent + "}"


def _unit(text: str, root: Value) -> str:
    """Return the indentation of one level."""
    if root.members and "\n" in text[root.start : root.members[0].start]:
        return _indent(text, root.members[0].start) or "  "
    return "  "


def _indent(text: str, position: int) -> str:
    line = text[text.rfind("\n", 0, position) + 1 : position]
    return line[: len(line) - len(line.lstrip())]


def _member(node: Value, key: str) -> Member | None:
    """Return the member with a key; of several the last, as readers of JSON do."""
    return next((member for member in reversed(node.members) if member.key == key), None)
