"""Names from outside the project, as claims and code spell them: `dumps`, `json.dumps`, `std::fs::read`, `node:fs`.

What a name in a file means, the imports of that file tell. Where they do not, it is not told.
"""

import re
from collections.abc import Sequence

from memoryd.graph import ImportStatement, Use

SEPARATORS = re.compile(r"::?|[./\\]")
VERSION = re.compile(r"v\d+")
"""The last part of a Go module of a later major version, by which no code calls it."""
OPEN = frozenset(("*", "_", "."))
"""What stands for all names of a module in an import."""
Parts = tuple[str, ...]


def spellings(target: str, written: Sequence[ImportStatement]) -> Parts:
    """Return the names by which a file may use what `target` names: its own last part, and what the file's imports call it."""
    last = _parts(target)[-1:]
    return tuple(dict.fromkeys((*last, *(one.alias for one in written if one.alias and _whole(one)[-1:] == last))))


def means(use: Use, target: str, written: Sequence[ImportStatement]) -> bool | None:
    """Tell whether a use means what `target` names; None if the imports of its file leave that open."""
    wanted, said = _parts(target), (*_parts(use.qualifier), use.name)
    bound = [one for one in written if _local(one) == said[0]]
    if _ends(said, wanted) or any(_ends((*_whole(one), *said[1:]), wanted) for one in bound):
        return True
    if bound:
        # The name may also be the module's default, which a file calls as it likes.
        return None if any(_ends((*_parts(one.module), *said[1:]), wanted) for one in bound) else False
    if not _ends(wanted, said):
        return False
    opened = wanted[: -len(said)]
    return True if any(one.name in OPEN and _ends(_parts(one.module), opened) for one in written) else None


def is_imported(statement: ImportStatement, target: str) -> bool:
    """Tell whether an import names a module or a name from outside, or something in it."""
    whole = _dotted(".".join(filter(None, (statement.module, statement.name))))
    wanted = _dotted(target)
    return wanted in (_dotted(statement.module), statement.name, whole) or whole.startswith((f"{wanted}.", f"{wanted}/"))


def _dotted(name: str) -> str:
    return name.removeprefix("node:").replace("::", ".").replace("\\", ".")


def _parts(name: str) -> Parts:
    return tuple(filter(None, SEPARATORS.split(name.replace("()", ""))))


def _whole(one: ImportStatement) -> Parts:
    return (*_parts(one.module), *(() if one.name in OPEN else _parts(one.name)))


def _local(one: ImportStatement) -> str:
    """Return the name that an import binds in its file, "" if it binds all names of a module, or none."""
    named = [part for part in _whole(one) if not VERSION.fullmatch(part)]
    return "" if one.name in OPEN else one.alias or (named[-1] if named else "")


def _ends(name: Parts, end: Parts) -> bool:
    return bool(end) and name[-len(end) :] == end
