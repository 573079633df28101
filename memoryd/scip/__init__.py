"""SCIP indexes: what compilers know of definitions and uses, read from their file format. Pure.

wire     the messages of protocol buffers
index    documents with their occurrences
joining  what their uses mean, as ids of our definitions
"""

from memoryd.scip.index import Document, Encoding, Index, Occurrence, read_index
from memoryd.scip.joining import ExactUse, Joined, Source, join

__all__ = ["Document", "Encoding", "ExactUse", "Index", "Joined", "Occurrence", "Source", "join", "read_index"]
