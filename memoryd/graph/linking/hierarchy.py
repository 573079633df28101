"""The inheritance of types: their bases, the members they inherit, and whether one descends from another."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from memoryd.graph.columns import Flags, Ints
from memoryd.graph.linking.lookup import DEPTH, NONE, Lookup
from memoryd.graph.linking.tables import Tables
from memoryd.graph.linking.tiers import Links, Tier


class Bases(NamedTuple):
    """The bases of types as pairs (type, base) of symbols, ordered by type and then as in the source, each with its tier."""

    type: Ints
    base: Ints
    tier: Ints


def bases_of(tables: Tables, links: Links) -> Bases:
    """Return the bases of each type from the links of references; ambiguous links are left out."""
    references = tables.facts.references
    sure = (references.kind[links.row] == tables.facts.words.code("inherit")) & (links.tier <= int(Tier.UNIQUE))
    sure &= (links.target >= tables.files) & (links.target < tables.nodes)
    row = links.row[sure]
    scope = references.scope[row]
    symbol = np.where(scope > 0, tables.qualnames.first(references.file[row], scope), NONE)
    base = links.target[sure] - tables.files
    fits = (symbol >= 0) & tables.types.is_type[symbol] & tables.types.is_type[base] & (symbol != base)
    order = np.argsort(symbol[fits], kind="stable")
    return Bases(symbol[fits][order], base[fits][order], links.tier[sure][fits][order])


class Hierarchy:
    """Lookups along the bases of all types, at most `DEPTH` levels up."""

    def __init__(self, tables: Tables, bases: Bases) -> None:
        self._tables, self._base = tables, bases
        self._bases = Lookup(bases.type, np.zeros_like(bases.type), np.arange(len(bases.type)))

    def members(self, file: Ints, owner: Ints, name: Ints, above: Flags) -> tuple[Ints, Ints]:
        """Return the member `name` of each type `owner` or of its nearest base that has it, and the tier; `above` skips the type itself."""
        tables = self._tables
        if not len(owner):
            return owner, owner
        # One number for each key: to sort columns takes many times as long. Some have no owner, which is below 0.
        packed, back = np.unique(((owner + 1) << 33) | (name << 1) | above, return_inverse=True)
        keys = ((packed >> 33) - 1, (packed >> 1) & 0xFFFFFFFF, packed & 1)
        found = np.where(keys[2] > 0, NONE, tables.inner(keys[0], keys[1]))
        tier = np.full(len(found), int(Tier.SAME_FILE), dtype=np.int64)
        asked, current = np.flatnonzero(found < 0), keys[0][found < 0]
        worst = np.full(len(asked), int(Tier.SAME_FILE), dtype=np.int64)
        for _ in range(DEPTH):
            start, count = self._bases.span(current, np.zeros_like(current))
            query, base = self._bases.all(start, count)
            if not len(query):
                break
            asked, current, worst = asked[query], self._base.base[base], np.maximum(worst[query], self._base.tier[base])
            hit = tables.inner(current, keys[1][asked])
            got = np.flatnonzero((hit >= 0) & (found[asked] < 0))
            _, firsts = np.unique(asked[got], return_index=True)
            got = got[firsts]
            found[asked[got]], tier[asked[got]] = hit[got], worst[got]
            left = np.flatnonzero(found[asked] < 0)
            pairs = (asked[left] << 32) | current[left]
            left = left[np.sort(np.unique(pairs, return_index=True)[1])]
            asked, current, worst = asked[left], current[left], worst[left]
        back = back.reshape(-1)
        symbol = found[back]
        elsewhere = np.zeros(len(symbol), dtype=np.bool_)
        held = symbol >= 0  # a project may define nothing at all
        elsewhere[held] = tables.facts.symbols.file[symbol[held]] != file[held]
        known = np.maximum(tier[back], np.where(elsewhere, int(Tier.IMPORT), int(Tier.SAME_FILE)))
        return np.where(symbol >= 0, symbol + tables.files, NONE), known

    def nearest(self, owner: Ints, holds: Callable[[Ints, Ints], Flags]) -> Ints:
        """Return for each type `owner` itself or its nearest base that `holds` something, `NONE` if none does.

        `holds` is asked about types, and for each about its place among the owners.
        """
        found = np.full(len(owner), NONE, dtype=np.int64)
        at, current = np.arange(len(owner)), owner
        for _ in range(DEPTH if len(owner) else 0):
            hit = np.flatnonzero(holds(current, at) & (found[at] < 0))
            _, firsts = np.unique(at[hit], return_index=True)
            found[at[hit[firsts]]] = current[hit[firsts]]
            left = np.flatnonzero(found[at] < 0)
            start, count = self._bases.span(current[left], np.zeros_like(current[left]))
            query, base = self._bases.all(start, count)
            if not len(query):
                break
            at, current = at[left][query], self._base.base[base]
            kept = np.sort(np.unique((at << 32) | current, return_index=True)[1])
            at, current = at[kept], current[kept]
        return found

    def descends(self, owner: Ints, ancestor: Ints, asked: Flags) -> Flags:
        """Tell whether each type `owner` inherits from `ancestor`: a mixin may call on itself what its subclasses define."""
        answer = np.zeros(len(owner), dtype=np.bool_)
        at = np.flatnonzero(asked & (owner >= 0) & (ancestor >= 0))
        current, wanted = owner[at], ancestor[at]
        for _ in range(DEPTH):
            start, count = self._bases.span(current, np.zeros_like(current))
            query, base = self._bases.all(start, count)
            at, current, wanted = at[query], self._base.base[base], wanted[query]
            answer[at[current == wanted]] = True
            open_ = np.flatnonzero(~answer[at])
            if not len(open_):
                break
            open_ = open_[np.sort(np.unique((at[open_] << 32) | current[open_], return_index=True)[1])]
            at, current, wanted = at[open_], current[open_], wanted[open_]
        return answer
