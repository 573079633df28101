"""Asks a project a question: the daemon if one runs, which has the project in memory; else this process reads the index.

The answer is the same to the byte. Only a daemon of our version and with our settings is asked, and what it does not answer is
asked in this process, which tells the reason in its own words. Nothing heavy is imported before that.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, is_dataclass
from enum import StrEnum
from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, Any, Generic, TypeVar, get_args, get_origin, get_type_hints
from urllib.parse import urlencode

import click

from memoryd import __version__
from memoryd.errors import MemorydError
from memoryd.faces.cli.options import ALONE
from memoryd.faces.cli.output import progress, say
from memoryd.faces.cli.project import opened, refreshed, running_daemon
from memoryd.model import Status

if TYPE_CHECKING:
    import http.client

    from memoryd.config import Settings
    from memoryd.daemon import State
    from memoryd.memory import ProjectMemory

Answer = TypeVar("Answer")
SILENT_SECONDS = 45.0
"""How long a daemon that is well may be silent: it ends a question after 30 s, and says something every 10 s while it refreshes."""
JSON, EVENTS = "application/json", "text/event-stream"


@dataclass(frozen=True, slots=True)
class Question(Generic[Answer]):
    """One question in two forms: `here` asks a project in this process; the daemon is sent `fields` at `path`.

    `read` makes of the daemon's JSON what `here` would return.
    """

    path: str
    fields: Mapping[str, Any]
    read: Callable[[Any], Answer]
    here: Callable[["ProjectMemory"], Answer]


class Unanswered(Exception):
    """Raised when the daemon cannot be asked or refuses the question."""


def ask(root: str, question: Question[Answer]) -> Answer:
    """Refresh the index of the project in a folder, and return the answer."""
    from memoryd.config import project_root, read_settings

    folder = project_root(root)
    with suppress(Unanswered):
        daemon = _daemon(read_settings())
        _refresh(daemon, folder)
        return question.read(_sent(daemon, "POST", question.path, {"root": str(folder), **question.fields}))
    with refreshed(root) as memory:
        return question.here(memory)


def ask_at(root: str, revision: str, question: Question[Answer]) -> tuple[Answer, dict[str, str]]:
    """Return the answer of a commit, and as a field of its JSON which one that is; of the working tree if `revision` is ""."""
    if not revision:
        return ask(root, question), {}
    from memoryd.config import project_root, read_settings
    from memoryd.past import checked_out

    with checked_out(project_root(root), revision, read_settings()) as past, refreshed(str(past.folder), past.show()) as memory:
        answer = question.here(memory)
    say(f"as of {past.said()}")
    return answer, {"at": past.commit}


def look(root: str, question: Question[Answer]) -> Answer:
    """Return the answer of the index as it is."""
    from memoryd.config import project_root, read_settings

    folder = project_root(root)
    with suppress(Unanswered):
        daemon = _daemon(read_settings())
        return question.read(_sent(daemon, "GET", f"{question.path}?{urlencode({'root': str(folder), **question.fields})}", None))
    with opened(root) as memory:
        return question.here(memory)


def _daemon(settings: "Settings") -> "State":
    """Return the daemon to ask. Raises `Unanswered` if none is wanted or runs, or it is of another version or has other settings."""
    is_wanted = settings.asks_daemon and not click.get_current_context().meta.get(ALONE)
    found = running_daemon(settings) if is_wanted else None
    if found is None or found.version != __version__ or found.differs(settings):
        raise Unanswered
    return found


def _refresh(daemon: "State", root: Path) -> None:
    with progress(sys.stderr) as report:
        for name, told in _events(daemon, root):
            if name == "progress":
                report(told["what"], told["done"], told["total"])
            elif name == "report":
                return
            else:
                break
    raise Unanswered


def _events(daemon: "State", root: Path) -> Iterator[tuple[str, Any]]:
    """Yield the events of a refresh, which the daemon makes. Raises `Unanswered`."""
    with _response(daemon, "POST", "/v1/reindex", {"root": str(root)}, EVENTS) as response:
        name = ""
        for line in response:
            if line.startswith(b"event: "):
                name = line.removeprefix(b"event: ").strip().decode()
            elif line.startswith(b"data: "):
                yield name, json.loads(line.removeprefix(b"data: "))


def _sent(daemon: "State", method: str, path: str, fields: Mapping[str, Any] | None) -> Any:
    with _response(daemon, method, path, fields, JSON) as response:
        return json.loads(response.read())


@contextmanager
def _response(
    daemon: "State", method: str, path: str, fields: Mapping[str, Any] | None, accepted: str
) -> Iterator["http.client.HTTPResponse"]:
    """Send a request and hold its response. Raises `Unanswered` unless it is a sound one of status 200."""
    import http.client  # takes as long to import as the rest of a command's help

    from memoryd.daemon import connected

    body = None if fields is None else json.dumps(fields).encode()
    try:
        with connected(daemon, SILENT_SECONDS) as connection:
            connection.request(method, path, body, {"Accept": accepted, "Content-Type": JSON})
            response = connection.getresponse()
            if response.status != http.client.OK:
                raise Unanswered
            yield response
    except (OSError, http.client.HTTPException, ValueError, MemorydError) as error:
        raise Unanswered from error


def value_of(kind: type[Answer], found: Any) -> Answer:
    """Return the value of a type of the core (a dataclass, a tuple, an enumeration, or a plain one) from its JSON."""
    made: Answer = _made(kind, found)
    return made


def _made(kind: Any, found: Any) -> Any:
    if isinstance(kind, type) and is_dataclass(kind):
        kinds = get_type_hints(kind)
        return kind(**{name: _made(kinds[name], one) for name, one in found.items()})
    if isinstance(kind, UnionType):  # of a type and `None`
        return None if found is None else _made(get_args(kind)[0], found)
    if get_origin(kind) is tuple:
        inner = get_args(kind)
        return tuple(_made(inner[0] if inner[-1] is Ellipsis else inner[place], one) for place, one in enumerate(found))
    return kind(found) if isinstance(kind, type) and issubclass(kind, StrEnum) else found


STATUS = Question("/v1/status", {}, lambda found: value_of(Status, found), lambda memory: memory.status())
"""What `memoryd status` asks."""
