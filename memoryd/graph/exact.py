"""A graph with what compilers say of some of its files: their edges in place of ours, as far as they say anything of a use.

Our own graph stays as it is below it, and is what changes are patched into; so a graph with exact edges is always that of its facts.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from memoryd.graph.columns import Flags, Ints, joined, spread, taken
from memoryd.graph.facts import FactColumns
from memoryd.graph.graph import Graph
from memoryd.graph.linking import (
    EXTERNAL,
    NONE,
    Bases,
    EdgeColumns,
    Links,
    Lookup,
    Tables,
    Tier,
    edges_of,
    joined_links,
    no_use_codes,
    ranks,
    registration_codes,
)

GUESSED = (Tier.SAME_FILE, Tier.IMPORT, Tier.TYPED, Tier.UNIQUE, Tier.AMBIGUOUS)
"""The tiers of links that are wrong where a compiler says something else."""


class ExactUses(NamedTuple):
    """What compilers say of uses: columns with an entry per use. `file` is a place in `paths`; names, scopes and kinds are in `texts`.

    `target` is a place in `targets`, ids of our definitions; `NONE` for a use that means none of them.
    """

    paths: Sequence[str]
    texts: Sequence[str]
    targets: Sequence[str]
    file: Ints
    line: Ints
    name: Ints
    scope: Ints
    kind: Ints
    target: Ints


class ExactGraph(Graph):
    """A graph in which uses that compilers know of have exact edges, of tier `COMPILER`."""

    def __init__(self, base: Graph, said: ExactUses) -> None:
        """Take a graph, and what is said of files whose bytes are those of the graph."""
        vars(self).update(facts=base.facts, relinked=base.relinked, _base=base, _uses_said=_Coded.of(base, said))

    @property
    def _below(self) -> Graph:
        base: Graph = vars(self)["_base"]
        return base

    @property
    def _said(self) -> "_Coded":
        said: _Coded = vars(self)["_uses_said"]
        return said

    @cached_property
    def tables(self) -> Tables:
        """The tables of linking."""
        return self._below.tables

    @cached_property
    def inheritance(self) -> Bases:
        """The bases of types by which our own graph is linked."""
        return self._below.inheritance

    @cached_property
    def qualnames(self) -> Lookup:
        """The symbols by file and qualified name."""
        return self._below.qualnames

    @cached_property
    def container(self) -> Ints:
        """The symbol that each symbol is in."""
        return self._below.container

    @cached_property
    def _judged(self) -> tuple[Flags, Ints, Ints]:
        """The references that compilers say something of; and of those that mean definitions, the row and each node."""
        facts, said = self.facts, self._said
        references = facts.references
        no_use = [*no_use_codes(facts.words), *registration_codes(facts.words)]
        asked = np.flatnonzero(said.covered[references.file] & ~np.isin(references.kind, no_use))
        lines = max(int(references.line.max(initial=0)), int(said.line.max(initial=0))) + 1

        def keys_of(file: Ints, line: Ints, name: Ints) -> Ints:
            return (file * lines + line) * (len(facts.words.texts) + 1) + name

        keys = keys_of(*(column[asked] for column in (references.file, references.line, references.name)))
        known = keys_of(said.file, said.line, said.name)
        judged = np.zeros(len(references.file), dtype=np.bool_)
        judged[asked] = np.isin(keys, known) & ~np.isin(keys, known[said.is_gone])
        order = np.argsort(known, kind="stable")
        order = order[said.node[order] >= 0]
        asked, keys = asked[judged[asked]], keys[judged[asked]]
        spans = np.stack([np.searchsorted(known[order], keys, side) for side in ("left", "right")], axis=1)
        return judged, np.repeat(asked, spans[:, 1] - spans[:, 0]), said.node[order[spread(spans)]]

    @cached_property
    def links(self) -> Links:
        """The links of references: exact ones where compilers say what a reference means."""
        return joined_links(self._own_links, _exact_links(*self._judged[1:]))

    @cached_property
    def _own_links(self) -> Links:
        links = self._below.links
        return taken(links, ~(self._judged[0][links.row] & np.isin(links.tier, GUESSED)))

    @cached_property
    def codes(self) -> Ints:
        """The outcome of each reference; one that means none of our definitions counts as one of another project."""
        judged, rows, _ = self._judged
        codes = np.where(judged, EXTERNAL, self._below.codes)
        codes[rows] = 0
        codes[self._own_links.row] = 0
        return codes

    @cached_property
    def edges(self) -> EdgeColumns:
        """The edges: in files that compilers know, those that they say, and ours of which they say nothing."""
        facts, covered, edges = self.facts, self._said.covered, self._below.edges
        is_covered = covered[facts.home[edges.source]]
        kept = taken(edges, ~is_covered | (edges.kind == facts.words.find("import")))
        links = taken(self._own_links, covered[facts.references.file[self._own_links.row]])
        own = edges_of(facts, self.qualnames, links)
        return _merged(joined(joined(kept, own), self._said.edges(facts, self.qualnames)), facts)


class _Coded(NamedTuple):
    """What is said, in the codes and nodes of a graph. `is_gone` marks uses of definitions that are not there any more."""

    covered: Flags
    file: Ints
    line: Ints
    name: Ints
    scope: Ints
    kind: Ints
    node: Ints
    is_gone: Flags

    @classmethod
    def of(cls, graph: Graph, said: ExactUses) -> "_Coded":
        facts = graph.facts
        files = np.array([facts.numbers.get(path, NONE) for path in said.paths], dtype=np.int64)
        covered = np.zeros(len(facts.paths), dtype=np.bool_)
        covered[files[files >= 0]] = True
        # A kind that no reference of ours has is new to the table of texts; names that it does not know are used nowhere.
        kinds = {int(code): facts.words.code(said.texts[code]) for code in np.unique(said.kind)}
        codes = np.array([kinds.get(place, facts.words.find(text)) for place, text in enumerate(said.texts)] or [0], dtype=np.int64)
        nodes = np.append(graph.nodes(said.targets), NONE)
        rows = np.flatnonzero((files[said.file] >= 0) & (codes[said.name] >= 0)) if len(said.file) else said.file
        node = nodes[said.target[rows]]
        return cls(
            covered, files[said.file[rows]], said.line[rows], codes[said.name[rows]], codes[said.scope[rows]], codes[said.kind[rows]],
            node, (said.target[rows] >= 0) & (node < 0),
        )  # fmt: skip

    def edges(self, facts: FactColumns, qualnames: Lookup) -> EdgeColumns:
        rows = np.flatnonzero(self.node >= 0)
        file, scope = self.file[rows], self.scope[rows]
        symbol = np.where(scope > 0, qualnames.first(file, scope), NONE)
        source = np.where(symbol >= 0, symbol + len(facts.paths), file)
        apart = source != self.node[rows]
        rows, source = rows[apart], source[apart]
        tier = np.full(len(rows), int(Tier.COMPILER), dtype=np.int64)
        return EdgeColumns(source, self.node[rows], self.kind[rows], tier, self.line[rows], np.ones(len(rows)))


def _exact_links(rows: Ints, nodes: Ints) -> Links:
    return Links(rows, nodes, np.full(len(rows), int(Tier.COMPILER), dtype=np.int64), np.ones(len(rows)))


def _merged(edges: EdgeColumns, facts: FactColumns) -> EdgeColumns:
    """Return edges in their order, one for each source, target and kind: the surest one, at its first line."""
    before = np.where(edges.source < len(facts.paths), -1, edges.source)
    keys = (edges.line, edges.tier, edges.kind, ranks(facts, edges.kind), edges.target, before, facts.home[edges.source])
    ordered = taken(edges, np.lexsort(keys))
    columns = (ordered.source, ordered.target, ordered.kind)
    is_other = np.ones(len(ordered.source), dtype=np.bool_)
    is_other[1:] = np.any([column[1:] != column[:-1] for column in columns], axis=0) if len(ordered.source) else is_other[1:]
    return taken(ordered, is_other)
