"""Checks: decide whether a claim holds, by the index, the files on disk and the history of git.

ground       one moment of a project: the index, the bytes on `disk`, the `history` of git, the recorded `commands`
definitions  the existence of definitions; `constants`: their values
uses         calls, inheritance and imports; `outside`: names of what is not in the project
evidence     quoted words at their cited places
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
