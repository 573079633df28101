"""Parses files into the rows that the store keeps.

rows     the rows of one file, made from its facts
parser   a process that parses, within limits of time and memory
workers  those processes, since a grammar can hang or crash
"""

from memoryd.parsing.parser import TIME_LIMIT, Parsed, TimeLimit
from memoryd.parsing.rows import BLOCK, FILE, OWN_FOLDER, SECTION, Columns, FileRows, Row, members_of, moved, revision_of, skipped_rows
from memoryd.parsing.workers import ParserPool

__all__ = [
    "BLOCK",
    "FILE",
    "OWN_FOLDER",
    "SECTION",
    "TIME_LIMIT",
    "Columns",
    "FileRows",
    "Parsed",
    "ParserPool",
    "Row",
    "TimeLimit",
    "members_of",
    "moved",
    "revision_of",
    "skipped_rows",
]
