"""What names hold, of all files: the declared types and assigned values of variables, attributes and results of functions."""

from typing import NamedTuple

import numpy as np

from indexers import MODULE
from memoryd.graph.columns import Flags, Interner, Ints, joined, taken
from memoryd.graph.facts import FactColumns
from memoryd.graph.linking.lookup import DEPTH, NONE, Lookup
from memoryd.graph.linking.places import Types

VARIABLE, ATTRIBUTE, RETURNS = "variable", "attribute", "returns"
KINDS = (VARIABLE, ATTRIBUTE, RETURNS)
DECLARED, LITERAL = "is", "literal"


class Bindings(NamedTuple):
    """Columns with an entry per binding, ordered by holder and name.

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


def no_use_codes(words: Interner) -> list[int]:
    """Return the codes of the kinds of references that use no definition: imports, what manifests say of modules, bindings."""
    return [words.code("import"), words.code(MODULE), *binding_codes(words)]


def binding_rows(facts: FactColumns) -> Ints:
    """Return the references that are bindings."""
    found: Ints = np.flatnonzero(np.isin(facts.references.kind, binding_codes(facts.words)))
    return found


def bindings(
    facts: FactColumns, types: Types, qualnames: Lookup, known: Bindings | None = None, chosen: Flags | None = None
) -> tuple[Bindings, Lookup]:
    """Return the bindings of some facts, and where they are by holder and name.

    `known` are those of before, where nothing else differs, and `chosen` flags the files whose bindings do.
    """
    references, words, size = facts.references, facts.words, len(facts.paths)
    rows = binding_rows(facts)
    found = taken(references, rows if chosen is None else rows[chosen[references.file[rows]]])
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
    columns = Bindings(found.file[kept], scope[kept], holder[kept], found.name[kept], found.qualifier[kept], found.alias[kept])
    if known is not None and chosen is not None:
        columns = joined(taken(known, ~chosen[known.file]), columns)
    columns = taken(columns, np.argsort((columns.holder << 32) | columns.name, kind="stable"))
    return columns, Lookup(columns.holder, columns.name, np.arange(len(columns.file)))
