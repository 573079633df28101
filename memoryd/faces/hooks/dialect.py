"""What a client's hooks speak, and how values are taken from what they send."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from memoryd.sessions import Event, Reply

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a client tells of an event, and how it is answered: with a text that its hook prints, "" for nothing."""

    read: Callable[[Payload], Event | None]
    write: Callable[[Payload, Reply], str]


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
