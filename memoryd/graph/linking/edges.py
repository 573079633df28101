"""Merges links of references into edges between nodes: one per source, target and kind, the surest of its links."""

from typing import NamedTuple

import numpy as np

from indexers import REGISTRATIONS
from memoryd.graph.columns import Flags, Ints, inserted, joined, spread, taken
from memoryd.graph.facts import FactColumns
from memoryd.graph.linking.lookup import EXTERNAL, NONE, UNKNOWN, Lookup
from memoryd.graph.linking.tables import Tables
from memoryd.graph.linking.tiers import Links, Tier, Weights


class EdgeColumns(NamedTuple):
    """Edges ordered by source (a file before its symbols), target, kind. Nodes are numbers, `kind` is a code of `Interner`."""

    source: Ints
    target: Ints
    kind: Ints
    tier: Ints
    line: Ints
    weight: Weights


def joined_links(first: Links, second: Links) -> Links:
    """Return both sets of links, ordered by reference."""
    both = joined(first, second)
    return taken(both, np.argsort(both.row, kind="stable"))


def merged_links(first: Links, second: Links) -> Links:
    """Return both sets of links, each of which is ordered by reference, as `joined_links` does."""
    return inserted(first, np.searchsorted(first.row, second.row, side="right"), second)


def import_links(tables: Tables, chosen: Flags, codes: Ints) -> Links:
    """Return the links of the imports in chosen files, and write the outcome of each import to `codes`, as `Linker.link` does."""
    imports = tables.imports
    at = np.flatnonzero((imports.row >= 0) & chosen[imports.file])
    all_rows = _import_rows(tables, chosen)
    rows = all_rows[np.searchsorted(tables.facts.references.file[all_rows], imports.file[at]) + imports.row[at]]
    is_file = (imports.module[at] >= 0) & (imports.module[at] < tables.files)
    target = np.where((imports.target[at] == UNKNOWN) & is_file, imports.module[at], imports.target[at])
    codes[rows] = np.where(target >= 0, 0, np.where(target == NONE, EXTERNAL, target))
    single = (target >= 0) & (target < tables.nodes) & (imports.module[at] != imports.file[at])
    inside = np.flatnonzero(target >= tables.nodes)
    # A folder stands for the files in it; of Go, without tests, which no other package sees.
    linked = np.flatnonzero(tables.facts.families[1] > 0)
    files = Lookup(tables.folder_of[linked], tables.facts.families[1][linked], linked)
    start, count = files.span(target[inside] - tables.nodes, tables.facts.families[1][imports.file[at[inside]]])
    query, file = files.all(start, count)
    numbers, back = np.unique(file, return_inverse=True)
    shown = np.array([not tables.facts.paths[number].endswith("_test.go") for number in numbers.tolist()], dtype=np.bool_)
    is_shown = shown[back.reshape(-1)]
    query, file = query[is_shown], file[is_shown]
    count = np.bincount(query, minlength=len(inside))
    return Links(
        np.concatenate([rows[single], rows[inside[query]]]),
        np.concatenate([target[single], file]),
        np.full(int(single.sum()) + len(file), int(Tier.IMPORT), dtype=np.int64),
        np.concatenate([np.ones(int(single.sum())), 1.0 / count[query] if len(file) else np.zeros(0)]),
    )


def _import_rows(tables: Tables, chosen: Flags) -> Ints:
    facts = tables.facts
    rows = spread(facts.rows_of(np.flatnonzero(chosen & (facts.families[1] > 0))))
    found: Ints = rows[facts.references.kind[rows] == facts.words.code("import")]
    return found


def edges_of(facts: FactColumns, qualnames: Lookup, links: Links) -> EdgeColumns:
    """Return the edges of links, sorted. A reference of a symbol to itself (recursion) makes no edge."""
    references, size = facts.references, len(facts.paths)
    file = references.file[links.row]
    scope = references.scope[links.row]
    symbol = np.where(scope > 0, qualnames.first(file, scope), NONE)
    # What is registered where it is defined is called from outside of itself.
    symbol[references.name[links.row] == 0] = NONE
    source = np.where(symbol >= 0, symbol + size, file)
    position = np.where(symbol >= 0, symbol + file + 1, facts.symbol_starts[file] + file)
    kind = references.kind[links.row]
    rank = ranks(facts, kind)
    key = ((position * (facts.nodes + 1) + links.target) * 16 + rank) * 8 + links.tier
    order = np.argsort(key, kind="stable")
    order = order[source[order] != links.target[order]]
    starts = np.flatnonzero(np.append(True, np.diff(key[order] >> 3) != 0)) if len(order) else order
    first = order[starts]
    return EdgeColumns(
        source[first], links.target[first], kind[first], links.tier[first],
        np.minimum.reduceat(references.line[links.row][order], starts) if len(starts) else starts,
        np.maximum.reduceat(links.weight[order], starts) if len(starts) else np.zeros(0),
    )  # fmt: skip


KINDS = ("call", "import", "inherit", "type", *REGISTRATIONS)
"""The kinds of edges in the order in which edges are sorted; any other kind comes last."""


def ranks(facts: FactColumns, kind: Ints) -> Ints:
    """Return the position of each kind in the order of edges."""
    rank = np.full(len(kind), len(KINDS), dtype=np.int64)
    for number, name in enumerate(KINDS):
        rank[kind == facts.words.code(name)] = number
    return rank
