"""A remote for a team: the rows of files, kept where colleagues and CI reach them, and found by who holds the same files.

registry     the remotes that were added, each with an address
remotes      what a refresh asks them for, and what is put there
entries      the rows of one file as bytes, encrypted with what follows from that file
inventories  which entry lies where in which bundle
asking       asks for entries, within the time that they are worth
pushing      puts entries there, and small bundles together
condition    whether a remote failed, and what of it was wrong
signatures   who may write
objects      object_store, which only this module knows
"""

from memoryd.sharing.remote.entries import Maker
from memoryd.sharing.remote.objects import Failure, Objects, check_installed
from memoryd.sharing.remote.registry import PATIENCE, REMOTES, Remote, add_remote, remote_of, remotes_of, remove_remote, states_of
from memoryd.sharing.remote.remotes import Pushed, Remotes
from memoryd.sharing.remote.signatures import Pair, new_pair

__all__ = [
    "PATIENCE",
    "REMOTES",
    "Failure",
    "Maker",
    "Objects",
    "Pair",
    "Pushed",
    "Remote",
    "Remotes",
    "add_remote",
    "check_installed",
    "new_pair",
    "remote_of",
    "remotes_of",
    "remove_remote",
    "states_of",
]
