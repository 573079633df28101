"""The baselines, ways to find files without us: `bm25` and `ripgrep`."""

from scripts.bench.baselines.bm25 import Bm25
from scripts.bench.baselines.ripgrep import Hits, has_ripgrep, keywords, search, windows

__all__ = ["Bm25", "Hits", "has_ripgrep", "keywords", "search", "windows"]
