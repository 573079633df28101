"""The search index: BM25 over postings and cosine over vectors, in memory. It knows files only by name.

postings      an inverted column of words
vectors       a quantised column of vectors: bytes and sign bits
word_scores   what words add to the BM25 of documents
segment       the rows of some files in searchable form
matcher       the searches of one version, over its segments
segment_file  a segment as a file, mapped into memory
index_file    the saved index of one table, patched from its rows
"""

from memoryd.searchindex.index_file import IndexFile, read_segment
from memoryd.searchindex.matcher import Found, FoundFiles, Matcher, Matches, Numbers
from memoryd.searchindex.segment import Segment, segment_of, segment_of_texts, state
from memoryd.searchindex.word_scores import Scores, WordScores

__all__ = [
    "Found",
    "FoundFiles",
    "IndexFile",
    "Matcher",
    "Matches",
    "Numbers",
    "Scores",
    "Segment",
    "WordScores",
    "read_segment",
    "segment_of",
    "segment_of_texts",
    "state",
]
