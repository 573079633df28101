"""Finds the secret values in a text by the rules: an expression, then entropy, then what is known to be no secret."""

import math
import re
import string
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from memoryd.secrets.languages import has_quotes, is_json
from memoryd.secrets.rules import Rule, rules

KINDS = (re.compile(rb"[a-z]"), re.compile(rb"[A-Z]"), re.compile(rb"[0-9]"), re.compile(rb"[^A-Za-z0-9]"))
IN_NAMES = (string.ascii_letters + string.digits + "_.-").encode()
ESCAPED, OPENING = b'\\"', re.compile(rb'(?<=[=:,(\[{ \t"])\\"')
"""A quote within a string of JSON, and one with which a literal begins there."""
LONGEST_NAME = 50
LONGEST_LINE = 1_000
"""Bytes of a line that are looked at on either side of a match."""


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """A secret value: bytes `[start, end)` of a text, and the rule that found it."""

    start: int
    end: int
    rule: str


def find(source: bytes, path: str = "") -> list[Found]:
    """Return the secret values in a UTF-8 text in their order; `path` is that of its file, "" if it is none. They may overlap."""
    if ESCAPED in source and is_json(path):
        source = _with_plain_quotes(source)
    known = rules()
    screened = known.screen(source)
    if not screened:
        return []
    raw_path = path.encode("utf-8", "surrogateescape")
    promising = [rule for rule in screened if rule.is_for(raw_path)]
    if not promising or known.allowed.admits_path(raw_path):
        return []
    lower = source.lower()
    with_keyword = (rule for rule in promising if not rule.keywords or any(word in lower for word in rule.keywords))
    return sorted(found for rule in with_keyword for found in _found(rule, source, path, raw_path))


def _with_plain_quotes(source: bytes) -> bytes:
    """Return JSON in which code stands in strings, as in notebooks, with its quotes as rules know them, each byte in its place."""
    return OPENING.sub(b' "', source).replace(ESCAPED, b'" ')


def _found(rule: Rule, source: bytes, path: str, raw_path: bytes) -> Iterator[Found]:
    needs_quotes = rule.is_assigned and has_quotes(path)
    groups = [rule.group] if rule.group else range(1, rule.regex.groups + 1)
    for match in rule.regex.finditer(source):
        start, end = next((match.span(group) for group in groups if match.end(group) > match.start(group)), match.span())
        secret = source[start:end]
        if needs_quotes and source[start - 1 : start] not in (b'"', b"'", b"`"):
            continue
        if _is_random_enough(rule, secret) and not _is_allowed(rule, raw_path, secret, source, *_whole(rule, source, *match.span())):
            yield Found(start, end, rule.id)


def _whole(rule: Rule, source: bytes, start: int, end: int) -> tuple[int, int]:
    """Return a match with the beginning of the name in which its keyword stands, and without line feeds around it."""
    while source[start : start + 1] == b"\n":
        start += 1
    while source[end - 1 : end] == b"\n":
        end -= 1
    if rule.is_assigned:
        before = source[max(start - LONGEST_NAME, 0) : start]
        start -= len(before) - len(before.rstrip(IN_NAMES))
    return start, end


def _is_random_enough(rule: Rule, secret: bytes) -> bool:
    has_kinds = not rule.kinds or sum(bool(kind.search(secret)) for kind in KINDS) >= rule.kinds
    return has_kinds and (not rule.entropy or entropy(secret) > rule.entropy)


def entropy(value: bytes) -> float:
    """Return the bits per byte of a value (Shannon 1948)."""
    return -sum(count / len(value) * math.log2(count / len(value)) for count in Counter(value).values())


def _is_allowed(rule: Rule, path: bytes, secret: bytes, source: bytes, start: int, end: int) -> bool:
    match, line = source[start:end], source[max(source.rfind(b"\n", 0, start) + 1, start - LONGEST_LINE) : _line_end(source, end)]
    return rule.admits(path, secret, match, line)


def _line_end(source: bytes, place: int) -> int:
    end = source.find(b"\n", place, place + LONGEST_LINE)
    return end if end >= 0 else place + LONGEST_LINE
