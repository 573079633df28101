"""SCIP indexes: what compilers know of definitions and uses, read from their file format. Pure.

wire   the messages of protocol buffers
index  documents with their occurrences
"""

from memoryd.scip.index import Document, Encoding, Index, Occurrence, read_index

__all__ = ["Document", "Encoding", "Index", "Occurrence", "read_index"]
