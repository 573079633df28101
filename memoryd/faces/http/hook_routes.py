"""The route that clients' hooks send their events to: `POST /v1/hooks/CLIENT`, for our user alone.

Whatever happens, a client hears nothing of it: an event that is not understood, a project that is not known or not loaded yet, an
answer that is not there in time, and every failure are answered with 204. What is ready in time is told, the rest is not.
"""

import asyncio
import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from fastapi import FastAPI, Request, Response

from memoryd.errors import MemorydError
from memoryd.faces.hooks import DIALECTS, Dialect, Payload
from memoryd.faces.http.dispatch import Dispatcher
from memoryd.faces.http.metrics import Metrics
from memoryd.faces.http.middleware import tell_failure
from memoryd.faces.http.problems import Refusal, refuse
from memoryd.memory import ProjectMemory
from memoryd.sessions import PLACES, Event, Kind, Reply, Taken, Told, asks_project
from memoryd.versions import Unit

BUSY_SECONDS = 0.03
"""After how long an event is answered with what is there while others wait for the daemon already."""
AT_ONCE_SECONDS = 0.04
"""What the search for places takes at most, but for a large project or a slow embedder; with less time left there is none."""
Result = TypeVar("Result")


def add_hooks(app: FastAPI, dispatcher: Dispatcher, counts: Metrics, seconds: float) -> None:
    """Add the route of the hooks, which get after `seconds` what is there by then.

    It is not documented as others are, since it is no interface for programs of the user.
    """
    hooks = _Hooks(dispatcher, seconds)

    @app.post("/v1/hooks/{client}", include_in_schema=False)
    async def hook(request: Request, client: str, without: str = "") -> Response:
        """Take an event of a client, and answer in its form."""
        if not request.state.caller.may_register:
            raise refuse("not-yours", "events are taken from clients of the user who runs the daemon")
        dialect = DIALECTS.get(client)
        said = ""
        if dialect is not None:
            try:
                said = await hooks.answered(dialect, await request.body(), frozenset(without.split(",")))
            except TimeoutError:
                counts.count("memoryd_hooks_unanswered_total")
            except Exception as error:  # noqa: BLE001 - a hook must not fail, whatever a client sends
                counts.count("memoryd_hooks_unanswered_total")
                dispatcher.sessions.miss()
                if not isinstance(error, MemorydError | Refusal):
                    tell_failure(error, request.state.request_id)
        return Response(said, media_type="text/plain; charset=utf-8") if said else Response(status_code=204)


class _Hooks:
    """Takes events to the sessions of their projects, in threads."""

    def __init__(self, dispatcher: Dispatcher, seconds: float) -> None:
        self._dispatcher = dispatcher
        self._seconds = seconds
        self._loads: set[asyncio.Task[Any]] = set()

    async def answered(self, dialect: Dialect, body: bytes, without: frozenset[str]) -> str:
        """Return what a hook is to print, "" for nothing."""
        payload = _payload(body)
        event = dialect.read(payload)
        root = self._root(event.place) if event is not None else None
        if event is None or root is None:
            return ""
        event = replace(event, without=without)
        patience = min(self._seconds, BUSY_SECONDS) if self._dispatcher.waiting else self._seconds
        until = asyncio.get_running_loop().time() + patience
        # What was begun goes on: the next event rests on it, whether or not somebody waits for the answer to this one.
        taking = asyncio.ensure_future(self._dispatcher.do(partial(self._dispatcher.sessions.take, root, event)))
        taking.add_done_callback(_heard)
        async with asyncio.timeout_at(until):
            taken = await asyncio.shield(taking)
        if taken is None:
            return ""
        event = replace(event, without=taken.without)
        told = await self._told(root, event, taken, until) if asks_project(event) else Told()
        if taken.has_lessons:
            self._later(root, partial(self._dispatcher.sessions.suggest, root, event))
        context = "\n".join(part for part in (told.text, taken.reply.context) if part)
        reply = Reply(context, taken.reply.output if not taken.outline else await self._outline(root, event, taken.outline, until))
        if context or reply.output is not None:
            asyncio.ensure_future(self._dispatcher.do(partial(self._dispatcher.sessions.gave, root, event, reply))).add_done_callback(
                _heard
            )
        return dialect.write(payload, reply)

    async def _told(self, root: Path, event: Event, taken: Taken, until: float) -> Told:
        """Return what to tell of the project, if it is at hand and that is ready in time."""
        memory, sessions = self._dispatcher.projects.at_hand(str(root)), self._dispatcher.sessions
        if memory is None or event.kind == Kind.STARTED:
            self._prepare(root)
        if memory is None:
            return Told()
        with suppress(MemorydError, TimeoutError):
            async with asyncio.timeout_at(until):
                places = await self._places(root, memory, taken.task, until)
                told = await self._ask(root, lambda memory: sessions.context(root, event, memory, places))
                if event.kind == Kind.USED:
                    return Told(await self._dispatcher.do(partial(sessions.late, root, event)))
                if told.once:
                    await self._dispatcher.do(partial(sessions.told, root, event, told))
                return told
        return Told()

    async def _outline(self, root: Path, event: Event, task: str, until: float) -> str | None:
        """Return the outline of the file that was read, if the project is at hand and that is ready in time."""
        if self._dispatcher.projects.at_hand(str(root)) is not None:
            with suppress(MemorydError, TimeoutError):
                async with asyncio.timeout_at(until):
                    return await self._ask(root, lambda memory: self._dispatcher.sessions.outline(root, event, memory, task))
        return None

    async def _places(self, root: Path, memory: ProjectMemory, task: str, until: float) -> tuple[Unit, ...]:
        """Return where a task lives: found on the event loop where that takes milliseconds, since a thread takes twice as long."""
        if not task or asyncio.get_running_loop().time() + AT_ONCE_SECONDS > until:
            return ()
        found = memory.places_at_once(task, PLACES)
        return found if found is not None else await self._ask(root, lambda memory: memory.places(task, PLACES))

    async def _ask(self, root: Path, question: Callable[[ProjectMemory], Result]) -> Result:
        return await self._dispatcher.ask(str(root), question, self._dispatcher.registered)

    def _prepare(self, root: Path) -> None:
        """Load a project for the events to come, and make what is told of it when a session starts."""
        if len(self._loads) < 2:
            self._later(root, partial(self._dispatcher.sessions.prepare, root))

    def _later(self, root: Path, work: Callable[[ProjectMemory], object]) -> None:
        """Do something with a project, for which nobody waits."""
        task = asyncio.ensure_future(self._ask(root, work))
        self._loads.add(task)
        task.add_done_callback(self._loads.discard)
        task.add_done_callback(_heard)

    def _root(self, place: str) -> Path | None:
        """Return the registered project that a folder lies in."""
        if not place.startswith("/") or "\0" in place:
            return None
        known = set(self._dispatcher.projects.roots())
        folder = Path(os.path.realpath(place))
        return next((one for one in (folder, *folder.parents) if str(one) in known), None)


def _payload(body: bytes) -> Payload:
    """Return the object that a body holds, an empty one for anything else. Halves of characters, which models write, are replaced."""
    try:
        found = json.loads(body)
        if b"\\ud" in body.lower():
            found = json.loads(json.dumps(found, ensure_ascii=False).encode(errors="replace"))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _heard(task: "asyncio.Future[Any]") -> None:
    """Take note of how work ended that nobody may have waited for."""
    if not task.cancelled():
        task.exception()
