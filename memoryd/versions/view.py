"""One version of a project's index in memory, ready to answer: its matcher, the catalogue of its units, its linked graph."""

import math
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Self

import numpy as np

from memoryd.arrays import Arrays
from memoryd.embed import UNRELATED, Embedder, Vectors
from memoryd.files import is_unchanged, read, read_unchanged
from memoryd.graph import Coded, FactColumns, Graph, Interner, SavedGraph
from memoryd.model import Secrets, Skipped, Touched
from memoryd.overlay import Overlay
from memoryd.runtime import gc_paused
from memoryd.searchindex import IndexFile, Matcher, Numbers, read_segment, state
from memoryd.store import FileRecord, LinkColumns, Store
from memoryd.versions import changes
from memoryd.versions.catalog import COLUMNS, Catalog
from memoryd.versions.exact import Exact
from memoryd.versions.image import Contents, Image, discard, save
from memoryd.versions.saved_units import NEEDED, SavedUnits, unit_arrays
from memoryd.versions.verification import check_arrays

CATALOG = (*COLUMNS, "skipped")
UNKNOWN = -2
"""Stands for the node of a row that was not looked up yet."""


@dataclass(frozen=True)
class View:
    """One version in memory, which answers questions. `records` holds its files by path. Immutable: `patched` returns a new view."""

    root: Path
    store: Store
    embedder: Embedder
    catalog: Catalog
    records: Overlay[str, FileRecord]
    docs: "Docs"
    make_matcher: Callable[[], Matcher]
    linking: "Linking"
    secrets: Secrets
    exact: Exact

    @classmethod
    @gc_paused()
    def load(cls, root: Path, store: Store, embedder: Embedder, secrets: Secrets) -> Self:
        """Read everything from the store's table."""
        saved = SavedUnits(Arrays.held(unit_arrays(store.table(NEEDED)).values))
        records = saved.records
        matcher = index_file(store).matcher(_states(records), store.table)
        linking = Linking(None)
        linking.graph(store)
        exact = Exact(store.folder.parent)
        return cls(root, store, embedder, saved.catalog, records, Docs(None), lambda: matcher, linking, secrets, exact)

    @classmethod
    @gc_paused()
    def mapped(cls, root: Path, store: Store, embedder: Embedder, secrets: Secrets) -> Self | None:
        """Return the version from the image beside the store's table and what changed since; `None` where that is not all there."""
        image = Image.of(store)
        change = changes.since(store, image.version) if image else None
        if image is None or change is None:
            return None
        catalog, records, docs = image.units.catalog, image.units.records, Docs(image)
        if change.touched:
            store = store.knowing(change.known())
            catalog, records, docs = _patched(catalog, records, docs, store, change.touched)

        def make_matcher() -> Matcher:
            return index_file(store).matcher(_states(records), store.table)

        linking = Linking(None, image, change.touched)
        return cls(root, store, embedder, catalog, records, docs, make_matcher, linking, secrets, Exact(store.folder.parent))

    def patched(self, store: Store, touched: Touched) -> Self:
        """Read the files `touched` from the next version; the rest stays."""
        catalog, records, docs = _patched(self.catalog, self.records, self.docs, store, touched)
        matcher = self.matcher.patched(frozenset(touched.paths), read_segment(store.table, touched.written))
        linking = self.linking.patched(touched)
        return type(self)(self.root, store, self.embedder, catalog, records, docs, lambda: matcher, linking, self.secrets, self.exact)

    def with_exact(self) -> Self:
        """Return the same version with what compilers say now. It does not hold this one, whose graph is another."""
        matcher = vars(self).get("matcher")
        return replace(self, make_matcher=(lambda: matcher) if matcher else self.make_matcher, exact=Exact(self.store.folder.parent))

    def save(self) -> None:
        """Save the image of this version, and its matcher as one segment. The caller must hold the refresh lock.

        Raises `StoreUnusable`, and `Unreadable` if something that this version may be mapped from is damaged.
        """
        check_arrays(self.store)
        index = index_file(self.store)
        if self.matcher.scattered or not index.exists:
            index.save([self.matcher.compacted()])
        changes.discard(self.store)
        save(self.store, Contents(unit_arrays(self.store.table(NEEDED)), self.linking.graph(self.store)))

    def is_at_rest(self, seconds: float) -> bool:
        """Tell whether this version holds what only its next change needs, and was made more than some seconds ago."""
        return "matcher" in vars(self) and self.linking.is_at_rest(seconds)

    @property
    def lacks_index(self) -> bool:
        """Whether no search index of use is saved beside the table."""
        return not index_file(self.store).exists

    def complete(self) -> None:
        """Save what had to be made of this version for want of something saved. The caller must hold the refresh lock. Raises as `save`."""
        if self.linking.is_unsaved:
            self.linking.is_unsaved = False  # where it cannot be saved, it is not tried again and again
            discard(self.store)  # what is left of an image is of no use, and may be damaged
            self.save()
        else:
            self.compacted()

    @cached_property
    def matcher(self) -> Matcher:
        """The searches of this version."""
        return self.make_matcher()

    @property
    def units(self) -> int:
        """The number of units, without files."""
        return len(self.catalog.by_id) - len(self.catalog.files)

    def documented(self, paths: Iterable[str]) -> Mapping[str, str]:
        """Return the documentation of the units of some files, by id."""
        return self.docs.of(self, paths)

    def compacted(self) -> Self:
        """Save the matcher if much of it is not saved, and return the view with the saved one. The caller must hold the refresh lock.

        Raises as `save` does.
        """
        index = index_file(self.store)
        if index.suffices(self.matcher):
            return self
        check_arrays(self.store)
        matcher = index.compact(self.matcher)
        return replace(self, make_matcher=lambda: matcher)

    def source(self, path: str) -> bytes | None:
        """Return the text of a file as on disk, as UTF-8 and with secrets masked; `None` if its bytes are not those of this version."""
        record = self.records.get(path)
        return None if record is None else read_unchanged(self.root, path, record.fingerprint.digest, self.secrets)

    def changed_source(self, path: str) -> bytes | None:
        """Return the text of a file as on disk, as `source` does, whichever bytes this version has; `None` if it is not to be indexed."""
        found = read(self.root, path, self.secrets)
        return None if isinstance(found, Skipped) else found.source

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

    def nodes(self, rows: Numbers) -> Numbers:
        """Return the numbers that rows of the matcher have in the graph, -1 for what is neither a file nor a symbol."""
        nodes = self._nodes[rows]
        unknown = nodes == UNKNOWN
        if unknown.any():
            nodes[unknown] = self._nodes[rows[unknown]] = self.graph.nodes(self.matcher.ids(rows[unknown]))
        return nodes

    @cached_property
    def _nodes(self) -> Numbers:
        return np.full(len(self.matcher.row_file), UNKNOWN)

    @cached_property
    def graph(self) -> Graph:
        """The graph of this version. Only references that changes since the last linked graph can affect are linked again."""
        return self.exact.onto(self.linking.graph(self.store), self.digests)

    @property
    def digests(self) -> Mapping[str, str]:
        """The digest of each file's bytes that compilers were asked about, by path."""
        records = ((path, self.records.get(path)) for path in self.exact.digests)
        return {path: record.fingerprint.digest for path, record in records if record is not None and not record.skipped}


