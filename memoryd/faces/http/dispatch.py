"""Runs questions and refreshes in threads: a bounded number at once, a bounded number waiting, each for a bounded time. Of the questions
that have a thread a few compute at once (`Turns`); the others wait for their turn, or for a refresh. Brief ones have threads and turns
of their own, so that no look at a file waits for packs.

The event loop calls the core itself only where a thread would take longer (`Dispatcher.at_once`). Questions have their own threads,
so that none waits behind the first index of another project. Requests that need the same project loaded wait for one load, without
holding a thread.
"""

import asyncio
import os
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from fastapi import Depends, Request

from memoryd.daemon import KnownProject, Projects
from memoryd.errors import RefreshBusy
from memoryd.faces.access import Access, Caller, only_root, registered_root, shared_root, usable_root
from memoryd.faces.http.metrics import Metrics
from memoryd.faces.http.middleware import Limits
from memoryd.faces.http.problems import refuse
from memoryd.files import path_text
from memoryd.indexing import Progress, silent
from memoryd.memory import ProjectMemory
from memoryd.model import RefreshReport
from memoryd.past import checked_out
from memoryd.sessions import Sessions
from memoryd.text import number_of
from memoryd.versions import Effort

if TYPE_CHECKING:
    from memoryd.fleet import Asker, Node

BUSY_PAUSE = 0.05
"""Seconds after which a question that met a refresh is asked again."""
Result = TypeVar("Result")
FindRoot = Callable[[str], Path]
"""Finds the root of the project that a request names, or raises if it may not be asked about."""


async def _finder(request: Request) -> FindRoot:
    dispatcher: Dispatcher = request.app.state.dispatcher
    return dispatcher.finder(request.state.caller)


async def _looker(request: Request) -> FindRoot:
    dispatcher: Dispatcher = request.app.state.dispatcher
    return dispatcher.looker(request.state.caller)


async def _namer(request: Request) -> "NamedRoot":
    dispatcher: Dispatcher = request.app.state.dispatcher
    return lambda named: dispatcher.only(request.state.caller) if named is None else named


Find = Annotated[FindRoot, Depends(_finder)]
"""The `FindRoot` for whoever a request comes from, as a parameter of a route."""
Look = Annotated[FindRoot, Depends(_looker)]
"""The same for a request that only reads: it finds what is registered, and registers nothing."""
NamedRoot = Callable[[str | None], str]
"""Returns the root that a request names, else the only one there is for its caller. Raises `NotAProject`, which names the choice."""
Named = Annotated[NamedRoot, Depends(_namer)]
"""The `NamedRoot` for whoever a request comes from, as a parameter of a route."""


