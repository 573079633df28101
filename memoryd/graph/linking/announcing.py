"""Leads from what announces a function to what defines it: from a prototype, or from a method that its class only declares.

What is found follows from the names and places of symbols and from what files include: a patch links what has a name again where
either differs for it.
"""

import numpy as np

from indexers import PROTOTYPE, name_of_first
from memoryd.filekinds import is_test
from memoryd.graph.columns import Flags, Ints, spread
from memoryd.graph.linking.lookup import NONE
from memoryd.graph.linking.places import MEMBER
from memoryd.graph.linking.tables import CANDIDATES, Tables
from memoryd.graph.linking.tiers import Links, Tier

ANNOUNCED = frozenset({"c"})
"""Families whose headers announce what other files define."""
FUNCTIONS = ("function", "method", "constructor", "destructor")
REPEATED = 4
"""How many repetitions of a name in its file are looked at for the definition."""
MOST_DEFINITIONS = 3
"""The most files that define one function, each for a platform of its own, which are all linked."""
ANYWHERE, INCLUDING, HERE = 0, 1, 2
"""Where a definition stands: in a file that does not include the announcement, in one that does, in the file of the announcement."""


class Announcing:
    """What announces what, by one set of tables."""

    def __init__(self, tables: Tables) -> None:
        self._tables, self._symbols, self._types = tables, tables.facts.symbols, tables.types
        words, kind = tables.facts.words, tables.facts.symbols.kind
        self._is_function = np.isin(kind, [words.find(name) for name in FUNCTIONS])
        is_ours = tables.facts.of_families(ANNOUNCED)[self._symbols.file]
        self._is_prototype = is_ours & (kind == words.find(PROTOTYPE))
        is_nested = (self._types.place == MEMBER) & (self._types.parent >= 0)
        self._announces = self._is_prototype | (is_ours & self._is_function & is_nested & (self._symbols.plain > 0))

    def definitions(self, symbols: Ints) -> tuple[Ints, Ints, Ints]:
        """Return the definitions of what some symbols announce: for each the place among them, itself, and where it stands.

        Of a function that several files define, those that include its announcement are meant, and none of tests but for other tests; of a
        file that overloads it, the first.
        """
        at = np.flatnonzero(self._announces[symbols])
        pairs = [np.stack(part) for part in (self._of_prototypes(symbols, at), self._of_methods(symbols, at))]
        query, found = np.concatenate(pairs, axis=1)
        home, file = self._symbols.file[found], self._symbols.file[symbols[query]]
        where = np.where(home == file, HERE, np.where(self._tables.reach.first(home, file) >= 0, INCLUDING, ANYWHERE))
        nearest = np.full(len(symbols), ANYWHERE)
        np.maximum.at(nearest, query, where)
        kept = np.flatnonzero(where == nearest[query])
        apart = self._of_tests(home[kept]) & ~self._of_tests(file[kept])
        kept = kept[~apart | np.isin(query[kept], query[kept][~apart], invert=True)]
        kept = kept[np.lexsort((found[kept], home[kept], query[kept]))]
        kept = kept[np.unique(np.stack([query[kept], home[kept]]), axis=1, return_index=True)[1]]
        return query[kept], found[kept], where[kept]

    def defined(self, links: Links) -> Links:
        """Return links with the definitions in the place of what announces them.

        A definition that no inclusion ties to its announcement is known by its name alone. Where there are several, the announcement
        stays linked, and each of them is a candidate.
        """
        size = self._tables.files
        at = np.flatnonzero((links.target >= size) & (links.target < self._tables.nodes))
        at = at[self._announces[links.target[at] - size]]
        symbols, back = np.unique(links.target[at] - size, return_inverse=True)
        query, found, where = self.definitions(symbols)
        count = np.bincount(query, minlength=len(symbols))
        only = np.full(len(symbols), NONE, dtype=np.int64)
        least = np.zeros(len(symbols), dtype=np.int64)
        single = count[query] == 1
        only[query[single]] = found[single]
        least[query[single & (where == ANYWHERE)]] = int(Tier.UNIQUE)
        target, tier = links.target.copy(), links.tier.copy()
        told = only[back] >= 0
        target[at[told]] = only[back[told]] + size
        tier[at] = np.maximum(tier[at], least[back])
        several = np.flatnonzero((count[back] > 1) & (count[back] <= MOST_DEFINITIONS) & (links.tier[at] < Tier.AMBIGUOUS))
        first = np.searchsorted(query, back[several])
        number = count[back[several]]
        places = spread(np.stack([first, first + number], axis=1))
        row = np.repeat(links.row[at[several]], number)
        return Links(
            np.concatenate([links.row, row]),
            np.concatenate([target, found[places] + size]),
            np.concatenate([tier, np.full(len(row), int(Tier.AMBIGUOUS))]),
            np.concatenate([links.weight, 1.0 / np.repeat(number, number)]),
        )

    def is_told_twice(self, query: Ints, symbol: Ints) -> Flags:
        """Mark the candidates of references that another candidate of the same reference announces, or announces, too."""
        flags = np.zeros(len(query), dtype=np.bool_)
        if not self._announces[symbol].any():
            return flags
        symbols, back = np.unique(symbol, return_inverse=True)
        place, found, _ = self.definitions(symbols)
        single = np.bincount(place, minlength=len(symbols))[place] == 1
        meant = symbols.copy()
        meant[place[single]] = found[single]
        order = np.lexsort((symbol, meant[back] == symbol, meant[back], query))
        again = (np.diff(query[order], prepend=-1) == 0) & (np.diff(meant[back[order]], prepend=-1) == 0)
        flags[order[again]] = True
        return flags

    def _of_prototypes(self, symbols: Ints, at: Ints) -> tuple[Ints, Ints]:
        """Return the functions that have the whole name of a prototype, in its file or in others."""
        tables = self._tables
        at = at[self._is_prototype[symbols[at]]]
        asked = symbols[at]
        family = tables.facts.families[1][self._symbols.file[asked]]
        own = self._beside(asked)
        queries, founds = [at[own >= 0]], [own[own >= 0]]
        for lookup in (tables.free, tables.member):
            start, count = lookup.span(family, self._symbols.name[asked])
            query, found = lookup.all(start, np.where(count <= CANDIDATES, count, 0))
            alike = (self._symbols.outer[found] == self._symbols.outer[asked[query]]) & ~self._types.hidden[found]
            query, found = query[alike], found[alike]
            further = np.flatnonzero(self._is_prototype[found])
            found[further] = self._beside(found[further])
            known = found >= 0
            known[known] = self._is_function[found[known]]
            queries.append(at[query[known]])
            founds.append(found[known])
        return np.concatenate(queries), np.concatenate(founds)

    def _of_methods(self, symbols: Ints, at: Ints) -> tuple[Ints, Ints]:
        """Return what defines a method outside of its class. Of a method with overloads in its class, some may be defined there."""
        at = at[~self._is_prototype[symbols[at]]]
        start, count = self._tables.child.span(self._types.container[symbols[at]], self._symbols.name[symbols[at]])
        outside = self._tables.child.all(start, count)
        apart = (self._types.parent[outside[1]] < 0) & self._is_function[outside[1]]
        query, found = outside[0][apart], outside[1][apart]
        places, back = np.unique(query, return_inverse=True)
        single = (self._repetition(symbols[at[places]], 2) < 0)[back]
        return at[query[single]], found[single]

    def _of_tests(self, file: Ints) -> Flags:
        files, back = np.unique(file, return_inverse=True)
        paths = self._tables.facts.paths
        return np.array([is_test(paths[number]) for number in files.tolist()], dtype=np.bool_)[back.reshape(-1)]

    def _beside(self, symbols: Ints) -> Ints:
        """Return the function of the name of each prototype in its own file; `NONE` where there is none."""
        found = np.full(len(symbols), NONE, dtype=np.int64)
        for number in range(2, REPEATED + 1):
            left = np.flatnonzero(found < 0)
            other = self._repetition(symbols[left], number)
            other[other >= 0] = np.where(self._is_function[other[other >= 0]], other[other >= 0], NONE)
            found[left] = other
        return found

    def _repetition(self, symbols: Ints, number: int) -> Ints:
        """Return the definition with a number, from 2, of the name of each symbol in its file; `NONE` where there is none."""
        words, names = self._tables.facts.words, self._symbols.qualname[symbols]
        codes, back = np.unique(names, return_inverse=True)
        repeated = np.array([words.find(f"{name_of_first(words.text(code))}~{number}") for code in codes.tolist()], dtype=np.int64)
        code = repeated[back.reshape(-1)] if len(codes) else names
        return np.where(code >= 0, self._tables.qualnames.first(self._symbols.file[symbols], code), NONE)