class Linking:
    """A graph that is made on demand: until then it is the one of an image, or of an earlier version, from which files differ."""

    def __init__(
        self, graph: Graph | None, image: Image | None = None, unlinked: Touched | None = None, changed: float = -math.inf
    ) -> None:
        """Take a graph or an image of it, the files that differ from it, and when the last change was made by this process."""
        self._graph = graph
        self._changed = changed
        self._image = image
        self._unlinked = unlinked or Touched()
        self._lock = Lock()
        self.is_unsaved = False
        """Whether the graph was linked from all rows, and not saved since."""

    def graph(self, store: Store) -> Graph:
        """Return the graph of the version that `store` reads. Of several threads that ask at once, one links and the others wait."""
        with self._lock:
            graph = self._graph or (self._image.graph() if self._image else None)
            if graph is None:
                graph, self.is_unsaved = Graph.link(_facts(store.links())), True
            elif self._unlinked:
                # The earlier graph is let go: together they would take twice the memory.
                graph = graph.patched(self._unlinked.paths, _facts(store.links(self._unlinked.written)))
            self._graph, self._image, self._unlinked = graph, None, Touched()
            return graph

    def patched(self, touched: Touched) -> "Linking":
        """Return the linking of the next version, in which the files `touched` differ."""
        with self._lock:
            return Linking(self._graph, self._image, self._unlinked.then(touched), time.monotonic())

    def is_at_rest(self, seconds: float) -> bool:
        """Tell whether the graph was linked in this process, and the files that it was linked for last changed some seconds ago."""
        with self._lock:
            is_linked = self._graph is not None and not isinstance(self._graph, SavedGraph)
            return is_linked and not self._unlinked and time.monotonic() - self._changed >= seconds


