"""Infers what a chain of names, members and calls is: a type, an instance of one, a function, a module.

Each chain is followed on its own, through what names hold and functions return, at most `BINDINGS` bindings far. So the same facts give
the same answer, whatever else is asked.
"""

from typing import NamedTuple

import numpy as np

from memoryd.graph.columns import CALLER, Flags, Ints
from memoryd.graph.linking.bindings import DECLARED, LITERAL
from memoryd.graph.linking.hierarchy import Hierarchy
from memoryd.graph.linking.lookup import EXTERNAL, NONE
from memoryd.graph.linking.names import Names
from memoryd.graph.linking.tables import Tables

BINDINGS = 4
"""The most bindings that are followed from one to the next."""
STEPS = 24
"""The most names of a chain."""
MOST_BINDINGS = 6
"""The most values of one name that are compared; a name with more is not followed."""
SCOPES = 6
"""The most scopes around a use in which a name is looked for."""
SELVES = ("self", "cls", "this", "Self", "static")
"""Names of the object, or of the type, around a use."""
READ_OUTSIDE = frozenset({"go"})
"""Families in which a value is read before its name is known: `cart := cart.New()`."""
Asked = tuple[Ints, Ints, Ints]
"""Places, and for each the holder and the name of what is asked for there."""


class Kinds(NamedTuple):
    """What chains are: a node, `NONE` or `EXTERNAL`, and whether an instance of that type is meant."""

    node: Ints
    is_instance: Flags


