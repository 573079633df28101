"""The answers of tools and resources: plain text of at most `MOST_CHARACTERS`, which clients show whole."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, repeat
from typing import Any

from memoryd.advice import RETRY, Face
from memoryd.errors import UsageError
from memoryd.faces.mcp.arguments import about_of, budget_of, handles_of, history_of, note_of, relation_of, root_of, since_of, task_of
from memoryd.faces.mcp.tools import (
    ALIASES,
    HISTORY,
    MAP,
    RESOURCES,
    SEARCH_CODE,
    SEARCH_NOTES,
    SHOW_CODE,
    STATUS,
    TOOLS,
    TOUR,
    TRACE_CODE,
    WRITE_NOTE,
)
from memoryd.limits import DEFAULT_NOTES, MAP_BUDGET, RELATIONS_BUDGET
from memoryd.memory import ProjectMemory
from memoryd.model import Pack, Shown, Skipped, Status
from memoryd.notes import draft, headline, recall_about, write_down
from memoryd.packing import is_known, named, nothing_known
from memoryd.relations import RelationQuestion
from memoryd.sessions import Reader
from memoryd.text import escaped, excerpt_heading, names_observation, source_text
from memoryd.versions import Effort

MOST_CHARACTERS = 48_000
"""The most characters of an answer: Claude Code shows about 50,000 of a result inline, Codex about 48,000."""
SHORTEST_EXCERPT = 1_000
SKIPPED_SHOWN = 50
NAMES = ", ".join(tool["name"] for tool in TOOLS)
CALLABLE = frozenset((*(tool["name"] for tool in TOOLS), *ALIASES))
"""The names of tools that calls may use."""


@dataclass(frozen=True, slots=True)
class ParsedCall:
    """A parsed call: the root it names, if any, and the function that answers it with text or raises `MemorydError`.

    It gets the agent that asks, if a hook told which that is.
    """

    root: str | None
    answer: Callable[[ProjectMemory, Reader | None], str]
    effort: Effort = Effort.LONG


def call(name: str, arguments: Mapping[str, Any]) -> ParsedCall:
    """Parse the call of a tool. Raises `UsageError` if the name or an argument is invalid."""
    root = root_of(arguments.get("root"))
    tool = ALIASES.get(name, name)
    if tool == SEARCH_CODE:
        budget = budget_of(arguments.get("budget"))
        if arguments.get("tour") is True:
            return ParsedCall(root, lambda project, _: project.tour(budget).text[:MOST_CHARACTERS])
        if since := since_of(arguments):
            return ParsedCall(root, lambda project, _: _pack_change(project, since, budget))
        task = task_of(arguments.get("task"))
        if arguments.get("budget") is None:
            return ParsedCall(root, lambda project, reader: _usual_pack(project, task, budget, reader))
        return ParsedCall(root, lambda project, reader: _pack(project, task, budget, reader))
    if tool == SHOW_CODE:
        handles = handles_of(arguments.get("handles"))
        return ParsedCall(root, lambda project, reader: _shown(project, handles, reader), Effort.BRIEF)
    if tool == TRACE_CODE:
        if arguments.get("relation") == HISTORY:
            handle = history_of(arguments)
            return ParsedCall(root, lambda project, _: project.history(handle, face=Face.MCP).text[:MOST_CHARACTERS])
        question, budget = relation_of(arguments), budget_of(arguments.get("budget"), RELATIONS_BUDGET)
        return ParsedCall(root, lambda project, _: _related(project, question, budget))
    if tool == SEARCH_NOTES:
        task, about = about_of(arguments)
        return ParsedCall(root, lambda project, _: _recalled(project, task, about))
    if tool == WRITE_NOTE:
        note = note_of(arguments)
        return ParsedCall(root, lambda project, _: _remembered(project, note))
    raise UsageError(f"no tool is called {name!r}; call one of: {NAMES}")


def read(uri: str) -> ParsedCall:
    """Parse the URI of a resource. Raises `UsageError` if there is no such resource."""
    if uri == MAP:
        return ParsedCall(None, lambda project, _: project.map(MAP_BUDGET).text[:MOST_CHARACTERS])
    if uri == TOUR:
        return ParsedCall(None, lambda project, _: project.tour().text[:MOST_CHARACTERS])
    if uri == STATUS:
        return ParsedCall(None, lambda project, _: _status(project.status()), Effort.BRIEF)
    raise UsageError(f"there is no resource {uri!r}; read one of: {', '.join(resource['uri'] for resource in RESOURCES)}")


def _recalled(project: ProjectMemory, task: str, about: Sequence[str]) -> str:
    text = recall_about(project.notes, project.root, (task, about), DEFAULT_NOTES).text
    return text[:MOST_CHARACTERS] or "No note speaks of that."


def _remembered(project: ProjectMemory, fields: Mapping[str, Any]) -> str:
    note = headline(write_down(project.notes, draft(fields)))
    because = f": {escaped(note.because)}" if note.because else ""
    return f"Remembered as {note.id} in {note.path} ({note.standing}{because}). Commit that file with the change it is about.\n"


def _usual_pack(project: ProjectMemory, task: str, usual: int, reader: Reader | None) -> str:
    """Return a pack for which the agent names no budget: the fuller its context, the smaller, which is said."""
    budget = reader.budget(usual) if reader else usual
    told = f"## budget: {budget} of {usual} tokens, since this context is nearly full; give `budget` for more\n" if budget < usual else ""
    return _pack(project, task, budget, reader) + told


def _pack(project: ProjectMemory, task: str, budget: int, reader: Reader | None) -> str:
    known = reader.has if reader else nothing_known
    pack = _short_enough(lambda tokens: project.pack(task, tokens, Face.MCP, known), budget)
    if reader:
        reader.got(project, pack)
    return pack.text or "Nothing found that fits. Say it with other words, name a symbol or a file, or give a larger budget."


def _pack_change(project: ProjectMemory, since: str, budget: int) -> str:
    pack = _short_enough(lambda tokens: project.pack_change(since, tokens, Face.MCP), budget)
    return pack.text or "Nothing of it fits. Give a larger budget."


def _short_enough(packed: Callable[[int], Pack], budget: int) -> Pack:
    """Return the pack of a budget, or of a smaller one where its text is too long, as long names or prose may make it."""
    pack = packed(budget)
    while len(pack.text) > MOST_CHARACTERS:
        # A pack of a smaller budget is still whole, a text cut off is not.
        pack = packed(int(0.95 * pack.budget * MOST_CHARACTERS / len(pack.text)))
    return pack


def _related(project: ProjectMemory, question: RelationQuestion, budget: int) -> str:
    found = project.related(question, budget, Face.MCP)
    return found.text[:MOST_CHARACTERS] or "Nothing of it fits. Give a larger budget."


def _shown(project: ProjectMemory, handles: Sequence[str], reader: Reader | None) -> str:
    parts: list[str] = []
    problems: list[str] = []
    room = MOST_CHARACTERS - 2_000
    for handle in handles:
        try:
            part = _excerpt(project.show(handle), room) if reader is None else _excerpt_for(reader, project, handle, room)
        except UsageError as error:
            problems.append(escaped(error.told(Face.MCP)[:500]))
            continue
        parts.append(part)
        room -= len(part)
    if problems and not parts:
        raise UsageError("; ".join(problems)[:MOST_CHARACTERS])
    return "\n".join([*parts, *(f"## not shown\n{problem}\n" for problem in problems)])[:MOST_CHARACTERS]


def _excerpt_for(reader: Reader, project: ProjectMemory, handle: str, room: int) -> str:
    """Return an excerpt in which lines that the agent has are named, unless it asks for them once more."""
    shown = project.show(handle)
    if names_observation(handle):
        return _excerpt(shown, room)
    raw = project.show_raw(handle)
    lines = raw.text.removesuffix("\n").split("\n")
    text = shown.text.removesuffix("\n").split("\n")
    told = _excerpt(shown, room)
    if len(text) != len(lines) or raw.start_line != shown.start_line or not told.endswith(source_text(shown.text)):
        return told
    padded = [*repeat("", raw.start_line - 1), *lines]
    parts, is_short = [], False
    for has, group in groupby(range(raw.start_line, len(padded) + 1), lambda number: reader.has(raw.path, padded, (number,))):
        run = list(group)
        is_left_out = has and is_known(reader.has, raw.path, padded, run)
        is_short = is_short or is_left_out
        own = text[run[0] - raw.start_line : run[-1] + 1 - raw.start_line]
        parts.append(named(run) if is_left_out else source_text("".join(f"{line}\n" for line in own)))
    reader.saw(raw.path, raw.start_line, tuple(lines))
    if not is_short or reader.is_insisted(f"show {handle}"):
        return told
    heading = excerpt_heading(shown.path, shown.start_line, shown.end_line)
    return f"{heading}\n{''.join(parts)}  … ask for it once more to see these lines again\n"


def _excerpt(shown: Shown, room: int) -> str:
    """Return an excerpt under its heading; if it exceeds `room`, cut at a line end and tell how to get the rest."""
    heading, text = excerpt_heading(shown.path, shown.start_line, shown.end_line), source_text(shown.text)
    if len(heading) + 1 + len(text) <= room:
        return f"{heading}\n{text}"
    room -= len(heading) + 201
    if room < SHORTEST_EXCERPT:
        return f"{heading} is left out: this answer is full; show it on its own\n"
    end = text.rfind("\n", 0, room) + 1
    if not end:
        return f"{heading}\n{text[:room]}\n… cut here, after {room} of {len(text)} characters\n"
    first = shown.start_line + text.count("\n", 0, end)
    rest = f"… show_code {escaped(shown.path)}:{first}-{shown.end_line} for the rest\n"
    return f"{excerpt_heading(shown.path, shown.start_line, first - 1)}\n{text[:end]}{rest}"


def _status(found: Status) -> str:
    state = f"version {found.store_version}, {found.state}"
    languages = ", ".join(f"{name} {number}" for name, number in found.languages.items())
    lines = [
        f"project    {escaped(found.root)}",
        f"index      {state if found.store_version else 'none yet; the first search_code makes it'}",
        f"files      {found.files}{f' ({languages})' if languages else ''}",
        f"units      {found.units}",
        f"embedder   {found.embedder}",
    ]
    if found.failed:
        lines += [f"failed     {len(found.failed)}; {RETRY.to(Face.MCP)}", *_reasons(found.failed)]
    lines += [f"skipped    {len(found.skipped)}", *_reasons(found.skipped)]
    return "\n".join(lines)[:MOST_CHARACTERS] + "\n"


def _reasons(skipped: Sequence[Skipped]) -> Iterator[str]:
    yield from (f"  {escaped(one.path)}: {escaped(one.reason)}" for one in skipped[:SKIPPED_SHOWN])
    if len(skipped) > SKIPPED_SHOWN:
        yield f"  … {len(skipped) - SKIPPED_SHOWN} more"
