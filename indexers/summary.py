"""Summarises a symbol or a file in the short text that is embedded for it.

A symbol's summary holds its kind, name and path, its signature, the first paragraph of its documentation, and the names it uses.
The same facts give the same text.
"""

import re
from collections.abc import Iterable, Sequence

from indexers.model import Reference, Symbol

DOC_CHARACTERS = 320
EMPTY_LINE = re.compile(r"\n\s*\n")
MOST_NAMES = 16
"""The most names that a summary lists."""


def summarize(path: str, symbol: Symbol, references: Iterable[Reference]) -> str:
    """Return the summary of one symbol. `references` are those whose scope is the symbol."""
    return "\n".join(filter(None, [
        f"{symbol.kind} {symbol.qualname} in {path}",
        symbol.signature,
        first_paragraph(symbol.doc),
        _listed("uses", (reference.name for reference in references)),
    ]))  # fmt: skip


def summarize_file(path: str, language: str, doc: str, symbols: Sequence[Symbol]) -> str:
    """Return the summary of one file: its language, its documentation, its outermost definitions."""
    return "\n".join(filter(None, [
        f"{language} file {path}",
        first_paragraph(doc),
        _listed("defines", (symbol.signature if language in ("markdown", "rst") else symbol.name
                            for symbol in symbols if "." not in symbol.qualname)),
    ]))  # fmt: skip


def first_paragraph(doc: str) -> str:
    """Return the first paragraph on one line, cut at a word."""
    if not doc:
        return ""  # as for most definitions of most projects
    text = " ".join(EMPTY_LINE.split(doc.strip(), maxsplit=1)[0].split())
    if len(text) <= DOC_CHARACTERS:
        return text
    return text[:DOC_CHARACTERS].rpartition(" ")[0] + " …"


def _listed(label: str, names: Iterable[str]) -> str:
    distinct = [name for name in dict.fromkeys(names) if name and name != "*"]
    if not distinct:
        return ""
    more = " …" if len(distinct) > MOST_NAMES else ""
    return f"{label} {', '.join(distinct[:MOST_NAMES])}{more}"
