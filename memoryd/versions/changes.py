"""The changes since an image: for each refresh the rows of the files that it wrote, in a file beside the table.

With them a later version is read without the table. They are derived and may be deleted: then rows come from the table.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa

from memoryd import arrays
from memoryd.arrays import Damaged
from memoryd.errors import StoreUnusable
from memoryd.files import remove
from memoryd.model import Touched
from memoryd.runtime import late
from memoryd.store import Rows, Store, table_schema
from memoryd.versions.image import discard as discard_image
from memoryd.versions.image import kept

if TYPE_CHECKING:
    import pyarrow.compute as pc
else:
    pc = late("pyarrow.compute")  # which no question needs while nothing changes

FORMAT = "memoryd changes 1"
MERGED = 8
"""The files of changes above which they become one."""
CHANGED_ROWS, CHANGED_SHARE = 2_000, 0.05
"""The most rows that changes keep (a number or a share of all, whichever is more)."""
NAME = re.compile(r"\.(\d{1,18})-(\d{1,18})\.changes\.arrow")


class Change(NamedTuple):
    """What led from one version to a later one: the files whose rows were replaced, and the rows of those written."""

    before: int
    after: int
    touched: Touched
    rows: pa.Table

    def then(self, later: "Change") -> "Change":
        """Return this change and one that followed it as one."""
        kept = pc.invert(pc.is_in(self.rows["path"], pa.array(later.touched.paths, pa.string())))
        rows = pa.concat_tables([self.rows.filter(kept), later.rows])
        return Change(self.before, later.after, self.touched.then(later.touched), rows)

    def known(self) -> Rows:
        """Return the rows of the files that differ."""
        return Rows(frozenset(self.touched.paths), self.rows)


def since(store: Store, version: int) -> Change | None:
    """Return what led from a version to the one that a store reads; `None` if not all of it is kept, or it is damaged."""
    found = nothing(store, version)
    for step in _steps(store, version):
        change = _load(store, *step)
        if change is None:
            return None
        found = found.then(change)
        if found.after == store.version:
            break
    return found if found.after == store.version else None


def nothing(store: Store, version: int) -> Change:
    """Return a change at a version that changed no row."""
    return Change(version, version, Touched(), table_schema(store.meta.dimensions).empty_table())


def record(store: Store, change: Change) -> bool:
    """Keep a change beside the image that it follows, so that the image goes on to serve. The caller must hold the refresh lock.

    Returns false, and removes image and changes, if there is none that leads to it, or too much has changed. Raises `StoreUnusable`.
    """
    found = kept(store)
    steps = list(_steps(store, found[0])) if found else []
    last = steps[-1][1] if steps else found[0] if found else 0
    size = len(change.rows) + sum(int(arrays.made_for(_file(store, *step)).get("rows", 0)) for step in steps)
    if found is None or last != change.before or size > max(CHANGED_ROWS, CHANGED_SHARE * found[1]):
        discard_image(store)
        discard(store)
        return False
    _save(store, change)
    if len(steps) >= MERGED and (merged := since(store, found[0])) is not None:
        _save(store, merged)
        discard(store, beside=(merged.before, merged.after))
    return True


def discard(store: Store, beside: tuple[int, int] | None = None) -> None:
    """Remove the changes beside a store's table, but for one of them."""
    for step, file in _files(store).items():
        if step != beside:
            with suppress(OSError):
                remove(file)


def _steps(store: Store, version: int) -> Iterator[tuple[int, int]]:
    """Yield the kept changes that lead on from a version, the longest steps first."""
    afters: dict[int, int] = {}
    for before, after in _files(store):
        afters[before] = max(after, afters.get(before, after))
    while version in afters:
        yield version, afters[version]
        version = afters[version]


def _files(store: Store) -> dict[tuple[int, int], Path]:
    found = {}
    for file in store.folder.glob(f"{store.meta.table}.*.changes.arrow"):
        if match := NAME.fullmatch(file.name.removeprefix(store.meta.table)):
            found[int(match[1]), int(match[2])] = file
    return {step: file for step, file in found.items() if step[0] < step[1]}


def _file(store: Store, before: int, after: int) -> Path:
    return store.folder / f"{store.meta.table}.{before}-{after}.changes.arrow"


def _made_for(store: Store, before: int, after: int) -> dict[str, str]:
    return {"format": FORMAT, "table": store.meta.lineage, "embedder": store.meta.embedder, "before": str(before), "after": str(after)}


def _save(store: Store, change: Change) -> None:
    columns = {name: change.rows[name].combine_chunks() for name in change.rows.schema.names}
    made_for = {**_made_for(store, change.before, change.after), "rows": str(len(change.rows))}
    values = {"written": sorted(change.touched.written), "gone": sorted(change.touched.gone)}
    try:
        arrays.save(_file(store, change.before, change.after), {**values, **_prefixed(columns)}, made_for)
    except (OSError, pa.ArrowException) as error:
        raise StoreUnusable("cannot write the index; free some space or set MEMORYD_HOME to another folder", error) from error


def _prefixed(columns: dict[str, pa.Array]) -> dict[str, pa.Array]:
    return {f"row {name}": column for name, column in columns.items()}


def _load(store: Store, before: int, after: int) -> Change | None:
    try:
        found = arrays.load(_file(store, before, after), _made_for(store, before, after))
    except Damaged:
        return None
    if found is None:
        return None
    schema = table_schema(store.meta.dimensions)
    rows = pa.table([found.array(f"row {name}") for name in schema.names], schema=schema)
    return Change(before, after, Touched(frozenset(found.texts("written")), frozenset(found.texts("gone"))), rows)
