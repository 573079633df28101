"""Claims: statements about code that a machine can check, one line each. Pure: `checks` decides whether they hold.

    [not] path PATH
    [not] symbol PATH#QUALNAME
    [not] signature PATH#QUALNAME is REST-OF-LINE
    [not] constant PATH#NAME is REST-OF-LINE
    [not] calls PATH#A -> PATH#B        B may be a bare name, of something outside the project
    [not] inherits PATH#A -> PATH#B     likewise
    [not] imports PATH -> PATH          or PATH#NAME, or a bare name
    [not] text PATH has "LITERAL"
    [not] command "pytest -q" exits 0

An operand is a word without blanks, or a JSON string. `str` gives the canonical form, which `parse` reads back.
"""

import json
import re
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Self

from indexers import language_of, languages
from memoryd.errors import ClaimMalformed
from memoryd.text import file_id, plain_path, symbol_id

LONGEST = 2_000
"""Characters of a claim's operands together, at most: a claim is one line that people review."""


class ClaimKind(StrEnum):
    """The kind of a claim: the word that it begins with."""

    PATH = "path"
    SYMBOL = "symbol"
    SIGNATURE = "signature"
    CONSTANT = "constant"
    CALLS = "calls"
    INHERITS = "inherits"
    IMPORTS = "imports"
    TEXT = "text"
    COMMAND = "command"


OF_SYMBOLS = frozenset((ClaimKind.SYMBOL, ClaimKind.SIGNATURE, ClaimKind.CONSTANT, ClaimKind.CALLS, ClaimKind.INHERITS))
"""Kinds whose subject is `PATH#QUALNAME`."""
LINKS = frozenset((ClaimKind.CALLS, ClaimKind.INHERITS, ClaimKind.IMPORTS))
"""Kinds that have a target."""
REST = frozenset((ClaimKind.SIGNATURE, ClaimKind.CONSTANT, ClaimKind.COMMAND))
"""Kinds whose value is the rest of the line."""
VALUED = REST | {ClaimKind.TEXT}
"""Kinds that have a value."""
JOINS = {
    ClaimKind.SIGNATURE: "is", ClaimKind.CONSTANT: "is", ClaimKind.CALLS: "->", ClaimKind.INHERITS: "->", ClaimKind.IMPORTS: "->",
    ClaimKind.TEXT: "has", ClaimKind.COMMAND: "exits",
}  # fmt: skip
"""The word between the subject and the rest of the line."""
EXAMPLES = {
    ClaimKind.PATH: "path shop/cart.py", ClaimKind.SYMBOL: "symbol shop/cart.py#Cart.total",
    ClaimKind.SIGNATURE: "signature shop/cart.py#Cart.total is def total(self) -> Money",
    ClaimKind.CONSTANT: 'constant shop/money.py#CURRENCY is "EUR"', ClaimKind.CALLS: "calls shop/pay.py#pay -> shop/cart.py#Cart.total",
    ClaimKind.INHERITS: "inherits shop/cart.py#Cart -> shop/base.py#Base", ClaimKind.IMPORTS: "imports shop/pay.py -> shop/cart.py",
    ClaimKind.TEXT: 'text config.yaml has "half-even"', ClaimKind.COMMAND: 'command "pytest -q" exits 0',
}  # fmt: skip

