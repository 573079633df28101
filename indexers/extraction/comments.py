"""Finds the comments that document definitions, and the one that a file opens with."""

import re
from bisect import bisect_left, bisect_right
from typing import NamedTuple

import tree_sitter

from indexers.extraction.captures import Definition
from indexers.extraction.documentation import DOC_CHARACTERS, clean_doc
from indexers.model import Span, Symbol
from indexers.text import Lines

PRAGMA = re.compile(
    r"\A/\S*bin/.*|^(?:-\*-.*|(?:frozen_string_literal|encoding|coding|warn_indent|typed): .*|vim?:.*|eslint.*)$", re.MULTILINE
)
"""Lines of an opening comment that address a program: the shebang, an encoding, the settings of an editor or linter."""
NOTICE = re.compile(r"copyright|licen[sc]e|SPDX|\A!", re.IGNORECASE)
DOC_BLOCK = re.compile(rb"=(?:head|item|over|pod|begin)|/\*\*(?!.*@(?:callback|file|module|typedef))", re.DOTALL)


class Run(NamedTuple):
    """Comments and attributes on adjacent lines; `comments` are the byte ranges of the comments alone."""

    span: Span
    comments: list[tuple[int, int]]


def comment_runs(source: bytes, lines: Lines, comments: list[tree_sitter.Node], attributes: dict[int, int]) -> dict[int, Run]:
    """Return the runs of comments and attributes that stand alone on adjacent lines, by the last line of each run."""
    runs: dict[int, Run] = {}
    ends = {node.start_byte: node.end_byte for node in comments}
    for node in sorted(comments, key=lambda node: node.start_byte):
        start = node.start_byte
        text = source[start : node.end_byte]
        span = lines.span(start, max(start + 1, start + len(text.rstrip())))
        if source[lines.start_of(span.first_line) : start].strip() or not _ends_line(span.end, ends, source, lines):
            continue
        if start in attributes:  # the comment above stays: the definition may begin with this attribute
            above = runs.get(span.first_line - 1)
            run = Run(above.span, list(above.comments)) if above else Run(span, [])
        else:
            run = runs.pop(span.first_line - 1) if span.first_line - 1 in runs else Run(span, [])
            run.comments.append((span.start, span.end))
        runs[span.last_line] = run._replace(span=Span(run.span.start, span.end, run.span.first_line, span.last_line))
    return runs


def _ends_line(end: int, ends: dict[int, int], source: bytes, lines: Lines) -> bool:
    """Tell whether only comments and attributes follow the offset `end` on its line; `ends` maps their starts to their ends."""
    stop = lines.start_of(lines.line_of(end - 1) + 1)
    while rest := source[end:stop].lstrip():
        following = ends.get(stop - len(rest))
        if following is None or following <= end:
            return False
        end = following
    return True


def opening_comment(runs: dict[int, Run], source: bytes, symbols: tuple[Symbol, ...]) -> str:
    """Return the comment that a file opens with; if it holds only pragmas or a licence, the next one that documents no symbol."""
    documented = {symbol.span.start for symbol in symbols}
    above = 0
    for run in sorted(runs.values()):
        if (run.span.first_line > 3 and source[above : run.span.start].strip()) or (above and run.span.start in documented):
            return ""
        doc = PRAGMA.sub("", _comment_doc(source, run)).strip()
        if doc and not NOTICE.search(doc):
            return doc
        above = run.span.end
    return ""


def documented(definitions: list[Definition], runs: dict[int, Run], source: bytes, lines: Lines) -> list[Definition]:
    """Extend each definition by the run of comments directly above it, which documents it unless it documents itself."""
    claimed = {lines.line_of(definition.start) - 1 for definition in definitions}
    taken: list[tuple[int, int]] = []
    for definition in definitions:
        above_body = lines.line_of(definition.body) - 1 if definition.body > 0 else 0
        opening = runs.get(above_body)
        if opening and opening.comments and opening.span.start > definition.start:
            definition.body = opening.span.start
            if above_body not in claimed:
                definition.doc = definition.doc or _comment_doc(source, opening)
        first = lines.line_of(definition.start)
        run = runs.get(first - 1) or _over_blank_line(runs, first, source, lines)
        if run is None or source[lines.start_of(first) : definition.start].strip():
            continue
        taken.append((run.span.start, definition.start))
        definition.start = run.span.start
        definition.doc = definition.doc or _comment_doc(source, run)
    return _trimmed(definitions, taken)


def _over_blank_line(runs: dict[int, Run], first: int, source: bytes, lines: Lines) -> Run | None:
    """Return the `/** … */` or `=pod` one blank line above its definition, as in older JavaScript and in Perl.

    A comment that opens the file is not taken.
    """
    run = runs.get(first - 2)
    if run is None or run.span.first_line <= 3 or not DOC_BLOCK.match(source, run.span.start, run.span.end):
        return None
    return None if source[lines.start_of(first - 1) : lines.start_of(first)].strip() else run


def _trimmed(definitions: list[Definition], taken: list[tuple[int, int]]) -> list[Definition]:
    """End each definition before the comments of the next one: some grammars make those part of the definition above."""
    by_end = sorted(definitions, key=lambda definition: definition.end)
    ends = [definition.end for definition in by_end]
    for start, stop in taken:
        for definition in by_end[bisect_right(ends, start) : bisect_right(ends, stop)]:
            definition.end = start if definition.start < start else definition.end
    return definitions


def end_heads_at_comments(definitions: list[Definition], comments: list[tree_sitter.Node]) -> None:
    """Let a signature end where a comment stands between head and body, as in `def f(): # why`."""
    comments = sorted(comments, key=lambda node: node.start_byte)
    starts = [node.start_byte for node in comments]
    for definition in definitions:
        if definition.body < 0:
            continue
        for node in comments[bisect_right(starts, definition.inner.start_byte) : bisect_left(starts, definition.body)]:
            if node.parent == definition.inner:
                definition.body = node.start_byte
                break


def _comment_doc(source: bytes, run: Run) -> str:
    text = b"\n".join(source[start:end] for start, end in run.comments)
    return clean_doc(text[: 4 * DOC_CHARACTERS].decode("utf-8", "replace"))
