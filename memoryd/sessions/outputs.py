"""What becomes of a tool's output: kept whole where it is large, shortened for the agent where that is safe, and what it says of a run."""

from memoryd.memory import ProjectMemory
from memoryd.observations import LEAST, LONG, RUNNING, Kind, Observations, Outline, names, outline, shorten
from memoryd.parsing import SECTION
from memoryd.sessions.events import Tool, Use
from memoryd.sessions.session import Session, outline_of
from memoryd.text import escaped

LEAST_LINES = 20
"""A file of fewer lines is shown again."""


def kept(observations: Observations, kind: Kind | None, use: Use) -> str:
    """Keep the output of a tool where it is large; return its handle, "" if it is not kept. Masking one of megabytes takes long."""
    return observations.keep(use.command, use.output) if kind is not None and len(use.output) > LEAST else ""


def ran(session: Session, has_failed: bool, kind: Kind | None, use: Use, handle: str) -> None:
    """Remember how a run ended, and the handle of its output."""
    if kind in RUNNING:
        session.ran(use.command, has_failed, handle)


def shown(has_failed: bool, kind: Kind | None, use: Use, handle: str) -> str | None:
    """Return what the agent sees in place of an output that was kept, `None` for the output itself.

    The output of what failed clients let nobody replace; it is kept all the same: the working set names it.
    """
    found = shorten(kind, use.output, handle, use.command) if handle and not has_failed else None
    return found.text if found is not None else None


def reread(session: Session, use: Use) -> str | None:
    """Return what an agent sees that reads a whole file which it has already; `None` for the file, which it gets if it insists."""
    if len(use.lines) < LEAST_LINES or session.is_insisted(use.path):
        return None
    return (
        f"[memoryd: {escaped(use.path)} is unchanged since you were shown all of its {len(use.lines)} lines, which are in your context;"
        " read it once more to have them shown again]"
    )


def task_for_outline(session: Session, agent: str, use: Use) -> str:
    """Return the task whose words an outline of a file follows that an agent read and had nothing of; "" if the file is left whole.

    That is a short one, one the task names, one that is edited or was, and one of which the agent had an outline before.
    """
    task = session.agent_task if agent else session.task
    is_edited = use.path in (*session.edited, session.looked[0])
    is_wanted = use.tool == Tool.READ and use.path and len(use.output) >= LONG and outline_of(agent, use.path) not in session.told
    return task if is_wanted and not is_edited and not names(task, use.path) else ""


def outlined(memory: ProjectMemory, task: str, use: Use) -> Outline | None:
    """Return the outline of a file by its definitions in the index, `None` where that does not know it as the agent read it."""
    view = memory.view()
    source = view.source(use.path)
    if source is None or source.decode("utf-8", "replace").splitlines() != use.output.splitlines():
        return None
    symbols = [unit for unit in view.catalog.files.get(use.path, ()) if unit.is_symbol and unit.kind != SECTION]
    return outline(use.lines, [(unit.first_line - 1, unit.last_line) for unit in symbols], task)
