"""Finds what a handle names: the id of a unit, a path, lines of a path (`path:A-B`), or a qualified name that one unit alone has."""

import difflib
import re
from collections.abc import Sequence
from typing import NamedTuple

from indexers import Member, base_name, name_of_first, names_its_type, unnumbered
from memoryd.advice import SEARCH
from memoryd.errors import OutsideRoot, UnknownHandle
from memoryd.parsing import FILE, members_of
from memoryd.text import block_id, plain_path, symbol_id
from memoryd.versions import Unit, View, announces

NAMED = 5
"""How many names an error tells of those that a handle may mean."""
RANGE = re.compile(r"^(?P<path>.+?):(?P<first>\d{1,9})(?:-(?P<last>\d{1,9})|:\d{1,9}:?)?$", re.DOTALL)
"""Lines of a path, or the line and column that compilers and linters print."""
END = 10**9
"""A line past the end of every file."""


class Place(NamedTuple):
    """Lines of a file that a handle names, and the unit whose lines they are: `None` for a range of lines, and for what a type holds.

    `are_given`: the handle itself says which lines, or means all, so that they are the same lines whatever the index knows of the file.
    `apart` are the ids of definitions that overload one name and stand apart: `unit` and its lines are the first of them.
    """

    path: str
    first: int
    last: int
    unit: Unit | None
    are_given: bool = False
    apart: tuple[str, ...] = ()

    def together(self, handle: str) -> "Place":
        """Return the place. Raises `UnknownHandle` where a handle means definitions that stand apart: no lines are those of all."""
        if self.apart:
            raise UnknownHandle(f"{handle!r} may be any of {_some(self.apart)}; give one of these")
        return self


def place_of(view: View, handle: str) -> Place:
    """Return what a handle names. Raises `UnknownHandle`, which suggests similar handles, or `OutsideRoot`.

    A path may begin with that of the project, or with `./`.
    """
    handle = handle.removeprefix(f"{view.root}/").removeprefix("./")
    unit = _unit(view, handle)
    if unit is not None and unit.kind == FILE:
        return Place(unit.path, 1, END, unit, are_given=True)
    if unit is not None:
        return Place(unit.path, unit.first_line, unit.last_line, unit)
    if handle.startswith("/") or ".." in handle.split("/"):
        raise OutsideRoot(f"{handle} leaves the project; give a path relative to {view.root}")
    match = RANGE.match(handle)
    if match and (paths := view.catalog.matching_paths(plain_path(match["path"]))):
        path, first, last = _only(handle, paths), int(match["first"]), int(match["last"] or match["first"])
        if not last or first > last:
            meant = block_id(path, max(last, 1), max(first, 1))
            raise UnknownHandle(f"{handle} names no line: lines count from 1, and a range is FIRST-LAST; did you mean {meant}?")
        return Place(path, first, last, None, are_given=True)
    if paths := view.catalog.matching_paths(plain_path(handle)):
        path = _only(handle, paths)
        return Place(path, 1, END, view.catalog.files[path][0], are_given=True)
    record = view.records.get(plain_path(match["path"] if match else handle))
    if record is not None and record.skipped:
        raise UnknownHandle(f"{handle} is not indexed: {record.skipped}")
    return _of_name(view, handle)


def _of_name(view: View, handle: str) -> Place:
    """Return what alone has a name, or is meant by it. Raises `UnknownHandle`, which suggests similar handles."""
    named = view.catalog.by_name.get(base_name(handle.rpartition("#")[2]).lower(), ())
    exact = _called(view, handle) or _ending(view, handle, named)
    if len(exact) > 1:
        exact = _defined(view, exact)
    if len(exact) > 1:
        if together := _overloaded(view, exact):
            return together
        raise UnknownHandle(f"{handle!r} may be any of {_some(exact)}; give one of these")
    if exact:
        return place_of(view, exact[0])
    held = _held(view, handle) if "." in handle or not named else []
    if len(held) > 1:
        raise UnknownHandle(f"{handle!r} may be any of {_some([f'{unit.id}.{one.name}' for unit, one in held])}; give one of these")
    if held:
        unit, one = held[0]
        return Place(unit.path, one.first_line, one.last_line, None)
    # What has a folder is a path: of its last word, such as an extension, nothing follows.
    is_path = "/" in handle and "#" not in handle
    near = [] if is_path else list(named[:NAMED])
    near = near or difflib.get_close_matches(handle, view.catalog.files if is_path else view.catalog.by_id, 3, 0.6)
    if near:
        raise UnknownHandle(f"nothing is called {handle!r}; did you mean {', '.join(near)}?")
    raise UnknownHandle(f"nothing is called {handle!r}", SEARCH)


