"""The one form of all answers about relations."""

from dataclasses import dataclass

from typing_extensions import TypedDict

from memoryd.questions import Relation

ToldEdge = TypedDict(
    "ToldEdge",
    {"from": str, "to": str, "kind": str, "path": str, "line": int, "tier": str, "probability": float, "label": str},
)  # fmt: skip
"""An edge as an answer tells it: two ids, where the first use stands, how it is known, and how likely it is right.

`label` is what a framework is told to call it for, as in GET /users/{id} (FastAPI); "" for what the project itself uses.

It is a mapping because programs are told `from`, which no attribute can be named.
"""


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
