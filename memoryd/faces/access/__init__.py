"""Access control: who asks, from where, and which folders a request may name.

rules     `Access`: who a request comes from, and why it is refused
tokens    the tokens for clients that are not our user
browsers  the browsers that are signed in to the dashboard
hosts     the Host and Origin of requests
roots     the folders that may be projects
home      the data folder
"""

from memoryd.faces.access.home import hide
from memoryd.faces.access.hosts import host_of, is_loopback
from memoryd.faces.access.roots import choice_of, listed, only_root, registered_root, shared_root, shared_roots, usable_root
from memoryd.faces.access.rules import PAGES, PUSHES, Access, Caller, Knock, Objection
from memoryd.faces.access.tokens import LOCAL, Tokens

__all__ = [
    "LOCAL",
    "PAGES",
    "PUSHES",
    "Access",
    "Caller",
    "Knock",
    "Objection",
    "Tokens",
    "choice_of",
    "hide",
    "host_of",
    "is_loopback",
    "listed",
    "only_root",
    "registered_root",
    "shared_root",
    "shared_roots",
    "usable_root",
]
