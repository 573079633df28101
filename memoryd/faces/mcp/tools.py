"""The tools that agents see: what they are called and say, what they take, how their answers read.

Shared by the stdio bridge and by streamable HTTP, so that an agent sees the same through both. Standard library only, because
the bridge must be there at once. What a tool answers is one plain text of at most `MOST_CHARACTERS`, which hosts show whole.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from memoryd.errors import UsageError
from memoryd.faces.mcp.arguments import about_of, budget_of, handles_of, note_of, root_of, task_of
from memoryd.limits import DEFAULT_BUDGET, MAP_BUDGET, MOST_TOOL_BUDGET
from memoryd.model import NoteKind

MOST_CHARACTERS = 48_000
"""Claude Code shows some 50,000 characters of a result inline, Codex some 48,000."""
SHORTEST_EXCERPT = 1_000
SKIPPED_SHOWN = 50

SERVER = "memoryd"
INSTRUCTIONS = (
    "memoryd has this project read and indexed. Call `pack` with your task before grep, glob or reading files: one call returns"
    " the code that matters, as it is on disk now. `expand` shows what a pack left out."
)
"""At most 250 characters: Codex shows no more."""

ROOT = {"type": "string", "description": "Another project's folder; leave out for this one."}

TOOLS: tuple[dict[str, Any], ...] = (
    {
        "name": "pack",
        "title": "Find the code for a task",
        "description": (
            "Find the code for a task in this project. Use it FIRST, before grep, glob, file listing or reading files: one call"
            " replaces many searches. Returns the relevant functions, classes, tests, configuration and docs with paths and line"
            " numbers, as they are on disk now (no need to read those lines again), within a token budget, and ends with handles"
            " of what was left out, for `expand`. Call it again when the task turns to another part of the code."
        ),
        "inputSchema": {
            "type": "object",
            "properties": {
                "task": {
                    "type": "string",
                    "description": (
                        "What you want to do or know, in full: the user's request, a bug report, a stack trace; name symbols, files and"
                        " error messages you know."
                    ),
                },
                "budget": {
                    "type": "integer",
                    "description": f"Most tokens, up to {MOST_TOOL_BUDGET}.",
                    "default": DEFAULT_BUDGET,
                },
                "root": ROOT,
            },
            "required": ["task"],
        },
        "annotations": {"readOnlyHint": True, "openWorldHint": False},
        "_meta": {"anthropic/alwaysLoad": True},
    },
    {
        "name": "expand",
        "title": "Show what a pack left out",
        "description": "Show the whole text of symbols, files or lines, as they are on disk now.",
        "inputSchema": {
            "type": "object",
            "properties": {
                "handles": {
                    "type": "array",
                    "items": {"type": "string"},
                    "description": "Ids from a pack (src/app.py#App.run), paths, or lines of a path (src/app.py:10-40).",
                },
                "root": ROOT,
            },
            "required": ["handles"],
        },
        "annotations": {"readOnlyHint": True, "openWorldHint": False},
        "_meta": {"anthropic/alwaysLoad": True},
    },
    {
        "name": "recall",
        "title": "Recall notes on why",
        "description": (
            "Recall what people and agents noted about this project: decisions, constraints, lessons, dead ends, each checked"
            " against the code a moment ago. Call it with `about` before you change files, and with `task` before you decide how"
            " to do something. What the code has disproved is only named."
        ),
        "inputSchema": {
            "type": "object",
            "properties": {
                "task": {"type": "string", "description": "What you are about to do or decide."},
                "about": {
                    "type": "array",
                    "items": {"type": "string"},
                    "description": "Paths and ids (src/app.py#App.run) you are about to change.",
                },
                "root": ROOT,
            },
        },
        "annotations": {"readOnlyHint": True, "openWorldHint": False},
    },
    {
        "name": "remember",
        "title": "Write down why",
        "description": (
            "Write a note into this project for whoever works here next. Call it after a decision, a constraint you learnt, or a"
            " dead end, that the code itself cannot show; not for what you did, nor for what is being done. Name what it rests on"
            " as claims, which must hold now; a note that is refused says why."
        ),
        "inputSchema": {
            "type": "object",
            "properties": {
                "title": {"type": "string", "description": "What it says, in one line."},
                "body": {"type": "string", "description": "Why; for a dead end, what was tried and how it failed."},
                "kind": {"type": "string", "enum": list(map(str, NoteKind)), "default": "decision"},
                "claims": {
                    "type": "array",
                    "items": {"type": "string"},
                    "description": (
                        "One fact each, `not` before it denies it: path P; symbol P#NAME; signature P#NAME is TEXT; constant P#NAME is"
                        ' VALUE; calls P#A -> P#B; inherits P#A -> P#B; imports P -> P; text P has "WORDS".'
                    ),
                },
                "evidence": {
                    "type": "array",
                    "items": {"type": "string"},
                    "description": "Verbatim words and where they stand: QUOTE @ src/app.py:10-12, or QUOTE @ commit HEX.",
                },
                "supersedes": {"type": "array", "items": {"type": "string"}, "description": "Ids of notes it takes the place of."},
                "root": ROOT,
            },
            "required": ["title", "body"],
        },
        "annotations": {"readOnlyHint": False, "destructiveHint": False, "idempotentHint": False, "openWorldHint": False},
    },
)
"""Only what has `_meta` is in an agent's context from the start; the others are there by name, until it looks for them."""

