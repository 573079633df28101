"""One version of a project's index, ready to answer: what searches it, the catalogue of its units, and the linked graph."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Self, cast

from memoryd.catalog import COLUMNS, Catalog
from memoryd.embed import Embedder
from memoryd.graph import Coded, Facts, Graph, Words
from memoryd.layers import Layers
from memoryd.matching import Matcher
from memoryd.store import FileRecord, LinkColumns, Store

CATALOG = (*COLUMNS, "skipped")


@dataclass(frozen=True)
class View:
    """What every question is asked of. `records` are the files; a view never changes, `patched` makes another one.

    The graph is linked when first asked for: `linked` is that of an earlier version, in which `unlinked` files differ.
    """

    root: Path
    store: Store
    embedder: Embedder
    catalog: Catalog
    records: Layers[str, FileRecord]
    matcher: Matcher
    linked: Graph
    unlinked: frozenset[str] = frozenset()
    linking: Lock = field(default_factory=Lock, compare=False, repr=False)

    @classmethod
    def load(cls, root: Path, store: Store, embedder: Embedder) -> Self:
        """Read everything from the store."""
        records = store.files()
        catalog = Catalog.of(store.columns(CATALOG))
        return cls(root, store, embedder, catalog, Layers(records), store.matcher(records), Graph.link(_facts(store.links())))

    def patched(self, store: Store, touched: Iterable[str]) -> Self:
        """Read the files `touched` from the next version; the rest stays."""
        paths = frozenset(touched)
        catalog = self.catalog.patched(sorted(paths), store.columns(CATALOG, sorted(paths)))
        records = self.records.with_changes({**dict.fromkeys(paths), **store.files(sorted(paths))}.items())
        matcher = self.matcher.patched(paths, store.part(paths))
        is_linked = "graph" in vars(self) or not self.unlinked
        linked, unlinked = (self.graph, paths) if is_linked else (self.linked, self.unlinked | paths)
        return type(self)(self.root, store, self.embedder, catalog, records, matcher, linked, unlinked)

    def settled(self, matcher: Matcher) -> Self:
        """Return the same version with another matcher of the same rows."""
        made = replace(self, matcher=matcher)
        if "graph" in vars(self):
            vars(made)["graph"] = self.graph
        return made

    @property
    def version(self) -> int:
        """The store version of every answer."""
        return self.store.version

    @cached_property
    def graph(self) -> Graph:
        """The graph of this version: of what changed since the last one that was asked for, only what that can affect is linked again."""
        paths = sorted(self.unlinked)
        with self.linking:
            # Of many who ask at once, one links; the others find what it made.
            if "graph" in vars(self):
                return cast(Graph, vars(self)["graph"])
            made = self.linked.patched(paths, _facts(self.store.links(paths))) if paths else self.linked
            vars(self)["graph"] = made
        return made


def _facts(columns: LinkColumns) -> Facts:
    symbols = tuple(Coded(*coded) for coded in columns.symbol_texts)
    references = tuple(Coded(*coded) for coded in columns.reference_texts)
    return Facts.of_columns(
        Words(), columns.paths, columns.languages, columns.symbol_file, symbols, columns.symbol_line,
        columns.reference_file, references, columns.reference_line,
    )  # fmt: skip
