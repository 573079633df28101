"""The targets: a module each, with a function `check` that takes any bytes, and `seeds` where inputs to begin with can be generated.

`check` raises `AssertionError`, or anything else, where a promise is broken. What an input means to a target (a language, a route) stands
in its first line, so that most inputs can be read.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module

TARGETS = ("sources", "notes", "wording", "archives", "requests", "settings", "listings", "tasks", "scip")


@dataclass(frozen=True, slots=True)
class Target:
    """A part that reads foreign bytes."""

    name: str
    check: Callable[[bytes], None]
    seeds: Callable[[], Iterable[bytes]]


def target(name: str) -> Target:
    """Return the target of a name; imports what it tests."""
    module = import_module(f"{__name__}.{name}")
    return Target(name, module.check, getattr(module, "seeds", tuple))
