"""Tells what names mean that a file declares: local variables hide what has their names outside of them, and types are receivers."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from operator import attrgetter

from indexers.extraction.found import EXPRESSION, Found, Local, Names, Scope

RECEIVER = "receiver"
HIDDEN = frozenset({"call", "value", RECEIVER})
"""The kinds of references that local variables hide."""
OF_TYPE = "type"
"""The kind of a scope whose variables are members: a bare name in the functions inside does not mean them."""
MODULES = frozenset({"python", "go", "rust"})
"""Families in which an import of a whole module binds its name."""
EXPLICIT = frozenset({"python", "javascript", "go", "rust"})
"""Families in which a name that is no variable is defined, or imported, where it is used."""
INNER = "inner"
"""The kind of a scope that is less than the function around it: what is known of names is known by functions."""
UNKNOWN = "unknown"
"""The kind of a binding of a local variable that holds nothing known, and hides what the file imports under its name."""


def hidden(references: list[Found], bindings: list[Found], names: Names) -> tuple[list[Found], list[Found]]:
    """Return references without those that mean local variables by their names, and bindings with variables that hide imports.

    What is called on a variable is kept: it may be found by its own name.
    """
    imported = [(found[0], name) for found in references if found[1] == "import" for name in _bound(found, names.family)]
    bound, local = {name for _, name in imported}, {variable.name for variable in names.variables}
    asked = {head for found in references if found[1] in HIDDEN and (head := _head(found)) in local and (not found[3] or head in bound)}
    if not asked:
        return references, bindings
    # A function that stands in a scope, or what is imported there, is meant even if a variable has its name.
    meant = _places((start, name) for start, name in (*imported, *names.defined) if name in asked)
    held = _places((start, name) for start, kind, name, *_ in bindings if kind == "variable" and name in asked)
    pieces: dict[str, list[tuple[int, int]]] = defaultdict(list)
    unknown = {}
    for variable, scope in _within(sorted((one for one in names.variables if one.name in asked), key=attrgetter("start")), names.scopes):
        if not _is_any_in(meant[variable.name], scope):
            pieces[variable.name].append((max(scope.start, variable.since), scope.end))
            if variable.name in bound and scope.kind != INNER and not _is_any_in(held[variable.name], scope):
                unknown[scope, variable.name] = (variable.start, UNKNOWN, variable.name, EXPRESSION, "", "")
    covers = {name: _joined(found) for name, found in pieces.items()}
    kept = [found for found in references if found[1] not in HIDDEN or found[3] or not _is_in(covers.get(found[2], []), found[0])]
    return kept, [*bindings, *unknown.values()]


def with_receivers_as_types(references: list[Found], defined: set[str], family: str) -> list[Found]:
    """Return references with each receiver that may be a type as a reference to it, without those that are none.

    Where names are defined or imported, one that is neither comes with the language.
    """
    imports = [found for found in references if found[1] == "import"]
    shown = defined.union(*(_bound(found, family) for found in imports))
    is_open = family not in EXPLICIT or any(found[2] == "*" for found in imports)
    return [
        (found[0], "type", *found[2:]) if found[1] == RECEIVER else found
        for found in references
        if found[1] != RECEIVER or is_open or _head(found) in shown
    ]


def _places(found: Iterable[tuple[int, str]]) -> dict[str, list[int]]:
    """Return where each name stands, in ascending order."""
    places = defaultdict(list)
    for start, name in sorted(found):
        places[name].append(start)
    return places


def _is_any_in(starts: list[int], scope: Scope) -> bool:
    return bisect_left(starts, scope.start) < bisect_left(starts, scope.end)


def _joined(pieces: list[tuple[int, int]]) -> list[int]:
    """Return where pieces of a source begin and end, in turn, those that overlap as one."""
    edges: list[int] = []
    for start, end in sorted(pieces):
        if edges and start <= edges[-1]:
            edges[-1] = max(edges[-1], end)
        else:
            edges += (start, end)
    return edges


def _is_in(edges: list[int], offset: int) -> bool:
    return bisect_right(edges, offset) % 2 == 1


def _head(found: Found) -> str:
    """Return the first of the names that a reference is written with."""
    return found[3].replace("::", ".").partition(".")[0] if found[3] else found[2]


def _bound(found: Found, family: str) -> Iterable[str]:
    """Return the names that an import binds: of a whole module the first or the last part of its path, and in some families none."""
    _, _, name, module, alias, _ = found
    if alias or name:
        return (alias or name,)
    parts = module.replace("::", ".").replace("/", ".").split(".")
    return {parts[0], parts[-1]} if family in MODULES else ()


def _within(variables: list[Local], scopes: list[Scope]) -> Iterable[tuple[Local, Scope]]:
    """Yield each variable with the innermost scope around it; none at file level, or right in a type."""
    coming = iter(sorted(scopes, key=lambda scope: (scope.start, -scope.end)))
    following = next(coming, None)
    open_: list[Scope] = []
    for local in variables:
        while following is not None and following.start <= local.start:
            open_.append(following)
            following = next(coming, None)
        while open_ and open_[-1].end <= local.start:
            open_.pop()
        if open_ and open_[-1].kind != OF_TYPE:
            yield local, open_[-1]
