"""Reads Jupyter notebooks: code cells as the language of the kernel, Markdown cells as prose, outputs never.

A notebook is JSON in which each line of a cell is a string on a line of its own. The code of all cells is read as one file in which
each of these lines is put where its string stands and everything else is blank, so each fact is on its true line of the notebook.
What stands otherwise, such as a whole cell in one string, is kept as a block where it has its line for itself.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from indexers.extraction import extract
from indexers.language import is_unpacked, languages, readable
from indexers.model import FileFacts, Reference, Span, Symbol, free_name
from indexers.sections import sections
from indexers.text import BLANKED, Lines, cut_blocks, gaps

TOKEN = re.compile(r'["\[\]{},]')
MAGIC = re.compile(r"\s*[%!?]")
KEPT_CELL = re.compile(r"%%(?:time|timeit|capture|prun)\b")
"""Magics of a cell whose other lines are code of the kernel's language; other magics say another language or another program."""
KERNELS = {"python": "python", "python2": "python", "python3": "python", "ipython": "python", "r": "r", "julia": "julia"}
"""The languages that code cells are read in, by what the kernel calls them."""
MOST_DEPTH = 60
"""The most containers around a value: a notebook has ten."""
DOC_CHARACTERS = 1_200
ALONE = frozenset(opening + closing for opening in ("", '"source":[', '"source":') for closing in ("", ",", "]", "],"))
"""What may stand beside a string of a cell on its line."""
CELL, LINES = ("cells", ""), ("cells", "", "source", "")
KERNEL = (("metadata", "kernelspec", "language"), ("metadata", "language_info", "name"))


@dataclass(slots=True)
class _Cell:
    """A cell: its kind, and its strings, each with the number of the line it stands on; `is_shared` if others' text stands there too."""

    kind: str = ""
    strings: list[tuple[int, str]] = field(default_factory=list)
    is_shared: bool = False

    @property
    def is_by_lines(self) -> bool:
        """Tell whether each line of the cell stands on a line of its own."""
        numbers = [line for line, _ in self.strings]
        return len(set(numbers)) == len(numbers) and all("\n" not in text.removesuffix("\n") for _, text in self.strings)


@dataclass(slots=True)
class _Notebook:
    cells: list[_Cell] = field(default_factory=list)
    kernel: str = "python"
    is_broken: bool = False


def index_notebook(source: bytes, lines: Lines) -> FileFacts:
    """Return the facts of a notebook."""
    notebook = _read(source.decode("utf-8", "replace"))
    cells = [cell for cell in notebook.cells if cell.strings and not cell.is_shared]
    places = _places(cells, lines)
    prose = _text_of((cell for cell in cells if cell.kind == "markdown"), source, lines)
    code = _code(notebook.kernel, [cell for cell in cells if cell.kind == "code"], source, lines)
    symbols = _symbols(code, sections("markdown", prose, lines), places, source, lines)
    outside = [Symbol("", "", "", "", span) for span in _between(places, lines)]
    return FileFacts(
        language="notebook",
        symbols=symbols,
        own_spans=tuple(symbol.span for symbol in symbols),
        references=_references(code, symbols),
        blocks=cut_blocks(source, lines, gaps(source, [*symbols, *outside]), "notebook"),
        doc=next(("".join(text for _, text in cell.strings).strip()[:DOC_CHARACTERS] for cell in cells if cell.kind == "markdown"), ""),
        has_errors=notebook.is_broken or code.has_errors,
        members=tuple(one for one in code.members if one.owner in {symbol.qualname for symbol in symbols}),
    )


def _read(text: str) -> _Notebook:
    """Return the cells of a notebook, as far as it is JSON: of equal keys the last, of values of other types nothing."""
    notebook, decoder = _Notebook(), json.JSONDecoder(strict=False)
    around: list[tuple[str, str]] = []  # each container with the key that is being read in it
    awaits_key, line, counted, position = False, 1, 0, 0
    while token := TOKEN.search(text, position):
        position, mark = token.end(), token[0]
        if mark == '"':
            line, counted = line + text.count("\n", counted, token.start()), token.start()
            try:
                value, position = decoder.raw_decode(text, token.start())
            except ValueError:
                notebook.is_broken = True
                break
            if awaits_key:
                around[-1], awaits_key = ("{", value), False
            else:
                _take(notebook, tuple(key for _, key in around), value, line, _beside(text, token.start(), position))
        elif mark in "[{":
            if len(around) == MOST_DEPTH:
                notebook.is_broken = True
                break
            _open(notebook, tuple(key for _, key in around))
            around.append((mark, ""))
            awaits_key = mark == "{"
        elif mark == ",":
            awaits_key = bool(around) and around[-1][0] == "{"
        elif around:
            around.pop()
            awaits_key = False
    notebook.is_broken |= bool(around)
    return notebook


def _open(notebook: _Notebook, path: tuple[str, ...]) -> None:
    if path == CELL:
        notebook.cells.append(_Cell())
    elif path == LINES[:-1] and notebook.cells:
        notebook.cells[-1].strings, notebook.cells[-1].is_shared = [], False


