"""Saves the search index of a table as one segment in a file beside it, and loads it, patched from the table's rows.

The file is derived and may be deleted: then the index is built from all rows. So it is if the file is found damaged.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import pyarrow as pa

from memoryd.arrays import Damaged
from memoryd.errors import StoreUnusable
from memoryd.files import remove
from memoryd.searchindex.matcher import Matcher
from memoryd.searchindex.segment import NEEDED, Segment, joined, segment_of
from memoryd.searchindex.segment_file import is_saved, load, save

PATCHED_FILES, PATCHED_SHARE = 400, 0.5
"""The most files (a number or a share of all, whichever is more) that may differ from the saved segment; with more, building the index
from all rows is quicker."""
SCATTERED_ROWS, SCATTERED_SHARE = 2_000, 0.05
"""The most rows (a number or a share of all, whichever is more) that may be missing or dead in the saved segment."""

log = logging.getLogger("memoryd")

Rows = Callable[[Sequence[str], Iterable[str] | None], pa.Table]
"""Reads columns of the rows of some files, or of all (`None`). Raises what its store raises."""


class IndexFile:
    """The saved search index of the table `table`, which began as `lineage`, and whose vectors the embedder `embedder` made."""

    def __init__(self, folder: Path, table: str, lineage: str, embedder: str) -> None:
        self._file = folder / f"{table}.arrow"
        self._made_for = {"table": lineage, "embedder": embedder}

    @property
    def exists(self) -> bool:
        """Whether an index is saved that this version of memoryd can load."""
        return is_saved(self._file, self._made_for)

    def matcher(self, states: Mapping[str, str], rows: Rows) -> Matcher:
        """Return the matcher of the version whose files have these `states`: the saved segment, patched with files that differ."""
        saved = self._loaded()
        if saved is not None:
            differing = {path for path, _ in saved.files.items() ^ states.items()}
            if len(differing) <= max(PATCHED_FILES, PATCHED_SHARE * len(states)):
                matcher = Matcher.of([saved], [frozenset()])
                return matcher.patched(differing, read_segment(rows, differing)) if differing else matcher
        return Matcher.of([segment_of(rows(NEEDED, None))], [frozenset()])

    def _loaded(self) -> Segment | None:
        """Return the saved segment. A damaged file is removed, so that the next refresh saves another."""
        try:
            return load(self._file, self._made_for)
        except Damaged as damage:
            log.warning("the search index in %s is damaged (%s); it is made again", self._file.parent, damage)
            with suppress(OSError):
                remove(self._file)
            return None

    def save(self, segments: list[Segment]) -> None:
        """Save the index of segments that share no rows, and take them out of the list, to free their memory. Raises `StoreUnusable`."""
        if segments:
            self._save(joined(segments, [frozenset()] * len(segments)))

    def suffices(self, matcher: Matcher) -> bool:
        """Tell whether so much of a matcher is saved that the rest may wait."""
        return self.exists and matcher.scattered <= max(SCATTERED_ROWS, SCATTERED_SHARE * matcher.rows)

    def compact(self, matcher: Matcher) -> Matcher:
        """Save a matcher as one segment, and return the matcher of that segment.

        The caller must hold the refresh lock. Raises `StoreUnusable`.
        """
        segment = matcher.compacted()
        self._save(segment)
        return Matcher.of([segment], [frozenset()])

    def _save(self, segment: Segment) -> None:
        try:
            save(segment, self._file, self._made_for)
        except (OSError, pa.ArrowException) as error:
            raise StoreUnusable("cannot write the search index; free some space or set MEMORYD_HOME to another folder", error) from error


def read_segment(rows: Rows, paths: Iterable[str]) -> Segment:
    """Return the rows of some files as a segment."""
    return segment_of(rows(NEEDED, sorted(paths)))
