"""Keeps a table small and quick to read: merges its fragments, indexes the paths of new rows, and removes versions nobody needs.

Each edit adds a version and leaves dead rows. Tidying is part of writing, so that no history of edits fills the disk.
"""

from datetime import timedelta
from typing import Any

from memoryd.store.published import Published

UNINDEXED_ROWS = 1_000
"""The most rows outside the index of paths, which each query scans."""
FRAGMENTS = 64
"""The most fragments of a table. Merging them may rewrite the table: a second on two cores for a million lines."""
WASTE, SLACK = 1.0, 256 << 10
"""How much of a table may be dead rows and old versions, beside what is live: a share of that, and some bytes for small tables."""
PASSES = 4
"""The most times that fragments are merged in a row; the second merges what the first has indexed, and nothing is left for a third."""
NOW = timedelta(milliseconds=1)


def compact(published: Published) -> bool:
    """Merge fragments and index paths if there are too many, or too much waste; return whether `prune` is due."""
    if _is_wasteful(published):
        for _ in range(PASSES):
            if not _optimized(published):
                break
        return True
    if _is_scattered(published.lance):
        _optimized(published)
    return False


def prune(published: Published) -> None:
    """Remove what only other versions than the published one need, after `compact` left nothing to merge.

    A reader of an older version finds its files gone, and reads the published one.
    """
    lance = published.for_change()
    # Nobody else writes, so what no version names was left by a killed writer.
    lance.optimize(cleanup_older_than=NOW, delete_unverified=True)
    published.publish(lance)


def _optimized(published: Published) -> bool:
    """Merge and index once; return whether that changed anything. LanceDB merges only rows that are indexed alike."""
    lance = published.for_change()
    lance.optimize()
    if int(lance.version) == published.pointer.version:
        return False
    published.publish(lance)
    return True


def _is_scattered(lance: Any) -> bool:
    waiting = lance.index_stats("path_idx")
    fragments = lance.stats()["fragment_stats"]["num_fragments"]
    return waiting is None or waiting.num_unindexed_rows > UNINDEXED_ROWS or fragments > FRAGMENTS


def _is_wasteful(published: Published) -> bool:
    stats = published.lance.stats()
    fragments = stats["fragment_stats"]
    written = fragments["num_fragments"] * fragments["lengths"]["mean"]  # rows, with the dead ones
    live = stats["total_bytes"] * min(1.0, stats["num_rows"] / max(written, 1))
    held = sum(checksum.size for checksum in published.pointer.seal.values())
    return bool(held - live > WASTE * live + SLACK)
