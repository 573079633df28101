"""What a query finds in a source, as values, before it is given its symbol and its lines."""

from typing import NamedTuple

Found = tuple[int, str, str, str, str, str]
"""A captured reference: byte offset, kind, name, qualifier, alias, owner."""
EXPRESSION = "?"
"""The qualifier of a call on something that has no name, such as `"".join`; before a chain such as `f().g`, of `f(x).g`."""


class Local(NamedTuple):
    """A local variable: its name, where that begins, and from where on it hides others; 0 for all of the scope around it."""

    name: str
    start: int
    since: int


class Scope(NamedTuple):
    """A piece of source in which local variables may be declared, by its byte range."""

    start: int
    end: int
    kind: str


class Names(NamedTuple):
    """The names of a source: its local variables, the scopes around them, and where the names of functions and types stand."""

    family: str
    variables: list[Local]
    scopes: list[Scope]
    defined: list[tuple[int, str]]
