"""Tells of a function that a pack shows what it calls and who calls it, a line each: the next things to open, by handle.

Only what is certain: no call that may mean one of several definitions. What the pack shows anyhow is not told again.
"""

from collections.abc import Collection, Mapping

from indexers import unnumbered
from memoryd.filekinds import is_test
from memoryd.text import escaped, qualname_in, split_id
from memoryd.versions import Catalog, Unit, View, announces

MOST = 4
"""The most callees, and the most callers, that are told of a function."""
TESTS = frozenset({"test", "tests"})
"""What modules of tests are called that stand beside the code."""


def relations(view: View, unit: Unit, shown: Collection[str], likely: Mapping[str, float]) -> str:
    """Return the lines about a function: likelier ones first, callees then in the order of the calls."""
    catalog, graph = view.catalog, view.graph
    callees = {_defined(catalog, id_): line for id_, line in graph.certain_callees(unit.id).items()}
    callers = graph.certain_callers(unit.id)
    announced = unit.id.removesuffix("~2")
    if announced in catalog.by_id and _defined(catalog, announced) == unit.id:
        callers = {**graph.certain_callers(announced), **callers}
    called, calling = (_others(catalog, calls, unit, shown, likely) for calls in (callees, callers))
    return _line("calls", called) + _line("called by", calling)


def _defined(catalog: Catalog, id_: str) -> str:
    """Return the id of the function that a prototype announces in its file, to which calls lead: that of anything else as it is."""
    defined = catalog.by_id.get(f"{id_}~2")
    return defined.id if defined is not None and announces(catalog.by_id[id_], defined) else id_


def _others(catalog: Catalog, calls: Mapping[str, int], unit: Unit, shown: Collection[str], likely: Mapping[str, float]) -> list[str]:
    """Return the handles of the units at the other ends of calls, which are known by id with their first lines."""
    of_test = _is_of_test(unit.id)
    chosen = sorted(
        (-likely.get(id_, 0.0), line, id_)
        for id_, line in calls.items()
        if id_ not in shown and id_ != unit.id and (of_test or not _is_of_test(id_))
    )
    names = [_handle(catalog, catalog.by_id[id_]) for *_, id_ in chosen[:MOST]]
    return names + ([f"… {len(chosen) - MOST} more"] if len(chosen) > MOST else [])


def _is_of_test(id_: str) -> bool:
    """Tell whether a unit stands in a file of tests, or in a module of tests beside the code, as in Rust."""
    path, name = split_id(id_)
    return is_test(path) or not TESTS.isdisjoint(name[1:].split(".")[:-1])


def _handle(catalog: Catalog, unit: Unit) -> str:
    """Return the shortest handle of a unit: its name where no other unit has it, without the namespaces around it."""
    name = catalog.short_name(unit)
    # An id tells the qualified name: of a thousand constructors, none needs to be made.
    alike = [qualname_in(id_) for id_ in catalog.by_name.get(unit.name.lower(), ()) if name in id_ or "~" in id_]
    names = alike if "~" in name else list(map(unnumbered, alike))
    # What is called so comes before what only ends so.
    meant = names.count(name) or sum(other.endswith(f".{name}") for other in names)
    return escaped(name if meant == 1 else unit.id)


def _line(what: str, names: list[str]) -> str:
    return f"  {what}: {', '.join(names)}\n" if names else ""
