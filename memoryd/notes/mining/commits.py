"""Mines commits that record a decision: a revert with its reason, a workaround, "because", "instead of … so that".

That something is used instead of something else is what a change does; a decision also says why, or that somebody chose.

History is read with bounds on commits and time, and never through a shell; what git does not answer in time is not mined.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from memoryd.filekinds import is_by_product
from memoryd.files import git, path_text
from memoryd.model import Secrets
from memoryd.notekinds import NoteKind
from memoryd.notes.mentions import comments
from memoryd.notes.mining.wording import sentences
from memoryd.notes.note import Evidence, Note
from memoryd.secrets import find

COMMITS = 4_000
"""Commits that are read, at most: the newest."""
SECONDS = 20.0
"""Seconds that git may take for one answer."""
MOST_FILES = 5
"""Changed files of a commit, at most: with more there is no one place that its reason is about."""
PLAIN = ("-c", "log.showSignature=false")
"""Keeps git from checking signatures by a program that the repository's configuration names."""
SKIPPED = re.compile(
    r"(?:merge|bump|release|prepare|version|update (?:dependency|dependencies|changelog)|fixup!|squash!|wip|chore\(deps|build\(deps|deps|"
    r"\[pre-commit|typo|fix typo|revert \"bump|backport)\b|.*\bback-?port\b|(?:add|fix|update)\b.{0,30}\btests?\b",
    re.IGNORECASE,
)
TIDYING = re.compile(
    r"(?:clean|comment|cosmetic|feedback|fix-?up|format|improvement|lint|minor|misc|nit|polish|quick|refactor|remark|review|rework|simplif"
    r"|style|suggestion|tid[iy]|tweak|typo)(?:s|e[ds]?|ers?|t?ing|ions?|-?ups?|ting|y|ied)?|cut|v?\d+\.\d[\w.-]*",
    re.IGNORECASE,
)
"""The words of subjects for work after a review, for a release, for tidying."""
IDLE = re.compile(
    r"address(?:ed|es|ing)?|after|all|an?|and|appl(?:y|ied|ies|ying)|bit|by|changes?|code|few|fix(?:ed|es|ing)?|for|from|further"
    r"|implement(?:ed|s)?|in|incorporat(?:e[ds]?|ing)|initial|issues?|little|more|of|on|other|per|prs?|resolv(?:e[ds]?|ing)"
    r"|respon(?:ds?|ded|ding|ses?)|small|some|stuff|the|this|to|up|updat(?:e[ds]?|ing)|various|with|[@#]\S+|\d+|",
    re.IGNORECASE,
)
"""Words that name nothing. With nothing but these, a subject for tidying says nothing that was decided."""
PULL_REQUEST = re.compile(r"\b(?:pull|merge)[ -]requests?\b", re.IGNORECASE)
PUNCTUATION = "-.,:;!?()[]'\"`"
PREFIX = re.compile(r"^(?:(?:\w+(?:\([^)]*\))?!?|:\w+):\s+|\[[^\]]{1,60}\]\s*)+")
NUMBER = re.compile(r"(?<!\s)\s*+(?:\(#\d++\)|#\d++)\s*+$")
TRAILER = re.compile(r"^[A-Z][\w-]+(?: by)?: .+$|^\(cherry picked from .*\)$|^#+ .*$")
REASON = re.compile(
    r"\bbecause\b|\bwork(?:ing|s|ed)?[- ]?around\b|\bturned out\b|\bdecided\b|\bdeliberately\b|\bon purpose\b|\bthe reason\b", re.IGNORECASE
)
"""The words of a reason or of a decision."""
CHOICE = re.compile(r"\binstead of\b|\brather than\b|\bin favou?r of\b", re.IGNORECASE)
"""The words of a choice between two things, which a description of the change uses as well."""
CHOSEN = re.compile(
    r"\b(?:since|so that|hence|therefore|thus|otherwise|due to|avoids?|avoiding|prevents?|in order to|makes? sense|chosen?|choose"
    r"|prefer\w{0,5}|better|simpler|safer|faster|should|must|need(?:s|ed)?|we|(?-i:I)|let's)\b|, so\b",
    re.IGNORECASE,
)
"""The words that make a choice a decision: a cause, a purpose, a judgement, or somebody who made it."""
ASIDE = re.compile(r"(?:also|note|additionally|btw|todo)\b", re.IGNORECASE)
REPAIR = re.compile(r"\b(?:fix(?:e[sd])?|bug|bugfix|hotfix|regression|crash)\b", re.IGNORECASE)
WORKAROUND = re.compile(r"\bwork(?:ing|s|ed)?[- ]?around\b", re.IGNORECASE)
REVERTED = re.compile(r"^This reverts commit .*(?:\nchanges made to \S+)?$|^Reverts? \S+#\d+\.?$", re.MULTILINE)
HASH = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MESSAGE_CHARACTERS = 40_000
"""Characters of a message that are read, from its start."""
BODY_CHARACTERS = 1_500
"""Characters of a candidate's body, at most."""
LEAST, LONGEST = 50, 420
"""Characters of a sentence that gives a reason, at least and at most."""
LEAST_WORDS = 15
"""Words of a message without its subject, at least: a shorter one says no more than the change itself."""
LONG_MESSAGE = 8
"""Sentences above which a message speaks of choices in passing, so that only reasons count."""


class Commit(NamedTuple):
    """A commit without its changes; `message` is subject and body."""

    id: str
    date: str
    message: str


