"""What names hold, of all files: the declared types and assigned values of variables, attributes and results of functions."""

from typing import NamedTuple

import numpy as np

from indexers import base_name
from memoryd.graph.columns import Interner, Ints, taken
from memoryd.graph.facts import FactColumns
from memoryd.graph.linking.lookup import DEPTH, NONE, Lookup
from memoryd.graph.linking.places import Types

VARIABLE, ATTRIBUTE, RETURNS = "variable", "attribute", "returns"
KINDS = (VARIABLE, ATTRIBUTE, RETURNS)
DECLARED, LITERAL = "is", "literal"


class Bindings(NamedTuple):
    """Columns with an entry per binding, those of declared types first.

    `holder` is the node in which the name is looked for: a file, a function (also for its result, whose name is 0), or a type.
    `scope` is the symbol around the binding, in which its chain `value` is read.
    """

    file: Ints
    scope: Ints
    holder: Ints
    name: Ints
    value: Ints
    how: Ints


def binding_codes(words: Interner) -> list[int]:
    """Return the codes of the kinds of references that are bindings."""
    return [code for kind in KINDS if (code := words.find(kind)) > 0]


def binding_rows(facts: FactColumns) -> Ints:
    """Return the references that are bindings."""
    found: Ints = np.flatnonzero(np.isin(facts.references.kind, binding_codes(facts.words)))
    return found


def bindings(facts: FactColumns, types: Types, qualnames: Lookup) -> tuple[Bindings, Lookup]:
    """Return the bindings of some facts, and where they are by holder and name."""
    references, words, size = facts.references, facts.words, len(facts.paths)
    found = taken(references, binding_rows(facts))
    scope = np.where(found.scope > 0, qualnames.first(found.file, found.scope), NONE)
    # The value of a documented or global variable stands in the definition of that variable.
    for _ in range(DEPTH):
        inner = np.flatnonzero(scope >= 0)
        inner = inner[~(types.is_callable[scope[inner]] | types.is_type[scope[inner]])]
        if not len(inner):
            break
        scope[inner] = types.container[scope[inner]]
    is_attribute = found.kind == words.find(ATTRIBUTE)
    symbol = np.where(is_attribute, types.around(scope), scope)
    holder = np.where(symbol >= 0, symbol + size, np.where(is_attribute, NONE, found.file))
    holder[(found.kind == words.find(RETURNS)) & (scope < 0)] = NONE
    kept = np.flatnonzero(holder >= 0)
    kept = kept[np.argsort(found.alias[kept] != words.find(DECLARED), kind="stable")]
    columns = Bindings(found.file[kept], scope[kept], holder[kept], found.name[kept], found.qualifier[kept], found.alias[kept])
    return columns, Lookup(columns.holder, columns.name, np.arange(len(kept)))


class Holders(NamedTuple):
    """Pairs (part, name), sorted: a name that holds a chain, or gives it as a function, and a name in that chain."""

    part: Ints
    name: Ints

    def closed(self, names: set[int]) -> set[int]:
        """Return some names with those that hold, at any remove, a chain in which one of them stands."""
        found, fresh = set(names), np.array(sorted(names), dtype=np.int64)
        while len(fresh):
            start, end = np.searchsorted(self.part, fresh), np.searchsorted(self.part, fresh, side="right")
            count = end - start
            places = np.repeat(start + count - count.cumsum(), count) + np.arange(count.sum())
            reached = set(self.name[places].tolist()) - found
            found |= reached
            fresh = np.array(sorted(reached), dtype=np.int64)
        return found


def holders(facts: FactColumns, rows: Ints) -> Holders:
    """Return the pairs of some bindings."""
    references, words = facts.references, facts.words
    returns = references.kind[rows] == words.find(RETURNS)
    said = np.where(returns, references.scope[rows] << 1 | 1, references.name[rows] << 1)
    pairs = np.unique((references.qualifier[rows] << 32) | said)
    found: set[tuple[int, int]] = set()
    for value, holder in zip((pairs >> 32).tolist(), (pairs & 0xFFFFFFFF).tolist(), strict=True):
        name = words.code(base_name(words.text(holder >> 1))) if holder & 1 else holder >> 1
        found.update((part, name) for part, _ in words.chain(value))
    return _sorted(np.array(sorted(found), dtype=np.int64).reshape(-1, 2))


def together(first: Holders, second: Holders) -> Holders:
    """Return the pairs of both."""
    known, more = ((pairs.part << 32) | pairs.name for pairs in (first, second))
    fresh = more[~np.isin(more, known[np.minimum(np.searchsorted(known, more), len(known) - 1)])] if len(known) else more
    both = np.insert(known, np.searchsorted(known, fresh), fresh)
    return Holders(both >> 32, both & 0xFFFFFFFF)


def _sorted(pairs: Ints) -> Holders:
    return Holders(pairs[:, 0], pairs[:, 1])
