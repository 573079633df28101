"""One version of a project's index, ready to answer: the store's searches, and in memory the catalogue and the linked graph."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from memoryd.catalog import COLUMNS, Catalog
from memoryd.embed import Embedder
from memoryd.graph import Coded, Facts, Graph, Words
from memoryd.store import FileRecord, LinkColumns, Store

CATALOG = (*COLUMNS, "skipped")


@dataclass(frozen=True, slots=True)
class View:
    """What every question is asked of. `records` are the files; a view never changes, `patched` makes another one."""

    root: Path
    store: Store
    embedder: Embedder
    catalog: Catalog
    graph: Graph
    records: Mapping[str, FileRecord]
    version: int

    @classmethod
    def load(cls, root: Path, store: Store, embedder: Embedder) -> Self:
        """Read everything from the store."""
        graph = Graph.link(_facts(store.links()))
        return cls(root, store, embedder, Catalog.of(store.columns(CATALOG)), graph, store.files(), store.version)

    def patched(self, store: Store, touched: Iterable[str]) -> Self:
        """Read the files `touched` from the next version; the rest stays, and only what they can affect is linked again."""
        paths = sorted(touched)
        catalog = self.catalog.patched(paths, store.columns(CATALOG, paths))
        records = {path: record for path, record in self.records.items() if path not in set(paths)} | store.files(paths)
        graph = self.graph.patched(paths, _facts(store.links(paths)))
        return type(self)(self.root, store, self.embedder, catalog, graph, records, store.version)


def _facts(columns: LinkColumns) -> Facts:
    symbols = tuple(Coded(*coded) for coded in columns.symbol_texts)
    references = tuple(Coded(*coded) for coded in columns.reference_texts)
    return Facts.of_columns(
        Words(), columns.paths, columns.languages, columns.symbol_file, symbols, columns.symbol_line,
        columns.reference_file, references, columns.reference_line,
    )  # fmt: skip
