"""What is put into a session, and when: plain statements within a budget, and nothing where there is nothing to say.

Clients repeat these texts when a session is resumed, so none has a date, a digest, or a state that passes.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from memoryd.errors import MemorydError
from memoryd.memory import ProjectMemory
from memoryd.sessions.edits import Looks, consequences
from memoryd.sessions.events import Event, Hunk, Kind, Part, Tool
from memoryd.sessions.session import Session, notes_on
from memoryd.text import escaped, shortened
from memoryd.tokens import TokenCount, counter
from memoryd.versions import Unit

START_TOKENS, PLACES_TOKENS, NOTES_TOKENS, EDIT_TOKENS, WORKING_TOKENS = 300, 400, 300, 200, 800
"""Tokens of what is put in: when a session starts, for a task, for the notes on a file, after an edit, around a compaction."""
PLACES = 8
LEAST_WORDS = 4
"""Words of a prompt that may be a task."""
SIGNATURE = 120
"""Characters of a signature."""
START = "start"


@dataclass(frozen=True, slots=True)
class Told:
    """What to tell an agent, "" for nothing, and the name of what is told once in a session."""

    text: str = ""
    once: str = ""


def asks_project(event: Event) -> bool:
    """Tell whether there may be something of the project to tell an agent after an event."""
    if event.kind == Kind.USED and Part.EDITS in event.without:
        return False
    return is_edit(event) or event.kind in (Kind.STARTED, Kind.PROMPTED, Kind.JOINED)


def is_edit(event: Event) -> bool:
    """Tell whether a file is about to be edited, or was."""
    use = event.use
    return event.kind in (Kind.USING, Kind.USED) and use is not None and use.tool == Tool.EDIT and bool(use.path)


def task_of(session: Session, event: Event) -> str:
    """Return the task that begins with an event, if places of it are wanted; "" if there is none."""
    if Part.PLACES in event.without or event.kind not in (Kind.PROMPTED, Kind.JOINED):
        return ""
    task = event.text or (session.agent_task if event.kind == Kind.JOINED else "")
    return task if len(task.split()) >= LEAST_WORDS and not task.lstrip().startswith(("/", "<", "!")) else ""


def of_session(session: Session, event: Event) -> str:
    """Return what to tell of a session itself, whatever is known of its project."""
    is_wanted = event.kind == Kind.COMPACTING or (event.kind == Kind.STARTED and event.text in ("compact", "resume"))
    return working_set(session) if is_wanted and Part.WORKING_SET not in event.without else ""


def of_project(memory: ProjectMemory, session: Session, event: Event, start: Callable[[], str], places: Sequence[Unit]) -> Told:
    """Return what to tell of a project after an event; `start` says what to tell when a session starts, `places` are those of its task."""
    once, parts = "", [""]
    if event.kind == Kind.USING and event.use is not None and event.use.path:
        once = notes_on(event.agent, event.use.path)
        parts = [notes(memory, event.use.path) if once not in session.told and Part.NOTES not in event.without else ""]
    elif event.kind in (Kind.STARTED, Kind.PROMPTED, Kind.JOINED):
        is_first = event.kind != Kind.PROMPTED or START not in session.told
        once = START if is_first and event.kind != Kind.JOINED else ""
        parts = [start() if is_first and Part.START not in event.without else "", places_text(places)]
    text = "\n".join(part for part in parts if part)
    return Told(text, once if parts[0] else "")


def after_edit(memory: ProjectMemory, before: Mapping[str, Looks], told: Collection[str], path: str, hunks: Sequence[Hunk]) -> list[Told]:
    """Return what an edit of a file has done, in parts that are told once each: those `told` already are left out, and what is too much."""
    found = [Told(line, f"edit {line}") for line in consequences(memory, path, before, hunks)]
    new = [one for one in found if one.once not in told]
    heading = f"After the edit of {escaped(path)}, by memoryd's index:\n"
    text = _fitting(heading, [one.text for one in new], EDIT_TOKENS)
    return [Told(heading), *(one for one in new if one.text in text)] if text else []


def start_text(memory: ProjectMemory) -> str:
    """Return what a project is, and how to ask about it; "" for one that may as well be read."""
    if not memory.holds_files() or memory.is_small():
        return ""
    intro = "memoryd has this project indexed, as it is on disk now; its tools answer where code is and why it is so. An overview:\n"
    count = counter()
    return intro + memory.map(START_TOKENS - count(intro) - 1).text


def places_text(units: Sequence[Unit]) -> str:
    """Return where a task most likely lives."""
    lines = [
        f"- {escaped(unit.path)}:{unit.first_line}-{unit.last_line} {escaped(shortened(unit.signature or unit.qualname, SIGNATURE))}\n"
        for unit in units
    ]
    return _fitting(
        "Places in this project that likely matter for this task, by memoryd's index, the likeliest first:\n", lines, PLACES_TOKENS
    )


def notes(memory: ProjectMemory, path: str) -> str:
    """Return the notes about a file, to be read before it is edited."""
    from memoryd.notekinds import NOTES

    if not (memory.root / NOTES).is_dir():
        return ""
    with suppress(MemorydError):
        recalled = memory.notes.recall_at((), (path,))
        if recalled.served:
            heading = recalled.text.partition("\n")[0] + "\n"
            return _fitting(heading, [one.text for one in recalled.served], NOTES_TOKENS)
    return ""


def working_set(session: Session) -> str:
    """Return what a session worked on, for whoever goes on with it after a compaction."""
    lines = []
    if session.task:
        lines.append(f"- last asked for: {escaped(' '.join(session.task.split())[:600])}\n")
    if session.edited:
        lines.append(f"- files edited: {', '.join(map(escaped, reversed(session.edited)))}\n")
    for command, handle in reversed(session.failing.items()):
        where = f"; its output: show_code {handle}" if handle else ""
        lines.append(f"- failed when it last ran: {escaped(command)}{where}\n")
    if session.dead_ends():
        lines.append(f"- searched for in vain: {', '.join(map(escaped, session.dead_ends()))}\n")
    return _fitting("The working set of this session, as memoryd saw it:\n", lines, WORKING_TOKENS) if lines else ""


def _fitting(heading: str, lines: Iterable[str], budget: int) -> str:
    """Return a heading with the first lines that fit into a budget; "" if none does."""
    count: TokenCount = counter()
    text = heading
    for line in lines:
        if count(text + line) > budget:
            break
        text += line
    return text if text != heading else ""
