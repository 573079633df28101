"""What a client's hooks speak, and how values are taken from what they send."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from memoryd.sessions import Event, Kind, Reply, Tool

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a client tells of an event, and how it is answered: with a text that its hook prints, "" for nothing."""

    read: Callable[[Payload], Event | None]
    write: Callable[[Payload, Reply], str]


def said(payload: Payload, kind: Kind) -> str:
    """Return what the event itself says, where most clients have it: how a session began, what was prompted."""
    return text(payload, {Kind.STARTED: "source", Kind.PROMPTED: "prompt"}.get(kind, ""))


def tool_of(name: str, known: Mapping[str, Tool], ours: re.Pattern[str]) -> Tool:
    """Return the tool of a name; `ours` matches the names of memoryd's own."""
    return known.get(name) or (Tool.OURS if ours.fullmatch(name) else Tool.OTHER)


def text(found: Mapping[str, Any], name: str) -> str:
    """Return a field that is text, "" if it is missing or something else."""
    value = found.get(name)
    return value if isinstance(value, str) else ""


def number(found: Mapping[str, Any], name: str) -> int:
    """Return a field that is a whole number from 0 on, 0 if it is missing or something else."""
    value = found.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 31 else 0


def mapping(found: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return a field that is an object, an empty one if it is missing or something else."""
    value = found.get(name)
    return value if isinstance(value, dict) else {}