def _take(notebook: _Notebook, path: tuple[str, ...], value: str, line: int, around: str) -> None:
    if path in KERNEL:
        notebook.kernel = value.lower()
    elif path[:2] != CELL or not notebook.cells:
        return
    elif path == (*CELL, "cell_type"):
        notebook.cells[-1].kind = value
    elif path in (LINES, LINES[:-1]):
        if path == LINES[:-1]:
            _open(notebook, path)
        notebook.cells[-1].strings.append((line, value))
        notebook.cells[-1].is_shared |= around not in ALONE


def _beside(text: str, start: int, end: int) -> str:
    """Return what stands beside a string on its line, as far as it tells whether the string has the line for itself."""
    before, after = text[max(0, start - 80) : start], text[end : end + 8]
    return "".join((before.rpartition("\n")[2] + after.partition("\n")[0]).split())


def _places(cells: Iterable[_Cell], lines: Lines) -> list[Span]:
    """Return the lines of each cell, those without others' lines."""
    places: list[Span] = []
    for cell in cells:
        first, last = cell.strings[0][0], cell.strings[-1][0]
        if not places or first > places[-1].last_line:
            places.append(lines.span(lines.start_of(first), lines.start_of(last + 1)))
    return places


def _between(places: Sequence[Span], lines: Lines) -> Iterator[Span]:
    starts = [0, *(place.end for place in places)]
    for start, stop in zip(starts, [*(place.start for place in places), lines.size], strict=True):
        if start < stop:
            yield lines.span(start, stop)


def _text_of(cells: Iterable[_Cell], source: bytes, lines: Lines) -> bytes:
    """Return a notebook with the text of cells at the beginning of their lines and blanks for everything else."""
    text = bytearray(source.translate(BLANKED))
    for cell in cells:
        if not cell.is_by_lines:
            continue
        for line, string in cell.strings:
            start = lines.start_of(line)
            room = lines.start_of(line + 1) - start - (source[lines.start_of(line + 1) - 1 :][:1] == b"\n")
            written = string.rstrip("\r\n").encode("utf-8", "replace")
            if len(written) <= room:
                text[start : start + len(written)] = written
    return bytes(text)


def _code(kernel: str, cells: Sequence[_Cell], source: bytes, lines: Lines) -> FileFacts:
    language = KERNELS.get(kernel, "")
    if not (language and readable(language) and is_unpacked(language)):
        return FileFacts("notebook", (), (), (), (), "", False)
    if language == "python":
        cells = [_without_magics(cell) for cell in cells]
    return extract(languages()[language], _text_of(cells, source, lines), lines)


def _without_magics(cell: _Cell) -> _Cell:
    """Return a cell of Python without the lines that IPython reads before Python does."""
    opening = next((text for _, text in cell.strings if text.strip()), "").lstrip()
    if opening.startswith("%%") and not KEPT_CELL.match(opening):
        return _Cell(cell.kind)
    return _Cell(cell.kind, [(line, "" if MAGIC.match(text) else text) for line, text in cell.strings])


def _symbols(code: FileFacts, prose: Iterable[Symbol], places: Sequence[Span], source: bytes, lines: Lines) -> tuple[Symbol, ...]:
    """Return the definitions and sections on the whole lines that they have in the cell in which they begin, outer before inner.

    The variables of a notebook are steps of its cells, and nobody looks for each.
    """
    taken = {symbol.qualname for symbol in code.symbols}
    pairs = zip(code.symbols, code.own_spans, strict=True)
    found = [symbol._replace(span=span) for symbol, span in pairs if symbol.kind != "variable"]
    for symbol in prose:
        doc = "\n".join(line.rstrip() for line in symbol.doc.split("\n"))
        found.append(symbol._replace(qualname=free_name(symbol.qualname, taken), doc=doc))
    found.sort(key=lambda symbol: (symbol.span.first_line, -symbol.span.last_line, symbol.span))
    within: list[Symbol] = []
    around: list[int] = []
    cells = iter(places)
    cell = next(cells, None)
    for symbol in found:
        first, last = symbol.span.first_line, symbol.span.last_line
        while cell and cell.last_line < first:
            cell = next(cells, None)
        if cell and cell.first_line <= first:
            while around and around[-1] < first:
                around.pop()
            around.append(min([last, cell.last_line, *around[-1:]]))
            start, end = lines.start_of(first), lines.start_of(around[-1] + 1)
            within.append(symbol._replace(span=lines.span(start, start + len(source[start:end].rstrip()))))
    return tuple(within)


def _references(code: FileFacts, symbols: Iterable[Symbol]) -> tuple[Reference, ...]:
    """Return the references, those of what is no symbol here as references of the file."""
    known = {symbol.qualname for symbol in symbols}
    found: dict[Reference, set[int]] = {}
    for one in code.references:
        key = one._replace(scope=one.scope if one.scope in known else "", line=0, more="")
        found.setdefault(key, set()).update(one.lines)
    return tuple(key._replace(line=min(places), more=",".join(map(str, sorted(places)[1:]))) for key, places in found.items())
