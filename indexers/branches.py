"""Chooses between the branches of `#if` where they break a declaration or a statement, which no grammar reads.

Of such a group the first branch is read, and its directives and the other branches are blank: no byte is added or removed. What is whole in
each branch is left to the grammar, which knows `#if` between declarations. What holds a whole header is not: an include guard,
`extern "C" {`.
"""

import re
from dataclasses import dataclass

from indexers.text import BLANKED

TOKEN = re.compile(
    rb"^[ \t]*#[ \t]*(if|ifdef|ifndef|elif|else|endif|elifdef|elifndef)\b((?:[^\\\n]|\\.)*+)"
    rb"|^[ \t]*#(?:[^\\\n]|\\.)*+"
    rb"|//[^\n]*+|/\*(?:[^*]|\*(?!/))*+(?:\*/)?"
    rb"""|"(?:[^"\\\n]|\\.)*+"?|'(?:[^'\\\n]|\\.){1,8}'|([(\[{])|([)\]}])""",
    re.MULTILINE | re.DOTALL,
)
"""Directives with what goes on behind a backslash, comments, literals, brackets."""
ELSE = re.compile(rb"\s*+else\b")
"""The beginning of a branch that goes on with the statement before its group."""
NEVER = re.compile(rb"(?:if[ \t]++0|if(?:def|[ \t]++defined)[ \t(]*+__cplusplus)[ \t)\r]*+")
"""The condition of a group whose first branch is not read: what is never compiled, and what a header says to C++ alone (`extern "C" {`)."""
GUARD = re.compile(rb"[ \t]*#[ \t]*ifndef[ \t]+(\w+)[ \t\r]*\n\s*#[ \t]*define[ \t]+\1[ \t\r]*(?://|/\*|$)", re.MULTILINE)
"""The beginning of a group that is there against a second inclusion: one error in it would have the grammar read no more of the file."""
ENDS = b";{}:"
"""What the text before a group ends with where a declaration, statement or member may begin; in a branch it ends one, but for `{`."""


@dataclass(slots=True)
class _Group:
    """A group: the depth of brackets where it begins, and where the lines of its directives begin and end."""

    depth: int
    is_broken: bool
    directives: list[tuple[int, int]]
    is_never: bool
    """Whether its first branch is not read, as that of `#if 0`."""
    lowest: int = 0
    after: int | None = None
    """The depth of brackets behind the branch that is read."""


def unread(source: bytes) -> list[tuple[int, int]]:
    """Return the ranges that are not read of the groups that break what they stand in: directives, and all branches but one."""
    if b"#" not in source:
        return []
    blank: list[tuple[int, int]] = []
    groups: list[_Group] = []
    depth = passed = 0
    last = b";"  # the last byte of code
    for token in TOKEN.finditer(source):
        between = source[passed : token.start()].rstrip()
        last, passed = between[-1:] or last, token.end()
        if token[3]:
            depth, last = depth + 1, token[3]
        elif token[4]:
            depth, last = depth - 1, token[4]
            if groups:
                groups[-1].lowest = min(groups[-1].lowest, depth)
        elif token[1] in (b"if", b"ifdef", b"ifndef"):
            is_never = NEVER.fullmatch(token[1] + token[2]) is not None
            is_broken = last not in ENDS or bool(ELSE.match(source, token.end()) or GUARD.match(source, token.start()))
            groups.append(_Group(depth, is_broken, [token.span()], is_never, depth))
            last = b";"
        elif token[1] and groups:
            group = groups[-1]
            group.is_broken |= depth != group.depth or group.lowest < group.depth or last not in b";}:"
            group.directives.append(token.span())
            if group.after is None and not (group.is_never and len(group.directives) == 2 and token[1] != b"endif"):
                group.after = depth
            depth = group.lowest = group.depth
            last = b";"
            if token[1] == b"endif":
                groups.pop()
                if group.is_broken:
                    depth = group.after if group.after is not None else depth
                    blank += _blanks(group)
                    if groups:
                        groups[-1].lowest = min(groups[-1].lowest, depth)
        elif token[0][:1] in (b'"', b"'"):
            last = b'"'
    return blank


def _blanks(group: _Group) -> list[tuple[int, int]]:
    """Return what of a group is not read: its directives and all branches but one."""
    read = 1 if group.is_never and len(group.directives) > 2 else 0
    branches = zip(group.directives, group.directives[1:], strict=False)
    dropped = [(start[1], end[0]) for number, (start, end) in enumerate(branches) if number != read or (group.is_never and not read)]
    return [*group.directives, *dropped]


def blanked(source: bytes, ranges: list[tuple[int, int]]) -> bytes:
    """Return a source with blanks for ranges, which may hold one another."""
    readable = bytearray(source)
    position = 0
    for start, end in sorted(ranges):
        start = max(start, position)
        if start < end:
            readable[start:end] = source[start:end].translate(BLANKED)
            position = end
    return bytes(readable)
