"""The existence of definitions: in the index, and for those that the index leaves out, in the bytes on disk."""

import re
from dataclasses import dataclass

from indexers import base_name, unnumbered
from memoryd.notes.checks import constants
from memoryd.notes.checks.ground import Ground
from memoryd.notes.claim import split_name
from memoryd.parsing import members_of
from memoryd.text import symbol_id

HOLDERS = frozenset(("enum", "struct", "interface", "union", "record", "object", "type", "trait", "protocol", "annotation"))
"""Kinds of definitions whose members the index may leave out."""
CONSTRUCTORS = frozenset(("__init__", "__new__", "__construct", "constructor", "initialize"))
"""Names of constructors, which no call spells: a call names the type."""
SHOWN = 160
"""Characters of a value that a reason repeats, at most."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of a check; `holds` is None if it cannot be decided.

    `because` says what is so instead, why it cannot be decided, or where it was found. `is_guess`: it holds as far as names tell.
    """

    holds: bool | None
    because: str
    is_guess: bool = False


def defined(id_: str, ground: Ground) -> CheckResult:
    """Tell whether an id has a definition."""
    path, qualname = split_name(id_)
    if ground.units(id_):
        return CheckResult(True, "")
    if not ground.exists(path):
        return CheckResult(False, f"{path} is gone{_elsewhere(id_, ground)}")
    if why := ground.why_unread(path):
        return CheckResult(None, why)
    if member_lines(id_, ground):
        return CheckResult(True, "")
    if language_of(path, ground) == "python":
        names = constants.python_names(decoded(ground, path), qualname)
        if names is None and (ground.source(path) or b"").strip():
            return CheckResult(None, f"{path} is no Python that can be parsed")
        if names or _is_own_attribute(path, qualname, ground):
            return CheckResult(True, "")
    elif _may_be_member(path, qualname, ground):
        return CheckResult(None, f"the index does not hold the members of {qualname.rpartition('.')[0]}")
    elif _is_lost(path, qualname, ground):
        return CheckResult(None, f"{path} has errors and names {qualname}, which may have been lost")
    return CheckResult(False, f"{path} defines no {qualname}{_elsewhere(id_, ground)}")


def member_lines(id_: str, ground: Ground) -> list[str]:
    """Return the lines in which a type, or each of its name, has a member: a field or a case, which is no definition of its own."""
    path, qualname = split_name(id_)
    holder, _, name = qualname.rpartition(".")
    units = ground.units(symbol_id(path, holder)) if holder else ()
    found = [one for unit in units for one in members_of(unit.members, unit.qualname) if one.name == name]
    lines = decoded(ground, path).split("\n") if found else []
    return ["\n".join(lines[one.first_line - 1 : one.last_line]) for one in found]


def _may_be_member(path: str, qualname: str, ground: Ground) -> bool:
    holder, _, name = qualname.rpartition(".")
    if not holder:
        return False
    # A constructor may declare members as its parameters.
    made = (unit for constructor in CONSTRUCTORS for unit in ground.units(symbol_id(path, f"{holder}.{constructor}")))
    return any(names(name, unit.signature.encode()) for unit in made) or any(
        unit.kind in HOLDERS and name.encode() in (ground.text(unit) or b"") for unit in ground.units(symbol_id(path, holder))
    )


def _is_own_attribute(path: str, qualname: str, ground: Ground) -> bool:
    """Tell whether methods of a Python class assign to an attribute of `self`."""
    holder, _, name = qualname.rpartition(".")
    classes = (unit for unit in ground.units(symbol_id(path, holder)) if unit.kind == "class") if holder else ()
    return any(sets_attribute(ground.text(unit) or b"", name) for unit in classes)


def sets_attribute(source: bytes, name: str) -> bool:
    """Tell whether Python assigns to an attribute of `self`."""
    return (
        constants.is_findable(name)
        and re.search(rb"\bself\.%b\b[ \t]*(?:[:,][^=\n]{0,200}+)?=(?!=)" % re.escape(name.encode()), source) is not None
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
    path, qualname = split_name(id_)
    name = base_name(qualname.replace("::", ".").removesuffix("()"))
    beside = (unit for unit in ground.view.catalog.files.get(path, ()) if unit.is_symbol and base_name(unit.qualname) == name)
    others = ground.namesakes(id_) or tuple(beside)
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