class Typing:
    """Follows chains in one set of tables."""

    def __init__(self, tables: Tables, hierarchy: Hierarchy, names: Names) -> None:
        self._tables, self._hierarchy, self._names = tables, hierarchy, names
        self._bindings, self._by_holder = tables.held
        words = tables.facts.words
        self._declared, self._literal = words.find(DECLARED), words.find(LITERAL)
        self._caller = words.code(CALLER)
        self._outside = tables.facts.of_families(READ_OUTSIDE)
        # Found or not, chains that are read later may say them.
        self._selves = words.codes(SELVES)

    def kinds(self, file: Ints, scope: Ints, chain: Ints, depth: Ints, own: Ints | None = None) -> Kinds:
        """Return what chains, given by the codes of their texts, are in some scopes, by following at most `depth` bindings each.

        A chain that begins with the name `own` is read outside of its scope: that of `cart: cart.Cart`.
        """
        chains, back = np.unique(chain, return_inverse=True)
        names, calls, lengths = self._parsed(chains)
        back = back.reshape(-1)
        names, calls, lengths = names[back], calls[back], lengths[back]
        if own is not None:
            outer = self._tables.types.container[scope] if len(self._tables.types.container) else scope
            scope = np.where((own == names[:, 0]) & (scope >= 0), outer, scope)
        node, is_instance = self._head(file, scope, names[:, 0], depth)
        self._call(node, is_instance, np.flatnonzero(calls[:, 0]), depth)
        for step in range(1, STEPS):
            at = np.flatnonzero((lengths > step) & (node >= 0))
            if not len(at):
                break
            node[at], is_instance[at] = self._member(file[at], node[at], names[at, step], calls[at, step], depth[at])
            self._call(node, is_instance, at[calls[at, step]], depth)
        node[lengths == 0] = NONE
        return Kinds(node, is_instance)

    def _parsed(self, chains: Ints) -> tuple[Ints, Flags, Ints]:
        """Return the names of each chain, which of them are called, and how many there are; 0 for what is no chain."""
        words = self._tables.facts.words
        names, calls = np.zeros((len(chains), STEPS), dtype=np.int64), np.zeros((len(chains), STEPS), dtype=np.bool_)
        lengths = np.zeros(len(chains), dtype=np.int64)
        for place, code in enumerate(chains.tolist()):
            steps = words.chain(code)
            if 0 < len(steps) <= STEPS:
                lengths[place] = len(steps)
                for number, (name, is_called) in enumerate(steps):
                    names[place, number], calls[place, number] = name, is_called
        return names, calls, lengths

    def held_at_depths(self, holder: Ints, name: Ints) -> tuple[Flags, Kinds]:
        """Tell which of some names their holders have, and what these hold: `BINDINGS` columns, by the bindings that may be followed."""
        depth = np.arange(1, BINDINGS + 1)
        node, is_instance = self._held(np.repeat(holder, BINDINGS), np.repeat(name, BINDINGS), np.tile(depth, len(holder)))
        return self._by_holder.first(holder, name) >= 0, Kinds(node.reshape(-1, BINDINGS), is_instance.reshape(-1, BINDINGS))

    def _head(self, file: Ints, scope: Ints, name: Ints, depth: Ints) -> tuple[Ints, Flags]:
        tables, size = self._tables, self._tables.files
        node, is_instance = np.full(len(file), NONE, dtype=np.int64), np.zeros(len(file), dtype=np.bool_)
        around = tables.types.around(scope)
        own = np.isin(name, self._selves) & (around >= 0)
        node[own], is_instance[own] = around[own] + size, True
        left = np.flatnonzero(~own)
        bound = self._bound(file[left], scope[left], name[left])
        held = bound >= 0
        free = left[~held]
        node[free], _ = self._names.named(file[free], scope[free], name[free])
        self._fill(node, is_instance, depth, [(left[held], bound[held], name[left[held]]), self._variables(node, free)])
        return node, is_instance

    def _variables(self, node: Ints, at: Ints) -> Asked:
        """Return where variables are among some places of `node`, with their holders and names."""
        tables, size = self._tables, self._tables.files
        at = at[(node[at] >= size) & (node[at] < tables.nodes)]
        symbol = node[at] - size
        is_variable = ~(tables.types.is_callable[symbol] | tables.types.is_type[symbol])
        at, symbol = at[is_variable], symbol[is_variable]
        container = tables.types.container[symbol]
        return at, np.where(container >= 0, container + size, tables.facts.symbols.file[symbol]), tables.facts.symbols.name[symbol]

    def _fill(self, node: Ints, is_instance: Flags, depth: Ints, asked: list[Asked]) -> None:
        """Write to places what names hold, as far as bindings may be followed there; all at once, since few are as dear as many."""
        at, holder, name = (np.concatenate(parts) for parts in zip(*asked, strict=True))
        node[at] = NONE
        deep = depth[at] > 0
        at, holder, name = at[deep], holder[deep], name[deep]
        if len(at):
            node[at], is_instance[at] = self._held(holder, name, depth[at])

    def _bound(self, file: Ints, scope: Ints, name: Ints) -> Ints:
        """Return the function, or the file, in which each name holds something; `NONE` where none around it does."""
        found = self.local(file, scope, name)
        left = np.flatnonzero(found < 0)
        found[left] = np.where(self._by_holder.first(file[left], name[left]) >= 0, file[left], NONE)
        return found

    def local(self, file: Ints, scope: Ints, name: Ints) -> Ints:
        """Return the function in which each name holds something; `NONE` where none around it does."""
        size = self._tables.files

        def holding(here: Ints, name: Ints) -> Ints:
            return np.where(self._by_holder.first(here + size, name) >= 0, here + size, NONE)

        return self._names.outwards(file, scope, name, holding, SCOPES)

    def _held(self, holder: Ints, name: Ints, depth: Ints) -> tuple[Ints, Flags]:
        """Return what names hold in their holders: what all their bindings that are known agree on."""
        start, count = self._by_holder.span(holder, name)
        query, row = self._by_holder.all(start, np.where(count <= MOST_BINDINGS, count, 0))
        bindings = self._bindings
        declares = bindings.how[row] == self._declared
        has_declared = np.zeros(len(holder), dtype=np.bool_)
        has_declared[query[declares]] = True
        kept = declares | ~has_declared[query]
        query, row = query[kept], row[kept]
        if not len(row):
            return np.full(len(holder), NONE, dtype=np.int64), np.zeros(len(holder), dtype=np.bool_)
        keys, back = np.unique(row * (BINDINGS + 1) + depth[query], return_inverse=True)
        rows, deeper = keys // (BINDINGS + 1), keys % (BINDINGS + 1) - 1
        outside = (bindings.how[rows] == self._declared) | self._outside[bindings.file[rows]]
        own = np.where(outside, bindings.name[rows], NONE)
        node, is_instance = self.kinds(bindings.file[rows], bindings.scope[rows], bindings.value[rows], deeper, own)
        node[bindings.how[rows] == self._literal] = EXTERNAL
        # An instance of a declared type; a declared name that is nothing here is of the language or of another project.
        declared = bindings.how[rows] == self._declared
        is_symbol = (node >= self._tables.files) & (node < self._tables.nodes)
        is_type = np.zeros(len(rows), dtype=np.bool_)
        is_type[is_symbol] = self._tables.types.is_type[node[is_symbol] - self._tables.files]
        node[declared & (node == NONE)] = EXTERNAL
        node[declared & (node >= 0) & ~is_type] = NONE
        is_instance |= declared & is_type
        node, is_instance = node[back.reshape(-1)], is_instance[back.reshape(-1)]
        return self._agreed(len(holder), query, node, is_instance)

    @staticmethod
    def _agreed(size: int, query: Ints, node: Ints, is_instance: Flags) -> tuple[Ints, Flags]:
        found, instance = np.full(size, NONE, dtype=np.int64), np.zeros(size, dtype=np.bool_)
        known = node != NONE
        query, node, is_instance = query[known], node[known], is_instance[known]
        found[query], instance[query] = node, is_instance
        differs = np.zeros(size, dtype=np.bool_)
        differs[query[(found[query] != node) | (instance[query] != is_instance)]] = True
        found[differs] = NONE
        return found, instance

    def _call(self, node: Ints, is_instance: Flags, at: Ints, depth: Ints) -> None:
        """Replace what is called by what that gives: an instance of a type, the result of a function."""
        tables, size = self._tables, self._tables.files
        at = at[(node[at] != EXTERNAL) & (node[at] != NONE)]
        if not len(at):
            return
        here = node[at]
        is_symbol = (here >= size) & (here < tables.nodes)
        symbol = np.where(is_symbol, here - size, 0)
        makes = is_symbol & ~is_instance[at]
        makes &= tables.types.is_type[symbol] if len(tables.types.is_type) else False
        called = np.flatnonzero(is_symbol & is_instance[at])
        member, _ = self._hierarchy.members(
            tables.facts.symbols.file[symbol[called]],
            symbol[called],
            np.full(len(called), self._caller),
            np.zeros(len(called), dtype=np.bool_),
        )
        node[at[called]] = member
        is_instance[at[called]] = False
        here = node[at]
        is_symbol = (here >= size) & (here < tables.nodes)
        symbol = np.where(is_symbol, here - size, 0)
        gives = is_symbol & ~makes
        gives &= tables.types.is_callable[symbol] if len(tables.types.is_callable) else False
        is_instance[at[makes]] = True
        functions = at[gives]
        self._fill(node, is_instance, depth, [(functions, node[functions], np.zeros(len(functions), dtype=np.int64))])
        node[at[~makes & ~gives]] = NONE

    def _member(self, file: Ints, node: Ints, name: Ints, is_called: Flags, depth: Ints) -> tuple[Ints, Flags]:
        """Return what members are: those of types and what their attributes hold, or what modules define."""
        tables, size = self._tables, self._tables.files
        found, is_instance = np.full(len(node), NONE, dtype=np.int64), np.zeros(len(node), dtype=np.bool_)
        is_symbol = (node >= size) & (node < tables.nodes)
        symbols = np.flatnonzero(is_symbol)
        symbols = symbols[tables.types.is_type[node[symbols] - size]]
        member, _ = self._hierarchy.members(file[symbols], node[symbols] - size, name[symbols], np.zeros(len(symbols), dtype=np.bool_))
        is_function = np.zeros(len(symbols), dtype=np.bool_)
        is_function[member >= 0] = (tables.types.is_callable | tables.types.is_type)[member[member >= 0] - size]
        found[symbols[is_function]] = member[is_function]
        # A function that is not called where its name stands is a property: it stands for its result.
        properties = symbols[is_function][~is_called[symbols[is_function]]]
        properties = properties[self._is_function(found[properties])]
        left = symbols[~is_function]
        holder = self._hierarchy.nearest(node[left] - size, lambda types, at: self._by_holder.first(types + size, name[left][at]) >= 0)
        held = holder >= 0
        modules = np.flatnonzero(~is_symbol)
        found[modules] = tables.exports(node[modules], name[modules])
        results = (properties, found[properties], np.zeros(len(properties), dtype=np.int64))
        attributes = (left[held], holder[held] + size, name[left[held]])
        self._fill(found, is_instance, depth, [results, attributes, self._variables(found, modules)])
        return found, is_instance

    def _is_function(self, node: Ints) -> Flags:
        return np.asarray(self._tables.types.is_callable[node - self._tables.files])
