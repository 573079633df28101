"""Mines comments that give reasons: `WHY:`, `DECISION:`, `RATIONALE:`, `HACK:`, `WORKAROUND:`, and `XXX` with a reason."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from indexers import languages
from memoryd.filekinds import is_test, is_vendored
from memoryd.notekinds import NoteKind
from memoryd.notes.claim import Claim, ClaimKind
from memoryd.notes.mining.wording import title_of
from memoryd.notes.note import Evidence, Note
from memoryd.parsing import SECTION
from memoryd.versions import Unit, View

KINDS = {
    "DECISION": NoteKind.DECISION, "WHY": NoteKind.DECISION, "RATIONALE": NoteKind.DECISION,
    "HACK": NoteKind.CONSTRAINT, "WORKAROUND": NoteKind.CONSTRAINT, "XXX": NoteKind.CONSTRAINT,
}  # fmt: skip
HAS_MARK = re.compile(rb"\b(?:WHY|DECISION|RATIONALE|HACK|WORKAROUND|XXX)\b")
OPENS = re.compile(
    r"^(?P<indent>\s*+)(?P<code>.*?)(?P<sign>(?<!#)#++|(?<!/)//++|/\*++|(?<!-)--++|(?<!;);++|(?<!%)%++|\{-|\*)!?[ \t]*+"
    r"(?P<mark>WHY|DECISION|RATIONALE|HACK|WORKAROUND|XXX)\b(?P<who>\([^()]{0,60}\))?(?P<colon>\s*[:—–-])?\s*(?P<says>.+)"
)
SIGNS = {
    "python": "#", "ruby": "#", "bash": "#", "elixir": "#", "php": "#/*", "lua": "-", "haskell": "-{", "dockerfile": "#", "gdscript": "#",
    "julia": "#", "makefile": "#", "nix": "#/*", "perl": "#", "powershell": "#", "sql": "-/*", "starlark": "#", "terraform": "#/*",
    "clojure": ";", "cmake": "#", "erlang": "%", "graphql": "#", "matlab": "%", "r": "#",
}  # fmt: skip
"""The first characters of the signs that begin comments, by language; elsewhere slashes and the stars of a block."""
GOES_ON = re.compile(r"^\s*+(?:#++|//++|\*+(?!/)|--++|;++|%++)!?[ \t]?(?P<says>.*)")
REASON = re.compile(r"\b(?:because|since|otherwise|due to|so that|as long as|until|work(?:s)? around)\b", re.IGNORECASE)
LONGEST = 12
"""Lines of one comment that are read, at most."""
LONGEST_LINE = 400
"""Characters of a line that may open a comment, at most, and those that are read of a line that continues one."""
LEAST_WORDS = 6
"""Words of a comment, at least."""


class _Found(NamedTuple):
    mark: str
    first: int
    last: int
    quote: str
    says: str


def from_comments(view: View) -> Iterator[Note]:
    """Yield a note for each marked comment that says enough to stand alone; tests and vendored code are left out."""
    for path, record in sorted(view.records.items()):
        if record.skipped or record.language not in languages() or is_test(path) or is_vendored(path):
            continue
        source = view.source(path)
        if source is None or not HAS_MARK.search(source):
            continue
        lines = source.decode("utf-8", "replace").split("\n")
        for found in _marked_comments(record.language, lines):
            yield _note(view, path, lines, found)


def _marked_comments(language: str, lines: list[str]) -> Iterator[_Found]:
    number = 0
    while number < len(lines):
        opened = _opening(lines[number])
        number += 1
        if opened is None or not _is_comment(language, opened):
            continue
        first, quote = number, _without_end(opened["says"])
        says = [quote]
        while not opened["code"].strip() and number < len(lines) and len(says) < LONGEST:
            more = GOES_ON.match(lines[number][:LONGEST_LINE])
            said = _without_end(more["says"]) if more else ""
            if not said or _opening(lines[number]):
                break
            says.append(said)
            number += 1
        text = " ".join(says)
        has_reason = REASON.search(text) is not None
        if len(text.split()) >= LEAST_WORDS and (has_reason or opened["mark"] != "XXX") and (opened["colon"] or has_reason):
            yield _Found(opened["mark"], first, number, quote, text)


def _opening(line: str) -> re.Match[str] | None:
    return OPENS.match(line) if len(line) <= LONGEST_LINE else None


def _without_end(says: str) -> str:
    """Return the text of a comment's line without the sign that ends the comment."""
    says = says.rstrip()
    return says[:-2].rstrip() if says.endswith(("*/", "-}")) else says


def _is_comment(language: str, opened: re.Match[str]) -> bool:
    """Tell whether a sign begins a comment in this language, and does not stand inside a string."""
    if opened["sign"][0] not in SIGNS.get(language, "/*"):
        return False
    code = opened["code"]
    return not code.strip() or (code[-1].isspace() and opened["sign"] != "*" and code.count('"') % 2 == 0 and code.count("'") % 2 == 0)


def _note(view: View, path: str, lines: list[str], found: _Found) -> Note:
    unit = _home(view, path, lines, found)
    claim = Claim(ClaimKind.SYMBOL, unit.id) if unit else Claim(ClaimKind.PATH, path)
    return Note(
        "",
        title_of(found.says),
        KINDS[found.mark],
        found.says,
        (claim,),
        (Evidence(found.quote, f"{path}:{found.first}"),),
        "mined:comment",
    )


def _home(view: View, path: str, lines: list[str], found: _Found) -> Unit | None:
    """Return the symbol that a comment is about: the one that begins right below it, else the innermost around it."""
    below = found.last + 1
    while below <= len(lines) and lines[below - 1].lstrip().startswith(("@", "#[")):
        below += 1
    for unit in view.catalog.files.get(path, ()):
        if unit.is_symbol and unit.kind != SECTION and found.last < unit.first_line <= below and unit.first_line <= found.last + 1:
            return unit if "~" not in unit.qualname else None
    around = view.catalog.at(path, found.first)
    return around if around is not None and around.is_symbol and around.kind != SECTION and "~" not in around.qualname else None
