"""Hooks: the events of each client, read from its own form, and memoryd's answers in that form. One module for each client.

A payload that is none of a client's, or an event that memoryd has no use for, is `None`: nothing is refused, and nothing is said.
"""

from memoryd.faces.hooks import claude_code, codex, cursor, gemini, opencode, vscode
from memoryd.faces.hooks.dialect import Dialect, Payload

DIALECTS: dict[str, Dialect] = {
    "claude-code": Dialect(claude_code.read, claude_code.write),
    "codex": Dialect(codex.read, codex.write),
    "gemini": Dialect(gemini.read, gemini.write),
    "opencode": Dialect(opencode.read, opencode.write),
    "vscode": Dialect(vscode.read, vscode.write),
    "cursor": Dialect(cursor.read, cursor.write),
}

__all__ = ["DIALECTS", "Dialect", "Payload"]