class Dispatcher:
    """Takes requests from the event loop to the core and answers them, in a thread unless noted."""

    def __init__(self, projects: Projects, access: Access, limits: Limits, metrics: Metrics) -> None:
        self.projects = projects
        self.sessions = Sessions(projects.settings)
        self.fleet: Node | None = None
        """The fleet that the daemon serves, if it serves one."""
        self._access = access
        self._limits = limits
        self._questions = {
            Effort.LONG: Pool("memoryd-ask", limits.threads, limits.queue, metrics),
            Effort.BRIEF: Pool("memoryd-brief", limits.brief_threads, limits.queue, metrics),
        }
        self._loads = Pool("memoryd-load", limits.loaders, limits.queue, metrics)
        self._loading: dict[str, Loading] = {}
        self._met: set[str] = set()

    @property
    def waiting(self) -> int:
        """The number of requests that wait for a thread or for their turn."""
        return sum(pool.waiting for pool in self._questions.values()) + self._loads.waiting + self.projects.turns.waiting

    async def ask(
        self,
        root: str,
        question: Callable[[ProjectMemory], Result],
        find: FindRoot,
        listener: Progress = silent,
        effort: Effort = Effort.LONG,
    ) -> Result:
        """Ask a project, loading it if needed; a load may take as long as a first index and reports its progress to `listener`.

        A question about files that a running refresh has not reached yet is asked again until `busy_seconds` have passed.
        """
        if root not in self._met:
            await self._load(root, find, listener)

        def work() -> Result:
            with self.projects.memory(find(root)) as memory, self.projects.turns.taken(effort):
                return question(memory)

        patient_until = time.monotonic() + self._limits.busy_seconds
        while True:
            try:
                return await self.do(work, effort)
            except RefreshBusy:
                if time.monotonic() > patient_until:
                    raise
            # Waiting here holds no thread, which answers others meanwhile.
            await asyncio.sleep(BUSY_PAUSE)

    async def ask_at(self, root: str, revision: str, question: Callable[[ProjectMemory], Result], find: FindRoot) -> tuple[Result, str]:
        """Ask a project as it was at a commit; return the answer and the commit's full name. The project need not be loaded for that."""

        def work() -> tuple[Result, str]:
            settings = self.projects.settings
            with (
                checked_out(find(root), revision, settings) as past,
                self.projects.turns.taken(Effort.LONG),
                ProjectMemory(past.folder, settings, more=past.show()) as memory,
            ):
                memory.refresh()
                return question(memory), past.commit

        return await self.do(work)

    def at_once(self, root: str, question: Callable[[ProjectMemory], Result | None], caller: Caller) -> Result | None:
        """Ask a loaded project a question of milliseconds on the event loop; return `None` if it cannot or must not be answered so.

        A thread would double the time of a search: at each of its hundreds of array operations the thread and the event loop pass
        the interpreter's lock to and fro.
        """
        memory = self.projects.at_hand(root) if caller.may_register or root in self._access.shared else None
        return question(memory) if memory else None

    async def refresh(self, root: str, update: Callable[[Path], RefreshReport], find: FindRoot, listener: Progress) -> RefreshReport:
        """Update a project's index by `update`; `listener` hears of the progress from another thread."""

        def work() -> RefreshReport:
            found = find(root)
            with self.projects.progress(found, listener):
                report = update(found)
            self._met.add(root)
            return report

        return await self._loads.run(work, self._limits.index_seconds)

    async def do(self, work: Callable[[], Result], effort: Effort = Effort.BRIEF) -> Result:
        """Run work in a thread of questions that cost as much: by default short work that reads or writes the disk."""
        return await self._questions[effort].run(work, self._limits.query_seconds)

    def forget(self, root: str) -> None:
        """Treat a project as one that was never loaded, so that the next question loads it."""
        self._met.discard(root)

    def check_room(self) -> None:
        """Raise `Refusal` if too many refreshes are waiting already."""
        self._loads.check_room()

    def close(self) -> None:
        """Accept no more work, and drop the work that has not begun."""
        for pool in self._questions.values():
            pool.close()
        self._loads.close()
        self.sessions.close()
        if self.fleet is not None:
            self.fleet.close()

    def asker(self, request: Request) -> "Asker":
        """Return whose question to the fleet a request is, and which repositories it may see."""
        from memoryd.fleet import Asker

        return Asker(self._access.repositories(request.state.caller, request.headers))

    def roots(self, caller: Caller) -> tuple[str, ...]:
        """Return the roots of the registered projects that `caller` may ask about, sorted."""
        return tuple(root for root in self.projects.roots() if caller.may_register or root in self._access.shared)

    def only(self, caller: Caller) -> str:
        """Return the only one of these roots. Raises `NotAProject`, which names the choice, if there are more or none."""
        return only_root(self.roots(caller), caller)

    def finder(self, caller: Caller) -> FindRoot:
        """Return the function that finds the root which a request of `caller` names, and raises if it may not be asked about."""
        return self._usable if caller.may_register else self._shared

    def looker(self, caller: Caller) -> FindRoot:
        """Return the function that finds the root of a project that is registered already, as `finder` does."""
        return self.registered if caller.may_register else self._shared

    def known(self, caller: Caller) -> tuple[KnownProject, ...]:
        """Return the registered projects that `caller` may ask about, sorted by root."""
        names = {path_text(os.fsencode(root)) for root in self.roots(caller)}
        return tuple(one for one in self.projects.known() if one.root in names)

    def registered(self, root: str) -> Path:
        """Return the root of a registered project."""
        return registered_root(self.projects, root)

    def _usable(self, root: str) -> Path:
        """Return the root that our user names: any folder will do, and is registered by use."""
        return usable_root(self.projects, root, self._access.home)

    def _shared(self, root: str) -> Path:
        return shared_root(self._access.shared, root)

    async def _load(self, root: str, find: FindRoot, listener: Progress) -> None:
        if root in self._loading:
            # Whoever may not ask about the project must not hear how its load goes on, either.
            await self.do(lambda: find(root))
        loading = self._loading.get(root)
        if loading is None:
            loading = self._loading[root] = Loading()
            work = partial(self._loaded, root, find, loading)
            loading.task = asyncio.create_task(self._loads.run(work, self._limits.index_seconds))
            loading.task.add_done_callback(lambda task: self._end_load(root, task))
        loading.listeners.append(listener)
        # If this request is given up, the load goes on for the others.
        await asyncio.shield(loading.task)

    def _loaded(self, root: str, find: FindRoot, listener: Progress) -> None:
        found = find(root)
        with self.projects.progress(found, listener), self.projects.memory(found):
            self._met.add(root)

    def _end_load(self, root: str, task: "asyncio.Task[None]") -> None:
        del self._loading[root]
        if not task.cancelled():
            task.exception()  # retrieved, or asyncio logs an error that no request waited for


