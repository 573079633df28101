"""The place of each symbol: free in a file, in a type, or in a function; and the type that `self` means there."""

import re
from typing import NamedTuple

import numpy as np

from memoryd.graph.columns import NUMBERED, Flags, Ints, components
from memoryd.graph.facts import FactColumns
from memoryd.graph.linking.lookup import DEPTH, NONE, Lookup

TYPES = (
    "class", "interface", "struct", "enum", "trait", "impl", "type", "object", "protocol", "extension", "forward",
    "union", "record", "mixin",
)  # fmt: skip
MODULES = ("module", "namespace", "package")
PART = "extension"
"""The kind of a part of a type that is defined elsewhere, here or outside: its name means that type, and its members are of it."""
OPEN_MODULES = frozenset({"c", "ruby", "php", "csharp"})
"""Families in which a module is what all files say of its name."""
OPEN_TYPES = frozenset({"ruby"})
"""Families in which that holds of types, too."""
PARTIAL_TYPES = frozenset({"csharp"})
"""Families in which a type may have parts in other files of its folder."""
REPEATED = re.compile(rf"{NUMBERED}\d+")
CALLABLES = ("function", "prototype", "method", "constructor", "destructor", "macro", "getter", "setter", "procedure", "subroutine", "test")
FREE, MEMBER, LOCAL = 0, 1, 2
"""The places of symbols: in a file or namespace, in a type, in a function."""


class Types(NamedTuple):
    """Columns with an entry per symbol, by its kind and place. `hidden` marks what is inside a function, members of local types, too."""

    parent: Ints
    owner: Ints
    container: Ints
    enclosing: Ints
    place: Ints
    is_type: Flags
    is_callable: Flags
    hidden: Flags

    def around(self, symbol: Ints) -> Ints:
        """Return the innermost type that is or holds each symbol; `NONE` for `NONE`."""
        found = np.full(len(symbol), NONE, dtype=np.int64)
        known = symbol >= 0
        found[known] = self.enclosing[symbol[known]]
        return found


def places(facts: FactColumns, qualnames: Lookup) -> tuple[Ints, Ints, Flags, Flags]:
    """Return the parent of each symbol, its place, and whether it is a type or can be called."""
    symbols, words = facts.symbols, facts.words
    parent = np.where(symbols.outer > 0, qualnames.first(symbols.file, symbols.outer), NONE)
    is_module = np.isin(symbols.kind, [words.code(kind) for kind in MODULES])
    is_type = is_module | np.isin(symbols.kind, [words.code(kind) for kind in TYPES])
    is_callable = np.isin(symbols.kind, [words.code(kind) for kind in CALLABLES])
    is_method = symbols.kind == words.code("method")
    place = np.where(symbols.outer == 0, FREE, MEMBER)
    place[(parent < 0) & is_type] = FREE
    place[(parent >= 0) & is_callable[parent]] = LOCAL
    inside = np.flatnonzero((parent >= 0) & is_module[parent] & ~is_method)
    for _ in range(DEPTH):
        opened = inside[(place[inside] == MEMBER) & (place[parent[inside]] == FREE)]
        if not len(opened):
            break
        place[opened] = FREE
    return parent, place, is_type, is_callable


def owners(
    facts: FactColumns, parent: Ints, place: Ints, is_type: Flags, top: Lookup, folder: Lookup, types: Lookup, folder_of: Ints
) -> Ints:
    """Return the type of each member. Of a part of a type, and where the source does not nest it: a type of that name in its file, its
    folder, then anywhere."""
    symbols = facts.symbols
    owner = np.where(place == MEMBER, parent, NONE)
    loose = np.flatnonzero((place == MEMBER) & ((parent < 0) | parts_of(facts)[parent]))
    texts = facts.words.texts
    name = np.array(
        [facts.words.code((components(texts[code].partition("~")[0]) or [""])[-1]) for code in symbols.outer[loose].tolist()], np.int64
    )
    file = symbols.file[loose]
    for found in (
        top.first(file, name), folder.only(folder_of[file], name), types.only(facts.families[1][file], name),
    ):  # fmt: skip
        fits = (owner[loose] == parent[loose]) & (found >= 0) & is_type[found]
        owner[loose[fits]] = found[fits]
    return owner


def groups(facts: FactColumns, place: Ints, is_type: Flags, folder_of: Ints) -> Ints:
    """Return the number of the group of each module or type that several places define together; `NONE` for what stands alone."""
    symbols, words = facts.symbols, facts.words
    opened, types, partial = (facts.of_families(names)[symbols.file] for names in (OPEN_MODULES, OPEN_TYPES, PARTIAL_TYPES))
    is_module = np.isin(symbols.kind, [words.code(kind) for kind in MODULES])
    rows = np.flatnonzero(((opened & is_module) | ((types | partial) & is_type)) & (place != LOCAL))
    qualnames, places = np.unique(symbols.qualname[rows], return_inverse=True)
    plain = qualnames.copy()
    repeated = np.flatnonzero(np.isin(qualnames, words.repeated()))
    plain[repeated] = words.codes(REPEATED.sub("", words.text(code)) for code in qualnames[repeated].tolist())
    folder = np.where(partial[rows] & ~is_module[rows], folder_of[symbols.file[rows]] + 1, 0)
    keys = (folder << 40) | (plain[places.reshape(-1)] << 8) | facts.families[1][symbols.file[rows]]
    _, back, count = np.unique(keys, return_inverse=True, return_counts=True)
    found = np.full(len(symbols.file), NONE, dtype=np.int64)
    found[rows] = np.where(count[back] > 1, back, NONE)
    return found


def parts_of(facts: FactColumns) -> Flags:
    """Mark the symbols that are parts of types; one more entry, for none, is not."""
    return np.append(facts.symbols.kind == facts.words.code(PART), False)


def enclosing(container: Ints, is_type: Flags) -> Ints:
    """Return the innermost type at or around each symbol."""
    current = np.arange(len(container))
    for _ in range(DEPTH):
        climbing = np.flatnonzero((current >= 0) & ~is_type[current])
        if not len(climbing):
            break
        current[climbing] = container[current[climbing]]
    return np.where((current >= 0) & is_type[current], current, NONE)


def hidden(container: Ints, place: Ints) -> Flags:
    """Mark the symbols inside a function, at any depth."""
    kept: Flags = place == LOCAL
    for _ in range(DEPTH):
        deeper = (container >= 0) & kept[container] & ~kept
        if not deeper.any():
            break
        kept |= deeper
    return kept
