"""Notes on the command line.

commands      `memoryd note` and `memoryd audit`
drafts        what is mined, looked at and accepted
"""

from memoryd.faces.cli.notes.commands import audit, note

__all__ = ["audit", "note"]
