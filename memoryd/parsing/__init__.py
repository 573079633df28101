"""Parses files into the rows that the store keeps.

rows     the rows of one file, made from its facts
parser   a process that parses, within limits of time and memory
process  its parent's side
workers  those processes, since a grammar can hang or crash
texts    one for texts that were never indexed
"""

from memoryd.parsing.parser import TIME_LIMIT, Parsed, TimeLimit
from memoryd.parsing.rows import BLOCK, FILE, OWN_FOLDER, SECTION, Columns, FileRows, Row, members_of, moved, revision_of, skipped_rows
from memoryd.parsing.texts import Allowance, Definition, TextParser, Unparsed
from memoryd.parsing.workers import ParserPool

__all__ = [
    "BLOCK",
    "FILE",
    "OWN_FOLDER",
    "SECTION",
    "TIME_LIMIT",
    "Allowance",
    "Columns",
    "Definition",
    "FileRows",
    "Parsed",
    "ParserPool",
    "Row",
    "TextParser",
    "TimeLimit",
    "Unparsed",
    "members_of",
    "moved",
    "revision_of",
    "skipped_rows",
]
