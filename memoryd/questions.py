"""The questions about relations.

A module of its own, because the command line and the MCP bridge must start fast.
"""

from enum import StrEnum


class Relation(StrEnum):
    """What is asked of definitions, or of the whole project."""

    CALLERS = "callers"
    CALLEES = "callees"
    USES = "uses"
    BASES = "bases"
    SUBCLASSES = "subclasses"
    IMPLEMENTATIONS = "implementations"
    IMPACT = "impact"
    TESTS = "tests"
    PATH = "path"
    CYCLES = "cycles"
    AREAS = "areas"
    DEAD = "dead"


WHOLE = frozenset((Relation.CYCLES, Relation.AREAS, Relation.DEAD))
"""The questions about the whole project, which take no handle."""
CHANGES = frozenset((Relation.IMPACT, Relation.TESTS))
"""The questions that may be asked about what changed."""
