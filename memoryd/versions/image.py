"""The image of a version: what opening it would build from rows, saved beside the table and mapped from there.

It is derived and may be deleted. An image that is damaged, or was made by another version of the code that makes it, counts as none.
Its parts are files that are opened one by one: an answer that needs no graph reads none.
"""

import logging
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from memoryd import arrays
from memoryd.arrays import Arrays, Damaged, Shared
from memoryd.errors import StoreUnusable
from memoryd.files import remove
from memoryd.graph import Graph, SavedGraph, revision
from memoryd.graph import arrays_of as graph_arrays
from memoryd.store import Store
from memoryd.versions.saved_units import SavedUnits, UnitArrays

FORMAT = "memoryd image 3"
"""Changes whenever other arrays are saved, or mean something else."""
UNITS, GRAPH, DOCS = "units", "graph", "docs"
log = logging.getLogger("memoryd")


_units = Shared[SavedUnits]()


class Contents(NamedTuple):
    """What is saved of a version: its units and files, and its graph."""

    units: UnitArrays
    graph: Graph


class Image:
    """The image of one version of a store's table."""

    def __init__(self, store: Store, version: int, units: SavedUnits) -> None:
        self._store = store
        self.version = version
        self.units = units

    @classmethod
    def of(cls, store: Store) -> "Image | None":
        """Return the image beside a store's table, of whichever version; `None` if there is none that can be used."""
        found = _loaded(store, UNITS, {}) if all(_file(store, part).exists() for part in (GRAPH, DOCS)) else None
        return None if found is None else cls(store, int(found.made_for["version"]), _units.of(found, SavedUnits))

    def graph(self) -> Graph | None:
        """Return the graph, `None` if it is damaged or gone."""
        found = self._part(GRAPH)
        return None if found is None else SavedGraph(found)

    def docs(self, paths: Iterable[str]) -> list[list[str]] | None:
        """Return the documentation of the units of some files, in the order of the source; `None` if it is damaged or gone."""
        found = self._part(DOCS)
        if found is None:
            return None
        docs = found.array("docs")
        return [docs[self.units.rows(path)].to_pylist() for path in paths]

    def _part(self, part: str) -> Arrays | None:
        return _loaded(self._store, part, {"version": str(self.version)})


def save(store: Store, contents: Contents) -> None:
    """Save the image of the version that a store reads, in place of any other. Raises `StoreUnusable`."""
    version = {"version": str(store.version)}
    try:
        for part, values in ((GRAPH, graph_arrays(contents.graph)), (DOCS, {"docs": contents.units.docs})):
            arrays.save(_file(store, part), values, {**_made_for(store), **version}, "zstd")
        arrays.save(_file(store, UNITS), contents.units.values, {**_made_for(store), **version, "units": str(contents.units.size)})
    except (OSError, pa.ArrowException) as error:
        raise StoreUnusable("cannot write the index; free some space or set MEMORYD_HOME to another folder", error) from error


def kept(store: Store) -> tuple[int, int] | None:
    """Return the version of the image beside a store's table, and the number of its units; `None` if there is none of use."""
    found = arrays.made_for(_file(store, UNITS))
    return (int(found["version"]), int(found["units"])) if _made_for(store).items() <= found.items() else None


def discard(store: Store) -> None:
    """Remove the image beside a store's table."""
    for part in (UNITS, GRAPH, DOCS):
        with suppress(OSError):
            remove(_file(store, part))


def _loaded(store: Store, part: str, of: Mapping[str, str]) -> Arrays | None:
    file = _file(store, part)
    try:
        return arrays.load(file, {**_made_for(store), **of})
    except Damaged as damage:
        log.warning("%s in %s is damaged (%s); it is made again", file.name, file.parent, damage)
        with suppress(OSError):
            remove(file)
        return None


def _file(store: Store, part: str) -> Path:
    return store.folder / f"{store.meta.table}.{part}.arrow"


def _made_for(store: Store) -> dict[str, str]:
    return {"format": FORMAT, "table": store.meta.lineage, "embedder": store.meta.embedder, "rules": revision()}
