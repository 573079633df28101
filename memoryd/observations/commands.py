"""Reads a command line as far as is needed to tell what its output is. Pure; what cannot be read is not shortened."""

import os
import shlex
from collections.abc import Iterator, Sequence

LONGEST = 4_000
"""Characters of a command line that is read."""
SEPARATORS = frozenset(("&&", "||", ";", "\n", "&"))
ERRORS = {(">&", "1"), (">", "/dev/null")}
"""What may be done with the errors of a program, behind a 2."""
DATA = frozenset(("--json", "-json", "--porcelain", "-z", "--null", "-0", "--print0", "-print0", "--raw", "--xml", "--csv"))
"""Options that say that an output is made for programs."""
BEFORE = frozenset(("time", "timeout", "env", "sudo", "nice", "command", "exec", "stdbuf", "xvfb-run", "nohup", "unbuffer"))
"""Programs that run another."""
RUNNERS = {
    ("uv", "run"), ("poetry", "run"), ("pipenv", "run"), ("hatch", "run"), ("pdm", "run"), ("rye", "run"), ("bundle", "exec"),
    ("mise", "exec"), ("mise", "x"), ("asdf", "exec"),
    ("npx", ""), ("pnpx", ""), ("bunx", ""), ("pnpm", "exec"), ("yarn", "exec"), ("npm", "exec"),
}  # fmt: skip
"""Programs that run another in an environment, with the word before it."""
SELECTING = frozenset(("head", "tail"))
"""Programs that pass on some of the lines that another prints, as they are."""
QUIET = frozenset(("cd", "export", "set", "source", ".", "mkdir", "true", "pwd", "sleep", "unset", "pushd", "popd", "ulimit"))
"""Commands that print nothing worth a thought."""


def programs(command: str) -> list[list[str]] | None:
    """Return the programs that a command line runs one after the other, each with its words; `None` if the output is made for others.

    That is the output of a pipe, one that goes into a file, and one of an option for programs; also what cannot be read.
    """
    if len(command) > LONGEST or any(mark in command for mark in ("<<", "$(", "`")):
        return None
    lexer = shlex.shlex(command.replace("\n", " ; "), posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    try:
        words = list(lexer)
    except ValueError:
        return None
    found: list[list[str]] = []
    for part in _parts(words):
        if part is None:
            return None
        program = _program(part)
        if any(word in DATA for word in program):
            return None
        if program and program[0] not in QUIET:
            found.append(program)
    return found


def _parts(words: Sequence[str]) -> Iterator[list[str] | None]:
    """Yield the words of each simple command without what is done with its errors; `None` for a pipe or another file."""
    part: list[str] = []
    at = 0
    while at < len(words):
        word = words[at]
        if word in SEPARATORS:
            yield part
            part = []
        elif part and part[-1] == "2" and (word, *words[at + 1 : at + 2]) in ERRORS:
            part.pop()
            at += 1
        elif word == "|" and (end := _end_of_selection(words, at)):
            at = end - 1
        elif set(word) <= set("|<>&();") and word:
            yield None
            return
        else:
            part.append(word)
        at += 1
    yield part


def _end_of_selection(words: Sequence[str], pipe: int) -> int:
    """Return where a command ends that only selects lines of what a pipe hands to it; 0 for any other command."""
    end = pipe + 1
    while end < len(words) and words[end] not in SEPARATORS and words[end] != "|":
        end += 1
    name, *rest = [*words[pipe + 1 : end], ""]
    return end if name in SELECTING and all(not word or word.lstrip("-+").isdigit() or word == "-n" for word in rest) else 0


def _program(words: Sequence[str]) -> list[str]:
    """Return a simple command without variables and programs in front, the program by its bare name."""
    rest = list(words)
    while rest:
        name = os.path.basename(rest[0])
        if ("=" in rest[0] and not rest[0].startswith("-")) or name in BEFORE:
            rest = rest[1:]
            while name in BEFORE and rest and (rest[0].startswith("-") or rest[0].rstrip("smh").replace(".", "").isdigit()):
                rest = rest[1:]
        elif (name, rest[1] if len(rest) > 1 else "") in RUNNERS:
            rest = rest[2:]
        elif (name, "") in RUNNERS:
            rest = rest[1:]
            while rest and rest[0].startswith("-"):
                rest = rest[1:]
        elif name.startswith(("python", "pypy")) and rest[1:2] == ["-m"]:
            rest = rest[2:]
        elif name == "--":
            rest = rest[1:]
        else:
            return [name, *rest[1:]]
    return []
