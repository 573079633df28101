"""Turns the facts of a file into rows of the store: one per unit, one for the file. Pure: rows depend on its bytes and path only.

A unit is a symbol, a block between symbols, or a section of prose. A file's own row comes first and carries its
file-level references. The words of a unit exclude those of units nested in it, so no line is indexed twice.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain, islice
from typing import Any, NamedTuple

from indexers import FileFacts, Member, Reference, Span, Symbol, language_revision, searchable, split_words, summarize, summarize_file
from memoryd.model import Secrets
from memoryd.secrets import revision
from memoryd.text import block_id, file_id, symbol_id

BLOCK_SUMMARY_CHARACTERS = 600
BLOCK = "block"
FILE = "file"
SECTION = "section"
OWN_FOLDER = ".memoryd/"
"""The folder of a project that holds its notes. It is left out of the search index: notes are checked before they are read."""


class Row(NamedTuple):
    """A unit or a file as stored. Full-text search reads `names` (words of path, qualname and signature) and `words` (of the text).

    `members` are those of a type, one a line: name, first line, last line.
    """

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
    members: str
    references: tuple[Reference, ...]


def members_of(text: str, owner: str) -> list[Member]:
    """Return the members that a row of their owner tells."""
    return [Member(name, owner, int(first), int(last)) for name, first, last in map(str.split, text.splitlines())]


class Columns(NamedTuple):
    """Rows column by column, as they are sent and stored: that costs a fraction of what each row and reference by itself would.

    `units` has the fields of `Row` but its references; those of all rows are in `references`, column by column, too, `counts` says
    how many each row has. Their scope is the name of their row.
    """

    units: tuple[tuple[Any, ...], ...]
    references: tuple[tuple[Any, ...], ...]
    counts: tuple[int, ...]

    @classmethod
    def of(cls, rows: Sequence[Row]) -> "Columns":
        """Return rows as columns."""
        *units, references = zip(*rows, strict=True)
        flat = tuple(zip(*chain.from_iterable(references), strict=True)) or ((),) * len(Reference._fields)
        kept = tuple(column for name, column in zip(Reference._fields, flat, strict=True) if name != "scope")
        return cls(tuple(units), kept, tuple(map(len, references)))

    def unit(self, name: str) -> tuple[Any, ...]:
        """Return the column of a field of `Row`."""
        return self.units[Row._fields.index(name)]

    def rows(self) -> Iterator[Row]:
        """Yield the rows."""
        references = zip(*self.references, strict=True)
        for unit, count in zip(zip(*self.units, strict=True), self.counts, strict=True):
            own = islice(references, count)
            scope = unit[Row._fields.index("qualname")]
            yield Row._make((*unit, tuple(Reference(name, kind, scope, *rest) for name, kind, *rest in own)))


class FileRows(NamedTuple):
    """All rows of one file. `skipped` is the reason why a file has only its own row; it is "" for an indexed file.

    `language` is "" for a file that is skipped for its content; one that failed in its parser has the language of the parser.
    """

    path: str
    language: str
    digest: str
    language_revision: str
    skipped: str
    columns: Columns
    has_errors: bool = False

    @property
    def size(self) -> int:
        """The number of its rows."""
        return len(self.columns.counts)

    @property
    def rows(self) -> tuple[Row, ...]:
        """Its rows, one by one."""
        return tuple(self.columns.rows())

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
    members: dict[str, list[str]] = defaultdict(list)
    for member in facts.members:
        members[member.owner].append(f"{member.name} {member.first_line} {member.last_line}")
    children = _children(facts.symbols)
    rows = [_file_row(path, source, facts, tuple(references[""]))]
    for symbol in facts.symbols:
        text = _own_text(source, symbol.span, children.get(symbol.qualname, ()))
        rows.append(_symbol_row(path, symbol, text, "\n".join(members.get(symbol.qualname, ())), tuple(references[symbol.qualname])))
    blocks: Counter[str] = Counter()
    for block in facts.blocks:
        text = source[block.start : block.end].decode("utf-8", "replace")
        row = _block_row(path, block, searchable(facts.language, text))
        blocks[row.id] += 1
        # Several blocks may share one line; like symbols of one name they are told apart by a number.
        rows.append(row if blocks[row.id] == 1 else row._replace(id=f"{row.id}~{blocks[row.id]}"))
    return FileRows(path, facts.language, digest, language_revision, "", Columns.of(rows), facts.has_errors)


def skipped_rows(path: str, language: str, digest: str, language_revision: str, reason: str) -> FileRows:
    """Return the single row of a file that is not indexed, so that it is not read again until it changes."""
    row = Row(file_id(path), FILE, "", 0, 0, 0, 0, "", "", f"{language} file {path}".lstrip(), split_words(path), "", "", ())
    return FileRows(path, language, digest, language_revision, reason, Columns.of([row]))


def moved(file: FileRows, path: str) -> FileRows:
    """Return the rows of the same bytes at another path, without parsing: only ids, names and headlines hold the path."""
    return file._replace(path=path, columns=Columns.of([_moved_row(file, path, row) for row in file.columns.rows()]))


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


def _symbol_row(path: str, symbol: Symbol, text: str, members: str, references: tuple[Reference, ...]) -> Row:
    names = _names(path, symbol.qualname, symbol.signature)
    return Row(
        symbol_id(path, symbol.qualname), symbol.kind, symbol.qualname, *symbol.span, symbol.signature, symbol.doc,
        summarize(path, symbol, references), names, split_words(text), members, references,
    )  # fmt: skip


def _block_row(path: str, span: Span, text: str) -> Row:
    # So many words are more than so many characters; a catalogue of translations has thousands.
    begin = " ".join(text.split(maxsplit=BLOCK_SUMMARY_CHARACTERS)[:BLOCK_SUMMARY_CHARACTERS])[:BLOCK_SUMMARY_CHARACTERS]
    summary = f"lines of {path}\n{begin}"
    id_ = block_id(path, span.first_line, span.last_line)
    return Row(id_, BLOCK, "", *span, "", "", summary, _names(path, "", ""), split_words(text), "", ())


def _file_row(path: str, source: bytes, facts: FileFacts, references: tuple[Reference, ...]) -> Row:
    outer = [symbol.name for symbol in facts.symbols if "." not in symbol.qualname]
    span = Span(0, len(source), 1, source.count(b"\n") + (not source.endswith(b"\n")))
    summary = summarize_file(path, facts.language, facts.doc, facts.symbols)
    words = split_words(f"{facts.doc} {' '.join(outer)}")
    return Row(file_id(path), FILE, "", *span, "", facts.doc, summary, _names(path, "", ""), words, "", references)
