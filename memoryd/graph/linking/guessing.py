"""Links references by name alone: to the only definition that fits, else to each of a few. Such a link is evidence, not proof."""

import numpy as np

from memoryd.graph.columns import Flags, Ints, components
from memoryd.graph.linking.evidence import Links, Tier
from memoryd.graph.linking.hierarchy import Hierarchy
from memoryd.graph.linking.lookup import NONE
from memoryd.graph.linking.tables import Tables

MOST_CANDIDATES = 8
"""A name with more definitions than this links to none of them."""

CONSIDERED = 32
"""The most definitions of one name that are compared with the reference; a name with more is not linked."""

BUILTIN_WEIGHT = 0.3
"""The weight of all links together of a reference to one of `BUILTIN_MEMBERS`."""
BUILTIN_MEMBERS = """
add addAll all any append apply call clear clone close compareTo concat contains copy count decode delete each
emplace_back empty encode endswith equals entries every extend filter find first flatMap flush forEach format get
getClass group has hashCode includes index indexOf insert isEmpty items iter join keys last len length list lock lower
map match max min name next open pop print push push_back put read readline reduce remove replace reverse run search set
setdefault size slice some sort split start startsWith startswith stop strip sub substring sum test then toLowerCase
toString to_s trim union unlock unwrap update upper values wait write
"""
"""Members of the languages' own containers, strings and files: a call of one on an unknown receiver mostly means these."""


class Guesser:
    """Links the references that scopes and imports do not resolve."""

    def __init__(self, tables: Tables, hierarchy: Hierarchy) -> None:
        self.tables, self.facts, self._hierarchy = tables, tables.facts, hierarchy
        self._words = self.facts.words
        families, self._family = self.facts.families
        self._go = np.array([name == "go" for name in families.names], dtype=np.bool_)[self._family]

    def guess(self, rows: Ints, file: Ints, scope: Ints, name: Ints, bare: Flags, mine: Flags, is_type_use: Flags) -> tuple[Links, Ints]:
        """Link references by name: to the only definition that fits, else to each of a few. Returns links and codes as `Linker.link`."""
        tables, types, symbols = self.tables, self.tables.types, self.facts.symbols
        family = self._family[file]
        starts, counts = [], []
        for lookup, asked in ((tables.free, bare), (tables.member, ~bare)):
            start, count = lookup.span(family, name)
            starts.append(start)
            counts.append(np.where(asked, count, 0))
        total = counts[0] + counts[1]
        for count in counts:
            count[count > CONSIDERED] = 0
        query, candidate = (np.concatenate(parts) for parts in zip(
            tables.free.all(starts[0], counts[0]), tables.member.all(starts[1], counts[1]), strict=True
        ))  # fmt: skip
        fits = ~types.hidden[candidate] | (symbols.file[candidate] == file[query])
        fits &= ~is_type_use[query] | types.is_type[candidate]
        fits &= ~mine[query] | self._hierarchy.descends(types.owner[candidate], types.around(scope)[query], mine[query])
        query, candidate = query[fits], candidate[fits]
        order = np.lexsort((candidate, query))
        query, candidate = query[order], candidate[order]
        likely = self._named_alike(rows[query], types.owner[candidate], scope[query], file[query]) & ~bare[query] & ~mine[query]
        hinted = np.bincount(query[likely], minlength=len(rows)) == 1
        kept = ~hinted[query] | likely
        query, candidate = query[kept], candidate[kept]
        number = np.bincount(query, minlength=len(rows))
        builtin = np.isin(name, [self._words.code(member) for member in BUILTIN_MEMBERS.split()]) & ~bare & ~mine & ~hinted
        few = (number[query] <= MOST_CANDIDATES) & ~(builtin[query] & (number[query] > 1))
        query, candidate = query[few], candidate[few]
        share = np.where(builtin[query], BUILTIN_WEIGHT, 1.0) / number[query]
        tier = np.where((number[query] == 1) & ~builtin[query], int(Tier.UNIQUE), int(Tier.AMBIGUOUS))
        linked = np.zeros(len(rows), dtype=np.bool_)
        linked[query] = True
        code = np.where(linked, 0, np.where((number == 0) & ((total <= CONSIDERED) | mine), NONE, np.maximum(total, 1)))
        return Links(rows[query], candidate + tables.files, tier, share), code

    def _named_alike(self, rows: Ints, owner: Ints, scope: Ints, file: Ints) -> Flags:
        """Mark references whose receiver has the name of the type: `cart.total()` and Cart; in Go `c` inside a method of Cart."""
        qualifier = self.facts.references.qualifier[rows]
        type_name = np.where(owner >= 0, self.facts.symbols.name[owner], 0)
        words = self._words
        # A call is no receiver with the name of a type, since its result is unknown: `request.Context()` is no Context.
        last = {
            code: ""
            if words.texts[code].endswith("()") or words.texts[code].startswith("?")
            else _folded((components(words.texts[code]) or [""])[-1])
            for code in np.unique(qualifier).tolist()
        }
        types = {code: _folded(words.texts[code]) for code in np.unique(type_name).tolist()}
        folded = {text: number for number, text in enumerate(sorted({*last.values(), *types.values()}))}
        left = _mapped(qualifier, {code: folded[text] for code, text in last.items()})
        right = _mapped(type_name, {code: folded[text] for code, text in types.items()})
        alike: Flags = (left == right) & (type_name > 0)
        inside = np.flatnonzero(self._go[file] & (owner >= 0) & (self.tables.types.around(scope) == owner))
        alike[inside] |= np.array(
            [len(last[q]) <= 3 and bool(last[q]) and types[t].startswith(last[q][0]) for q, t in zip(
                qualifier[inside].tolist(), type_name[inside].tolist(), strict=True)], dtype=np.bool_,
        )  # fmt: skip
        return alike


def _folded(name: str) -> str:
    return name.replace("_", "").lower()


def _mapped(column: Ints, values: dict[int, int]) -> Ints:
    if not values:
        return column
    keys = np.array(list(values), dtype=np.int64)
    return np.array(list(values.values()), dtype=np.int64)[np.searchsorted(keys, column)]
