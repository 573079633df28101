"""Sessions: what agents do and have seen, as their clients' hooks tell it, and what they are told in turn.

events        what happens in a session, the same for every client
ledger        which lines lie in the context of one agent
privacy       what of foreign text may be kept
records       the sessions of a project on disk
session       one session: its ledgers, and what it worked on
contexts      what is put into a session, and when
summaries     sessions as people look at them
sessions      the sessions of all projects
"""

from memoryd.sessions.contexts import Told, has_context
from memoryd.sessions.events import SILENT, Event, Hunk, Kind, Part, Reply, Tool, Use
from memoryd.sessions.ledger import Ledger
from memoryd.sessions.sessions import Reader, Sessions
from memoryd.sessions.summaries import Held, SessionSummary

__all__ = [
    "SILENT", "Event", "Held", "Hunk", "Kind", "Ledger", "Part", "Reader", "Reply", "SessionSummary", "Sessions", "Told", "Tool", "Use",
    "has_context",
]  # fmt: skip
