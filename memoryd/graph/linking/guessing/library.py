"""The names of members that a call on a receiver of unknown type mostly finds in a library, not in its own project.

`String#include?`, `Vec::push`, `List.add`: where a project has one definition of such a name, that says little of what a call means.
The names are data (`memoryd/data/library_members.txt`), mined by `python -m scripts.train.members` from projects that call them
and do not define them.
"""

from functools import cache
from importlib.resources import files

LIBRARY_MEMBERS = files("memoryd.data").joinpath("library_members.txt")


def library_members(family: str) -> frozenset[str]:
    """Return the names of members of libraries in a family of languages; none for a family that nothing was mined of."""
    return _by_family().get(family, frozenset())


@cache
def _by_family() -> dict[str, frozenset[str]]:
    lines = LIBRARY_MEMBERS.read_text(encoding="utf-8").splitlines()
    return {family: frozenset(names.split()) for family, _, names in (line.partition(" ") for line in lines)}
