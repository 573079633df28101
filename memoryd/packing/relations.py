"""Tells of a function that a pack shows what it calls and who calls it, a line each: the next things to open, by handle.

Only what is certain: no call that may mean one of several definitions. What the pack shows anyhow is not told again.
"""

from collections.abc import Collection, Iterable, Mapping

from memoryd.filekinds import is_test
from memoryd.graph import Edge, Tier
from memoryd.text import escaped, split_id
from memoryd.versions import Catalog, Unit, View

MOST = 4
"""The most callees, and the most callers, that are told of a function."""


def relations(view: View, unit: Unit, shown: Collection[str], likely: Mapping[str, float]) -> str:
    """Return the lines about a function: likelier ones first, callees then in the order of the calls."""
    callees = _others(view.catalog, [(edge.target, edge) for edge in view.graph.callees(unit.id)], unit, shown, likely)
    callers = _others(view.catalog, [(edge.source, edge) for edge in view.graph.callers(unit.id)], unit, shown, likely)
    return _line("calls", callees) + _line("called by", callers)


def _others(
    catalog: Catalog, edges: Iterable[tuple[str, Edge]], unit: Unit, shown: Collection[str], likely: Mapping[str, float]
) -> list[str]:
    """Return the handles of the units at the other ends of calls."""
    found: dict[str, tuple[float, int, str]] = {}
    for id_, edge in edges:
        other = catalog.by_id.get(id_)
        if edge.kind != "call" or edge.tier >= Tier.AMBIGUOUS or other is None or id_ in shown or id_ == unit.id:
            continue
        if is_test(split_id(id_)[0]) and not is_test(unit.path):
            continue
        found[id_] = min(found.get(id_, (0.0, 10**9, "")), (-likely.get(id_, 0.0), edge.line, id_))
    chosen = sorted(found.values())
    names = [_handle(catalog, catalog.by_id[id_]) for *_, id_ in chosen[:MOST]]
    return names + ([f"… {len(chosen) - MOST} more"] if len(chosen) > MOST else [])


def _handle(catalog: Catalog, unit: Unit) -> str:
    """Return the shortest handle of a unit: its qualified name where no other unit has it."""
    same = [id_ for id_ in catalog.by_name.get(unit.name.lower(), ()) if catalog.by_id[id_].qualname == unit.qualname]
    return escaped(unit.qualname if len(same) == 1 else unit.id)


def _line(what: str, names: list[str]) -> str:
    return f"  {what}: {', '.join(names)}\n" if names else ""
