"""The existence of definitions: in the index, and for those that the index leaves out, in the bytes on disk."""

import re
from dataclasses import dataclass

from indexers import unnumbered
from memoryd.notes.checks import constants
from memoryd.notes.checks.ground import Ground
from memoryd.notes.claim import split_id
from memoryd.text import symbol_id

HOLDERS = frozenset(("enum", "struct", "interface", "union", "record", "object", "type", "trait", "protocol", "annotation"))
"""Kinds of definitions whose members the index may leave out."""
SHOWN = 160
"""Characters of a value that a reason repeats, at most."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of a check; `holds` is None if it cannot be decided.

    `because` says what is so instead, why it cannot be decided, or where it was found.
    """

    holds: bool | None
    because: str


def defined(id_: str, ground: Ground) -> CheckResult:
    """Tell whether an id has a definition."""
    path, qualname = split_id(id_)
    if ground.units(id_):
        return CheckResult(True, "")
    if not ground.exists(path):
        return CheckResult(False, f"{path} is gone{_elsewhere(id_, ground)}")
    if why := ground.why_unread(path):
        return CheckResult(None, why)
    if language_of(path, ground) == "python":
        names = constants.python_names(decoded(ground, path), qualname)
        if names is None and (ground.source(path) or b"").strip():
            return CheckResult(None, f"{path} is no Python that can be parsed")
        if names:
            return CheckResult(True, "")
    elif _may_be_member(path, qualname, ground):
        return CheckResult(None, f"the index does not hold the members of {qualname.rpartition('.')[0]}")
    elif _is_lost(path, qualname, ground):
        return CheckResult(None, f"{path} has errors and names {qualname}, which may have been lost")
    return CheckResult(False, f"{path} defines no {qualname}{_elsewhere(id_, ground)}")


def _may_be_member(path: str, qualname: str, ground: Ground) -> bool:
    holder, _, name = qualname.rpartition(".")
    return bool(holder) and any(
        unit.kind in HOLDERS and name.encode() in (ground.text(unit) or b"") for unit in ground.units(symbol_id(path, holder))
    )


def _is_lost(path: str, qualname: str, ground: Ground) -> bool:
    """Tell whether a syntax error may hide a definition: the file has errors, and contains the name as a word."""
    source, name = ground.source(path) or b"", unnumbered(qualname).rpartition(".")[2]
    return names(name, source) and ground.is_damaged(path)


def names(name: str, source: bytes) -> bool:
    """Tell whether a source holds a name as a word."""
    word = rb"(?<![\w$])" + re.escape(name.encode()) + rb"(?![\w$])"
    return constants.is_findable(name) and re.search(word, source) is not None


def _elsewhere(id_: str, ground: Ground) -> str:
    others = ground.namesakes(id_)
    return f"; {others[0].id} has its name" if len(others) == 1 else ""


def language_of(path: str, ground: Ground) -> str:
    """Return the language of a file in the index, "" for a file that is not in it."""
    record = ground.view.records.get(path)
    return record.language if record else ""


def decoded(ground: Ground, path: str) -> str:
    """Return the text of a file, "" if it cannot be read."""
    return (ground.source(path) or b"").decode("utf-8", "replace")


def short(text: str) -> str:
    """Return a text on one line, cut to `SHOWN` characters."""
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else line[:SHOWN] + " …"