_OPERAND = re.compile(r'(?P<json>"(?:[^"\\]|\\.)*")(?=\s|$)|(?P<word>[^\s"]\S*)')
_BARE = re.compile(r'[^\s"]\S*')
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_SYMBOL = re.compile(r"(?P<path>(?:\\.|[^\\#]|\A#|#(?=/))+)#(?P<qualname>.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement. `target` is set for calls, inherits and imports; `value` for signature, constant, text and command.

    Raises `ClaimMalformed` for a statement that the grammar cannot express, and for a path outside the project.
    """

    kind: ClaimKind
    subject: str
    target: str = ""
    value: str = ""
    negated: bool = False

    def __post_init__(self) -> None:
        if problem := _problem(self):
            raise ClaimMalformed(f"{problem}; a claim reads like: {EXAMPLES[self.kind]}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse one line. Raises `ClaimMalformed`, whose message shows how a claim is written."""
        words = text.strip()
        negated = words.startswith("not ")
        word, _, rest = (words[4:].lstrip() if negated else words).partition(" ")
        if word not in list(ClaimKind):
            raise ClaimMalformed(f"no claim begins with {word[:40]!r}; kinds are {', '.join(ClaimKind)}, each may follow `not`")
        kind = ClaimKind(word)
        subject, rest = _operand(kind, rest)
        if kind not in JOINS:
            _end(kind, rest)
            return cls(kind, subject, negated=negated)
        join, _, rest = rest.partition(" ")
        if join != JOINS[kind]:
            raise ClaimMalformed(f"a {kind} claim reads like: {EXAMPLES[kind]}")
        if kind in LINKS or kind == ClaimKind.TEXT:
            operand, rest = _operand(kind, rest)
            _end(kind, rest)
            return cls(kind, subject, operand if kind in LINKS else "", "" if kind in LINKS else operand, negated)
        return cls(kind, subject, "", _canonical(kind, rest), negated)

    def __str__(self) -> str:
        head = f"{'not ' if self.negated else ''}{self.kind} {_spelled(self.subject)}"
        if self.kind not in JOINS:
            return head
        if self.kind in LINKS:
            return f"{head} -> {_spelled(self.target)}"
        return f"{head} {JOINS[self.kind]} {_quoted(self.value) if self.kind == ClaimKind.TEXT else self.value}"

    def paths(self) -> tuple[str, ...]:
        """Return the project paths that the claim names, the subject's first; none for a command."""
        if self.kind == ClaimKind.COMMAND:
            return ()
        subject = split_name(self.subject)[0] if self.kind in OF_SYMBOLS else self.subject
        target = split_name(self.target)[0]
        return (subject, target) if is_path(target) and target != subject else (subject,)

    def symbols(self) -> tuple[str, ...]:
        """Return the ids of the symbols that the claim names, the subject's first."""
        subject = (self.subject,) if self.kind in OF_SYMBOLS else ()
        return (*subject, self.target) if split_name(self.target)[1] else subject

    def at(self, subject: str) -> Self:
        """Return the same claim about another subject."""
        return replace(self, subject=subject)

    def denied(self) -> Self:
        """Return the negated claim."""
        return replace(self, negated=not self.negated)


@lru_cache(maxsize=100_000)
def split_name(name: str) -> tuple[str, str]:
    """Split what a claim names into path and qualified name, which is "" for a path.

    The path may be spelled as in ids or as it is: a folder may be called `c#`.
    """
    match = _SYMBOL.fullmatch(name)
    return (plain_path(match["path"]), match["qualname"]) if match else (plain_path(name), "")


def as_id(name: str) -> str:
    """Return the id of the symbol or file that a claim names."""
    path, qualname = split_name(name)
    return symbol_id(path, qualname) if qualname else file_id(path)


def is_path(target: str) -> bool:
    """Tell whether a target is a path and not a bare name: `shop/cart.py` and `cart.py` are, `json.dumps` is not."""
    return "/" in target or (bool(target) and language_of(target) in languages())


def _problem(claim: Claim) -> str:
    """Say why a claim cannot be written down and parsed back unchanged; "" for a valid one."""
    texts = (claim.subject, claim.target, claim.value)
    if not claim.subject or (claim.kind in LINKS) != bool(claim.target) or (claim.kind not in VALUED and claim.value):
        return f"a {claim.kind} claim lacks a part, or has one too many"
    if sum(map(len, texts)) > LONGEST:
        return f"a claim of {sum(map(len, texts))} characters is too long, it may have {LONGEST}"
    if any(_SURROGATE.search(text) for text in texts):
        return "a claim is Unicode text"
    if claim.kind in REST and (claim.value != _canonical(claim.kind, claim.value) or not claim.value.isprintable()):
        return f"{claim.value[:40]!r} is not one plain line"
    if claim.kind in VALUED and not claim.value:
        return f"a {claim.kind} claim needs a value"
    if claim.kind in OF_SYMBOLS and not split_name(claim.subject)[1]:
        return f"{claim.subject!r} names no symbol"
    if outside := [path for path in claim.paths() if not is_inside(path)]:
        return f"{outside[0]!r} is no path inside the project: paths begin at its root, without `./`, `..` or a last `/`"
    return ""


def is_inside(path: str) -> bool:
    """Tell whether a path may name a file of the project: relative, normalised, without `..`."""
    return not any(part in ("", ".", "..") for part in path.split("/"))


def _operand(kind: ClaimKind, text: str) -> tuple[str, str]:
    """Return the first operand of a text, and the text after it."""
    text = text.lstrip()
    match = _OPERAND.match(text)
    if match is None:
        raise ClaimMalformed(f"a {kind} claim lacks a part, or a quotation mark; it reads like: {EXAMPLES[kind]}")
    rest = text[match.end() :].lstrip()
    if match["word"]:
        return match["word"], rest
    try:
        return str(json.loads(match["json"])), rest
    except ValueError:
        raise ClaimMalformed(f"{match['json'][:40]} is no JSON string; a {kind} claim reads like: {EXAMPLES[kind]}") from None


def _end(kind: ClaimKind, rest: str) -> None:
    if rest:
        raise ClaimMalformed(
            f"nothing may follow a {kind} claim, here {rest[:40]!r} does; quote operands that hold blanks, as in: {EXAMPLES[kind]}"
        )


def _canonical(kind: ClaimKind, value: str) -> str:
    if kind == ClaimKind.COMMAND:
        return str(int(value)) if re.fullmatch(r"\s*-?[0-9]{1,10}\s*", value) else ""
    return " ".join(value.split()) if kind == ClaimKind.SIGNATURE else value.strip()


def _spelled(operand: str) -> str:
    return operand if _BARE.fullmatch(operand) and operand.isprintable() else _quoted(operand)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=not text.isprintable())