MAP, STATUS = "memoryd://map", "memoryd://status"
RESOURCES: tuple[dict[str, Any], ...] = (
    {
        "uri": MAP,
        "name": "map",
        "title": "Map of the project",
        "description": "Folders, what they are for, central definitions.",
        "mimeType": "text/plain",
    },
    {
        "uri": STATUS,
        "name": "status",
        "title": "State of the index",
        "description": "What is indexed, what is not and why, and whether the index is fresh.",
        "mimeType": "text/plain",
    },
)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines of a file, exactly as on disk; 1-based, inclusive."""

    path: str
    start_line: int
    end_line: int
    text: str


@dataclass(frozen=True, slots=True)
class Remembered:
    """A note that was written down: its id, its file, and what was found of its claims."""

    id: str
    path: str
    standing: str
    because: str


class Answers(Protocol):
    """Whoever can answer for one project. Raises `MemorydError` with a text that says what to do next."""

    def pack(self, task: str, budget: int) -> str:
        """Return the text of a pack."""

    def show(self, handle: str) -> Excerpt:
        """Return what a handle names."""

    def recall(self, task: str, about: Sequence[str]) -> str:
        """Return the text of the notes about a task, files and symbols; empty where there are none."""

    def remember(self, note: Mapping[str, Any]) -> Remembered:
        """Write a note down, given as the fields of `POST /v1/notes`."""

    def map(self, budget: int) -> str:
        """Return the text of the map."""

    def status(self) -> Mapping[str, Any]:
        """Return the status as the command line prints it with `--json`."""


class Growing:
    """Makes one number that only grows, as MCP wants it, of progress that starts anew with each phase."""

    def __init__(self) -> None:
        self._phase = ""
        self._before = 0
        self._last = 0

    def add(self, what: str, done: int) -> int | None:
        """Return how far everything is; `None` where that is no further than before."""
        if what != self._phase:
            self._phase, self._before = what, self._last
        if self._before + done <= self._last:
            return None
        self._last = self._before + done
        return self._last


@dataclass(frozen=True, slots=True)
class Asked:
    """What a call means: the root it names, if any, and what makes the text of its answer, raising `MemorydError` if there is none."""

    root: str | None
    answer: Callable[[Answers], str]


def call(name: str, arguments: Mapping[str, Any]) -> Asked:
    """Understand the call of a tool. Raises `UsageError` where it makes no sense."""
    root = root_of(arguments.get("root"))
    if name == "pack":
        task, budget = task_of(arguments.get("task")), budget_of(arguments.get("budget"))
        return Asked(root, lambda project: _pack(project, task, budget))
    if name == "expand":
        handles = handles_of(arguments.get("handles"))
        return Asked(root, lambda project: _expand(project, handles))
    if name == "recall":
        task, about = about_of(arguments)
        return Asked(root, lambda project: project.recall(task, about)[:MOST_CHARACTERS] or "No note speaks of that.")
    if name == "remember":
        note = note_of(arguments)
        return Asked(root, lambda project: _remembered(project.remember(note)))
    raise UsageError(f"no tool is called {name!r}; call one of: {', '.join(tool['name'] for tool in TOOLS)}")


def read(uri: str) -> Asked:
    """Understand the reading of a resource. Raises `UsageError` where there is none of that name."""
    if uri == MAP:
        return Asked(None, lambda project: project.map(MAP_BUDGET)[:MOST_CHARACTERS])
    if uri == STATUS:
        return Asked(None, lambda project: _status(project.status()))
    raise UsageError(f"there is no resource {uri!r}; read one of: {', '.join(resource['uri'] for resource in RESOURCES)}")


def _remembered(note: Remembered) -> str:
    because = f": {note.because}" if note.because else ""
    return f"Remembered as {note.id} in {note.path} ({note.standing}{because}). Commit that file with the change it is about.\n"


def _pack(project: Answers, task: str, budget: int) -> str:
    text = project.pack(task, budget)
    while len(text) > MOST_CHARACTERS:
        # Rare: long names or prose. The same question with less room is still a whole pack.
        budget = int(0.95 * budget * MOST_CHARACTERS / len(text))
        text = project.pack(task, budget)
    return text or "Nothing found that fits. Say it with other words, name a symbol or a file, or give a larger budget."


def _expand(project: Answers, handles: Sequence[str]) -> str:
    parts: list[str] = []
    problems: list[str] = []
    room = MOST_CHARACTERS - 2_000
    for handle in handles:
        try:
            part = _excerpt(project.show(handle), room)
        except UsageError as error:
            problems.append(str(error)[:500])
            continue
        parts.append(part)
        room -= len(part)
    if problems and not parts:
        raise UsageError("\n".join(problems)[:MOST_CHARACTERS])
    return "\n".join([*parts, *(f"## not shown\n{problem}\n" for problem in problems)])[:MOST_CHARACTERS]


def _excerpt(shown: Excerpt, room: int) -> str:
    """Return an excerpt under its heading; cut at whole lines where there is no room, saying how to get the rest."""
    heading = f"## {shown.path}:{shown.start_line}-{shown.end_line}\n"
    if len(heading) + len(shown.text) <= room:
        return heading + shown.text
    room -= len(heading) + 200
    if room < SHORTEST_EXCERPT:
        return f"## {shown.path}:{shown.start_line}-{shown.end_line} is left out: this answer is full; expand it on its own\n"
    end = shown.text.rfind("\n", 0, room) + 1
    if not end:
        return f"{heading}{shown.text[:room]}\n… cut here, after {room} of {len(shown.text)} characters\n"
    first = shown.start_line + shown.text.count("\n", 0, end)
    rest = f"… expand {shown.path}:{first}-{shown.end_line} for the rest\n"
    return f"## {shown.path}:{shown.start_line}-{first - 1}\n{shown.text[:end]}{rest}"


def _status(found: Mapping[str, Any]) -> str:
    changes = found.get("changes") or {}
    changed = sum(len(paths) for paths in changes.values())
    state = f"version {found['store_version']}, {'fresh' if found['fresh'] else f'stale: {changed} files changed'}"
    languages = ", ".join(f"{name} {number}" for name, number in found["languages"].items())
    skipped = found["skipped"]
    lines = [
        f"project    {found['root']}",
        f"index      {state if found['store_version'] else 'none yet; the first pack makes it'}",
        f"files      {found['files']}{f' ({languages})' if languages else ''}",
        f"units      {found['units']}",
        f"embedder   {found['embedder']}",
        f"skipped    {len(skipped)}",
        *(f"  {one['path']}: {one['reason']}" for one in skipped[:SKIPPED_SHOWN]),
    ]
    if len(skipped) > SKIPPED_SHOWN:
        lines.append(f"  … {len(skipped) - SKIPPED_SHOWN} more; memoryd status lists them")
    return "\n".join(lines)[:MOST_CHARACTERS] + "\n"
