"""The pages about projects: all of them, one, what a task is answered with, and the source of what is found."""

from functools import partial
from urllib.parse import urlencode

from starlette.responses import Response, StreamingResponse

from memoryd.faces.access import PAGES
from memoryd.faces.http import EVENT_STREAM, refresh_events
from memoryd.faces.ui.page_request import Moved, Page, PageRequest
from memoryd.limits import DEFAULT_BUDGET
from memoryd.web import answer, overview_page, project_page

MOST_BUDGET = 64_000
"""Tokens of a pack that a page shows."""


async def projects(asked: PageRequest) -> Page:
    """Show the projects that the caller may ask about."""
    known = await asked.dispatcher.do(lambda: asked.dispatcher.known(asked.caller))
    return Page(overview_page(known, asked.number("page", 1)), "overview", "Projects", "projects")


async def project(asked: PageRequest) -> Page:
    """Show what is indexed of a project, what is not, and why."""
    return Page(await asked.ask(project_page), "project", "Index", "project")


async def ask(asked: PageRequest) -> Page:
    """Show the pack for a task, and why each unit was chosen."""
    task, budget = asked.text("task"), asked.number("budget", DEFAULT_BUDGET, MOST_BUDGET)
    return Page(await asked.ask(lambda memory: answer(memory, task, budget)), "ask", "Ask", "ask")


async def show(asked: PageRequest) -> Page:
    """Show what a handle names: a symbol, a file, lines of it, or an output that was kept."""
    handle = asked.word("handle")
    return Page(await asked.ask(lambda memory: memory.show(handle)), "show", handle, "ask")


async def refresh(asked: PageRequest) -> Moved | Response:
    """Bring the index up to date; a script is told of the progress, as by `POST /v1/reindex`."""
    root, dispatcher = asked.root, asked.dispatcher
    find = dispatcher.looker(asked.caller)
    work = partial(dispatcher.refresh, root, partial(dispatcher.projects.refresh, wait=True), find)
    if EVENT_STREAM in asked.request.headers.get("accept", ""):
        # A refusal now has a status code; once the stream has begun it can only be an event.
        dispatcher.check_room()
        await dispatcher.do(lambda: find(root))
        return StreamingResponse(refresh_events(work, asked.request.state.request_id), media_type=EVENT_STREAM)
    await work(lambda *_: None)
    return Moved(f"{PAGES}/project?{urlencode({'root': root})}")
