"""Sessions: what agents do and have seen, as their clients' hooks tell it, and what they are told in turn.

events        what happens in a session, the same for every client
ledger        which lines lie in the context of one agent
privacy       what of foreign text may be kept
records       the sessions of a project on disk
room          how full a context is, and what budget fits
session       one session: its ledgers, and what it worked on
contexts      what is put into a session, and when
edits         what an edit has done: notes it disproves, callers, tests
lessons       what a session may have taught, as drafts of notes
summaries     sessions as people look at them
sessions      the sessions of all projects
switch        which parts are left out in a project
"""

from memoryd.sessions.contexts import PLACES, Told, asks_project
from memoryd.sessions.events import SILENT, Event, Hunk, Kind, Part, Reply, Tool, Use
from memoryd.sessions.ledger import Ledger
from memoryd.sessions.sessions import Reader, Sessions, Taken
from memoryd.sessions.summaries import Held, SessionSummary
from memoryd.sessions.switch import CHOICES, OFF, choose, chosen, left_out

__all__ = [
    "CHOICES", "OFF", "PLACES", "SILENT", "Event", "Held", "Hunk", "Kind", "Ledger", "Part", "Reader", "Reply", "SessionSummary",
    "Sessions", "Taken", "Told", "Tool", "Use", "asks_project", "choose", "chosen", "left_out",
]  # fmt: skip
