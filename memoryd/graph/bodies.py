"""Patches a graph after edits that no other file can notice: those of bodies. What other files refer to stays as it is, row by row.

The references of the files that were edited are linked again and exchanged; all others move: that alone costs more the larger a project.
"""

from typing import NamedTuple

import numpy as np

from memoryd.graph.columns import Ints, exchanged, exchanged_in, flagged, spread
from memoryd.graph.facts import FactColumns
from memoryd.graph.linking import (
    Bases,
    EdgeColumns,
    Linker,
    Links,
    Tables,
    edges_of,
    import_links,
    joined_links,
    no_use_codes,
)

TO_COME = -9
"""Stands for the outcome of a reference that is not linked yet: no other has this number, so what it is written to is always a copy."""


class Linked(NamedTuple):
    """The links of all references, the outcome of each, all edges, and the ends of those that went or came, ascending."""

    links: Links
    codes: Ints
    edges: EdgeColumns
    ends: Ints


def with_bodies(tables: Tables, bases: Bases, before: FactColumns, linked: Linked, files: Ints) -> Linked:
    """Return what is linked with the tables of new facts, which differ from those before in the bodies of some files alone, ascending."""
    facts, numbers = tables.facts, np.zeros(0, dtype=np.int64)
    was, now = before.rows_of(files), facts.rows_of(files)
    codes = exchanged_in(linked.codes, was, np.full(int(now.max(initial=0)), TO_COME, dtype=np.int64), now)
    rows, chosen = spread(now), flagged(files, len(facts.paths))
    codes[rows] = 0
    kind, words = facts.references.kind[rows], facts.words
    base, no_use = words.code("inherit"), no_use_codes(words)
    found = Links(numbers, numbers, numbers, np.zeros(0))
    for asked, known in (
        (rows[kind == base], Bases(numbers, numbers, numbers)), (rows[~np.isin(kind, [base, *no_use])], bases),
    ):  # fmt: skip
        linking, codes[asked] = Linker(tables, known).link(asked)
        found = joined_links(found, linking)
    edges = edges_of(facts, tables.qualnames, joined_links(import_links(tables, chosen, codes), found))
    return Linked(_moved(linked.links, was, found, now), codes, *_exchanged_edges(facts, linked.edges, edges, files))


def _moved(links: Links, was: Ints, found: Links, now: Ints) -> Links:
    """Return links with those of some spans of references replaced, and the others at the new rows of theirs."""
    gone, come = np.searchsorted(links.row, was), np.searchsorted(found.row, now)
    cuts = np.append(0, np.append(gone[:, 1], len(links.row)))
    row = links.row + np.repeat(np.append(0, now[:, 1] - was[:, 1]), np.diff(cuts))
    return exchanged(links._replace(row=row), gone, found, come)


def _exchanged_edges(facts: FactColumns, edges: EdgeColumns, others: EdgeColumns, files: Ints) -> tuple[EdgeColumns, Ints]:
    gone, come = (np.searchsorted(facts.home[one.source], np.column_stack([files, files + 1])) for one in (edges, others))
    rows = [
        set(zip(*(column[spread(spans)].tolist() for column in (one.source, one.target, one.kind, one.tier, one.weight)), strict=True))
        for one, spans in ((edges, gone), (others, come))
    ]
    ends = {node for source, target, *_ in rows[0] ^ rows[1] for node in (source, target)}
    return exchanged(edges, gone, others, come), np.array(sorted(ends), dtype=np.int64)
