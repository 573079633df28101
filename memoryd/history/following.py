"""Follows a symbol through the versions of its file, newest first, by its text: through renames, and from file to file."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from indexers import language_of
from memoryd.files import Blob
from memoryd.history.log import Commit, Log
from memoryd.parsing import Allowance, TextParser, Unparsed
from memoryd.text import symbol_id

AT_ONCE = 25
"""The versions of a file that are read in one go."""
MOST_VERSIONS = 400
"""The versions of a file that are looked at."""
MOST_FILES = 40
"""The files of a commit in which a symbol that it brought is looked for."""
MOVES = 6
"""How often a symbol is followed to another file."""
ALIKE = 0.6
"""The share of its lines that a symbol has in common with what it was called before, at least."""


class Step(NamedTuple):
    """A commit that changed a symbol: the lines that came and went, and what it was before (an id), if it was called otherwise.

    Lines are -1 where they are not known; `is_first` is true for the commit that brought it.
    """

    commit: Commit
    added: int
    removed: int
    was: str
    is_first: bool


def follow(log: Log, texts: TextParser, commit: str, path: str, qualname: str) -> Iterator[Step]:
    """Yield the commits up to one that changed a symbol, newest first; nothing if it is not there at that commit.

    Each commit is compared with its parent, so that branches which went on side by side are told apart. Raises `Unparsed` where it
    cannot be followed any further, as a file was not read or not parsed.
    """
    symbols = _Symbols(texts, texts.allowance())
    for _ in range(MOVES):
        versions = _Versions(log, commit, path)
        text, moved = b"", None
        for place, one in enumerate(versions.commits):
            now, older = versions.texts(place)
            name, was = one.paths[0], one.before(one.paths[0])
            text = text if text and text in now.data else symbols.of(now, name).get(qualname, b"")
            if not text or text in older.data:
                continue
            try:
                before, called = _before(symbols, older, was, now, name, qualname, text)
                found = None if before else _elsewhere(symbols, log, one, name, qualname, text)
            except Unparsed:
                yield Step(one, -1, -1, "", False)
                raise
            if before:
                yield Step(one, *_counts(before, text), "" if called == qualname else symbol_id(was, called), False)
                text, qualname = before, called
                continue
            yield Step(one, *_counts(found[2] if found else b"", text), symbol_id(*found[:2]) if found else "", found is None)
            moved = (one.id, *found[:2]) if found else moved
        if moved is None:
            return
        commit, path, qualname = f"{moved[0]}~1", moved[1], moved[2]


class _Versions:
    """The versions of a file, newest first, read as they are asked for."""

    def __init__(self, log: Log, commit: str, path: str) -> None:
        self._log = log
        self.commits = log.of_file(commit, path, MOST_VERSIONS)
        self._texts: list[Blob] = []

    def texts(self, place: int) -> tuple[Blob, Blob]:
        """Return the text of a version, and the one before that commit; nothing where it was not there."""
        while 2 * place >= len(self._texts):
            begun = len(self._texts) // 2
            some = self.commits[begun : begun + AT_ONCE]
            wanted = [pair for one in some for pair in ((one.id, one.paths[0]), (f"{one.id}~1", one.before(one.paths[0])))]
            self._texts += self._log.files(wanted)
        return self._texts[2 * place], self._texts[2 * place + 1]


class _Symbols(NamedTuple):
    """Finds the symbols in old versions of files, within what one question may take."""

    texts: TextParser
    allowance: Allowance

    def of(self, version: Blob, path: str) -> dict[str, bytes]:
        """Return the text of each symbol. Raises `Unparsed`."""
        if version.unread:
            raise Unparsed(f"{path}: {version.unread}")
        text = version.data
        try:
            found = self.texts.definitions(language_of(path, text[:4096]), text, self.allowance)
        except Unparsed as error:
            raise Unparsed(f"{path}: {error}") from None
        return {one.qualname: text[one.start : one.end].strip() for one in found}


def _before(symbols: _Symbols, older: Blob, name: str, now: Blob, path: str, qualname: str, text: bytes) -> tuple[bytes, str]:
    """Return what a symbol was in the version before, and what it was called; nothing if it was not there."""
    before = symbols.of(older, name)
    if qualname in before:
        return before[qualname], qualname
    present = symbols.of(now, path) if before else {}
    return _likest({other: was for other, was in before.items() if other not in present}, qualname, text)


def _elsewhere(symbols: _Symbols, log: Log, commit: Commit, path: str, qualname: str, text: bytes) -> tuple[str, str, bytes] | None:
    """Return the file, name and text that a symbol had before the commit that brought it to its file."""
    others = [other for other in log.touched(commit.id) if other != path and language_of(other, b"") == language_of(path, b"")]
    if len(others) > MOST_FILES:
        return None
    found = []
    for other, was in zip(others, log.files([(f"{commit.id}~1", one) for one in others]), strict=True):
        before, called = _likest(symbols.of(was, other), qualname, text)
        if before:
            found.append((_alike(before, text), other, called, before))
    return max(found)[1:] if found else None


def _likest(symbols: dict[str, bytes], qualname: str, text: bytes) -> tuple[bytes, str]:
    last = qualname.rpartition(".")[2]
    scored = sorted(((_alike(was, text), called.rpartition(".")[2] == last, called) for called, was in symbols.items()), reverse=True)
    if not scored or scored[0][0] < ALIKE:
        return b"", ""
    return symbols[scored[0][2]], scored[0][2]


def _lines(text: bytes) -> Counter[bytes]:
    return Counter(line.strip() for line in text.split(b"\n") if line.strip())


def _alike(one: bytes, other: bytes) -> float:
    left, right = _lines(one), _lines(other)
    return (left & right).total() / max(left.total(), right.total(), 1)


def _counts(before: bytes, now: bytes) -> tuple[int, int]:
    left, right = _lines(before), _lines(now)
    return (right - left).total(), (left - right).total()
