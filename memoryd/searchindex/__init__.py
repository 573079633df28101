"""The search index: BM25 over postings, cosine over vectors, in memory. It knows files only by name.

postings      a column of words, inverted
vectors       a column of vectors, as bytes and as bits
segment       the rows of some files, ready to be searched
matcher       the segments that make one version, and its searches
segment_file  a segment as a file that is mapped into memory, not read
index_file    the index of one table: saved beside it, patched from its rows
"""

from memoryd.searchindex.index_file import IndexFile, read_segment
from memoryd.searchindex.matcher import Found, FoundFiles, Matcher, Matches, Numbers, Scores
from memoryd.searchindex.segment import Segment, segment_of, segment_of_texts, state

__all__ = [
    "Found",
    "FoundFiles",
    "IndexFile",
    "Matcher",
    "Matches",
    "Numbers",
    "Scores",
    "Segment",
    "read_segment",
    "segment_of",
    "segment_of_texts",
    "state",
]
