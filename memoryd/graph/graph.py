"""The graph of a project: files and symbols are nodes, references are edges. Immutable: patching returns a new graph."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from memoryd.graph import centrality, views
from memoryd.graph.bodies import Linked, with_bodies
from memoryd.graph.columns import Flags, Ints
from memoryd.graph.facts import FactColumns
from memoryd.graph.linking import (
    ANNOUNCED,
    EXTERNAL,
    NONE,
    Announcing,
    Bases,
    CandidateFeatures,
    Candidates,
    EdgeColumns,
    Linker,
    Links,
    Lookup,
    OpenReferences,
    Tables,
    Tier,
    Weights,
    bases_of,
    binding_rows,
    build,
    edges_of,
    import_links,
    joined_links,
    known_modules,
    no_use_codes,
    probability_of,
)
from memoryd.graph.mounts import Mounts, mounts_of
from memoryd.graph.patching import Patch
from memoryd.graph.uses import (
    ImportStatement,
    Misses,
    Registration,
    Use,
    meaning,
    misses,
    misses_in,
    references_of,
    registrations_at,
)
from memoryd.text import file_id, split_id, symbol_id

if TYPE_CHECKING:
    import networkx as nx


class Edge(NamedTuple):
    """One use of a definition. Ids are `path#qualname`, or the path for code outside of symbols and for imported files.

    `line` is the first line of the use in the source's file; `weight` is 1 if the target is certain, else how likely it is.
    """

    source: str
    target: str
    kind: str
    tier: Tier
    line: int
    weight: float


class Counts(NamedTuple):
    """The number of references that are linked, mean another project, have too many definitions to choose from, or none."""

    linked: int
    external: int
    ambiguous: int
    unresolved: int


@dataclass(frozen=True, eq=False)
class Graph:
    """Files and symbols with the edges between them; `relinked` are the paths of files whose references were linked to make it."""

    facts: FactColumns
    tables: Tables
    inheritance: Bases
    links: Links
    codes: Ints
    edges: EdgeColumns
    relinked: tuple[str, ...]

    @classmethod
    def link(cls, facts: FactColumns) -> "Graph":
        """Link all references of some facts."""
        tables = build(facts, known_modules(facts))
        references, words = facts.references, facts.words
        no_bases = bases_of(tables, _no_links())
        is_base = references.kind == words.code("inherit")
        codes = np.zeros(len(references.kind), dtype=np.int64)
        inherited, codes[is_base] = Linker(tables, no_bases).link(np.flatnonzero(is_base))
        bases = bases_of(tables, inherited)
        uses = np.flatnonzero(~is_base & ~np.isin(references.kind, no_use_codes(words)))
        used, codes[uses] = Linker(tables, bases).link(uses)
        links = joined_links(inherited, used)
        imported = import_links(tables, np.ones(len(facts.paths), dtype=np.bool_), codes)
        return cls(facts, tables, bases, links, codes, edges_of(facts, tables.qualnames, joined_links(imported, links)), facts.paths)

    def patched(self, removed: Iterable[str], added: FactColumns) -> "Graph":
        """Return the graph without the files `removed` and with those `added` (a path may be in both, or only in `added`).

        Equals `link` of the resulting facts; only what the change can affect is linked again.
        """
        added = added.onto(self.facts.words)
        facts = self.facts.patched(removed, added)
        patch = Patch.between(self.tables, self.inheritance, self.links, facts, {*removed, *added.paths}, set(added.paths))
        if patch.same:
            return self._with_bodies(patch.tables, np.flatnonzero(patch.changed))
        codes = np.zeros(len(facts.references.kind), dtype=np.int64)
        kept_rows = np.flatnonzero(patch.row_map >= 0)
        codes[patch.row_map[kept_rows]] = self.codes[kept_rows]
        bases, links = patch.relinked(self.links, codes)
        dirty = patch.dirty_files()
        imported = import_links(patch.tables, dirty, codes)
        edges, ends = patch.edges(self.edges, joined_links(imported, links), dirty)
        graph = Graph(facts, patch.tables, bases, links, codes, edges, tuple(facts.paths[n] for n in np.flatnonzero(dirty).tolist()))
        graph._follow(patch.walk(self.known_walk), np.union1d(ends, patch.regrouped()))
        return graph

    def _with_bodies(self, tables: Tables, files: Ints) -> "Graph":
        """Return the graph with tables that differ in the bodies of some files alone."""
        linked = with_bodies(tables, self.inheritance, self.facts, Linked(self.links, self.codes, self.edges, files[:0]), files)
        paths = tuple(tables.facts.paths[number] for number in files.tolist())
        graph = Graph(tables.facts, tables, self.inheritance, linked.links, linked.codes, linked.edges, paths)
        graph._follow(self.known_walk, linked.ends)
        return graph

    def _follow(self, walk: "centrality.Walk | None", changed: Ints) -> None:
        """Take the walk of the graph before, in our numbers, if it was made; the steps from the nodes `changed` are others."""
        if walk is not None:
            vars(self)["walk"] = centrality.patched(walk, self.facts, self.container, self.edges, changed)

    @cached_property
    def counts(self) -> Counts:
        """The number of references by outcome."""
        linked = self.facts.families[1][self.facts.references.file] > 0
        linked[binding_rows(self.facts)] = False
        codes = self.codes[linked]
        return Counts(
            int(np.sum(codes == 0)), int(np.sum(codes == EXTERNAL)), int(np.sum(codes > 0)), int(np.sum((codes < 0) & (codes != EXTERNAL)))
        )

    def left_open(self) -> tuple[OpenReferences, Candidates, CandidateFeatures]:
        """Return the references that no rule resolves, what they may mean by their names, and what speaks for it: to learn odds from."""
        references, words = self.facts.references, self.facts.words
        is_use = ~np.isin(references.kind, [words.code("inherit"), *no_use_codes(words)])
        linker = Linker(self.tables, self.inheritance)
        asked = linker.left_open(np.flatnonzero(is_use))
        found = linker.comparing.candidates(asked)
        return asked, found, linker.comparing.features(asked, found)

    def node(self, id_: str) -> int:
        """Return the number of the file or symbol with an id, -1 if there is none."""
        return int(self.nodes([id_])[0])

    def is_linked(self, node: int) -> bool:
        """Tell whether a node is code whose references are linked."""
        return bool(self.facts.families[1][self.facts.home[node]] > 0)

    def nodes(self, ids: Sequence[str]) -> Ints:
        """Return the numbers of files and symbols by their ids, -1 for what is neither."""
        files, names = np.array([self._home_and_name(id_) for id_ in ids], dtype=np.int64).reshape(-1, 2).T
        symbols = self.qualnames.first(files, names)
        named = np.where((symbols >= 0) & (names > 0), symbols + len(self.facts.paths), NONE)
        return np.where(names == 0, files, named)

    def definitions(self, nodes: Ints) -> tuple[Ints, Ints]:
        """Return what defines those of some nodes that only announce it, such as prototypes: the place of each among these, and the node.

        What several files define is not told.
        """
        files = len(self.facts.paths)
        places = np.flatnonzero(nodes >= files)
        places = places[self.facts.of_families(ANNOUNCED)[self.facts.home[nodes[places]]]]
        if not len(places):
            return places, places
        at, found, _ = self._announcing.definitions(nodes[places] - files)
        single = np.bincount(at, minlength=len(places))[at] == 1
        return places[at[single]], found[single] + files

    def _home_and_name(self, id_: str) -> tuple[int, int]:
        """Return the number of the file that an id names, and the code of the qualname in it: 0 for the file itself."""
        path, rest = split_id(id_)
        return self.facts.numbers.get(path, NONE), NONE if rest.startswith(":") else self.facts.words.find(rest[1:])

    def ids(self, nodes: Ints) -> list[str]:
        """Return the ids of files and symbols."""
        paths, files = self.facts.paths, len(self.facts.paths)
        symbols = np.maximum(nodes - files, 0)
        names = self.facts.symbols.qualname[symbols] if len(self.facts.symbols.qualname) else np.zeros_like(symbols)
        texts = self.facts.words.texts_of(names.tolist())
        return [
            symbol_id(paths[home], name) if node >= files else file_id(paths[home])
            for node, home, name in zip(nodes.tolist(), self.facts.home[nodes].tolist(), texts, strict=True)
        ]

    @property
    def qualnames(self) -> Lookup:
        """The symbols by file and qualified name."""
        return self.tables.qualnames

    @property
    def container(self) -> Ints:
        """The symbol that each symbol is in, `NONE` for one that is in none."""
        return self.tables.types.container

    @cached_property
    def _announcing(self) -> Announcing:
        return Announcing(self.tables)

    @cached_property
    def _by_source(self) -> Lookup:
        return _index(self.edges.source)

    @cached_property
    def _by_target(self) -> Lookup:
        return _index(self.edges.target)

    @cached_property
    def _by_source_file(self) -> Lookup:
        return _index(np.where(self._is_import, self.facts.home[self.edges.source], len(self.facts.home)))

    @cached_property
    def _by_target_file(self) -> Lookup:
        return _index(np.where(self._is_import, self.facts.home[self.edges.target], len(self.facts.home)))

    @cached_property
    def _is_import(self) -> Flags:
        found: Flags = self.edges.kind == self.facts.words.code("import")
        return found

    def callers(self, id_: str) -> tuple[Edge, ...]:
        """Return the edges that reach a node, all kinds but imports; surest first, then by source."""
        return self._sorted([edge for edge in self._at(self._by_target, self.node(id_)) if edge.kind != "import"])

    def callees(self, id_: str) -> tuple[Edge, ...]:
        """Return the edges that leave a node, all kinds but imports; surest first, then by target."""
        return self._sorted([edge for edge in self._at(self._by_source, self.node(id_)) if edge.kind != "import"])

    def certain_callers(self, id_: str) -> dict[str, int]:
        """Return who calls a node and cannot mean another definition, each with the first line where it does."""
        return self._first_calls(self._places(self._by_target, self.node(id_)), self.edges.source)

    def certain_callees(self, id_: str) -> dict[str, int]:
        """Return what a node calls for certain, each with the first line where it does."""
        return self._first_calls(self._places(self._by_source, self.node(id_)), self.edges.target)

    def bases(self, id_: str) -> tuple[Edge, ...]:
        """Return what a type inherits from."""
        return tuple(edge for edge in self.callees(id_) if edge.kind == "inherit")

    def subclasses(self, id_: str) -> tuple[Edge, ...]:
        """Return what inherits from a type."""
        return tuple(edge for edge in self.callers(id_) if edge.kind == "inherit")

    def imports(self, path: str) -> tuple[Edge, ...]:
        """Return the files and symbols a file imports."""
        return self._sorted(self._at(self._by_source_file, self.facts.numbers.get(path, NONE)))

    def importers(self, path: str) -> tuple[Edge, ...]:
        """Return the imports of a file, or of anything in it, by other files."""
        return self._sorted(self._at(self._by_target_file, self.facts.numbers.get(path, NONE)))

    def uses(self, path: str, kind: str, name: str, target: str) -> tuple[Use, ...]:
        """Return the references of a kind in a file that have the name `name`, or a link to the node `target` (an id; "" for none)."""
        node = self.node(target) if target else NONE
        return tuple(map(self._use, meaning(self.facts, self.links, references_of(self.facts, path, kind), name, node).tolist()))

    def import_statements(self, path: str) -> tuple[ImportStatement, ...]:
        """Return the imports of a file as written, whether or not their modules are in the project."""
        return tuple(map(self._import_statement, references_of(self.facts, path, "import").tolist()))

    def _use(self, row: int) -> Use:
        references, text = self.facts.references, self.facts.words.text
        first, last = np.searchsorted(self.links.row, [row, row + 1])
        tiers, linked = self.links.tier[first:last], self.links.target[first:last]
        name, qualifier, scope = (text(column[row]) for column in (references.name, references.qualifier, references.scope))
        targets = tuple(self.ids(linked[linked < self.facts.nodes]))
        is_certain = bool(len(tiers)) and int(tiers.min()) < Tier.AMBIGUOUS
        return Use(name, qualifier, scope, int(references.line[row]), targets, is_certain, bool(self.codes[row] == EXTERNAL))

    def _import_statement(self, row: int) -> ImportStatement:
        references, text = self.facts.references, self.facts.words.text
        module, name, alias = (text(column[row]) for column in (references.qualifier, references.name, references.alias))
        return ImportStatement(module, name, int(references.line[row]), bool(self.codes[row] == EXTERNAL), alias)

    @cached_property
    def _mounts(self) -> Mounts:
        return mounts_of(self.facts, lambda: self.tables)

    def registrations(self, nodes: Ints) -> list[Registration]:
        """Return what is registered of some nodes, by its place."""
        rows = np.flatnonzero(np.isin(self.links.target, nodes))
        return sorted(
            registrations_at(self.facts, self.links, rows, self.ids, lambda: self._mounts), key=lambda one: (one.source, one.line)
        )

    @cached_property
    def routes(self) -> list[Registration]:
        """All routes, by their places."""
        is_route = self.facts.references.kind[self.links.row] == self.facts.words.find("route")
        return registrations_at(self.facts, self.links, np.flatnonzero(is_route), self.ids, lambda: self._mounts)

    def into(self, nodes: Ints) -> tuple[Ints, Ints]:
        """Return the edges that reach some nodes: the position of each one's target among these, and its place in `edges`."""
        return self._by_target.all(*self._by_target.span(nodes, np.zeros_like(nodes)))

    def out_of(self, nodes: Ints) -> tuple[Ints, Ints]:
        """Return the edges that leave some nodes: the position of each one's source among these, and its place in `edges`."""
        return self._by_source.all(*self._by_source.span(nodes, np.zeros_like(nodes)))

    @cached_property
    def probabilities(self) -> Weights:
        """The probability of each edge: that of its tier, or of the candidate that it is."""
        return probability_of(self.edges.tier, self.edges.weight)

    def misses(self, names: Sequence[str], kind: str, needs_receiver: bool) -> Misses:
        """Return the references of a kind with one of some names, and those of them that could not be resolved."""
        return misses(self.facts, self.codes, names, kind, needs_receiver)

    def misses_in(self, path: str, kind: str, scopes: Collection[str]) -> Misses:
        """Return the references of a kind in some symbols of a file, by qualname, and those of them that could not be resolved."""
        return misses_in(self.facts, self.codes, references_of(self.facts, path, kind), scopes)

    def with_unknown_bases(self) -> Ints:
        """Return the nodes of types that inherit from something that is linked to nothing, ascending."""
        references = self.facts.references
        rows = np.flatnonzero((references.kind == self.facts.words.find("inherit")) & (self.codes != 0))
        symbols = self.qualnames.first(references.file[rows], references.scope[rows])
        found: Ints = np.unique(symbols[symbols >= 0]) + len(self.facts.paths)
        return found

    def _at(self, lookup: Lookup, node: int) -> list[Edge]:
        return self.edges_at(self._places(lookup, node))

    @staticmethod
    def _places(lookup: Lookup, node: int) -> Ints:
        """Return the places in `edges` that an index has for a node."""
        start, count = lookup.span(np.array([node]), np.zeros(1, dtype=np.int64))
        return lookup.all(start, count)[1]

    def _first_calls(self, places: Ints, ends: Ints) -> dict[str, int]:
        """Return the nodes at the other ends of those of some edges that are certain calls; no edge is made for it."""
        is_certain = (self.edges.kind[places] == self.facts.words.find("call")) & (self.edges.tier[places] < Tier.AMBIGUOUS)
        certain = places[is_certain]
        nodes, which = np.unique(ends[certain], return_inverse=True)
        lines = np.full(len(nodes), np.iinfo(np.int64).max)
        np.minimum.at(lines, which, self.edges.line[certain])
        return dict(zip(self.ids(nodes), lines.tolist(), strict=True))

    def edges_at(self, places: Ints) -> list[Edge]:
        """Return the edges at some places of `edges`."""
        edges, text = self.edges, self.facts.words.text
        sources, targets = self.ids(edges.source[places]), self.ids(edges.target[places])
        columns = (column[places].tolist() for column in (edges.kind, edges.tier, edges.line, edges.weight))
        return [
            Edge(source, target, text(kind), Tier(tier), line, weight)
            for source, target, kind, tier, line, weight in zip(sources, targets, *columns, strict=True)
        ]

    @staticmethod
    def _sorted(edges: list[Edge]) -> tuple[Edge, ...]:
        return tuple(sorted(edges, key=lambda edge: (edge.tier, edge.target, edge.source, edge.kind)))

    def nearby(self, seeds: Mapping[str, float], limit: int) -> centrality.Near:
        """Return at most `limit` nodes near the seeds, with a lower bound of the personalised PageRank of each.

        The seeds are weights by id; unknown ids are ignored. The time does not depend on the size of the project.
        """
        start = {node: weight for node, weight in zip(self.nodes(list(seeds)).tolist(), seeds.values(), strict=True) if node >= 0}
        nodes, scores = centrality.around(self.walk, start)
        nearest = np.lexsort((nodes, -np.round(scores, 12)))[:limit]
        return centrality.Near(nodes[nearest], scores[nearest])

    def neighbours(self, nodes: Ints) -> centrality.Neighbours:
        """Return which of some nodes are a step from which of them, by an edge or as its container."""
        return centrality.neighbours(self.walk, nodes)

    def prepare(self) -> None:
        """Make in advance what many questions would profit from, and a single one would not."""
        _ = self.walk, self.qualnames, self.facts.numbers, self.facts.home

    def central(self, limit: int) -> dict[str, float]:
        """Return the files and symbols with the highest PageRank, highest first."""
        # Rounding turns scores that differ only by the order of summation into ties, which the node's number decides.
        order = np.argsort(-np.round(self.importance, 12), kind="stable")[:limit]
        best = order[self.importance[order] > 0]
        return dict(zip(self.ids(best), self.importance[best].tolist(), strict=True))

    def users(self) -> dict[str, int]:
        """Return the number of other files that use each file and symbol, or what it directly contains, where any does."""
        used = np.flatnonzero(self.user_counts)
        return dict(zip(self.ids(used), self.user_counts[used].tolist(), strict=True))

    def use_counts(self, nodes: Ints) -> Ints:
        """Return the number of edges to each of some nodes, 0 for -1."""
        return np.where(nodes >= 0, self.edge_counts[nodes], 0) if len(self.edge_counts) else np.zeros(len(nodes), np.int64)

    @cached_property
    def edge_counts(self) -> Ints:
        """The number of edges to each node."""
        return np.bincount(self.edges.target, minlength=self.facts.nodes)

    @cached_property
    def user_counts(self) -> Ints:
        """The number of other files that use each node, or what it directly contains."""
        return centrality.users(self.facts, self.container, self.edges)

    @cached_property
    def importance(self) -> centrality.Scores:
        """The PageRank of each node."""
        return centrality.important(self.facts, self.container, self.edges)

    @cached_property
    def walk(self) -> centrality.Walk:
        """The random walk along edges."""
        return centrality.walk(self.facts, self.container, self.edges)

    @property
    def known_walk(self) -> "centrality.Walk | None":
        """The random walk along edges, if it was made."""
        return vars(self).get("walk")

    def files_graph(self) -> "nx.DiGraph[str]":
        """Return which files refer to which; `weight` sums those of the edges between them."""
        return views.files_graph(self.facts.paths, self.facts.home, self.edges)

    def folders_graph(self) -> "nx.DiGraph[str]":
        """Return which folders refer to which, by the folder's path ("" for the root)."""
        return views.folders_graph(self.facts.paths, self.facts.home, self.edges)


def _index(column: Ints) -> Lookup:
    return Lookup(column, np.zeros_like(column), np.arange(len(column)))


def _no_links() -> Links:
    empty = np.zeros(0, dtype=np.int64)
    return Links(empty, empty, empty, np.zeros(0))
