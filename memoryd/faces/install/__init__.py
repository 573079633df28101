"""Installing: memoryd's entry in the configuration of a client, put in and taken out again.

clients    where each client keeps its servers
jsonc      one entry of a JSON text, with comments
toml_text  one table of a TOML text
"""

from memoryd.faces.install.clients import Place, client_named, example, install, remove, write

__all__ = ["Place", "client_named", "example", "install", "remove", "write"]