class Loading:
    """A running load of a project, and the listeners to its progress."""

    task: "asyncio.Task[None]"

    def __init__(self) -> None:
        self.listeners: list[Progress] = []

    def __call__(self, what: str, done: int, total: int) -> None:
        for listener in tuple(self.listeners):
            listener(what, done, total)


class Pool:
    """A bounded number of threads behind a bounded queue. Everything but the work itself runs on the event loop."""

    def __init__(self, name: str, threads: int, queue: int, metrics: Metrics) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._threads = threads
        self._room = threads + queue
        self._metrics = metrics
        self._taken = 0

    @property
    def waiting(self) -> int:
        """The number of requests that wait for a thread of this pool."""
        return max(0, self._taken - self._threads)

    def check_room(self) -> None:
        """Raise `Refusal` if too many wait already."""
        if self._taken >= self._room:
            self._metrics.count("memoryd_overloaded_total")
            raise refuse("overloaded", f"no more than {number_of(self.waiting, 'request')} may wait for an answer", Retry_After="1")

    async def run(self, work: Callable[[], Result], seconds: float) -> Result:
        """Run `work` in a thread and return its result. Raises what it raises, or `Refusal` if it takes longer than `seconds`.

        Work that has begun goes on and keeps its thread, even if nobody waits for it any more.
        """
        self.check_room()
        loop = asyncio.get_running_loop()
        begun = self._executor.submit(work)
        self._taken += 1
        begun.add_done_callback(lambda done: self._end(loop, done))
        ended = asyncio.wrap_future(begun)
        try:
            # `wait_for` could not tell a TimeoutError of the work from its own.
            await asyncio.wait({ended}, timeout=seconds)
        finally:
            if not ended.done():
                ended.cancel()
        if ended.cancelled():
            self._metrics.count("memoryd_timeouts_total")
            raise refuse("timeout", f"there was no answer after {seconds:g} s", Retry_After="5")
        return ended.result()

    def close(self) -> None:
        """Accept no more work, and drop the work that has not begun."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _end(self, loop: asyncio.AbstractEventLoop, _done: "Future[Any]") -> None:
        with suppress(RuntimeError):  # the loop may have ended before the work
            loop.call_soon_threadsafe(self._leave)

    def _leave(self) -> None:
        self._taken -= 1
