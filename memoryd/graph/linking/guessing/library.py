"""The names of members that a call on a receiver of unknown type mostly finds in a library, not in its own project.

`String#include?`, `Vec::push`, `List.add`: where a project has one definition of such a name, that says little of what a call means.
The names are data: `memoryd/data/library_members.txt` was mined by `python -m scripts.train.members` from projects that call them and
do not define them, `memoryd/data/standard_members.txt` was written by hand from the documentation of languages and what comes with them.
"""

from functools import cache
from importlib.resources import files

LIBRARY_MEMBERS = tuple(files("memoryd.data").joinpath(name) for name in ("library_members.txt", "standard_members.txt"))


def library_members(family: str) -> frozenset[str]:
    """Return the names of members of libraries in a family of languages; none for a family that no file names."""
    return _by_family().get(family, frozenset())


@cache
def _by_family() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for line in (line for file in LIBRARY_MEMBERS for line in file.read_text(encoding="utf-8").splitlines()):
        family, *names = line.split()
        found[family] = found.get(family, frozenset()).union(names)
    return found
