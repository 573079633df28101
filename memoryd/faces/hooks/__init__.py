"""Hooks: the events of each client, read from its own form, and memoryd's answers in that form. One module for each client.

A payload that is none of a client's, or an event that memoryd has no use for, is `None`: nothing is refused, and nothing is said.
"""

from memoryd.faces.hooks import claude_code
from memoryd.faces.hooks.dialect import Dialect, Payload

DIALECTS: dict[str, Dialect] = {"claude-code": Dialect(claude_code.read, claude_code.write)}

__all__ = ["DIALECTS", "Dialect", "Payload"]