def from_commits(root: Path, secrets: Secrets, most: int = COMMITS) -> Iterator[tuple[Note, tuple[str, ...]]]:
    """Yield the notes of the newest commits that give a reason, newest first, each with its changed paths (one to five).

    A message that holds a secret is left out: its quote would not be found again.
    """
    noted = [(commit, note) for commit in newest(root, most) if (note := from_commit(commit)) is not None]
    found = [one for one in noted if secrets == Secrets.SHOW or not find(one[0].message.encode())]
    changed = _changed_paths(root, [commit.id for commit, _ in found])
    for commit, note in found:
        paths = changed.get(commit.id, ())
        if 0 < len(paths) <= MOST_FILES:
            yield note, paths


def newest(root: Path, most: int) -> list[Commit]:
    """Return the newest commits without merges, newest first; none if git does not answer in time."""
    arguments = [
        *PLAIN,
        "log",
        "-z",
        "--no-merges",
        "--no-decorate",
        "--no-color",
        f"--max-count={most}",
        "--format=%H%x01%cs%x01%B",
        "HEAD",
    ]
    done = git(os.fsencode(root), arguments, SECONDS)
    return read_log(done.stdout) if done is not None and done.returncode == 0 else []


def read_log(said: bytes) -> list[Commit]:
    """Return the commits that `git log` told in the format of `newest`."""
    parts = (entry.decode("utf-8", "replace").split("\x01", 2) for entry in said.split(b"\0"))
    return [
        Commit(found[0], _day(found[1]), found[2][:MESSAGE_CHARACTERS]) for found in parts if len(found) == 3 and HASH.fullmatch(found[0])
    ]


def _day(date: str) -> str:
    """Return a commit's date; "" for one that no calendar has, which a commit may carry."""
    return date if DAY.fullmatch(date) else ""


def from_commit(commit: Commit) -> Note | None:
    """Return the note of a commit's message, without claims; None if it gives no reason."""
    subject, _, rest = commit.message.partition("\n")
    is_revert = subject.startswith("Revert ") or ("This reverts commit" in rest and not subject.startswith("Reapply "))
    body = _prose(REVERTED.sub("", "".join(shown for shown, _ in comments(rest))))
    title = NUMBER.sub("", PREFIX.sub("", subject)).strip()
    if SKIPPED.match(subject) or SKIPPED.match(title) or _names_nothing(title) or len(body.split()) < LEAST_WORDS * (not is_revert):
        return None
    statements = [one for one in sentences(body) if LEAST <= len(one) <= LONGEST and one[0].isalpha() and not ASIDE.match(one)]
    says_why = _gives_reason if len(statements) > LONG_MESSAGE else _decides
    reasons = statements[:1] if is_revert else [one for one in statements if says_why(one)]
    if not reasons:
        return None
    kind = NoteKind.DEAD_END if is_revert else NoteKind.CONSTRAINT if WORKAROUND.search(reasons[0]) else _kind(subject)
    says = body if len(body) <= BODY_CHARACTERS else body[:BODY_CHARACTERS].rpartition("\n\n")[0] or reasons[0]
    return Note(
        "", title[:1].upper() + title[1:200], kind, says, (), (Evidence(reasons[0], f"commit {commit.id}"),), "mined:commit", commit.date
    )


def _names_nothing(title: str) -> bool:
    """Tell whether a subject is empty, or only says that something was tidied."""
    words = [word.strip(PUNCTUATION) for word in re.split(r"[\s/&+]+", PULL_REQUEST.sub("PR", title))]
    tidying = [word for word in words if TIDYING.fullmatch(word)]
    return not title or (bool(tidying) and all(word in tidying or IDLE.fullmatch(word) for word in words))


def _gives_reason(sentence: str) -> bool:
    return REASON.search(" ".join(sentence.split())) is not None


def _decides(sentence: str) -> bool:
    line = " ".join(sentence.split())
    return _gives_reason(line) or (CHOICE.search(line) is not None and CHOSEN.search(line) is not None)


def _kind(subject: str) -> NoteKind:
    """Return the kind of note for a change's reason: a repair teaches a lesson, other changes are decisions."""
    return NoteKind.LESSON if REPAIR.search(subject) else NoteKind.DECISION


def _prose(text: str) -> str:
    """Return a message without its trailers, headings, quotations and tables."""
    paragraphs = ("\n".join(line for line in part.split("\n") if not TRAILER.match(line)) for part in re.split(r"\n\s*\n", text))
    kept = (part.strip("\n") for part in paragraphs)
    return "\n\n".join(part for part in kept if part.strip() and not part.lstrip().startswith(("```", "|", "<", ">")))


def _changed_paths(root: Path, ids: list[str]) -> dict[str, tuple[str, ...]]:
    """Return the paths below the project's root that each commit changed, without by-products such as lock files."""
    arguments = [
        "diff-tree",
        "--stdin",
        "-r",
        "-z",
        "--root",
        "--no-renames",
        "--name-only",
        "--no-ext-diff",
        "--no-textconv",
        "--relative",
    ]
    done = git(os.fsencode(root), arguments, SECONDS, "".join(f"{id_}\n" for id_ in ids).encode())
    return read_changes(done.stdout, frozenset(ids)) if done is not None and done.returncode == 0 else {}


def read_changes(said: bytes, wanted: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """Return the changed paths that `git diff-tree --stdin` told of each wanted commit, without by-products."""
    found: dict[str, list[str]] = {}
    current = ""
    for entry in said.split(b"\0"):
        text = path_text(entry.strip(b"\n"))
        if text in wanted:
            current = text
            found[current] = []
        elif text and current:
            found[current].append(text)
    return {id_: tuple(path for path in paths if not is_by_product(path)) for id_, paths in found.items()}
