"""Sharing: what was done for one checkout of a repository need not be done again for another.

checkout  which repository a folder is a checkout of, and its branch and commit
facts     the rows of files by their content
checks    whether rows that somebody else made are such as we write them
remote    the rows of files, kept where colleagues and CI reach them
siblings  the other checkouts whose index may be the beginning of this one's
"""

from memoryd.sharing.checkout import Head, head_of
from memoryd.sharing.checks import check_rows
from memoryd.sharing.facts import FACTS, Facts
from memoryd.sharing.remote import (
    PATIENCE,
    REMOTES,
    Failure,
    Maker,
    Objects,
    Pair,
    Pushed,
    Remote,
    Remotes,
    add_remote,
    check_installed,
    new_pair,
    remote_of,
    remotes_of,
    remove_remote,
    states_of,
)
from memoryd.sharing.siblings import is_noted, note_repository, siblings_of

__all__ = [
    "FACTS",
    "PATIENCE",
    "REMOTES",
    "Facts",
    "Failure",
    "Head",
    "Maker",
    "Objects",
    "Pair",
    "Pushed",
    "Remote",
    "Remotes",
    "add_remote",
    "check_installed",
    "check_rows",
    "head_of",
    "is_noted",
    "new_pair",
    "note_repository",
    "remote_of",
    "remotes_of",
    "remove_remote",
    "siblings_of",
    "states_of",
]
