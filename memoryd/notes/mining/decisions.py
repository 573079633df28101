"""Mines architecture decision records in the forms of Nygard and MADR: accepted as decisions, rejected as dead ends.

Proposed, deprecated and superseded records, templates, and records without a decision are left out.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from memoryd.notekinds import NoteKind
from memoryd.notes.mining.wording import sentences
from memoryd.notes.note import Evidence, Note

IN_FOLDER = re.compile(
    r"(^|/)(?:adrs?|decisions|architecture[-_]?decisions?|architecture-decision-records|decision[-_]?records?)/(?:[^/]+/)?[^/]+\.(?:md|markdown)$",
    re.IGNORECASE,
)
BY_NAME = re.compile(r"(^|/)(?:adr[-_ ]?\d[^/]*|architecture/(?:[^/]+/)?\d{3,4}-[^/]+)\.(?:md|markdown)$", re.IGNORECASE)
NO_RECORD = re.compile(r"(^|/)(?:readme|index|(?=[^/]*template)[^/]*|about)\.\w+$", re.IGNORECASE)
HEADING = re.compile(r"(#{1,6})\s+(.*)$")
UNDERLINE = re.compile(r"(=+|-+)\s*$")
FENCE = re.compile(r"\s{0,3}(```|~~~)")
FIELD = re.compile(r"^\s*+(?:[-*|]\s*+)?(?:\*\*|__)?(status|date)(?:\*\*|__)?\s*+:\s*+(?:\*\*|__)?\s*+(\S.*)$", re.IGNORECASE)
NUMBER = re.compile(r"^(?:\[?(?:ADR|RFC|decision)[-_ #]*+\d*+\]?|\d++)\s*+[.:)—–-]*+\s*+(?=\S)", re.IGNORECASE)
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
TAKEN = re.compile(r"accepted|approved|decided|implemented|adopted|agreed|done|active|final", re.IGNORECASE)
REJECTED = re.compile(r"rejected|declined|abandoned", re.IGNORECASE)
UNDONE = re.compile(
    r"superseded|deprecated|replaced by|obsolete|withdrawn|proposed|draft|pending|in review|under review|\bwip\b", re.IGNORECASE
)
DECISION = re.compile(
    r"^(?:the )?(?:decisions?|decision outcome|outcome|resolution|decided)(?!\w| drivers?\b| makers?\b| date\b| owners?\b| criteria\b)",
    re.IGNORECASE,
)
CONTEXT = re.compile(r"^(?:context|context and problem statement|problem|problem statement|background|issue|motivation)\b", re.IGNORECASE)
CONSIDERED = re.compile(r"^(?:considered (?:options|alternatives)|options(?: considered)?|alternatives(?: considered)?)\b", re.IGNORECASE)
DECISION_CHARACTERS, CONTEXT_CHARACTERS, CONSIDERED_CHARACTERS = 1_600, 900, 500
"""Characters of each section that a note keeps, at most."""
LEAST = 40
"""Characters of a decision, at least."""


@dataclass(frozen=True, slots=True)
class Record:
    """A decision record; `decision` begins in line `line` (from 1), `status` is "" if none is given."""

    title: str
    status: str
    date: str
    context: str
    considered: str
    decision: str
    line: int


def is_record(path: str) -> bool:
    """Tell whether a path is that of a decision record, by its folder or its name."""
    return (IN_FOLDER.search(path) or BY_NAME.search(path)) is not None and not NO_RECORD.search(path)


def read_record(text: str) -> Record | None:
    """Parse a decision record; None if it has no title or no decision."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    start, fields = _front(lines)
    title, sections = _sections(lines, start)
    fields = {**_fields(lines[start : min((body.start for body in sections.values()), default=start)]), **fields}
    status = fields.get("status") or next((_first(lines, body) for head, body in sections.items() if head.lower() == "status"), "")
    decision = next(((head, body) for head, body in sections.items() if DECISION.match(head)), None)
    if not title or decision is None:
        return None
    decided = _text(lines, decision[1], DECISION_CHARACTERS)
    if len(decided) < LEAST:
        return None
    context, considered = (
        next((_text(lines, body, most) for head, body in sections.items() if wanted.match(head)), "")
        for wanted, most in ((CONTEXT, CONTEXT_CHARACTERS), (CONSIDERED, CONSIDERED_CHARACTERS))
    )
    date = DATE.search(
        fields.get("date", "") or next((_first(lines, body) for head, body in sections.items() if head.lower() == "date"), "")
    )
    first = next(number for number in decision[1] if lines[number].strip())
    return Record(title, status, date[0] if date else "", context, considered, decided, first + 1)


