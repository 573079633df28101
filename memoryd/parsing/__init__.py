"""Parses files into the rows that the store keeps.

rows     the rows of one file, made from its facts
workers  the processes that parse, since a grammar can hang or crash
"""

from memoryd.parsing.rows import BLOCK, FILE, OWN_FOLDER, SECTION, FileRows, Row, moved, revision_of, skipped_rows
from memoryd.parsing.workers import SECONDS_A_FILE, Parsed, ParserPool

__all__ = [
    "BLOCK",
    "FILE",
    "OWN_FOLDER",
    "SECONDS_A_FILE",
    "SECTION",
    "FileRows",
    "Parsed",
    "ParserPool",
    "Row",
    "moved",
    "revision_of",
    "skipped_rows",
]
