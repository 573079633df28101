"""What would have been, had long files been answered by their outlines: what of them an agent used later stands there.

Definitions are those that the indexers find in the text that was read; the hooks of a project take them from its index.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from indexers import index_source, language_of
from memoryd.observations import LONG, names, outline
from memoryd.sessions import Ledger
from scripts.bench.agents.transcripts import LEAST, Step
from scripts.bench.results import Row

EDITS = frozenset(("Edit", "MultiEdit", "Write"))
HANDLE = "obs:0000000000"


@dataclass(frozen=True)
class Outlined:
    """One reading of a whole long file: `why` it is left whole, or what becomes of it; lines are counted that the agent used later."""

    why: str
    characters: int
    shown: int
    used: int
    kept: int


def outlined(steps: Sequence[Step]) -> Iterator[Outlined]:
    """Yield the readings of whole long files of a transcript."""
    ledger, edited, task = Ledger(), set[str](), ""
    for at, step in enumerate(steps):
        task = step.asked or task
        path, content = str(step.given.get("file_path", "")), str(step.file.get("content", ""))
        if step.name in EDITS:
            edited.add(path)
        if step.name != "Read" or not content:
            continue
        lines, first = content.split("\n"), int(step.file.get("startLine") or 1)
        is_whole = first == 1 and step.file.get("totalLines") == len(lines) and not {"offset", "limit"} & step.given.keys()
        if is_whole and len(content) >= LONG:
            why = "edited before" if path in edited else "some of it in the context" if ledger.holds(path) else ""
            yield _outlined(why or ("named by the task" if names(task, path) else ""), path, lines, task, steps[at + 1 :])
        ledger.saw(path, first, lines)


def _outlined(why: str, path: str, lines: list[str], task: str, later: Sequence[Step]) -> Outlined:
    content, said = "\n".join(lines), "\n".join(step.said for step in later if step.said)
    found = None if why else outline(lines, _definitions(path, content), task)
    used = {number for number, line in enumerate(lines) if len(line.strip()) >= LEAST and line.strip() in said}
    if found is None:
        return Outlined(why or "nothing speaks of the task, or little would be saved", len(content), len(content), len(used), len(used))
    is_edited = any(step.name in EDITS and step.given.get("file_path") == path for step in later)
    what = f"outlined, {'edited later' if is_edited else 'only read'}"
    return Outlined(what, len(content), len(found.text(HANDLE)), len(used), len(used & found.kept))


def _definitions(path: str, content: str) -> list[tuple[int, int]]:
    symbols = index_source(language_of(path), content.encode()).symbols
    return [(symbol.span.first_line - 1, symbol.span.last_line) for symbol in symbols]


def of_outlines(files: Sequence[Outlined]) -> list[Row]:
    """Return the rows of the table: by what becomes of a file, and all that would be outlined."""
    rows = [_row(why, [one for one in files if one.why == why]) for why in sorted({one.why for one in files})]
    return [*rows, _row("all that is outlined", [one for one in files if one.why.startswith("outlined")])]


def _row(what: str, files: Sequence[Outlined]) -> Row:
    characters, used = sum(one.characters for one in files), sum(one.used for one in files)
    return {
        "whole long files": what, "number": len(files), "characters": characters,
        "shown": round(sum(one.shown for one in files) / max(characters, 1), 3), "lines used later": used,
        "of these shown": round(sum(one.kept for one in files) / used, 3) if used else "",
        "files of which a used line is not shown": sum(one.kept < one.used for one in files),
    }  # fmt: skip