def from_record(path: str, text: str) -> Note | None:
    """Return the note of a decision record, without claims; None for other texts, and for a status neither accepted nor rejected."""
    record = read_record(text)
    if record is None or not is_record(path):
        return None
    has_status = bool(record.status)
    if has_status and (UNDONE.search(record.status) or not (TAKEN.search(record.status) or REJECTED.search(record.status))):
        return None
    kind = NoteKind.DEAD_END if REJECTED.search(record.status) else NoteKind.DECISION
    more = (("Context", record.context), ("Considered", record.considered))
    body = "\n\n".join([record.decision, *(f"{head}: {text}" for head, text in more if text)])
    quote = _quote(text, record.line)
    if not quote:
        return None
    return Note("", record.title, kind, body, (), (Evidence(quote, f"{path}:{record.line}"),), "mined:adr", record.date)


def _quote(text: str, line: int) -> str:
    """Return the first sentence of a line of the file, verbatim, in at most 300 characters."""
    written = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")[line - 1].strip()
    found = sentences(written)
    return found[0][:300] if found else ""


def _front(lines: list[str]) -> tuple[int, dict[str, str]]:
    """Return the number of the first line after YAML front matter, and its fields `status` and `date`."""
    if lines[0].strip() != "---":
        return 0, {}
    end = next((number for number in range(1, min(len(lines), 60)) if lines[number].strip() in ("---", "...")), 0)
    return (end + 1, {key: value.strip("\"'") for key, value in _fields(lines[1:end]).items()}) if end else (0, {})


def _fields(lines: Iterable[str]) -> dict[str, str]:
    found = [match for line in lines if (match := FIELD.match(line))]
    return {match[1].lower(): match[2].rstrip().strip("*_ ") for match in reversed(found)}


def _sections(lines: list[str], start: int) -> tuple[str, Mapping[str, range]]:
    """Return the title, and by heading the lines below it up to the next heading of its level or above."""
    heads = list(_headings(lines, start))
    if not heads:
        return "", {}
    sections: dict[str, range] = {}
    for place, (number, depth, head) in enumerate(heads[1:], 1):
        end = next((later for later, other, _ in heads[place + 1 :] if other <= depth), len(lines))
        while end > number and end < len(lines) and UNDERLINE.match(lines[end]):
            end -= 1
        sections.setdefault(head, range(number + 1, end))
    return _without_number(heads[0][2]), sections


def _headings(lines: list[str], start: int) -> Iterator[tuple[int, int, str]]:
    fenced = False
    for number in range(start, len(lines)):
        line = lines[number]
        if FENCE.match(line):
            fenced = not fenced
        elif not fenced and (match := HEADING.match(line)):
            yield number, len(match[1]), match[2].rstrip().rstrip("#").rstrip().strip("*_ ")
        elif not fenced and number > start and lines[number - 1].strip() and UNDERLINE.match(line) and len(line.strip()) >= 3:
            yield number, 1 if line[0] == "=" else 2, lines[number - 1].strip()


def _without_number(heading: str) -> str:
    """Return a heading without its number."""
    short = NUMBER.sub("", heading).strip()
    return " ".join((short or heading).split())


def _first(lines: list[str], body: range) -> str:
    return next((lines[number].strip() for number in body if lines[number].strip()), "")


def _text(lines: list[str], body: range, most: int) -> str:
    """Return lines as text, cut after the last paragraph, line or word that fits into `most` characters."""
    text = "\n".join(lines[number].rstrip() for number in body if not lines[number].lstrip().startswith("<!--")).strip()
    if len(text) <= most:
        return text
    cut = text[:most].rpartition("\n\n")[0] or text[:most].rpartition("\n")[0] or text[:most].rpartition(" ")[0]
    return cut.rstrip()
