"""Mining: collects candidates for notes from what a project already says; a person or an agent accepts or leaves them.

Sources are marked comments, decision records, commit messages, and rules in the instructions for agents. A candidate is a `Note`
that nobody has vouched for: its author is `mined:SOURCE`, `verified` is empty. Each has a quote that stands at its cited place, and
claims about the code concerned. The same project gives the same candidates with the same ids. A quote that a note has already, even
a retracted one, is not proposed again.

The pending list is derived and lies beside the index; `pending` accepts candidates through the book, since every
note passes admission.
"""

import re
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import orjson

from memoryd.errors import NoteMalformed
from memoryd.filekinds import PROSE_LANGUAGES, is_agent_guide, is_test
from memoryd.files import PRIVATE, opened_file, private_folder, replace_file, scan, sealed, text_of
from memoryd.notekinds import NoteKind
from memoryd.notes.claim import Claim, ClaimKind
from memoryd.notes.file import read_note, write_note
from memoryd.notes.mentions import Form, Mention, linked, mentions, path_meant, symbols_of
from memoryd.notes.mining.comments import from_comments
from memoryd.notes.mining.commits import from_commits
from memoryd.notes.mining.decisions import from_record, is_record
from memoryd.notes.mining.wording import title_of
from memoryd.notes.note import Evidence, Note, canonical_body, new_id
from memoryd.versions import View

PENDING_FILE = "pending.json"
PENDING_BYTES = 16 * 1024 * 1024
"""Bytes of the pending list that are read, at most."""
MOST_CLAIMS = 5
"""Claims of a candidate, at most."""
FROM_COMMITS = 60
"""Commits that are proposed, at most: the newest, because nobody reads a list of thousands."""
ITEM = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+(?P<says>.+)$")
STATES = re.compile(
    r"\b(?:must|never|always|do not|don't|should|avoid|prefer|only|instead of|because|rather than|required|not allowed|forbidden)\b",
    re.IGNORECASE,
)
LEAST_WORDS, LONGEST = 6, 500
"""Words of a rule in the instructions, at least, and its characters, at most."""


def mine(view: View, known: Iterable[Note]) -> tuple[Note, ...]:
    """Return the candidates of a project in order of id, without those whose quote a `known` note has."""
    taken = {_folded(evidence.quote) for note in known for evidence in note.evidence}
    found: dict[str, Note] = {}
    present = scan(view.root).paths()
    for candidate in (*from_comments(view), *_from_records(view, present), *_from_history(view), *_from_guides(view, present)):
        quotes = {_folded(evidence.quote) for evidence in candidate.evidence}
        if quotes & taken or not candidate.title:
            continue
        with suppress(NoteMalformed):
            named = _with_id(candidate)
            write_note(named)
            found[named.id] = named
            taken |= quotes
    return tuple(found[id_] for id_ in sorted(found))


def save_pending(folder: Path, candidates: Iterable[Note]) -> None:
    """Write the pending list to a folder atomically: a reader sees the old list or the new one."""
    rows = [{"id": note.id, "note": write_note(note).decode()} for note in candidates]
    private_folder(folder)
    replace_file(folder / PENDING_FILE, sealed(orjson.dumps(rows, option=orjson.OPT_INDENT_2)), PRIVATE)


def load_pending(folder: Path) -> tuple[Note, ...]:
    """Return the pending list; empty if it cannot be read, since it can be mined again."""
    try:
        with opened_file(folder / PENDING_FILE) as opened:
            rows = orjson.loads(text_of(opened.read(PENDING_BYTES)))
        return tuple(read_note(row["id"], row["note"].encode()) for row in rows)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, NoteMalformed):
        return ()


def _with_id(candidate: Note) -> Note:
    candidate = replace(candidate, body=canonical_body(candidate.body), claims=candidate.claims[:MOST_CLAIMS])
    return replace(candidate, id=new_id(candidate.title, candidate.created, candidate.author, candidate.evidence[0].quote))


def _folded(quote: str) -> str:
    return " ".join(quote.split()).lower()


def _from_records(view: View, present: Container[str]) -> Iterator[Note]:
    for path, text in _texts(view, is_record):
        note = from_record(path, text)
        if note is not None:
            claims = _claims(view, present, path, mentions(f"{note.title}\n{note.body}"))
            yield replace(note, claims=(Claim(ClaimKind.PATH, path), *claims))


def _from_history(view: View) -> Iterator[Note]:
    """Yield the notes of commits of which at least one changed file still exists that is neither a test nor prose.

    What a change of documents decides, the documents themselves say.
    """
    taken = 0
    for note, paths in from_commits(view.root, view.secrets):
        left = [path for path in paths if path in view.records and not view.records[path].skipped]
        if taken < FROM_COMMITS and any(view.records[path].language not in PROSE_LANGUAGES and not is_test(path) for path in left):
            taken += 1
            yield replace(note, claims=tuple(Claim(ClaimKind.PATH, path) for path in left))


def _from_guides(view: View, present: Container[str]) -> Iterator[Note]:
    """Yield a convention for each rule in the instructions that names paths or symbols, all of which exist."""
    for path, text in _texts(view, is_agent_guide):
        lines = text.split("\n")
        named: dict[int, list[Mention]] = {}
        for mention in mentions(text):
            named.setdefault(mention.line, []).append(mention)
        for number, found in sorted(named.items()):
            item = ITEM.match(lines[number - 1])
            says = item["says"].strip() if item else ""
            if not STATES.search(says) or len(says.split()) < LEAST_WORDS or len(says) > LONGEST:
                continue
            claims = _claims(view, present, path, found)
            if claims and len(claims) == len(found) <= MOST_CLAIMS:
                yield Note(
                    "",
                    title_of(says.replace("**", "")),
                    NoteKind.CONVENTION,
                    says,
                    claims,
                    (Evidence(says, f"{path}:{number}"),),
                    "mined:guide",
                )


def _texts(view: View, wanted: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    for path, record in sorted(view.records.items()):
        if not record.skipped and wanted(path):
            source = view.source(path)
            if source is not None:
                yield path, source.decode("utf-8", "replace").replace("\r\n", "\n")


def _claims(view: View, present: Container[str], document: str, found: Iterable[Mention]) -> tuple[Claim, ...]:
    """Return a claim for each mention that exists and is unambiguous."""
    claims: dict[Claim, None] = {}
    for mention in found:
        claim = _claim(view, present, document, mention)
        if claim is not None:
            claims[claim] = None
    return tuple(claims)[:MOST_CLAIMS]


def _claim(view: View, present: Container[str], document: str, mention: Mention) -> Claim | None:
    if mention.form == Form.LINK:
        place = linked(document, mention.path)
        return Claim(ClaimKind.PATH, place) if place in present else None
    if mention.form == Form.PATH:
        place = path_meant(present, document, mention.path)
        return Claim(ClaimKind.PATH, place) if place else None
    if mention.form == Form.SYMBOL_OF:
        place = path_meant(present, document, mention.path)
        id_ = f"{place}#{mention.name}"
        return Claim(ClaimKind.SYMBOL, id_) if id_ in view.catalog.by_id else None
    units = symbols_of(view, mention.name)
    return Claim(ClaimKind.SYMBOL, units[0].id) if len(units) == 1 else None
