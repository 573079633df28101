"""Parsing: the bytes of files → the `rows` that are stored of them, made in processes of their own (`workers`)."""

from memoryd.parsing.rows import BLOCK, FILE, OWN_FOLDER, SECTION, FileRows, Row, moved
from memoryd.parsing.workers import SECONDS_A_FILE, ParserPool

__all__ = ["BLOCK", "FILE", "OWN_FOLDER", "SECONDS_A_FILE", "SECTION", "FileRows", "ParserPool", "Row", "moved"]
