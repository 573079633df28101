"""Relations: who uses a definition, what it uses, what may break with it, and which tests reach it, by the graph.

model     the one form of all answers
targets   what a question is about
direct    callers, callees, uses, and types above and below
reaching  what reaches definitions through any number of edges
impact    what may break
tests     the tests to run
commands  how to run them
missed    calls that may belong to an answer and that nothing resolved
ways      how one definition reaches another
structure cycles and areas of the whole project
dead      what nothing is known to use
changed   what differs from a commit
drafts    an answer before it is written
writing   an answer as text within a budget
export    the graph of files for other programs
"""

from memoryd.relations.answers import RelationQuestion, related
from memoryd.relations.changed import Changes, changes_since, lost_uses
from memoryd.relations.drafts import FLOOR, Row
from memoryd.relations.export import Format, Grain, exported
from memoryd.relations.model import FoundUnit, Related, ToldEdge
from memoryd.relations.targets import TYPE_KINDS, Target
from memoryd.relations.tests import tests_of

__all__ = [
    "FLOOR", "TYPE_KINDS", "Changes", "Format", "FoundUnit", "Grain", "Related", "RelationQuestion", "Row", "Target", "ToldEdge",
    "changes_since", "exported", "lost_uses", "related", "tests_of",
]  # fmt: skip
