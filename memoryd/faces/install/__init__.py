"""Adds memoryd's entry to the configuration of a client, removes it again, and checks that it works.

clients     the clients, the layouts of their files, and the signs of each
places      where the files are on this machine, and what is read from them
starting    which program an entry starts, and whose choice that was
entries     what is written for a program or an address
planning    the rewrite that adds or removes an entry
hooks       the rewrite that adds or removes hooks
hook_forms  where clients keep hooks, and the form of an entry
writing     a rewrite, shown and written
checking    what is installed, started as the client does
trial       a server that is started and asked who it is
jsonc       edits one entry of a JSON text with comments; json_values reads it
toml_text   edits one table of a TOML text
nested      values deep inside of data
"""

from memoryd.faces.install.checking import SCOPES, Finding, check
from memoryd.faces.install.clients import CLIENTS, Client, client_named
from memoryd.faces.install.entries import VARIABLE, Daemon
from memoryd.faces.install.hooks import add_hooks, has_hooks, remove_hooks
from memoryd.faces.install.places import Machine, has, this_machine
from memoryd.faces.install.planning import example, install, remove
from memoryd.faces.install.starting import found_by_shell, is_same, our_command
from memoryd.faces.install.writing import Rewrite, write

__all__ = [
    "CLIENTS",
    "SCOPES",
    "VARIABLE",
    "Client",
    "Daemon",
    "Finding",
    "Machine",
    "Rewrite",
    "add_hooks",
    "check",
    "client_named",
    "example",
    "found_by_shell",
    "has",
    "has_hooks",
    "install",
    "is_same",
    "our_command",
    "remove",
    "remove_hooks",
    "this_machine",
    "write",
]
