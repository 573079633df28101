"""Adds memoryd's entry to the configuration of a client, and removes it again.

clients    the clients, and where each keeps its servers
entries    what is written there
jsonc      edits one entry of a JSON text with comments
toml_text  edits one table of a TOML text
"""

from memoryd.faces.install.clients import Place, client_named, example, install, remove, write
from memoryd.faces.install.entries import VARIABLE, Daemon

__all__ = ["VARIABLE", "Daemon", "Place", "client_named", "example", "install", "remove", "write"]
