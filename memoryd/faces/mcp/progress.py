"""Reports the progress of a call to its client while it waits."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import anyio
from mcp.server.context import ServerRequestContext

from memoryd.indexing import Progress


@asynccontextmanager
async def told(context: ServerRequestContext[Any, Any]) -> AsyncIterator[Progress]:
    """Yield a progress listener for any thread; the client is told the newest progress, older news that was not sent is dropped."""
    loop, news, growing = asyncio.get_running_loop(), asyncio.Event(), Growing()
    newest: list[tuple[int, str]] = []

    def take(what: str, done: int, total: int) -> None:
        progress = growing.add(what, done)
        if progress is not None:
            newest[:] = [(progress, f"{what} {done} of {total}" if total else what)]
            news.set()

    def heard(what: str, done: int, total: int) -> None:
        # The event loop may be closed while a project is still indexed: the daemon is ending.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(take, what, done, total)

    async def tell() -> None:
        while True:
            await news.wait()
            news.clear()
            progress, message = newest.pop()
            await context.session.report_progress(progress, None, message)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(tell)
        yield heard
        tasks.cancel_scope.cancel()


class Growing:
    """Adds up the progress of phases that overlap to one growing number, which MCP requires."""

    def __init__(self) -> None:
        self._done: dict[str, int] = {}

    def add(self, what: str, done: int) -> int | None:
        """Return the progress over all phases, of which each counts as one step when it begins; `None` if it has not grown."""
        if what in self._done and done <= self._done[what]:
            return None
        self._done[what] = done
        return sum(self._done.values()) + len(self._done)