def _unit(view: View, handle: str) -> Unit | None:
    """Return the unit with an id, or the symbol that a handle names with the path in its own spelling: `c#/cart.cs#Cart`."""
    ids = [handle, *(symbol_id(handle[: mark.start()], handle[mark.end() :]) for mark in re.finditer("#", handle))]
    return next((unit for id_ in ids if (unit := view.catalog.by_id.get(id_))), None)


def _called(view: View, name: str) -> list[str]:
    """Return the ids of the units with exactly a qualified name, whichever definition of it they are; `A::b` means `A.b`, too."""
    found: dict[str, None] = {}
    for spelling in (name, name.replace("::", ".")):
        for id_ in view.catalog.by_name.get(base_name(spelling).lower(), ()):
            qualname = view.catalog.by_id[id_].qualname
            if qualname == spelling or name_of_first(qualname) == spelling:
                found[id_] = None
    return list(found)


def _ending(view: View, handle: str, named: Sequence[str]) -> list[str]:
    """Return those symbols whose qualified name ends with a handle, in the file that it names: `cart.py#total`, not `Order.total`.

    Where a file is named, a name is that of its first definition, as in an id; else it may be any of them. The name of a type means the
    type, not its constructor.
    """
    path, mark, name = handle.rpartition("#")
    wanted, folder = f".{name.replace('::', '.').lower()}", f"/{path.strip('/')}"
    units = [unit for unit in map(view.catalog.by_id.__getitem__, named) if _is_in(folder, unit) or not mark]
    if "." not in wanted[1:]:
        units = [unit for unit in units if not names_its_type(unit.qualname)] or units
    first = [unit.id for unit in units if f".{unit.qualname.lower()}".endswith(wanted)]
    every = [unit.id for unit in units if f".{unnumbered(unit.qualname).lower()}".endswith(wanted)]
    return (first or every) if mark or "~" in name else every


def _is_in(folder: str, unit: Unit) -> bool:
    path = f"/{unit.path}"
    return path.endswith(folder) or folder.endswith(path)


def _defined(view: View, ids: Sequence[str]) -> list[str]:
    """Return the ids of definitions without those of prototypes in other files, whose functions stand in their place."""
    graph = view.graph
    nodes = graph.nodes(ids)
    announced, found = graph.definitions(nodes)
    apart = graph.facts.home[nodes[announced]] != graph.facts.home[found]
    meant = dict(zip(announced[apart].tolist(), graph.ids(found[apart]), strict=True))
    return list(dict.fromkeys(meant.get(place, id_) for place, id_ in enumerate(ids)))


def _overloaded(view: View, ids: Sequence[str]) -> Place | None:
    """Return the lines of definitions that overload one name in a file, as those of the first of them; `None` where they do not.

    A function and the prototype that announces it are the function.
    """
    units = sorted(map(view.catalog.by_id.__getitem__, ids), key=lambda unit: unit.start)
    first, last = units[0], units[-1]
    if len({(unit.path, unnumbered(unit.qualname)) for unit in units}) > 1:
        return None
    if len(units) == 2 and announces(first, last):
        return Place(last.path, last.first_line, last.last_line, last)
    others = (other for other in view.catalog.files[first.path] if other.is_symbol and first.start < other.start < last.start)
    if any(not any(unit.start <= other.start < unit.end for unit in units) for other in others):
        return Place(first.path, first.first_line, first.last_line, first, apart=tuple(unit.id for unit in units))
    return Place(first.path, first.first_line, last.last_line, first)


def _held(view: View, handle: str) -> list[tuple[Unit, Member]]:
    """Return the types that have a field or case of the name in a handle, `Cart.currency` or `shop/cart.py#Cart.currency`."""
    before, _, name = handle.replace("::", ".").rpartition(".")
    path, mark, owner = before.rpartition("#")
    units = (view.catalog.by_id[id_] for id_ in view.catalog.by_member.get(name.lower(), ()))
    wanted = [unit for unit in units if (not owner or name_of_first(unit.qualname) == owner) and (not mark or unit.path == path)]
    return [(unit, one) for unit in wanted for one in members_of(unit.members, unit.qualname) if one.name == name]


def _only(handle: str, paths: list[str]) -> str:
    if len(paths) > 1:
        raise UnknownHandle(f"{handle!r} may be any of {_some(paths)}; give more of the path")
    return paths[0]


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{', '.join(names[:NAMED])}{more}"
