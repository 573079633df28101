"""The route that clients' hooks send their events to: `POST /v1/hooks/CLIENT`, for our user alone.

Whatever happens, a client hears nothing of it: an event that is not understood, a project that is not known or not loaded yet, an
answer that is not there in time, and every failure are answered with 204.
"""

import asyncio
import json
import os
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response

from memoryd.errors import MemorydError
from memoryd.faces.hooks import DIALECTS, Dialect, Payload
from memoryd.faces.http.dispatch import Dispatcher
from memoryd.faces.http.metrics import Metrics
from memoryd.faces.http.middleware import tell_failure
from memoryd.faces.http.problems import Refusal, refuse
from memoryd.sessions import Event, Reply, Told, has_context


def add_hooks(app: FastAPI, dispatcher: Dispatcher, counts: Metrics, seconds: float) -> None:
    """Add the route of the hooks, whose clients go on without an answer after `seconds`.

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
        sessions = self._dispatcher.sessions
        # What was begun goes on: the next event rests on it, whether or not somebody waits for the answer to this one.
        taking = asyncio.ensure_future(self._dispatcher.do(partial(sessions.take, root, event)))
        taking.add_done_callback(_heard)
        async with asyncio.timeout(self._seconds):
            reply = await asyncio.shield(taking)
        if reply is None:
            return ""
        told = await self._context(root, event) if has_context(event) else Told()
        if told.once:
            await self._dispatcher.do(partial(sessions.told, root, event, told))
        return dialect.write(payload, Reply(told.text, reply.output))

    async def _context(self, root: Path, event: Event) -> Told:
        name = str(root)
        if self._dispatcher.projects.at_hand(name) is None:
            self._load(root)
            return Told()
        with suppress(MemorydError, TimeoutError):
            async with asyncio.timeout(self._seconds):
                return await self._dispatcher.ask(
                    name, lambda memory: self._dispatcher.sessions.context(root, event, memory), self._dispatcher.registered
                )
        return Told()

    def _load(self, root: Path) -> None:
        """Load a project for the events to come."""
        if len(self._loads) < 2:
            sessions = self._dispatcher.sessions
            asked = self._dispatcher.ask(str(root), lambda memory: sessions.start(root, memory), self._dispatcher.registered)
            task = asyncio.ensure_future(asked)
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
