"""Makes tasks of a repository at one commit: what later commits say they do, and what documentation and comments say of a definition.

A commit is a task of the tree before it, so only commits count whose files had not changed since that tree; their lines then are its
lines. A documented definition is a task once its documentation is blanked out in the tree, and so is a function with a comment inside;
no line moves.
"""

import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from indexers import FileFacts, index_source, language_of, languages
from memoryd.filekinds import is_prose, is_test
from scripts.train.history.commits import Changed, Commit

NOT_A_TASK = re.compile(
    r"(?i)^\W*(?:merge|bump|releas|version|revert|update (change|readme|dep|licen|copyright)|changelog|chore|ci\b|ci\(|docs?\b|docs?\("
    r"|style|typo|prepare|prepping|translat|fixup|squash|wip\b|build\(|tests?\b|test\(|add tests?\b|upgrade|readme|v?\d+\.\d+)"
    r"|\b(docs?|docstrings?|documentation|changelog|typos?|spelling|comments?|lint\w*|rubocop|eslint|clippy|mypy|formatting|whitespace|indent\w*"
    r"|copyright|licen[cs]es?|readme|warnings?|renam\w*|podspec|dependenc\w+|coverage|travis|github actions)\b"
)
TRAILER = re.compile(
    r"(?im)^\s*(signed-off-by|co-authored-by|reviewed-by|acked-by|tested-by|change-id|git-svn-id|piperorigin-revid|cc|closes|fixes|refs?)\b"
    r"[^\n]{0,300}$|^\s*\* [\w./-]+\.\w+( \(|:)[^\n]*$|\s*\(#\d+\)|https?://\S+"
)
MOST_FILES, MOST_LINES = 5, 150
SNIPPET = 30
"""The most lines of tests in a report: what a user sends to show a fault looks like the test that a fix brings."""
FILES_OF_FIXES = {1: 0.596, 2: 0.173, 3: 0.089, 4: 0.043, 5: 0.099}
"""How many files of code a commit changes that closes an issue and changes tests, too, as shares: the last 1,500 commits of each of these
repositories. Tasks are commits whose files had not changed before, and so have fewer files; they are weighted to be like these."""
SENTENCE = re.compile(r"(.{25,}?[.!?])(?=\s+[A-Z`]|\s*$)", re.DOTALL)
COMMENT = re.compile(r"[ \t]+(?:#|//|--)(?![/!]) ?(?P<text>[ -~]{3,200})$")
NOT_SAID = re.compile(
    r"(?i)\b(?:todo|fixme|xxx|hack|noqa|nolint|eslint|pylint|pragma|rubocop|type: ignore|copyright|licen[cs]e|see |https?:)|[;{}=<>\\]|\w\("
)
"""What marks a comment that tells tools, of other times, or is code."""
LARGEST = 300_000
"""The bytes of a file from which it gives no tasks."""
FUNCTIONS = ("function", "method", "constructor")
CODE_KINDS = ("function", "method", "class", "struct", "interface", "trait", "type", "enum", "macro", "module")


@dataclass(frozen=True, slots=True)
class Task:
    """A text, the lines that answer it by path, and where it came from: a part of a commit, documentation, a comment, a sheet.

    A sheet names the units that answer it, too; a file of which it names no lines may be an answer as a whole.
    """

    text: str
    lines: dict[str, list[int]]
    source: str
    units: tuple[str, ...] = ()


def of_commits(commits: Iterable[Commit], tree: Mapping[str, str]) -> Iterator[Task]:
    """Yield the tasks of commits on a tree, given as the blob of each path: the subject, the message, the message with a snippet."""
    for commit in commits:
        code = [file for file in commit.files if _is_code(file.path) and file.blob.strip("0")]
        known = {file.path: sorted(set(file.lines)) for file in code if tree.get(file.path) == file.blob}
        if not known or len(known) < len(code):
            continue
        if len(known) > MOST_FILES or sum(map(len, known.values())) > MOST_LINES:
            continue
        subject, body = _told(commit.message)
        if NOT_A_TASK.search(subject) or len(subject.split()) < 3:
            continue
        yield Task(subject, known, "subject")
        if len(body.split()) >= 6:
            yield Task(f"{subject}\n\n{body}", known, "message")
        snippet = _snippet(file for file in commit.files if is_test(file.path) and not _is_code(file.path))
        if snippet:
            yield Task(f"{subject}\n\n{body}\n\n```\n{snippet}\n```", known, "report")


def _is_code(path: str) -> bool:
    return not is_test(path) and not is_prose(path) and language_of(path) in languages()