class Docs:
    """The documentation of units: that of an image, but for the files `differing`, which are read from the table."""

    def __init__(self, image: Image | None, differing: frozenset[str] = frozenset()) -> None:
        self._image = image
        self._differing = differing

    def of(self, view: View, paths: Iterable[str]) -> dict[str, str]:
        """Return the documentation of the units of some files of a view, by id."""
        wanted = frozenset(paths)
        saved = sorted(wanted - self._differing) if self._image else []
        docs = self._image.docs(saved) if self._image else None
        found: dict[str, str] = {}
        for path, said in zip(saved, docs or (), strict=docs is not None):
            found.update(zip((unit.id for unit in view.catalog.files.get(path, ())), said, strict=True))
        if left := wanted if docs is None else wanted.difference(saved):
            columns = view.store.columns(("id", "doc"), None if len(left) == len(view.catalog.files) else left)
            found.update(zip(columns["id"], columns["doc"], strict=True))
        return found

    def patched(self, touched: Touched) -> "Docs":
        """Return the documentation of the next version, in which the files `touched` differ."""
        return Docs(self._image, self._differing.union(touched.paths))


def index_file(store: Store) -> IndexFile:
    """Return where the search index of a store's table is kept."""
    return IndexFile(store.folder, store.meta.table, store.meta.lineage, store.meta.embedder)


def compact_index(store: Store) -> None:
    """Save the search index of a version that is not in memory, if much of it is not saved. The caller must hold the refresh lock."""
    index = index_file(store)
    matcher = index.matcher(_states(store.files()), store.table)
    if not index.suffices(matcher):
        index.compact(matcher)


def _patched(
    catalog: Catalog, records: Overlay[str, FileRecord], docs: Docs, store: Store, touched: Touched
) -> tuple[Catalog, Overlay[str, FileRecord], Docs]:
    """Return the units and files of the version that `store` reads, in which the files `touched` differ."""
    paths, written = touched.paths, sorted(touched.written)
    return (
        catalog.patched(paths, store.columns(CATALOG, written)),
        records.with_changes({**dict.fromkeys(paths), **store.files(written)}.items()),
        docs.patched(touched),
    )


def _states(records: Mapping[str, FileRecord]) -> dict[str, str]:
    return {path: state(record.fingerprint.digest, record.fingerprint.language_revision) for path, record in records.items()}


def _facts(columns: LinkColumns) -> FactColumns:
    symbols = tuple(Coded(*coded) for coded in columns.symbol_texts)
    references = tuple(Coded(*coded) for coded in columns.reference_texts)
    return FactColumns.of_columns(
        Interner(), columns.paths, columns.languages, columns.symbol_file, symbols, columns.symbol_line,
        columns.reference_file, references, columns.reference_line,
    )  # fmt: skip
