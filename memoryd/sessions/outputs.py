"""What becomes of a tool's output: kept whole where it is large, shortened for the agent where that is safe, and what it says of a run."""

from memoryd.observations import LEAST, RUNNING, Observations, kind_of, shorten
from memoryd.sessions.events import Use
from memoryd.sessions.session import Session
from memoryd.text import escaped

LEAST_LINES = 20
"""A file of fewer lines is shown again."""


def ended(session: Session, observations: Observations, has_failed: bool, use: Use) -> str | None:
    """Take the output of a tool; return what the agent should see in its place, `None` for the output itself.

    What clients let nobody replace, the output of what failed, is kept all the same: the working set names it.
    """
    kind = kind_of(use.tool, use.command)
    is_kept = kind is not None and len(use.output) > LEAST
    handle = observations.keep(use.command, use.output) if is_kept else ""
    if kind in RUNNING:
        session.ran(use.command, has_failed, handle)
    if has_failed or not handle:
        return None
    found = shorten(use.tool, use.command, use.output, handle)
    return found.text if found is not None else None


def reread(session: Session, use: Use) -> str | None:
    """Return what an agent sees that reads a whole file which it has already; `None` for the file, which it gets if it insists."""
    if len(use.lines) < LEAST_LINES or session.is_insisted(use.path):
        return None
    return (
        f"[memoryd: {escaped(use.path)} is unchanged since you were shown all of its {len(use.lines)} lines, which are in your context;"
        " read it once more to have them shown again]"
    )
