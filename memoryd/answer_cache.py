"""What was made for questions of one version, kept for those who ask the same again while no file of the project changes.

Agents that work side by side on one task, and a prompt that is sent once more, ask the same within seconds.
"""

from collections.abc import Callable, Hashable
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from threading import Lock
from typing import Any, TypeVar
from weakref import ref

from memoryd.versions import View

Made = TypeVar("Made")
MOST_KEPT = 32
"""What is kept of one version; of more, what was made first is let go."""


class AnswerCache:
    """What was made of the newest version, by what it was made for. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        # The view itself is not kept: it is most of what a project takes in memory.
        self._view: ref[View] | None = None
        self._kept: dict[Hashable, Future[Any]] = {}

    def of(self, view: View, key: Hashable, make: Callable[[], Made]) -> tuple[Made, bool]:
        """Return what `make` makes for a key of a view, and whether it was made before, or by another thread meanwhile."""
        while True:
            with self._lock:
                if self._view is None or self._view() is not view:
                    self._view, self._kept = ref(view), {}
                kept = self._kept
                found = kept.get(key)
                if found is None:
                    if len(kept) >= MOST_KEPT:
                        del kept[next(iter(kept))]
                    ours = kept[key] = Future()
            if found is None:
                return self._made(kept, key, ours, make), False
            with suppress(CancelledError):
                return found.result(), True

    def _made(self, kept: "dict[Hashable, Future[Any]]", key: Hashable, ours: "Future[Any]", make: Callable[[], Made]) -> Made:
        """Make something for those that wait for it; where that fails, each of them makes it for itself."""
        try:
            made = make()
        except BaseException:
            with self._lock:
                if kept.get(key) is ours:
                    del kept[key]
            ours.cancel()
            raise
        ours.set_result(made)
        return made
