"""Keeps a table small and quick to read: merges its fragments, indexes the paths of new rows, and removes versions nobody needs.

Each edit adds a version and leaves dead rows. Tidying is part of writing, so that no history of edits fills the disk.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from memoryd.store.published import Published

PATHS = "path_idx"
"""The name of the index of paths."""
UNINDEXED_ROWS, UNINDEXED_SHARE = 1_000, 0.02
"""The most rows outside the index of paths, which each query scans (a number or a share of all, whichever is more)."""
FRAGMENTS = 64
"""The most fragments of a table. Merging them may rewrite the table: a second on two cores for a million lines."""
WASTE, SLACK = 1.5, 256 << 10
"""How much of a table may be dead rows and old versions, beside what is live: a share of that, and some bytes for small tables. Half of an
index is its table. Between two branches that differ in half of it, every third switch writes it once more."""
NOW = timedelta(milliseconds=1)


def index_paths(lance: Any) -> None:
    """Index the paths of all rows."""
    from lancedb.index import BTree

    lance.create_index("path", config=BTree(), name=PATHS)


def compact(published: Published) -> bool:
    """Merge fragments and index paths if there are too many, or too much waste, or leftovers; return whether `prune` is due."""
    stats, indexed = published.lance.stats(), published.lance.index_stats(PATHS)
    if _is_wasteful(published, stats) or published.has_leftovers():
        published.compare()
        _rewrite(published)
        return True
    is_scattered = stats["fragment_stats"]["num_fragments"] > FRAGMENTS
    if is_scattered or indexed is None or indexed.num_unindexed_rows > max(UNINDEXED_ROWS, UNINDEXED_SHARE * stats["num_rows"]):
        if is_scattered:
            published.compare()
        lance = published.for_change()
        if is_scattered:
            lance.optimize()
        else:
            index_paths(lance)  # to add rows to an index, LanceDB would write anew whatever has dead rows
        published.publish(lance)
    return False


def prune(published: Published) -> None:
    """Remove what only other versions than the published one need, after `compact` left nothing to merge.

    A reader of an older version finds its files gone, and reads the published one.
    """
    lance = published.for_change()
    # Nobody else writes, so what no version names was left by a killed writer.
    lance.optimize(cleanup_older_than=NOW, delete_unverified=True)
    published.publish(lance)


def _rewrite(published: Published) -> None:
    """Write the live rows once more, as one fragment: LanceDB merges only rows that are indexed alike, so the index is made anew."""
    lance = published.for_change()
    if lance.index_stats(PATHS) is not None:
        lance.drop_index(PATHS)
    lance.optimize()
    index_paths(lance)
    published.publish(lance)


def _is_wasteful(published: Published, stats: Mapping[str, Any]) -> bool:
    fragments = stats["fragment_stats"]
    written = fragments["num_fragments"] * fragments["lengths"]["mean"]  # rows, with the dead ones
    live = stats["total_bytes"] * min(1.0, stats["num_rows"] / max(written, 1))
    held = sum(checksum.size for checksum in published.pointer.seal.values())
    return bool(held - live > WASTE * live + SLACK)
