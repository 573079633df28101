"""What memoryd put into a context or kept out of it, as transcripts show it: its answers, its texts in place of others, what hooks add."""

import re
from typing import Any

from memoryd.usage.readers.reading import Reading
from memoryd.usage.readers.values import items

TOOL = re.compile(r"mcp__(?:plugin_memoryd_)?memoryd__\w+")
COMMAND = re.compile(r"\bmemoryd\s+(?:pack|search|show|map|note|audit)\b")
HANDLE = re.compile(r"\bobs:[0-9a-f]{10}")
ASIDE = re.compile(r"\[memoryd: \d+ of \d+ lines kept aside; show_code (obs:[0-9a-f]{10}):")
KNOWN = re.compile(r"\[memoryd: .{1,1000} is unchanged since you were shown all of its \d+ lines")
MARK, NAME = "[memoryd: ", "memoryd"
HEAD = 300
"""Characters of a text within which memoryd names itself where the text is its own."""
CHARACTERS = 4
"""Characters that are taken for a token where tokens cannot be counted; lines of code have fewer, so this claims too little."""


def called(tool: str, given: Any, command: str) -> str:
    """Return what is called of memoryd's: `show` for an output that is fetched back, `answer` for anything else, "" for nothing."""
    if TOOL.fullmatch(tool):
        values = given.values() if isinstance(given, dict) else (given,)
        texts = [one for value in values for one in (items(value) or [value]) if isinstance(one, str)]
        return "show" if any(map(HANDLE.search, texts)) else "answer"
    if COMMAND.search(command):
        return "show" if HANDLE.search(command) else "answer"
    return ""


def told(agent: str, what: str, path: str, text: str, reading: Reading) -> bool:
    """Take what a tool's result has of memoryd; tell whether it stands in place of another."""
    if what:
        reading.tells(agent, what, tokens(text))
    elif MARK in text[:HEAD] or MARK in text[-HEAD:]:
        if aside := ASIDE.search(text, max(0, len(text) - HEAD)):
            reading.tells(agent, "observation", tokens(text), aside[1])
            return True
        if KNOWN.match(text):
            if path in (whole := reading.state.get("whole", {})):
                reading.tells(agent, "reread", tokens(text), whole[path] // CHARACTERS)
            return True
    return False


def injected(agent: str, text: str, reading: Reading) -> None:
    """Take what a hook put in, where it is memoryd's."""
    if NAME in text[:HEAD]:
        reading.tells(agent, "injected", tokens(text))


def tokens(text: str) -> int:
    """Count tokens; imported late, since few sessions have anything of ours."""
    from memoryd.tokens import counter

    return counter()(text)
