"""Streams a refresh as server-sent events: `progress` {what, done, total}, then one `report`, or one `error` (a problem document)."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

from memoryd.errors import MemorydError
from memoryd.faces.http.answers import to_json
from memoryd.faces.http.middleware import tell_failure
from memoryd.faces.http.problems import Refusal, problem, refusal_of, refuse
from memoryd.indexing import Progress
from memoryd.model import RefreshReport

CONTENT_TYPE = "text/event-stream"
BETWEEN_SECONDS = 0.1
"""The least time between two events of progress, so that a quick refresh of many files floods no client."""
SILENCE_SECONDS = 10.0
"""After this long without an event a comment is sent to keep the connection alive."""


async def events(refresh: Callable[[Progress], Awaitable[RefreshReport]], request_id: str) -> AsyncIterator[bytes]:
    """Yield the events of a refresh. The refresh goes on if its client leaves."""
    queue: asyncio.Queue[bytes | None] = asyncio.Queue()
    task = asyncio.ensure_future(refresh(_listener(queue)))
    task.add_done_callback(lambda _: queue.put_nowait(None))
    task.add_done_callback(_looked_at)
    while True:
        try:
            async with asyncio.timeout(SILENCE_SECONDS):
                event = await queue.get()
        except TimeoutError:
            yield b": at work\n\n"
            continue
        if event is None:
            break
        yield event
    yield _last(task, request_id)


def _listener(queue: "asyncio.Queue[bytes | None]") -> Progress:
    loop = asyncio.get_running_loop()
    told = 0.0

    def heard(what: str, done: int, total: int) -> None:
        nonlocal told
        now = time.monotonic()
        if now - told >= BETWEEN_SECONDS or done == total:
            told = now
            with suppress(RuntimeError):  # the loop may have ended before the refresh
                loop.call_soon_threadsafe(queue.put_nowait, _event("progress", to_json({"what": what, "done": done, "total": total})))

    return heard


def _looked_at(task: "asyncio.Future[RefreshReport]") -> None:
    """Retrieve the result of a refresh whose client has left; asyncio would otherwise log its error."""
    if not task.cancelled():
        task.exception()


def _last(task: "asyncio.Future[RefreshReport]", request_id: str) -> bytes:
    try:
        return _event("report", to_json(task.result()))
    except Refusal as refusal:
        return _event("error", problem(refusal, request_id))
    except MemorydError as error:
        return _event("error", problem(refusal_of(error), request_id))
    except Exception as error:  # noqa: BLE001 - a face answers for every error; the log says which it was
        tell_failure(error, request_id)
        return _event("error", problem(refuse("internal", "an unexpected error; what happened is in the daemon's log"), request_id))


def _event(name: str, data: bytes) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + data + b"\n\n"
