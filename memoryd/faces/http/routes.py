"""The routes over HTTP: each parses a request, asks the core in a thread, and answers with the core's own values.

Errors become problem documents in `problems` alone. A request that only reads (GET) registers nothing: a link must not make
memoryd index a folder.
"""

import base64
import os
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Annotated

from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse

from memoryd.advice import Face
from memoryd.daemon import KnownProject
from memoryd.faces.access import Caller, usable_root
from memoryd.faces.http import answers, events, metrics, problems, requests
from memoryd.faces.http.answers import respond
from memoryd.faces.http.dispatch import Dispatcher, Find, Look, Named
from memoryd.faces.http.documents import POLICY, render_docs
from memoryd.files import path_text
from memoryd.history import HistoryOf
from memoryd.limits import DEFAULT_PAGE, MOST_PAGE
from memoryd.memory import ProjectMemory
from memoryd.model import Pack, RefreshReport, Status
from memoryd.questions import Relation
from memoryd.relations import Related, RelationQuestion
from memoryd.versions import Effort

RootQuery = Annotated[str, Query(min_length=1, max_length=4096, pattern="^/", description="The project's folder, as an absolute path.")]
AnyRootQuery = Annotated[requests.Folder | None, Query(description=requests.ABOUT_ROOT)]
CURSOR = "^(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-]{3}=|[A-Za-z0-9_-]{2}==)?$"


def add_questions(app: FastAPI, dispatcher: Dispatcher) -> None:
    """Add the routes that ask a project: pack, search, show, map."""

    @app.post("/v1/pack", response_model=Pack, tags=["ask"])
    async def pack(asked: requests.PackRequest, find: Find, name: Named) -> Response:
        """Get the evidence for a task or a change within a token budget, as it is on disk now, and handles of what was left out."""

        def work(memory: ProjectMemory) -> Pack:
            return memory.pack(asked.task, asked.budget) if asked.task else memory.pack_change(asked.since, asked.budget)

        if asked.at:
            return answers.respond_at(*await dispatcher.ask_at(name(asked.root), asked.at, work, find))
        return respond(await dispatcher.ask(name(asked.root), work, find))

    @app.post("/v1/search", response_model=answers.Hits, tags=["ask"])
    async def search(request: Request, asked: requests.SearchRequest, find: Find, name: Named) -> Response:
        """Get the units that answer a query, best first."""
        root = name(asked.root)

        def work(memory: ProjectMemory) -> answers.Hits:
            found = memory.search_with_lines if asked.lines else memory.search
            return answers.Hits(tuple(found(asked.query, asked.limit)))

        if asked.at:
            return answers.respond_at(*await dispatcher.ask_at(root, asked.at, work, find))
        if asked.lines:
            return respond(await dispatcher.ask(root, work, find))
        hits = dispatcher.at_once(root, lambda memory: memory.search_at_once(asked.query, asked.limit), request.state.caller)
        return respond(await dispatcher.ask(root, work, find) if hits is None else answers.Hits(tuple(hits)))

    @app.post("/v1/show", response_model=answers.Excerpts, tags=["ask"])
    async def show(asked: requests.ShowRequest, find: Find, name: Named) -> Response:
        """Get symbols, files or lines of files, as they are on disk: what a pack left out."""

        def work(memory: ProjectMemory) -> answers.Excerpts:
            return answers.Excerpts(tuple(map(memory.show_raw if asked.raw else memory.show, asked.handles)))

        if asked.at:
            return answers.respond_at(*await dispatcher.ask_at(name(asked.root), asked.at, work, find))
        return respond(await dispatcher.ask(name(asked.root), work, find, effort=Effort.BRIEF))

    @app.post("/v1/map", name="map", response_model=Pack, tags=["ask"])
    async def map_(asked: requests.MapRequest, find: Find, name: Named) -> Response:
        """Get an overview of a project within a token budget: entry points, public interface, central types, folders; or a tour."""

        def work(memory: ProjectMemory) -> Pack:
            return memory.tour(asked.budget) if asked.tour else memory.map(asked.budget)

        return respond(await dispatcher.ask(name(asked.root), work, find))


def add_relations(app: FastAPI, dispatcher: Dispatcher) -> None:
    """Add the routes that ask the graph of a project, and its history."""

    @app.post("/v1/relations", response_model=Related, tags=["ask"])
    async def relations(asked: requests.RelationsRequest, find: Find, name: Named) -> Response:
        """Get who uses a definition, what it uses, what may break with it, which tests reach it; or cycles, areas, dead code."""
        question = RelationQuestion(Relation(asked.relation), tuple(asked.handles), asked.since)
        found = await dispatcher.ask(name(asked.root), lambda memory: memory.related(question, asked.budget, Face.HTTP), find)
        return respond(found)

    @app.post("/v1/history", response_model=HistoryOf, tags=["ask"])
    async def history(asked: requests.HistoryRequest, find: Find, name: Named) -> Response:
        """Get the commits that changed a symbol or file, newest first, and what changes together with its file."""
        found = await dispatcher.ask(name(asked.root), lambda memory: memory.history(asked.handle, asked.limit, Face.HTTP), find)
        return respond(found)


