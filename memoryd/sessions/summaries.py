"""Sessions as people look at them: what they worked on, what they were told, and what their agents have, from the records."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from memoryd.sessions.given import Given
from memoryd.sessions.records import Records

FIELDS = [float, str, str, str, int, int, str]
"""The types of what is stored of a `Given`."""


@dataclass(frozen=True, slots=True)
class Held:
    """The lines of a file that an agent ("" is the session's own) has, as ranges of line numbers, and how many they are."""

    agent: str
    path: str
    ranges: tuple[tuple[int, int], ...]
    lines: int


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """What is remembered of a session.

    `at` is when its last event came (Unix seconds), `told` names what was put into it, `failing` maps the commands that failed when
    they last ran to the handles of their outputs, `given` is what memoryd did, oldest first.
    """

    id: str
    at: float
    task: str
    told: tuple[str, ...]
    edited: tuple[str, ...]
    failing: dict[str, str]
    held: tuple[Held, ...]
    given: tuple[Given, ...]


def summary_of(records: Records, id_: str) -> SessionSummary | None:
    """Return what is remembered of a session, `None` if it is not known. What cannot be read of it is left out."""
    stored = records.session(id_)
    if stored is None:
        return None
    at, facts = stored
    task, failing = facts.get("task"), facts.get("failing")
    return SessionSummary(
        id_, at, task if isinstance(task, str) else "", _texts(facts, "told"), _texts(facts, "edited"),
        {name: one for name, one in failing.items() if isinstance(one, str)} if isinstance(failing, dict) else {},
        tuple(
            Held(agent, path, tuple((run.first, run.end - 1) for run in runs), sum(run.end - run.first for run in runs))
            for agent, path, runs in records.seen(id_)
        ),
        tuple(_given(facts.get("given"))),
    )  # fmt: skip


def _texts(facts: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = facts.get(name)
    return tuple(one for one in found if isinstance(one, str)) if isinstance(found, list) else ()


def _given(stored: Any) -> Iterator[Given]:
    for one in stored if isinstance(stored, list) else ():
        if isinstance(one, list) and list(map(type, one)) == FIELDS:
            yield Given(*one)
