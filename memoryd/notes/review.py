"""The review of the notes: what is false, in which line, why, and what to do, as values and as Markdown for a pull request."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from memoryd.files import Content, read
from memoryd.model import Secrets
from memoryd.notekinds import NoteKind
from memoryd.notes.answers import title
from memoryd.notes.book import Book, Checked
from memoryd.notes.conflicts import Conflict
from memoryd.notes.file import Broken, item_lines, path_of
from memoryd.notes.judge import Judgement, Standing
from memoryd.text import escaped, escaped_text

NOTHING_LINE = 1
"""The line to report for a statement whose line is unknown."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A false statement of a note: its line in the note's file, and why it is false."""

    line: int
    statement: str
    because: str


@dataclass(frozen=True, slots=True)
class DisprovedNote:
    """A note that is false or may not be shown, with its false statements."""

    id: str
    path: str
    title: str
    standing: Standing
    wrong: tuple[Wrong, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """The findings about all notes, or with a `base` about changes since; `text` is the same as Markdown for a pull request.

    `passed` means that no note is disproved and every file is a note. Contradictions are for people to settle.
    """

    base: str | None
    passed: bool
    counts: dict[Standing, int]
    disproved: tuple[DisprovedNote, ...]
    broken: tuple[Broken, ...]
    conflicts: tuple[Conflict, ...]
    text: str


Disproved = list[tuple[NoteKind, DisprovedNote]]


def review_notes(book: Book) -> Review:
    """Review all notes of a project."""
    found = book.check()
    wrong = (*found.of(Standing.FALSE), *found.of(Standing.OBJECTIONABLE))
    return _review(None, found, _disproved(book, wrong), book.conflicts())


def review_notes_since(book: Book, base: str) -> Review:
    """Review the effect of changes since the merge base of `base` and the checkout. Raises `UnknownNote` without such a commit."""
    changed, found = book.changed_since(base), book.check()
    broken = tuple(one for one in found.broken if changed(one.path))
    conflicts = tuple(one for one in book.conflicts() if changed(path_of(one.one)) or changed(path_of(one.other)))
    return _review(base, replace(found, broken=broken), _disproved(book, book.disproved(base)), conflicts)


def _review(base: str | None, found: Checked, disproved: Disproved, conflicts: tuple[Conflict, ...]) -> Review:
    broken = tuple(replace(one, reason=escaped(one.reason)) for one in found.broken)
    conflicts = tuple(replace(one, because=escaped(one.because)) for one in conflicts)
    passed = not disproved and not broken
    review = Review(base, passed, _counts(found.judged), tuple(one for _, one in disproved), broken, conflicts, "")
    return replace(review, text=_markdown(review, disproved))


def _markdown(found: Review, disproved: Disproved) -> str:
    """Return a review as Markdown; text from notes stands in code spans, in which links and mentions do not work."""
    since = f" by what changed since {_code(found.base)}" if found.base else ""
    counts = ", ".join(f"{standing} {number}" for standing, number in found.counts.items()) or "none"
    if found.passed and not found.conflicts:
        return f"No note is disproved{since}. Notes: {counts}.\n"
    return "\n".join([f"## Notes disproved{since}: {len(disproved)}\n", f"Notes: {counts}.\n", *_sections(found, disproved)])


def _sections(found: Review, disproved: Disproved) -> Iterator[str]:
    for kind, one in disproved:
        yield f"### {kind} {_code(one.title)}\n"
        yield from (f"- {_code(f'{one.path}:{wrong.line}')} says {_code(wrong.statement)}: {_code(wrong.because)}" for wrong in one.wrong)
        yield f"\n{_advice(one)}\n"
    if found.broken:
        yield "### Files that are no notes\n"
        yield from (f"- {_code(one.path)}: {_code(one.reason)}" for one in found.broken)
        yield "\nMend them, or move them out of that folder.\n"
    if found.conflicts:
        yield "### Notes that contradict each other\n"
        yield from (f"- {_code(one.one)} and {_code(one.other)}: {_code(one.because)}" for one in found.conflicts)
        yield "\nKeep one: `memoryd note retract ID --reason …`, or write what is so with `memoryd note fold ID ID --title …`.\n"


def _advice(found: DisprovedNote) -> str:
    if found.standing == Standing.OBJECTIONABLE:
        return f"Agents are not shown it. Mend its file, or `memoryd note retract {found.id} --reason …`."
    return (
        f"If the code is wrong, mend the code. If the code is right, say what is so now: `memoryd note supersede {found.id} --title …`,"
        f" or `memoryd note retract {found.id} --reason …`."
    )


def _counts(judged: tuple[Judgement, ...]) -> dict[Standing, int]:
    counts = Counter(one.standing for one in judged)
    return {standing: counts[standing] for standing in Standing if counts[standing]}


def _disproved(book: Book, judged: Iterable[Judgement]) -> Disproved:
    return [
        (one.note.kind, DisprovedNote(one.note.id, path_of(one.note.id), title(one), one.standing, tuple(_wrong(book, one))))
        for one in judged
    ]


def _wrong(book: Book, judged: Judgement) -> Iterator[Wrong]:
    content = read(book.root, path_of(judged.note.id), Secrets.SHOW)  # only for the lines of its parts
    source = content.source if isinstance(content, Content) else b""
    if judged.standing == Standing.OBJECTIONABLE:
        yield Wrong(NOTHING_LINE, "…", escaped(judged.because))
    elif not judged.verdicts:
        lines = item_lines(source, "evidence")
        yield Wrong(lines[0] if lines else NOTHING_LINE, "evidence", escaped(judged.because))
    else:
        lines = item_lines(source, "claims")
        for number, verdict in enumerate(judged.verdicts):
            if verdict.holds is False:
                line = lines[number] if number < len(lines) else NOTHING_LINE
                yield Wrong(line, escaped(str(verdict.claim)), escaped(verdict.because))


def _code(text: str) -> str:
    """Return a text on one line as a code span (CommonMark 6.1), whatever backticks it has."""
    line = " ".join(escaped_text(text).split())
    fence = "`"
    while fence in line:
        fence += "`"
    pad = " " if line.startswith("`") or line.endswith("`") or not line else ""
    return f"{fence}{pad}{line}{pad}{fence}"
