"""Writes an answer as text within a token budget: sections of places, each with its line of source, and what is not shown."""

from collections.abc import Iterator, Sequence

from memoryd.advice import MORE, Face
from memoryd.questions import WHOLE, Relation
from memoryd.relations.drafts import Draft, Row, Section
from memoryd.relations.model import Related
from memoryd.text import escaped, source_line
from memoryd.tokens import TokenCount
from memoryd.versions import Sources, View

LONGEST = 110
"""The most characters of a line of source."""
RESERVED = 60
"""Tokens that are kept for what is said below the rows."""
NOTHING = "nothing is known"


def written(view: View, draft: Draft, changing: frozenset[str], budget: int, count: TokenCount, face: Face) -> Related:
    """Return an answer of at most `budget` tokens. Lines of files that are `changing` are not quoted; raises `Stale` as `Sources` does."""
    rows = [row for section in draft.sections for row in section.rows]
    sources = Sources(view, (row.path for row in rows if row.is_quoted))
    taken = _fitting(draft, sources, changing, budget - RESERVED, count)
    while taken and count(_text(draft, sources, changing, taken, face)) > budget:
        taken -= max(1, taken // 10)
    text = _text(draft, sources, changing, taken, face)
    if count(text) > budget:
        text, taken = "", 0
    shown = rows[:taken]
    return Related(
        root=str(view.root), relation=draft.relation, target=draft.targets, text=text, tokens=count(text), budget=budget,
        edges=tuple(row.edge for row in shown if row.edge), found=tuple(row.found for row in shown if row.found),
        unresolved=draft.unresolved, omitted=len(rows) - taken + draft.hidden, uncertain=draft.uncertain, commands=(),
        store_version=view.version,
    )  # fmt: skip


def _fitting(draft: Draft, sources: Sources, changing: frozenset[str], room: int, count: TokenCount) -> int:
    """Return how many rows about fit, from the first on."""
    taken = 0
    left = room - count(draft.heading) - sum(map(count, draft.remarks))
    for section in draft.sections:
        left -= count(section.title) + 2
        for before, row in zip([None, *section.rows], section.rows, strict=False):
            left -= count("".join(_lines(before, row, sources, changing))) + 1
            if left < 0:
                return taken
            taken += 1
    return taken


def _text(draft: Draft, sources: Sources, changing: frozenset[str], taken: int, face: Face) -> str:
    parts = [f"## {draft.heading}\n"]
    left = taken
    hidden: list[str] = []
    for section in draft.sections:
        shown = section.rows[:left]
        left -= len(shown)
        if shown:
            parts += [f"{section.title}\n"] if section.title else []
            parts += [line for before, row in zip([None, *shown], shown, strict=False) for line in _lines(before, row, sources, changing)]
        if len(shown) < len(section.rows):
            hidden.append(f"{len(section.rows) - len(shown):,} {_short(section)}")
    if not draft.sections and draft.relation not in (*WHOLE, Relation.PATH):  # whose headings or remarks say it
        parts.append(f"{NOTHING}\n")
    parts += [f"{remark}\n" for remark in draft.remarks]
    if hidden:
        parts.append(f"left out: {'; '.join(hidden)}; {MORE.to(face)}\n")
    return "".join(parts)


def _short(section: Section) -> str:
    title = section.title.rpartition(":")[0] or "steps"
    return f"({title})"


def _lines(before: Row | None, row: Row, sources: Sources, changing: frozenset[str]) -> Iterator[str]:
    """Yield the lines of a row: its path where another one stood above, and its place with the line of source there."""
    if row.line == 0:
        yield f"{source_line(escaped(row.path))}: {row.text}\n" if row.text else f"{source_line(escaped(row.path))}\n"
        return
    if before is None or before.path != row.path or before.line == 0:
        yield f"{source_line(escaped(row.path))}\n"
    quoted = f": {_quoted(row, sources[row.path])}" if row.is_quoted and row.path not in changing else ""
    yield f"  {row.line} {row.text}{quoted}\n"


def _quoted(row: Row, lines: Sequence[str]) -> str:
    line = " ".join(lines[row.line - 1].split()) if row.line <= len(lines) else ""
    return escaped(line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…")
