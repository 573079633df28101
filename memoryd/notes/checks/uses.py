"""Whether code uses something: calls, inherits, imports. Answers from the references of a file and what the graph made of them."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from indexers import base_name
from memoryd.graph import Graph, Tier
from memoryd.notes.checks.definitions import CheckResult
from memoryd.notes.claim import REPETITION

EXTERNAL = -2
CONSTRUCTORS = frozenset(("__init__", "__new__", "constructor", "initialize"))
"""Names that no call spells: who calls one calls the type around it."""


class Use(NamedTuple):
    """One reference: its name, what stands before it, its line, what it surely means ("" where that is open), if it is outside."""

    name: str
    qualifier: str
    line: int
    targets: tuple[str, ...]
    certain: bool
    outside: bool


def uses_of(graph: Graph, kind: str, user: str, path: str, name: str, target: str) -> Iterator[Use]:
    """Yield the references of a kind in a definition (`user` is its qualname; "" for anywhere in the file) that may mean `target`:

    those of that name, and those the graph links to it.
    """
    facts = graph.facts
    number = facts.numbers.get(path)
    if number is None:
        return
    start, end = facts.reference_starts[number : number + 2].tolist()
    references, words = facts.references, facts.words
    rows = np.arange(start, end)
    first, last = np.searchsorted(graph.links.row, [start, end])
    node = graph.node(target) if target else -1
    linked = graph.links.row[first:last][graph.links.target[first:last] == node] if node >= 0 else rows[:0]
    is_kind = references.kind[start:end] == words.find(kind)
    wanted = rows[is_kind & ((references.name[start:end] == words.find(name)) | np.isin(rows, linked))]
    for row in wanted.tolist():
        if _is_within(words.texts[int(references.scope[row])], user, kind):
            yield _use(graph, row)


def _use(graph: Graph, row: int) -> Use:
    references, words = graph.facts.references, graph.facts.words
    first, last = np.searchsorted(graph.links.row, [row, row + 1])
    tiers = graph.links.tier[first:last]
    linked = graph.links.target[first:last]
    targets = tuple(graph.ids(linked[linked < graph.tables.nodes]))
    return Use(
        words.texts[int(references.name[row])], words.texts[int(references.qualifier[row])], int(references.line[row]), targets,
        bool(len(tiers)) and int(tiers.min()) < Tier.AMBIGUOUS, int(graph.codes[row]) == EXTERNAL,
    )  # fmt: skip


def _is_within(scope: str, user: str, kind: str) -> bool:
    """Tell whether a reference is one of a definition: what is nested in it calls for it, but inherits for itself."""
    if not user:
        return True
    scope = scope if REPETITION.search(user) else REPETITION.sub("", scope)
    return scope == user or (kind != "inherit" and scope.startswith(user + "."))


def called_name(qualname: str) -> str:
    """Return the name by which a definition is called."""
    holder, _, name = qualname.rpartition(".")
    return base_name(holder) if name in CONSTRUCTORS and holder else base_name(qualname)


def decide(uses: list[Use], targets: frozenset[str], verb: str) -> CheckResult:
    """Tell whether one of the uses means one of the targets.

    The graph decides where it is sure. Where it knows nothing, or several, the name decides, unless it means another thing for sure.
    """
    for use in uses:
        if targets.intersection(use.targets):
            return CheckResult(True, f"line {use.line}")
    for use in uses:
        if not use.outside and not (use.certain and use.targets):
            return CheckResult(True, f"line {use.line}, by its name")
    if uses:
        use = uses[0]
        other = use.targets[0] if use.targets else "something outside the project"
        return CheckResult(False, f"in line {use.line} it {verb} {other}")
    return CheckResult(False, "")


def named(uses: list[Use], wanted: str) -> CheckResult:
    """Tell whether one of the uses spells a name that is not of the project: `dumps`, `json.dumps`."""
    qualifier = wanted.rpartition(".")[0]
    for use in uses:
        said = use.qualifier.removesuffix("()")
        if not qualifier or said == qualifier or said.endswith("." + qualifier) or not said:
            return CheckResult(True, f"line {use.line}")
    return CheckResult(False, "")


def imported(graph: Graph, path: str, target: str) -> CheckResult:
    """Tell whether a file imports a file or a definition of the project."""
    is_symbol = graph.node(target) >= 0 and target not in graph.facts.numbers
    for edge in graph.imports(path):
        if edge.target == target or (not is_symbol and edge.target.startswith(target + "#")):
            return CheckResult(True, f"line {edge.line}")
    return CheckResult(False, "")


def import_texts(graph: Graph, path: str) -> tuple[tuple[str, str, int, bool], ...]:
    """Return the imports of a file as they are written: module, name, line, and whether nothing of the project is meant."""
    facts = graph.facts
    number = facts.numbers.get(path)
    if number is None:
        return ()
    start, end = facts.reference_starts[number : number + 2].tolist()
    references, words = facts.references, facts.words
    rows = start + np.flatnonzero(references.kind[start:end] == words.find("import"))
    return tuple(
        (words.texts[int(references.qualifier[row])], words.texts[int(references.name[row])], int(references.line[row]),
         int(graph.codes[row]) == EXTERNAL)
        for row in rows.tolist()
    )  # fmt: skip
