"""Turns the facts of a file into rows of the store: one per unit, one for the file. Pure: rows depend on its bytes and path only.

A unit is a symbol, a block between symbols, or a section of prose. A file's own row comes first and carries its
file-level references. The words of a unit exclude those of units nested in it, so no line is indexed twice.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from indexers import FileFacts, Reference, Span, Symbol, language_revision, searchable, split_words, summarize, summarize_file
from memoryd.ids import block_id, file_id, symbol_id
from memoryd.model import Secrets
from memoryd.secrets import revision

BLOCK_SUMMARY_CHARACTERS = 600
BLOCK = "block"
FILE = "file"
SECTION = "section"
OWN_FOLDER = ".memoryd/"
"""The folder of a project that holds its notes. It is left out of the search index: notes are checked before they are read."""


class Row(NamedTuple):
    """A unit or a file as stored. Full-text search reads `names` (words of path, qualname and signature) and `words` (of the text)."""

    id: str
    kind: str
    qualname: str
    start: int
    end: int
    first_line: int
    last_line: int
    signature: str
    doc: str
    summary: str
    names: str
    words: str
    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class FileRows:
    """All rows of one file. `skipped` is the reason why a file has only its own row; it is "" for an indexed file.

    `language` is "" for a file that is skipped for its content; one that failed in its parser has the language of the parser.
    """

    path: str
    language: str
    digest: str
    language_revision: str
    skipped: str
    rows: tuple[Row, ...]

    @property
    def has_failed(self) -> bool:
        """Whether its parser failed, which may not be the fault of the file."""
        return bool(self.skipped and self.language)


def revision_of(language: str, secrets: Secrets) -> str:
    """Return a digest of what the rows of a file depend on besides its bytes: its language, and the rules for secrets."""
    return f"{language_revision(language)}-{revision(secrets)}"


def file_rows(path: str, digest: str, language_revision: str, source: bytes, facts: FileFacts) -> FileRows:
    """Turn the facts of one file into its rows, in the order of the source."""
    references = defaultdict(list)
    for reference in facts.references:
        references[reference.scope].append(reference)
    children = _children(facts.symbols)
    rows = [_file_row(path, source, facts, tuple(references[""]))]
    for symbol in facts.symbols:
        text = _own_text(source, symbol.span, children.get(symbol.qualname, ()))
        rows.append(_symbol_row(path, symbol, text, tuple(references[symbol.qualname])))
    blocks: Counter[str] = Counter()
    for block in facts.blocks:
        text = source[block.start : block.end].decode("utf-8", "replace")
        row = _block_row(path, block, searchable(facts.language, text))
        blocks[row.id] += 1
        # Several blocks may share one line; like symbols of one name they are told apart by a number.
        rows.append(row if blocks[row.id] == 1 else row._replace(id=f"{row.id}~{blocks[row.id]}"))
    return FileRows(path, facts.language, digest, language_revision, "", tuple(rows))


def skipped_rows(path: str, language: str, digest: str, language_revision: str, reason: str) -> FileRows:
    """Return the single row of a file that is not indexed, so that it is not read again until it changes."""
    row = Row(file_id(path), FILE, "", 0, 0, 0, 0, "", "", f"{language} file {path}".lstrip(), split_words(path), "", ())
    return FileRows(path, language, digest, language_revision, reason, (row,))


def moved(file: FileRows, path: str) -> FileRows:
    """Return the rows of the same bytes at another path, without parsing: only ids, names and headlines hold the path."""
    return replace(file, path=path, rows=tuple(_moved_row(file, path, row) for row in file.rows))


def _moved_row(file: FileRows, path: str, row: Row) -> Row:
    place = len(_headline(file, row))
    summary = row.summary[:place] + path + row.summary[place + len(file.path) :]
    id_ = file_id(path) + row.id[len(file_id(file.path)) :]
    return row._replace(id=id_, names=_names(path, row.qualname, row.signature), summary=summary)


def _headline(file: FileRows, row: Row) -> str:
    """Return the beginning of a row's summary, up to the path."""
    if row.kind == FILE:
        return f"{file.language} file ".lstrip()
    return "lines of " if row.kind == BLOCK else f"{row.kind} {row.qualname} in "


def _names(path: str, qualname: str, signature: str) -> str:
    return f"{_path_words(path)} {split_words(f'{qualname} {signature}')}".rstrip()


@lru_cache(maxsize=16)
def _path_words(path: str) -> str:
    return split_words(path)


def _children(symbols: tuple[Symbol, ...]) -> dict[str, list[Span]]:
    """Return the spans directly inside each symbol; symbols come outer before inner."""
    children: dict[str, list[Span]] = defaultdict(list)
    around: list[Symbol] = []
    for symbol in symbols:
        while around and around[-1].span.end <= symbol.span.start:
            around.pop()
        if around:
            children[around[-1].qualname].append(symbol.span)
        around.append(symbol)
    return children


def _own_text(source: bytes, span: Span, inner: list[Span] | tuple[()]) -> str:
    pieces = []
    position = span.start
    for child in inner:
        pieces.append(source[position : child.start])
        position = max(position, child.end)
    pieces.append(source[position : span.end])
    return b"\n".join(pieces).decode("utf-8", "replace")


def _symbol_row(path: str, symbol: Symbol, text: str, references: tuple[Reference, ...]) -> Row:
    return Row(
        id=symbol_id(path, symbol.qualname),
        kind=symbol.kind,
        qualname=symbol.qualname,
        **_place(symbol.span),
        signature=symbol.signature,
        doc=symbol.doc,
        summary=summarize(path, symbol, references),
        names=_names(path, symbol.qualname, symbol.signature),
        words=split_words(text),
        references=references,
    )


def _block_row(path: str, span: Span, text: str) -> Row:
    return Row(
        id=block_id(path, span.first_line, span.last_line),
        kind=BLOCK,
        qualname="",
        **_place(span),
        signature="",
        doc="",
        summary=f"lines of {path}\n{' '.join(text.split())[:BLOCK_SUMMARY_CHARACTERS]}",
        names=_names(path, "", ""),
        words=split_words(text),
        references=(),
    )


def _file_row(path: str, source: bytes, facts: FileFacts, references: tuple[Reference, ...]) -> Row:
    outer = [symbol.name for symbol in facts.symbols if "." not in symbol.qualname]
    return Row(
        id=file_id(path),
        kind=FILE,
        qualname="",
        start=0,
        end=len(source),
        first_line=1,
        last_line=source.count(b"\n") + (not source.endswith(b"\n")),
        signature="",
        doc=facts.doc,
        summary=summarize_file(path, facts.language, facts.doc, facts.symbols),
        names=_names(path, "", ""),
        words=split_words(f"{facts.doc} {' '.join(outer)}"),
        references=references,
    )


def _place(span: Span) -> dict[str, int]:
    return {"start": span.start, "end": span.end, "first_line": span.first_line, "last_line": span.last_line}
