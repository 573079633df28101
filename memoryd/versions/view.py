"""One version of a project's index in memory, ready to answer: its matcher, the catalogue of its units, its linked graph."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Self

from memoryd import gc_pause
from memoryd.embed import UNRELATED, Embedder, Vectors
from memoryd.files import is_unchanged, read_unchanged
from memoryd.graph import Coded, FactColumns, Graph, Interner
from memoryd.model import Secrets, Touched
from memoryd.overlay import Overlay
from memoryd.searchindex import IndexFile, Matcher, read_segment, state
from memoryd.store import FileRecord, LinkColumns, Store
from memoryd.versions.catalog import COLUMNS, Catalog

CATALOG = (*COLUMNS, "skipped")


@dataclass(frozen=True)
class View:
    """One version in memory, which answers questions. `records` holds its files by path. Immutable: `patched` returns a new view."""

    root: Path
    store: Store
    embedder: Embedder
    catalog: Catalog
    records: Overlay[str, FileRecord]
    matcher: Matcher
    linking: "Linking"
    secrets: Secrets

    @classmethod
    @gc_pause.paused()
    def load(cls, root: Path, store: Store, embedder: Embedder, secrets: Secrets) -> Self:
        """Read everything from the store."""
        records = store.files()
        catalog = Catalog.of(store.columns(CATALOG))
        matcher = index_file(store).matcher(_states(records), store.table)
        return cls(
            root, store, embedder, catalog, Overlay(records), matcher, Linking(Graph.link(_facts(store.links())), Touched()), secrets
        )

    def patched(self, store: Store, touched: Touched) -> Self:
        """Read the files `touched` from the next version; the rest stays."""
        paths, written = touched.paths, sorted(touched.written)
        catalog = self.catalog.patched(paths, store.columns(CATALOG, written))
        records = self.records.with_changes({**dict.fromkeys(paths), **store.files(written)}.items())
        matcher = self.matcher.patched(frozenset(paths), read_segment(store.table, touched.written))
        return type(self)(self.root, store, self.embedder, catalog, records, matcher, self.linking.patched(touched), self.secrets)

    def compacted(self) -> Self:
        """Save the matcher if much of it is not saved, and return the view with the saved one. The caller must hold the refresh lock."""
        matcher = index_file(self.store).compact(self.matcher)
        return replace(self, matcher=matcher) if matcher is not None else self

    def source(self, path: str) -> bytes | None:
        """Return the text of a file as on disk, as UTF-8 and with secrets masked; `None` if its bytes are not those of this version."""
        record = self.records.get(path)
        return None if record is None else read_unchanged(self.root, path, record.fingerprint.digest, self.secrets)

    def is_on_disk(self, path: str) -> bool:
        """Tell whether a file on disk has the bytes of this version."""
        record = self.records.get(path)
        return record is not None and is_unchanged(self.root, path, record.fingerprint.digest)

    def nearness(self, vector: Vectors) -> float:
        """Return the cosine between a vector and the unit nearest to it; 0 if none is near."""
        nearest = self.matcher.search((), vector, 1).nearest.scores
        return float(nearest[0]) if len(nearest) else 0.0

    @cached_property
    def chance(self) -> float:
        """The nearness that texts reach which have nothing to do with software, and thus with this project."""
        return max(map(self.nearness, self.embedder.embed(UNRELATED)))

    def prepare(self) -> None:
        """Link the graph and sort the rows in advance, which the first answer would do otherwise."""
        _ = self._prepared

    @property
    def is_prepared(self) -> bool:
        """Whether `prepare` is done."""
        return "_prepared" in vars(self)

    @cached_property
    def _prepared(self) -> bool:
        self.graph.prepare()
        self.matcher.prepare()
        return True

    @property
    def version(self) -> int:
        """The store version of every answer."""
        return self.store.version

    @property
    def graph(self) -> Graph:
        """The graph of this version. Only references that changes since the last linked graph can affect are linked again."""
        return self.linking.graph(self.store)


class Linking:
    """A graph that is linked on demand: until then it is the graph of an earlier version, from which the `unlinked` files differ."""

    def __init__(self, graph: Graph, unlinked: Touched) -> None:
        self._graph = graph
        self._unlinked = unlinked
        self._lock = Lock()

    def graph(self, store: Store) -> Graph:
        """Return the graph of the version that `store` reads. Of several threads that ask at once, one links and the others wait."""
        with self._lock:
            if self._unlinked:
                # The earlier graph is let go: together they would take twice the memory.
                self._graph = self._graph.patched(self._unlinked.paths, _facts(store.links(sorted(self._unlinked.written))))
                self._unlinked = Touched()
            return self._graph

    def patched(self, touched: Touched) -> "Linking":
        """Return the linking of the next version, in which the files `touched` differ."""
        with self._lock:
            return Linking(self._graph, self._unlinked.then(touched))


def index_file(store: Store) -> IndexFile:
    """Return where the search index of a store's table is kept."""
    return IndexFile(store.folder, store.meta.table, store.meta.embedder)


def compact_index(store: Store) -> None:
    """Save the search index of a version that is not in memory, if much of it is not saved. The caller must hold the refresh lock."""
    index = index_file(store)
    index.compact(index.matcher(_states(store.files()), store.table))


def _states(records: Mapping[str, FileRecord]) -> dict[str, str]:
    return {path: state(record.fingerprint.digest, record.fingerprint.language_revision) for path, record in records.items()}


def _facts(columns: LinkColumns) -> FactColumns:
    symbols = tuple(Coded(*coded) for coded in columns.symbol_texts)
    references = tuple(Coded(*coded) for coded in columns.reference_texts)
    return FactColumns.of_columns(
        Interner(), columns.paths, columns.languages, columns.symbol_file, symbols, columns.symbol_line,
        columns.reference_file, references, columns.reference_line,
    )  # fmt: skip
