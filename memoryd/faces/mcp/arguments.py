"""Parses the arguments that agents give to tools: leniently, and refusing the rest with a text that says what is expected."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from memoryd.errors import UsageError
from memoryd.limits import DEFAULT_BUDGET, LONGEST_ITEM, LONGEST_TASK, MOST_HANDLES, MOST_ITEMS, MOST_TOOL_BUDGET
from memoryd.notekinds import NoteKind
from memoryd.questions import WHOLE, Relation
from memoryd.relations import RelationQuestion


def task_of(given: Any) -> str:
    """Return the task of a pack. Raises `UsageError` if it is missing or too long."""
    if not isinstance(given, str) or not given.strip():
        raise UsageError('`task` must say what you look for, for example {"task": "where is the session cookie signed"}')
    if len(given) > LONGEST_TASK:
        raise UsageError(f"`task` may have {LONGEST_TASK} characters at most; give the part of the log or trace that matters")
    return given


def budget_of(given: Any, default: int = DEFAULT_BUDGET) -> int:
    """Return a budget in tokens; also from a string, because models now and then quote numbers."""
    if given is None:
        return default
    if isinstance(given, str | float):
        with suppress(ValueError, OverflowError):
            given = int(given)
    if not isinstance(given, int) or isinstance(given, bool) or given < 1:
        raise UsageError(f"`budget` must be a number of tokens from 1 to {MOST_TOOL_BUDGET}; leave it out for {default}")
    return min(given, MOST_TOOL_BUDGET)


def root_of(given: Any) -> str | None:
    """Return the folder of a project, or `None` if none is named."""
    if given is None or given == "":
        return None
    if isinstance(given, str) and "\0" not in given:
        return given
    raise UsageError("`root` must be the path of a project's folder; leave it out for this project")


def handles_of(given: Any) -> list[str]:
    """Return the handles without duplicates."""
    wanted = [given] if isinstance(given, str) else given
    if not isinstance(wanted, list) or not wanted or not all(isinstance(handle, str) and handle for handle in wanted):
        raise UsageError('`handles` must be a list such as ["src/app.py#App.run", "src/app.py:10-40"]')
    if len(wanted) > MOST_HANDLES:
        raise UsageError(f"{len(wanted)} handles are too many; give at most {MOST_HANDLES} at once")
    return list(dict.fromkeys(wanted))


def relation_of(arguments: Mapping[str, Any]) -> RelationQuestion:
    """Return a question about relations; a definition that is named where none is needed is no error. Raises `UsageError`."""
    given, handles = arguments.get("relation"), arguments.get("handles")
    if given not in list(Relation):
        raise UsageError(f"`relation` must be one of: {', '.join(Relation)}, history")
    wanted = [] if not handles or Relation(given) in WHOLE else handles_of(handles)
    return RelationQuestion(Relation(given), tuple(wanted), since_of(arguments))


def history_of(arguments: Mapping[str, Any]) -> str:
    """Return the definition or file whose history is asked for. Raises `UsageError`."""
    handles = handles_of(arguments.get("handles"))
    if len(handles) > 1:
        raise UsageError(
            '`history` is that of one definition or file, for example {"relation": "history", "handles": ["src/app.py#App.run"]}'
        )
    return handles[0]


def since_of(arguments: Mapping[str, Any]) -> str:
    """Return the commit since which changes are asked about, "" if none is named. Raises `UsageError`."""
    since = arguments.get("since")
    if since is not None and (not isinstance(since, str) or not since or "\0" in since):
        raise UsageError('`since` must name a commit, for example {"relation": "impact", "since": "HEAD"}; give it instead of `handles`')
    return since or ""


def about_of(arguments: Mapping[str, Any]) -> tuple[str, list[str]]:
    """Return the subjects of a recall: a task, which may be empty, and a list of paths and symbol ids."""
    found, asked = _items(arguments, "about"), _text(arguments, "task", LONGEST_TASK)
    if not found and not asked.strip():
        raise UsageError('`task` or `about` must say what the notes are to be about, for example {"about": ["src/app.py"]}')
    return asked, found


def note_of(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a note, checked for types and sizes; admission judges what it says."""
    title, body = _text(arguments, "title", LONGEST_ITEM), _text(arguments, "body", LONGEST_TASK)
    if not title.strip():
        raise UsageError("`title` must say in one line what the note says")
    kind = arguments.get("kind") or NoteKind.DECISION
    if kind not in list(NoteKind):
        raise UsageError(f"`kind` must be one of: {', '.join(NoteKind)}")
    evidence = [one.rpartition(" @ ") for one in _items(arguments, "evidence")]
    if any(not quote.strip() or not place.strip() for quote, _, place in evidence):
        raise UsageError('`evidence` must be a list such as ["An amount in cents. @ shop/money.py:2"]')
    return {
        "title": title, "body": body, "kind": kind, "author": "agent", "claims": _items(arguments, "claims"),
        "evidence": [{"quote": quote.strip(), "at": place.strip()} for quote, _, place in evidence],
        "supersedes": _items(arguments, "supersedes"),
    }  # fmt: skip


def _text(arguments: Mapping[str, Any], name: str, longest: int) -> str:
    given = arguments.get(name)
    text = "" if given is None else given
    if not isinstance(text, str):
        raise UsageError(f"`{name}` must be a text")
    if len(text) > longest:
        raise UsageError(f"`{name}` may have {longest} characters at most")
    return text


def _items(arguments: Mapping[str, Any], name: str) -> list[str]:
    given = arguments.get(name)
    items = [given] if isinstance(given, str) and given else given or []
    if not isinstance(items, list) or not all(isinstance(one, str) and one.strip() for one in items):
        raise UsageError(f"`{name}` must be a list of texts")
    if len(items) > MOST_ITEMS or any(len(one) > LONGEST_ITEM for one in items):
        raise UsageError(f"`{name}` may have {MOST_ITEMS} texts of {LONGEST_ITEM} characters at most")
    return list(dict.fromkeys(items))
