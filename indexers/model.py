"""The facts of one file as immutable values: spans, symbols, references. Nothing here needs a second file.

`Span`, `Symbol` and `Reference` are named tuples rather than frozen dataclasses: a repository makes hundreds of
thousands of them, and a tuple is built in a quarter of the time.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

PROTOTYPE = "prototype"
"""The kind of a declaration of a function, which has no body."""


class Span(NamedTuple):
    """Where something stands: bytes half-open `[start, end)`, lines 1-based and inclusive."""

    start: int
    end: int
    first_line: int
    last_line: int


class Symbol(NamedTuple):
    """A definition, or a section of prose.

    `qualname` joins the enclosing definitions with dots and is unique in its file: the second `f` is `f~2`.
    `signature` is one line of source text, `doc` the documentation without its comment marks. A `kind` of its own tells what has
    the name of a type or function and is not its definition: `extension`, `impl`, `constructor` and `destructor` of a type, its
    `forward` declaration, and the `prototype` of a function, which has no body.
    """

    qualname: str
    kind: str
    signature: str
    doc: str
    span: Span

    @property
    def name(self) -> str:
        """Return the last part of the qualified name, without the `~2` of a repetition."""
        return base_name(self.qualname)


class Reference(NamedTuple):
    """A use of a name that this file alone cannot resolve.

    `kind` is call, import, inherit, type, or value: a name given as a value, that of a function or a type. `scope` is the qualname of
    the innermost symbol around it ("" at file level).
    `qualifier` is what stands before the name: the receiver of a call (`self`, `shop.cart`), the module of an import.
    `alias` is the name an import binds locally, where the source gives it another one.

    The kinds variable, attribute and returns tell what a name holds, or a function gives: `qualifier` is then a chain of names and calls,
    and `alias` how it is known: `is`, by a declared type; `literal`; "", by the value.

    `more` are the further lines on which an equal one stands in its symbol, separated by commas.
    """

    name: str
    kind: str
    scope: str
    line: int
    qualifier: str = ""
    alias: str = ""
    more: str = ""

    @property
    def lines(self) -> tuple[int, ...]:
        """Return all lines on which it stands."""
        return (self.line, *map(int, self.more.split(",") if self.more else ()))


class Member(NamedTuple):
    """A field or a case of a type, which is no symbol of its own: types would drown in what they hold. `owner` is the type's qualname."""

    name: str
    owner: str
    first_line: int
    last_line: int


@dataclass(frozen=True, slots=True)
class FileFacts:
    """Everything known from one file's bytes. `blocks` are the spans that belong to no symbol.

    `own_spans` are those of the symbols without the few lines beside them that were joined to them.
    """

    language: str
    symbols: tuple[Symbol, ...]
    own_spans: tuple[Span, ...]
    references: tuple[Reference, ...]
    blocks: tuple[Span, ...]
    doc: str
    has_errors: bool
    members: tuple[Member, ...] = ()


def base_name(qualname: str) -> str:
    """Return the name a reference would use for `qualname`: `Cart.total~2` → `total`, `Parser..:` → `.:`."""
    name = name_of_first(qualname)
    operator = None if name[-1:].isalnum() else OPERATOR.search(name)
    return operator[1] if operator else name.rpartition(".")[2]


def name_of_first(qualname: str) -> str:
    """Return the qualified name of the first definition of a name: `Cart~2.total~3` → `Cart~2.total`."""
    before, _, count = qualname.rpartition("~")
    return before if before and count.isdigit() else qualname


def unnumbered(qualname: str) -> str:
    """Return a qualified name without the number of any definition in it whose name was taken: `Cart~2.total~3` → `Cart.total`."""
    return NUMBER.sub("", qualname)


def names_its_type(qualname: str) -> bool:
    """Tell whether the last name is that of the type around it, as that of a constructor is: `Shop.Cart.Cart`."""
    _, _, owner = (parts := unnumbered(qualname).rpartition("."))[0].rpartition(".")
    return owner == parts[2]


def free_name(qualname: str, taken: set[str]) -> str:
    """Return a qualified name that is not taken, with a number if need be (`total~2`), and take it."""
    free, count = qualname, 1
    while free in taken:
        count += 1
        free = f"{qualname}~{count}"
    taken.add(free)
    return free


NUMBER = re.compile(r"~\d+(?=\.|$)")
OPERATOR = re.compile(r"(?:^|(?<=[\w'])\.)([^\w\s'\"`()]+|operator\(\.\w+\.\))$")
"""A name that is an operator may contain the dot that otherwise separates names; that of Fortran is `operator(.in.)`."""
