"""Readers: what each client writes of its sessions, as counts. One module for each client; a line in, counts out.

lines        the lines of a file that may be growing, damaged or hostile
values       values out of foreign JSON
reading      what was read of one file so far
sources      what a tool brings into a context
ours         what memoryd put into a context or kept out of it
claude_code  Claude Code's transcripts
codex        Codex's rollouts
gemini       Gemini CLI's chats
opencode     opencode's messages
clients      which of them reads a file
"""

from memoryd.usage.readers.clients import CLIENTS, Client, client_of, read_lines, read_whole
from memoryd.usage.readers.reading import Reading

__all__ = ["CLIENTS", "Client", "Reading", "client_of", "read_lines", "read_whole"]
