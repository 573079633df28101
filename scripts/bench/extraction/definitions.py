"""What an oracle and we tell of a file, in words that can be compared: definitions, by broad kinds, and calls."""

from collections.abc import Mapping
from typing import NamedTuple

FUNCTION, TYPE, VALUE, MEMBER, SPACE, OTHER = "function", "type", "value", "member", "space", "other"
_WORDS = {
    FUNCTION: "function method constructor destructor prototype macro func methodSpec operator delegate guard singletonMethod "
    "subroutine getter setter generator callback accessor test protocolMethod task def",
    TYPE: "class struct interface enum trait type union record object protocol extension mixin impl forward typedef talias alias "
    "annotation implementation exception data newtype exn",
    VALUE: "variable constant const var property field event externvar define",
    MEMBER: "member enumerator enumConstant case",
    SPACE: "namespace module package packageName library",
}
GROUPS: Mapping[str, str] = {word: group for group, words in _WORDS.items() for word in words.split()}
"""The broad kind of each kind, ours and those of oracles."""


class Definition(NamedTuple):
    """A definition: its name, its first line, and what the oracle tells besides.

    `last_line` is 0, and `kind`, `owner` and `doc` are `None`, where it does not tell: the broad kind, the name of the type
    or function around it ("" if there is none), and the first words of its documentation.
    """

    name: str
    line: int
    last_line: int = 0
    kind: str | None = None
    owner: str | None = None
    doc: str | None = None


class Told(NamedTuple):
    """What an oracle tells of a file: its definitions, the members of types, and its calls as names with lines, `None` if it tells none.

    `also` are definitions by which nobody would look for code, such as functions in literals inside functions: to name one is no mistake.
    """

    definitions: tuple[Definition, ...]
    members: tuple[Definition, ...] = ()
    calls: tuple[tuple[str, int], ...] | None = None
    also: tuple[Definition, ...] = ()
