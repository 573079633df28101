"""Gives references and members the symbol around them."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache

from indexers.bindings import plain
from indexers.extraction.captures import NAME_CHARACTERS, VARIABLES, HeldMember, receiver
from indexers.extraction.found import EXPRESSION, Found
from indexers.extraction.hiding import EXPLICIT, UNKNOWN
from indexers.extraction.symbols import FUNCTIONS, TYPES
from indexers.language import Language
from indexers.model import Member, Reference, Symbol
from indexers.registrations import KINDS as REGISTERED
from indexers.registrations import Registered
from indexers.text import Lines

NEEDING = frozenset({"call", "value", "attribute", "returns", *REGISTERED})
"""The kinds of references for which it matters what the variable before them holds."""
VALUE, ASSIGNED = "value", "assigned"
NO_BLANK = re.compile(r"\S+")


def needed(language: Language, references: tuple[Reference, ...], symbols: tuple[Symbol, ...]) -> tuple[Reference, ...]:
    """Return references without what the variables of functions hold, where no chain begins with the variable.

    Of what is given as a value, that which can be no function is left out: see `_values`.
    """
    if any(found.kind == VALUE for found in references):
        values = _values(language, references, symbols)
        references = tuple(found for found in references if found.kind != VALUE or found in values)
    references = tuple(found for found in references if found.kind != ASSIGNED)
    functions = {symbol.qualname for symbol in symbols if symbol.kind in FUNCTIONS}
    # At file level, in a function without a name, it would hide what is imported from all of the file.
    references = tuple(
        found._replace(kind="variable") if found.kind == UNKNOWN else found
        for found in references
        if found.kind != UNKNOWN or found.scope in functions
    )
    needed = {_first_name(found.qualifier) for found in references if found.kind in NEEDING and found.qualifier}
    for _ in range(2):
        needed.update(_first_name(found.qualifier) for found in references if found.kind == "variable" and found.name in needed)
    return tuple(found for found in references if found.kind != "variable" or found.name in needed or found.scope not in functions)


def _values(language: Language, references: tuple[Reference, ...], symbols: tuple[Symbol, ...]) -> set[Reference]:
    """Return the names given as values that may be functions.

    Those of variables, and of constants in capitals, are none, nor is what a framework is told of. Where names must be defined or imported,
    others than these are none, and no attribute of the file is a method.
    """
    variables = {symbol.name for symbol in symbols if symbol.kind in VARIABLES}
    registered = {(found.name, found.scope, found.qualifier) for found in references if found.kind in REGISTERED}
    found = {
        one
        for one in references
        if one.kind == VALUE
        and not (one.name.isupper() or (one.name in variables and not one.qualifier))
        and (one.name, one.scope, one.qualifier) not in registered
    }
    if language.family not in EXPLICIT:
        return found
    imports = [one for one in references if one.kind == "import"]
    shown = {symbol.name for symbol in symbols}.union(language.self_names, *(_importable(one) for one in imports))
    shown.update(one.name for one in references if one.kind == "variable")
    shown.discard("")
    attributes = {one.name for one in references if one.kind in ("attribute", ASSIGNED)}
    unseen = language.package_scope or any(one.name == "*" for one in imports)
    return {
        one
        for one in found
        if (_first_name(one.qualifier) in shown if one.qualifier else unseen or one.name in shown)
        and not (one.qualifier in language.self_names and one.name in attributes)
    }


def _importable(found: Reference) -> tuple[str, ...]:
    """Return each name that an import may bring: of a whole module, any part of its path."""
    return (found.alias or found.name,) if found.alias or found.name else tuple(plain(found.qualifier.replace("/", ".")).split("."))


@lru_cache(maxsize=50_000)
def _first_name(chain: str) -> str:
    return plain(chain.lstrip(EXPRESSION)).partition(".")[0].removesuffix("()")


def as_written(found: Found, source: bytes, read: bytes) -> Found:
    """Return a reference with its name as the source has it, where another name was read in its place."""
    start, kind, name, qualifier, alias, owner = found
    end = start + len(name.encode())
    if source[start:end] == read[start:end]:
        return found
    return start, kind, source[start:end].decode("utf-8", "replace"), qualifier, alias, owner


def members_in(
    members: list[HeldMember], symbols: tuple[Symbol, ...], scopes: list[tuple[int, int, str]], lines: Lines
) -> Iterator[Member]:
    """Yield what stands right in a type, each name of a type once."""
    types = {symbol.qualname for symbol in symbols if symbol.kind in TYPES}
    walk = _ScopeWalk(scopes)
    known: set[tuple[str, str]] = set()
    for start, end, name in sorted(members):
        owner = walk.at(start)
        if owner in types and (owner, name) not in known and NO_BLANK.fullmatch(name):
            known.add((owner, name))
            yield Member(name, owner, lines.line_of(start), lines.line_of(end - 1))


def scoped(references: list[Found], scopes: list[tuple[int, int, str]], lines: Lines) -> tuple[Reference, ...]:
    """Give each reference the innermost symbol around it; of equal references in one symbol the first is kept, with all their lines."""
    found: dict[tuple[str, ...], list[int]] = {}
    walk, starts, line = _ScopeWalk(scopes), lines.starts, 0
    defined = {qualname for _, _, qualname in scopes}
    for start, kind, name, qualifier, alias, owner in sorted(references):
        scope = walk.at(start)
        if owner:
            scope = next((held for held in (f"{scope}.{owner}", owner) if held in defined), scope)
        line = bisect_right(starts, start, line)
        known = found.get(same := (name, kind, scope, qualifier, alias))
        if known is None:
            found[same] = [line]
        elif known[-1] != line:
            known.append(line)
    made = tuple.__new__  # what the class of a named tuple does besides takes thrice as long
    return tuple(
        made(Reference, (name[:NAME_CHARACTERS], kind, scope, line, qualifier, alias, ",".join(map(str, rest)) if rest else ""))
        for (name, kind, scope, qualifier, alias), (line, *rest) in found.items()
    )


def registered_in(found: list[Registered], scopes: list[tuple[int, int, str]], lines: Lines) -> Iterator[Reference]:
    """Yield registrations as references, each with the innermost symbol around it."""
    walk = _ScopeWalk(scopes)
    for one in found:
        qualifier = receiver(one.qualifier) if one.name and one.qualifier else one.qualifier
        yield Reference(one.name, one.kind, walk.at(one.start), lines.line_of(one.line), qualifier, one.label)


class _ScopeWalk:
    """Finds the innermost scope at an offset, for offsets in ascending order."""

    def __init__(self, scopes: list[tuple[int, int, str]]) -> None:
        self._coming: Iterator[tuple[int, int, str]] = iter(scopes)
        self._next = next(self._coming, None)
        self._open: list[tuple[int, int, str]] = []

    def at(self, offset: int) -> str:
        while self._next is not None and self._next[0] <= offset:
            self._open.append(self._next)
            self._next = next(self._coming, None)
        while self._open and self._open[-1][1] <= offset:
            self._open.pop()
        return self._open[-1][2] if self._open else ""
