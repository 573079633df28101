"""What a question is about: the definition or file of each handle, with what is in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from indexers import name_of_first
from memoryd.errors import UnknownHandle
from memoryd.packing import place_of
from memoryd.parsing import FILE
from memoryd.versions import Unit, View

TYPE_KINDS = frozenset((
    "class", "interface", "struct", "enum", "trait", "impl", "type", "object", "protocol", "extension", "union", "record", "mixin",
    "module", "namespace", "package",
))  # fmt: skip


CALLABLE_KINDS = frozenset(("function", "method", "constructor", "prototype", "macro", "getter", "setter"))


@dataclass(frozen=True, slots=True)
class Target:
    """A definition or a file: its number in the graph, and those of the nodes in it, its own among them.

    A function stands for all overloads of it in its file: which of them a call means, the graph does not tell. A prototype stands for the
    function that it announces, to which calls lead, wherever that is.
    """

    unit: Unit
    node: int
    nodes: npt.NDArray[np.int64]
    overloads: int = 0

    @property
    def is_file(self) -> bool:
        """Whether this is a file."""
        return self.unit.kind == FILE

    @property
    def is_type(self) -> bool:
        """Whether this is a type or a module."""
        return self.unit.kind in TYPE_KINDS


def alone(view: View, units: Sequence[Unit]) -> Iterator[Target]:
    """Yield those of some units that are code, each as a target without its overloads and what is in it."""
    graph = view.graph
    for unit, node in zip(units, graph.nodes([unit.id for unit in units]).tolist(), strict=True):
        if node >= 0 and graph.is_linked(node):
            defined = graph.definitions(np.array([node]))[1] if unit.kind in CALLABLE_KINDS else np.zeros(0, np.int64)
            if len(defined):
                node, unit = int(defined[0]), view.catalog.by_id[graph.ids(defined)[0]]
            yield Target(unit, node, np.array([node], dtype=np.int64))


def target_of(view: View, unit: Unit) -> Target | None:
    """Return a unit as a target, `None` if it is no code."""
    own = next(alone(view, [unit]), None)
    if own is None:
        return None
    graph, unit = view.graph, own.unit
    parts = (unit, *_overloads(view, unit))
    inside = graph.nodes([other.id for part in parts for other in (part, *view.catalog.inside(part)) if other.is_symbol])
    inside = inside[inside >= 0]
    announced, elsewhere = graph.definitions(inside)
    inside[announced] = elsewhere
    nodes = np.array(list(dict.fromkeys((own.node, *inside.tolist()))), dtype=np.int64)
    return replace(own, nodes=nodes, overloads=len(parts) - 1)


def _overloads(view: View, unit: Unit) -> list[Unit]:
    """Return the other definitions of a function's name beside it."""
    if unit.kind not in CALLABLE_KINDS:
        return []
    plain = name_of_first(unit.qualname)
    return [
        other
        for other in view.catalog.files[unit.path]
        if other.kind in CALLABLE_KINDS and other.id != unit.id and name_of_first(other.qualname) == plain
    ]


def targets_of(view: View, handles: Sequence[str]) -> list[Target]:
    """Return what handles name; lines name the innermost definition around them. Raises `UnknownHandle` or `OutsideRoot`."""
    found = {}
    for handle in handles:
        place = place_of(view, handle)
        unit = place.unit or _around(view, place.path, place.first)
        target = target_of(view, unit if unit.is_symbol or unit.kind == FILE else _around(view, unit.path, unit.first_line))
        if target is None:
            raise UnknownHandle(f"{handle} is no code that is linked; name a definition, or a file of code")
        found[target.node] = target
    return list(found.values())


def _around(view: View, path: str, line: int) -> Unit:
    """Return the innermost definition around a line, else the file."""
    units = view.catalog.files[path]
    holding = [unit for unit in units if unit.is_symbol and unit.first_line <= line <= unit.last_line]
    return min(holding, key=lambda unit: (unit.end - unit.start, unit.id), default=units[0])