def _told(message: str) -> tuple[str, str]:
    subject, _, body = TRAILER.sub("", message).strip().partition("\n")
    return subject.strip(), re.sub(r"\n{3,}", "\n\n", body).strip()


def _snippet(files: Iterable[Changed]) -> str:
    lines = [line for file in files for line in file.added if line.strip()]
    return "\n".join(lines[:SNIPPET]) if len(lines) >= 3 else ""


class _Source(NamedTuple):
    """A file of code: its path, its place on disk, its bytes, and what is known from them."""

    path: str
    place: Path
    text: bytes
    facts: FileFacts


def _sources(root: Path, paths: Iterable[str], chosen: random.Random) -> Iterator[_Source]:
    """Yield the files of code of a tree, in an order that is drawn."""
    files = sorted(path for path in paths if _is_code(path))
    chosen.shuffle(files)
    for path in files:
        place = root / path
        source = place.read_bytes() if place.is_file() and not place.is_symlink() else b""
        language = language_of(path, source) if 0 < len(source) < LARGEST else ""
        if language and (facts := index_source(language, source)):
            yield _Source(path, place, source, facts)


def of_documentation(root: Path, paths: Iterable[str], most: int, seed: int) -> Iterator[Task]:
    """Blank out the documentation of at most `most` definitions of a tree and yield each one's first sentence as a task.

    Only letters, digits and marks become blanks, as many bytes as before; lines stay where they are.
    """
    chosen = random.Random(seed)
    found = 0
    for path, place, source, facts in _sources(root, paths, chosen):
        symbols = [one for one in facts.symbols if one.kind in CODE_KINDS and _question(one.doc)]
        chosen.shuffle(symbols)
        for symbol in symbols[:2]:
            blanked = _blanked(source, symbol.doc, symbol.span.first_line)
            if blanked is not None:
                source = blanked
                place.write_bytes(source)
                yield Task(_question(symbol.doc), {path: [symbol.span.first_line, symbol.span.last_line]}, "documentation")
                found += 1
        if found >= most:
            return


def of_comments(root: Path, paths: Iterable[str], most: int, seed: int) -> Iterator[Task]:
    """Blank out a comment inside each of at most `most` functions of a tree, and yield its text as a task.

    What stands beside a step of a function is the nearest to what people ask of code: what happens when, and why.
    """
    chosen = random.Random(seed)
    found = 0
    for path, place, source, facts in _sources(root, paths, chosen):
        lines = source.split(b"\n")
        functions = [one.span for one in facts.symbols if one.kind in FUNCTIONS]
        told = {block for span in functions for block in _comments(lines, span.first_line + 1, span.last_line)}
        for first, last, text in chosen.sample(sorted(told), min(2, len(told))):
            lines[first - 1 : last] = [b" " * len(line) for line in lines[first - 1 : last]]
            yield Task(text, {path: [first]}, "comment")
            found += 1
        if told:
            place.write_bytes(b"\n".join(lines))
        if found >= most:
            return


def _comments(lines: Sequence[bytes], first: int, last: int) -> Iterator[tuple[int, int, str]]:
    """Yield the comments between two lines that stand on lines of their own and say a sentence: first and last line, and the text."""
    matches = [COMMENT.match(line.decode("latin-1").rstrip("\r")) for line in lines[first - 1 : last]]
    for said, group in groupby(enumerate(matches, first), lambda pair: pair[1] is not None):
        block = [(number, match["text"].strip()) for number, match in group if match is not None]
        text = " ".join(part for _, part in block)
        if said and 7 <= len(text.split()) <= 40 and not NOT_SAID.search(text):
            yield block[0][0], block[-1][0], text


def _question(doc: str) -> str:
    match = SENTENCE.match(" ".join(doc.split())) if doc.isascii() else None
    sentence = match[1] if match else ""
    return sentence if 6 <= len(sentence.split()) <= 40 and "@" not in sentence else ""


def _blanked(source: bytes, doc: str, first_line: int) -> bytes | None:
    """Return a source with the lines of a documentation blanked out near a line; `None` if its first line is not found there."""
    lines = source.split(b"\n")
    wanted = [part.encode() for line in doc.split("\n") if len(part := line.strip()) > 3]
    near = range(max(0, first_line - 3 - 2 * len(wanted) - 10), min(len(lines), first_line + len(wanted) + 25))
    gone = 0
    for number in near:
        for text in wanted:
            if text in lines[number]:
                lines[number] = lines[number].replace(text, b" " * len(text), 1)
                gone += 1
                break
    return b"\n".join(lines) if gone >= len(set(wanted)) > 0 else None
