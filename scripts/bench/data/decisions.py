"""Makes a recall set from public repositories: notes from decision records and from a sample of commits that give a reason.

The set is made so that recall needs more than matching strings. A note's body is the decision and context of a record, or the body of
a commit's message, found by our own mining at fixed commits; superseded, proposed and rejected records are left out. The question is
the title, which is withheld from the note: each note is called "Note NUMBER", so question and answer were written as two texts.
Some bodies repeat their title all the same (MADR: "Chosen option: …"). That is measured separately: `WRITTEN` leaves bodies as they
are, `STRICT` drops each line that repeats the title. All notes are in one project, across repositories.

No questions are: titles of fewer than three meaningful words; titles that two notes share up to word order (most repositories
"record architecture decisions"), for which no answer is the right one; and those of notes of fewer than thirty words, a commit's
afterthought that means nothing without its subject. These are rules, no question was chosen by hand; but that thirty is the least
number of words, and that the plain title is the question, was decided after results had been seen. Both phrasings are therefore
measured. A body may share no word with its title.
"""

import hashlib
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from indexers import query_words
from memoryd.notes import Commit, Note, canonical_body, from_commit, from_record, is_record
from scripts.bench.data.repositories import Repositories

RECORDS = (
    ("JabRef/jabref", "edbf3b13ad2806e4460f1d477ddcb087984c8459"),
    ("home-assistant/architecture", "be288928486f8539345b5be804778a4f24e55ca7"),
    ("alphagov/govuk-infrastructure", "d9b7454f26061e8af95753fa688cdf3d86a6c3ee"),
    ("alphagov/govuk-aws", "81ee9f6e91fd8692fbf751ecf980c671c13aa3c0"),
    ("alphagov/content-publisher", "a268264bd0ccfb4956f401c328bacced0b5a1d93"),
    ("celestiaorg/celestia-app", "74614c2e4df0b409deb7e31320ce9ce3790efb78"),
    ("adr/madr", "11807d877dbc5eb952591d54bc3124ddbc4c924c"),
    ("BrighterCommand/Brighter", "4032a065b3d8f48106e115ebfa2cd8f7124ef1cd"),
    ("guardian/dotcom-rendering", "f72cb8fc59accf44e8628c29c1dd152db98b83a7"),
    ("DFE-Digital/register-trainee-teachers", "ce1126541c2107c9fbfce47b18c794b0973aaac1"),
    ("npryce/adr-tools", "b3279baf9be2207d1a4f4bbd608fd0b591c72aee"),
)
COMMITS = (
    ("pytest-dev/pytest", "df87db7b0462fb764ef73fa00561adf8ad047572"),
    ("psf/black", "8947c48ef2077c3a301b03c1e814dc2e3f78436e"),
    ("scrapy/scrapy", "11079cb1c85b9e75a39a7269943c69d1a975d485"),
    ("caddyserver/caddy", "0cf03d32f7d99cf160d5375e8a40fbe3d910d515"),
    ("BurntSushi/ripgrep", "3fce3b5bb0236da2df6d99672afb8a719642eca7"),
    ("tokio-rs/axum", "3d78036dcac289d6c1d54934708acb6a5bd73686"),
    ("libuv/libuv", "6179e7af87413396d5853a1c3722c8b5749336c8"),
    ("rack/rack", "8bf4eb078498edc9105fb04add80d89c5340e60b"),
)
OF_COMMITS = 15
"""The most notes from the commits of one repository, chosen by digest, so the same on every run."""
READ = 3_000
"""The most commits of a repository that are read, newest first."""
LEAST_WORDS, LEAST_BODY = 3, 30
WRITTEN, STRICT = "as written", "without lines that repeat the title"
MAKINGS = (WRITTEN, STRICT)
PHRASINGS = ("{}", "what was decided about {} and why")
"""The phrasings in which a title is asked."""


class Question(NamedTuple):
    """A question and the id of the note that answers it; `source` is the note's origin, adr or commit."""

    text: str
    answer: str
    source: str


def recall_set(repositories: Repositories, making: str) -> tuple[list[Note], list[Question]]:
    """Return the notes of the set and its questions, the same on every run; `making` is one of `MAKINGS`."""
    found: list[Note] = []
    for name, revision in RECORDS:
        found += _records(repositories.git_folder(name), revision)
    for name, revision in COMMITS:
        found += _commits(repositories.git_folder(name), revision)
    titles = Counter(_words(note.title) for note in found)
    notes: list[Note] = []
    questions: list[Question] = []
    for number, note in enumerate(found, 1):
        id_ = f"note-{number:04}"
        body = canonical_body("\n".join(line for line in note.body.split("\n") if making == WRITTEN or not _repeats(line, note.title)))
        notes.append(replace(note, id=id_, title=f"Note {number:04}", body=body, claims=(), evidence=()))
        words = _words(note.title)
        if len(words) >= LEAST_WORDS and titles[words] == 1 and len(body.split()) >= LEAST_BODY:
            questions.append(Question(note.title, id_, note.author.removeprefix("mined:")))
    return notes, questions


def _words(title: str) -> frozenset[str]:
    return frozenset(query_words(title))


def _repeats(line: str, title: str) -> bool:
    said = " ".join(title.lower().split())
    return said in " ".join(line.lower().split())


def _records(repository: Path, revision: str) -> Iterator[Note]:
    listed = _git(repository, "ls-tree", "-r", "-z", "--name-only", revision)
    for path in sorted(filter(is_record, listed.split("\0"))):
        note = from_record(path, _git(repository, "cat-file", "blob", f"{revision}:{path}"))
        if note is not None:
            yield note


def _commits(repository: Path, revision: str) -> list[Note]:
    listed = _git(repository, "log", "-z", "--no-merges", f"--max-count={READ}", "--format=%H%x01%cs%x01%B", revision)
    entries = (entry.split("\x01", 2) for entry in listed.split("\0"))
    told = defaultdict(list)
    for entry in entries:
        note = from_commit(Commit(*entry)) if len(entry) == 3 else None
        if note is not None:
            told[hashlib.blake2b(entry[0].encode(), digest_size=8).hexdigest()].append(note)
    return [note for _, notes in sorted(told.items()) for note in notes][:OF_COMMITS]


def _git(repository: Path, *arguments: str) -> str:
    done = subprocess.run(["git", f"--git-dir={repository}", *arguments], check=True, capture_output=True)
    return done.stdout.decode("utf-8", "replace")
