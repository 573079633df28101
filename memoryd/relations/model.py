"""The one form of all answers about relations."""

from dataclasses import dataclass
from typing import Any

from memoryd.kinds import Relation


@dataclass(frozen=True, slots=True)
class ToldEdge:
    """An edge as an answer tells it: two ids, where the first use stands, how it is known, and how likely it is right."""

    source: str
    target: str
    kind: str
    path: str
    line: int
    tier: str
    probability: float


@dataclass(frozen=True, slots=True)
class FoundUnit:
    """A file or definition that answers a question: `group` is what it is found as, `distance` the steps from what was asked about.

    `marks` are words about it, such as `public`.
    """

    id: str
    group: str
    distance: int
    probability: float
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Related:
    """The answer to a question about relations.

    `text` takes exactly `tokens` and at most `budget`; `edges` and `found` are what it shows, `omitted` counts what it does not.
    `unresolved` counts the references that may belong here and that nothing resolved. `uncertain` are the reasons for which the
    answer cannot be relied on to be complete, so that all tests should run; `commands` run the tests that it shows.
    """

    root: str
    relation: Relation
    target: tuple[str, ...]
    text: str
    tokens: int
    budget: int
    edges: tuple[ToldEdge, ...]
    found: tuple[FoundUnit, ...]
    unresolved: int
    omitted: int
    uncertain: tuple[str, ...]
    commands: tuple[str, ...]
    store_version: int


def as_json(answer: Related) -> dict[str, Any]:
    """Return an answer as every face gives it in JSON."""
    return {
        "root": answer.root, "relation": answer.relation.value, "target": list(answer.target), "text": answer.text,
        "tokens": answer.tokens, "budget": answer.budget,
        "edges": [
            {
                "from": edge.source, "to": edge.target, "kind": edge.kind, "path": edge.path, "line": edge.line, "tier": edge.tier,
                "probability": edge.probability,
            }
            for edge in answer.edges
        ],
        "found": [
            {"id": one.id, "group": one.group, "distance": one.distance, "probability": one.probability, "marks": list(one.marks)}
            for one in answer.found
        ],
        "unresolved": answer.unresolved, "omitted": answer.omitted, "uncertain": list(answer.uncertain), "commands": list(answer.commands),
        "store_version": answer.store_version,
    }  # fmt: skip
