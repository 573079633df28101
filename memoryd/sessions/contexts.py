"""What is put into a session, and when: plain statements within a budget, and nothing where there is nothing to say.

Clients repeat these texts when a session is resumed, so none has a date, a digest, or a state that passes.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

from memoryd.errors import MemorydError
from memoryd.memory import ProjectMemory
from memoryd.model import Answering
from memoryd.sessions.events import Event, Kind, Part, Tool
from memoryd.sessions.session import Session
from memoryd.text import escaped
from memoryd.tokens import counter

START_TOKENS, PLACES_TOKENS, NOTES_TOKENS, WORKING_TOKENS = 300, 400, 300, 800
"""Tokens of what is put in: when a session starts, for a task, for the notes on a file, around a compaction."""
PLACES = 8
JUDGED = 2_000
"""The budget of the pack whose verdict decides whether places are named."""
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


def has_context(event: Event) -> bool:
    """Tell whether there may be anything to tell an agent after an event."""
    is_edit = event.kind == Kind.USING and event.use is not None and event.use.tool == Tool.EDIT
    return is_edit or event.kind in (Kind.STARTED, Kind.PROMPTED, Kind.JOINED, Kind.COMPACTING)


def context(memory: ProjectMemory, session: Session, event: Event, start: str) -> Told:
    """Return what to tell an agent after an event; `start` is what to tell when a session starts."""
    once, left = "", event.without

    def start_of() -> str:
        return start if Part.START not in left else ""

    def places_of(task: str) -> str:
        return places(memory, task) if Part.PLACES not in left else ""

    if event.kind == Kind.STARTED:
        once = START
        parts = [start_of(), working_set(session) if event.text in ("compact", "resume") and Part.WORKING_SET not in left else ""]
    elif event.kind == Kind.PROMPTED:
        once = "" if START in session.told else START
        parts = [start_of() if once else "", places_of(event.text)]
    elif event.kind == Kind.JOINED:
        parts = [start_of(), places_of(event.text or session.agent_task)]
    elif event.kind == Kind.COMPACTING:
        parts = [working_set(session) if Part.WORKING_SET not in left else ""]
    elif event.kind == Kind.USING and event.use is not None and event.use.tool == Tool.EDIT and event.use.path:
        once = f"notes {event.agent} {event.use.path}"
        parts = [notes(memory, event.use.path) if once not in session.told and Part.NOTES not in left else ""]
    else:
        parts = []
    text = "\n".join(part for part in parts if part)
    return Told(text, once if text else "")


def start_text(memory: ProjectMemory) -> str:
    """Return what a project is, and how to ask about it; "" for one that may as well be read."""
    if not memory.holds_files() or memory.is_small():
        return ""
    intro = "memoryd has this project indexed, as it is on disk now; its tools answer where code is and why it is so. An overview:\n"
    count = counter()
    return intro + memory.map(START_TOKENS - count(intro) - 1).text


def places(memory: ProjectMemory, task: str) -> str:
    """Return where a task most likely lives; "" where the verdict is that a plain search serves better, or there is no task."""
    if len(task.split()) < LEAST_WORDS or task.lstrip().startswith(("/", "<", "!")):
        return ""
    pack = memory.pack(task, JUDGED)
    if pack.verdict.kind == Answering.GREP or not pack.items:
        return ""
    units = memory.view().catalog.by_id
    best = sorted((one for one in pack.items if "around" not in one.reasons), key=lambda one: (-one.score, one.id))[:PLACES]
    lines = []
    for item in best:
        unit = units.get(item.id)
        signature = escaped(unit.signature[:SIGNATURE] or unit.qualname) if unit is not None else ""
        lines.append(f"- {escaped(item.path)}:{item.start_line}-{item.end_line} {signature}".rstrip() + "\n")
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
    return _fitting("The working set of this session, as memoryd saw it:\n", lines, WORKING_TOKENS) if lines else ""


def _fitting(heading: str, lines: Iterable[str], budget: int) -> str:
    """Return a heading with the first lines that fit into a budget; "" if none does."""
    count: Callable[[str], int] = counter()
    text = heading
    for line in lines:
        if count(text + line) > budget:
            break
        text += line
    return text if text != heading else ""
