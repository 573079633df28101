"""Front matter: reads and writes the subset of YAML that notes use. Every scalar is a text, whatever it looks like.

Reading uses the parser's events, so no constructor runs and no alias is followed: the values are no larger than the source.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

Value: TypeAlias = "str | list[Value] | dict[str, Value]"


class Items(list[Value]):
    """A list with the lines of the note's file in which its items begin."""

    lines: list[int]


FIRST_LINE = 2
"""The line of the file in which front matter begins, after the line `---`."""

DEPTH = 4
"""Levels of nested lists and mappings that are read; notes have three."""
PLAIN = re.compile(r"[A-Za-z](?:[\w ./#:+<>()'=,@~\"*;!?-]*[\w./()>\"'+*;!?-])?")
"""Texts that need no quotation marks: they begin with a letter, so they are no number, date or list item."""
WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))
"""Words that other readers of YAML take for booleans or null."""


def load(source: str) -> dict[str, Value]:
    """Parse a mapping. Raises `ValueError`, whose message completes "this file …"."""
    import yaml

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        found = _document(yaml, yaml.parse(source, Loader=loader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" in line {mark.line + FIRST_LINE}" if mark else ""
        raise ValueError(f"has front matter that is no YAML{line}: {getattr(error, 'problem', None) or 'it cannot be read'}") from None
    if found == "":
        return {}
    if not isinstance(found, dict):
        raise ValueError("has front matter without fields; write `title: …`")
    return found


def _document(yaml: Any, events: Iterator[Any]) -> Value:
    found: Value = ""
    documents = 0
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise ValueError("has front matter of several documents")
        elif isinstance(event, yaml.NodeEvent):
            found = _value(yaml, event, events, DEPTH)
    return found


def _value(yaml: Any, event: Any, events: Iterator[Any], depth: int) -> Value:
    if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
        raise ValueError("has an anchor or alias in its front matter; write things out")
    if event.tag not in (None, "!") or depth < 0:
        raise ValueError("has a tag in its front matter; write plain texts" if event.tag else "has front matter that nests too deep")
    if isinstance(event, yaml.ScalarEvent):
        return str(event.value)
    if isinstance(event, yaml.SequenceStartEvent):
        items = Items()
        items.lines = []
        while not isinstance(inner := next(events), yaml.SequenceEndEvent):
            items.lines.append(inner.start_mark.line + FIRST_LINE)
            items.append(_value(yaml, inner, events, depth - 1))
        return items
    fields: dict[str, Value] = {}
    while not isinstance(inner := next(events), yaml.MappingEndEvent):
        if not isinstance(inner, yaml.ScalarEvent | yaml.AliasEvent):
            raise ValueError("has a field that is no name")
        key = str(_value(yaml, inner, events, 0))
        if key in fields:
            raise ValueError(f"has the field {key[:40]!r} twice")
        fields[key] = _value(yaml, next(events), events, depth - 1)
    return fields


def dump(fields: Mapping[str, Value]) -> str:
    """Return a mapping as text that `load` reads back: the same text for the same fields, and a new line for each list item."""
    return "".join(_lines(fields, ""))


def _lines(fields: Mapping[str, Value], indent: str) -> Iterator[str]:
    for key, value in fields.items():
        name = f"{indent}{_scalar(key)}:"
        if isinstance(value, str):
            yield f"{name} {_scalar(value)}\n"
        elif not value:
            yield f"{name} {'[]' if isinstance(value, list) else '{}'}\n"
        elif isinstance(value, dict):
            yield f"{name}\n"
            yield from _lines(value, indent + "  ")
        else:
            yield f"{name}\n"
            for item in value:
                yield from _item(item, indent)


def _item(item: Value, indent: str) -> Iterator[str]:
    if isinstance(item, dict):
        lead = f"{indent}- "
        for line in _lines(item, indent + "  "):
            yield lead + line[len(lead) :]
            lead = indent + "  "
    else:
        yield f"{indent}- {_scalar(str(item))}\n"


def _scalar(text: str) -> str:
    if PLAIN.fullmatch(text) and ": " not in text and " #" not in text and text.lower() not in WORDS and text.isprintable():
        return text
    return '"' + "".join(map(_character, text)) + '"'


def _character(one: str) -> str:
    if one in '"\\':
        return "\\" + one
    if one == "\n":
        return "\\n"
    return one if one.isprintable() else f"\\U{ord(one):08x}"
