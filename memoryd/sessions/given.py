"""What memoryd did in a session, for people to look at: what it put in, which outputs it shortened, which files it did not repeat. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from memoryd.sessions.events import Event, Kind, Reply, Tool
from memoryd.sessions.privacy import keepable

MOST = 30
"""What was done last that is remembered of a session."""
LONGEST = 200
PUT_IN, SHORTENED, NOT_REPEATED = "put in", "shortened", "not repeated"
HANDLE = re.compile(r"obs:[0-9a-f]{8,20}")
WHY = {
    Kind.STARTED: "the session began", Kind.PROMPTED: "a task began", Kind.USING: "a file is about to be edited",
    Kind.USED: "a file was edited", Kind.COMPACTING: "the context is about to be compacted", Kind.JOINED: "a subagent began",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Given:
    """What was done `at` a time (Unix seconds): `how`, `why`, about `what`; the agent got `size` characters, of `whole` that there were."""

    at: float
    how: str
    why: str
    what: str
    size: int
    whole: int
    handle: str = ""


def given(event: Event, reply: Reply, at: float) -> Iterator[Given]:
    """Yield what a reply to an event did."""
    if reply.context:
        lines = [line.strip() for line in reply.context.splitlines() if line.strip()]
        yield Given(at, PUT_IN, WHY.get(event.kind, "an event"), _short(" ".join(lines[:2])), len(reply.context), len(reply.context))
    if reply.output is not None and event.use is not None:
        use, handle = event.use, HANDLE.search(reply.output)
        if use.tool == Tool.READ and not handle:
            whole = sum(len(line) + 1 for line in use.lines)
            yield Given(at, NOT_REPEATED, "the agent has it, unchanged", _short(use.path), len(reply.output), whole)
        else:
            why = "the rest is kept aside for a week"
            yield Given(
                at, SHORTENED, why, _short(use.command or use.path), len(reply.output), len(use.output), handle[0] if handle else ""
            )


def _short(text: str) -> str:
    return keepable(text.split("\n", 1)[0], LONGEST)
