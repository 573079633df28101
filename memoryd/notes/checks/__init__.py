"""Checks: a claim → whether it holds.

ground       one moment of a project: the index and the bytes on `disk`, the `history` of git, the recorded `commands`
definitions  is there such a definition; `constants`: what is its value
uses         who calls, inherits, imports whom
evidence     do quoted words stand where they are said to
verdict      all kinds of claims
"""

from memoryd.notes.checks.commands import record, recorded
from memoryd.notes.checks.disk import Disk
from memoryd.notes.checks.evidence import citation_followed, citation_objection, citation_stands, path_cited
from memoryd.notes.checks.ground import Ground, fresh, verified_now
from memoryd.notes.checks.history import History
from memoryd.notes.checks.verdict import Verdict, check

__all__ = [
    "Disk",
    "Ground",
    "History",
    "Verdict",
    "check",
    "citation_followed",
    "citation_objection",
    "citation_stands",
    "fresh",
    "path_cited",
    "record",
    "recorded",
    "verified_now",
]
