"""What matches a query, in memory: BM25 over postings, cosine over vectors. Pure but for `saved`; knows files only by name.

postings  a column of words, inverted
vectors   a column of vectors, as bytes and as bits
segment      the rows of some files, ready to be matched
matcher   the segments that make one version, and its searches
saved     a segment as a file that is mapped into memory, not read
"""

from memoryd.searchindex.matcher import Found, FoundFiles, Matcher, Matches, Numbers, Scores
from memoryd.searchindex.segment import NEEDED, Segment, merged, segment_of, state
from memoryd.searchindex.segment_file import is_saved, load, save

__all__ = [
    "NEEDED",
    "Found",
    "FoundFiles",
    "Matcher",
    "Matches",
    "Numbers",
    "Scores",
    "Segment",
    "is_saved",
    "load",
    "merged",
    "save",
    "segment_of",
    "state",
]