def add_reindex(app: FastAPI, dispatcher: Dispatcher, counts: metrics.Metrics) -> None:
    """Add the routes about the index of a project."""

    @app.get("/v1/status", response_model=Status, tags=["index"])
    async def status(look: Look, name: Named, root: AnyRootQuery = None) -> Response:
        """Get what is indexed of a registered project, what is not and why, and whether the index is fresh."""
        return respond(await dispatcher.ask(name(root), lambda memory: memory.status(), look, effort=Effort.BRIEF))

    @app.post("/v1/reindex", response_model=RefreshReport, tags=["index"])
    async def reindex(request: Request, asked: requests.ReindexRequest, find: Find, name: Named) -> Response:
        """Bring the index of a project up to date; the first time, make it.

        With `Accept: text/event-stream` the answer is a stream of events: `progress` {what, done, total}, then one `report`, or
        one `error`. A refresh goes on when its listener leaves.
        """
        counts.count("memoryd_reindex_requests_total")
        update = dispatcher.projects.retry if asked.retry else dispatcher.projects.refresh
        root = name(asked.root)
        refresh = partial(dispatcher.refresh, root, partial(update, wait=asked.wait), find)
        if events.CONTENT_TYPE not in request.headers.get("accept", ""):
            return respond(await refresh(lambda *_: None))
        # A refusal now has a status code; once the stream has begun it can only be an event.
        dispatcher.check_room()
        await dispatcher.do(lambda: find(root))
        return StreamingResponse(events.events(refresh, request.state.request_id), media_type=events.CONTENT_TYPE)


def add_projects(app: FastAPI, dispatcher: Dispatcher) -> None:
    """Add the routes that list, register and forget projects."""

    @app.get("/v1/projects", response_model=answers.ProjectsPage, tags=["projects"])
    async def list_projects(
        request: Request,
        limit: Annotated[int, Query(ge=1, le=MOST_PAGE, description="Most projects of a page.")] = DEFAULT_PAGE,
        cursor: Annotated[str, Query(max_length=8192, pattern=CURSOR, description="`next` of the page before.")] = "",
    ) -> Response:
        """List the registered projects by root, a page at a time; with a token, those that are shared."""
        after = _read_cursor(cursor)
        known = await dispatcher.do(lambda: dispatcher.known(request.state.caller))
        found = list(islice((one for one in known if one.root > after), limit + 1))
        shown = tuple(replace(one, root=path_text(os.fsencode(one.root))) for one in found[:limit])
        return respond(answers.ProjectsPage(shown, _cursor(found[limit - 1].root) if len(found) > limit else None))

    @app.post("/v1/projects", response_model=KnownProject, status_code=201, tags=["projects"])
    async def register(request: Request, asked: requests.ProjectRequest) -> Response:
        """Register a project; it is indexed when it is first asked for. A token is not enough."""
        _check_may_register(request)

        def work() -> KnownProject:
            root = usable_root(dispatcher.projects, asked.root, dispatcher.projects.settings.home)
            dispatcher.projects.register(root)
            found = next(one for one in dispatcher.projects.known() if one.root == str(root))
            return replace(found, root=path_text(os.fsencode(root)))

        return respond(await dispatcher.do(work), 201)

    @app.delete("/v1/projects", status_code=204, response_class=Response, tags=["projects"])
    async def forget(request: Request, root: RootQuery) -> Response:
        """Forget a project; its index stays on disk. A token is not enough."""
        _check_may_register(request)
        dispatcher.forget(root)
        was = await dispatcher.do(lambda: dispatcher.projects.forget(dispatcher.registered(root)))
        if not was:
            raise problems.refuse("no-project", "the root is no registered project")
        return Response(status_code=204)


def add_service(app: FastAPI, dispatcher: Dispatcher, counts: metrics.Metrics, stop: Callable[[], None]) -> None:
    """Add the routes about the daemon itself."""

    started = time.time()

    @app.get("/healthz", response_model=answers.Health, tags=["service"])
    async def healthz() -> Response:
        """Tell that the daemon answers, and which daemon it is."""
        return respond(answers.Health("ok", app.version, os.getpid()))

    @app.get("/metrics", name="metrics", response_class=Response, tags=["service"], responses={200: {"content": {"text/plain": {}}}})
    async def tell_metrics() -> Response:
        """Get counters and gauges in Prometheus' text format."""
        known = await dispatcher.do(dispatcher.projects.known)
        gauges = {
            "memoryd_projects_registered": len(known), "memoryd_projects_loaded": sum(one.loaded for one in known),
            "memoryd_requests_in_flight": counts.in_flight, "memoryd_requests_waiting": dispatcher.waiting,
            "memoryd_resident_memory_bytes": metrics.resident_bytes(), "memoryd_start_time_seconds": started,
        }  # fmt: skip
        return Response(counts.text(gauges, dispatcher.projects.tally.causes()), media_type=metrics.CONTENT_TYPE)

    @app.post("/v1/stop", name="stop", response_model=answers.Stopping, status_code=202, tags=["service"])
    async def stop_daemon(request: Request) -> Response:
        """Stop the daemon after the requests in flight. A token is not enough."""
        if request.state.caller is not Caller.USER:
            raise problems.refuse("not-yours", "only the user who runs the daemon may stop it")
        stop()
        return respond(answers.Stopping("stopping"), 202)

    @app.get("/", include_in_schema=False)
    async def home() -> Response:
        """Lead to the documentation: who opens the daemon's address in a browser wants to know what it is."""
        return RedirectResponse("/docs")

    @app.get("/docs", include_in_schema=False)
    async def docs() -> Response:
        """Show the documentation: one page, nothing from elsewhere."""
        return Response(render_docs(app.openapi()), media_type="text/html", headers={"Content-Security-Policy": POLICY})


def _check_may_register(request: Request) -> None:
    if not request.state.caller.may_register:
        raise problems.refuse("not-yours", "which projects may be asked is decided by the user who runs the daemon")


def _cursor(root: str) -> str:
    return base64.urlsafe_b64encode(os.fsencode(root)).decode()


def _read_cursor(given: str) -> str:
    return os.fsdecode(base64.urlsafe_b64decode(given))
