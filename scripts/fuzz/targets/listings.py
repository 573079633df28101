"""What git says, and ignore files. The first line says which: `ignore`, `complaints`, `log`, `changes` or `blame`."""

from collections.abc import Callable

from memoryd.files.listing import Rules, compiled, makes_sense, rule_lines, unreadable
from memoryd.notes import write_note
from memoryd.notes.audit.past import read_blame
from memoryd.notes.mining.commits import from_commit, read_changes, read_log
from memoryd.notes.writing import cleaned

PATHS = ("a", "a/b.py", "build/x", "größe.py", "x y", "#c", "\udcff.md", "a/b/c/d/e")
HASH = b"0123456789abcdef0123456789abcdef01234567"


def check(data: bytes) -> None:
    """Nothing that git or a file says is an exception."""
    head, _, said = data.partition(b"\n")
    CHECKS.get(head, _check_rules)(said)


def _check_rules(said: bytes) -> None:
    """Lines that make no sense exclude nothing, and what any of them matches is told by one expression."""
    lines = rule_lines(said)
    made = compiled(lines)
    rules = Rules(((0, made),))
    sensible = Rules(((0, compiled([line for line in lines if makes_sense(line)])),))
    for path in PATHS:
        for is_folder in (True, False):
            assert rules.ignore(path.encode("utf-8", "surrogateescape"), is_folder) == sensible.ignore(
                path.encode("utf-8", "surrogateescape"), is_folder
            )
            text = path + "/" * is_folder
            assert bool(made.any.match(text)) == (made.spec.check_file(text).include is not None)


def _check_complaints(said: bytes) -> None:
    assert all(not path.startswith(b"/") and b".." not in path.split(b"/")[:1] for path in unreadable(b"/nowhere/a", said))


def _check_log(said: bytes) -> None:
    for commit in read_log(said):
        note = from_commit(commit)
        if note is not None:
            assert note.title
            assert note.evidence[0].quote in commit.message
            clean = cleaned(note)
            if clean.title:
                write_note(clean)


def _check_changes(said: bytes) -> None:
    for paths in read_changes(said, frozenset({HASH.decode()})).values():
        assert all(paths)


def _check_blame(said: bytes) -> None:
    for _, date in read_blame(said).values():
        assert not date or len(date) == 10


CHECKS: dict[bytes, Callable[[bytes], None]] = {
    b"ignore": _check_rules, b"complaints": _check_complaints, b"log": _check_log, b"changes": _check_changes, b"blame": _check_blame,
}  # fmt: skip
