"""Which address of the dashboard shows what, and how errors are told."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from memoryd.advice import Face
from memoryd.errors import MemorydError
from memoryd.faces.access import PAGES, Access, Caller
from memoryd.faces.http import Dispatcher, Refusal, refusal_of, refuse
from memoryd.faces.ui import (
    client_routes,
    entrance,
    graph_routes,
    live_routes,
    machine_routes,
    note_routes,
    project_routes,
    session_routes,
    usage_routes,
)
from memoryd.faces.ui.page_request import HEADERS, Moved, Page, PageRequest, Work, moved, read, written
from memoryd.faces.ui.usage_reports import Reports

LOOKED_AT: dict[str, Work] = {
    "": project_routes.projects, "/project": project_routes.project, "/ask": project_routes.ask, "/show": project_routes.show,
    "/map": graph_routes.map_, "/graph": graph_routes.graph, "/impact": graph_routes.impact,
    "/notes": note_routes.notes, "/note": note_routes.note, "/note/edit": note_routes.edit, "/drafts": note_routes.drafts,
    "/sessions": session_routes.sessions, "/session": session_routes.session, "/usage": usage_routes.usage,
    "/settings": machine_routes.settings, "/clients": machine_routes.clients,
    "/client": client_routes.client, "/live": live_routes.sessions,
}  # fmt: skip
CHANGED: dict[str, Work] = {
    "/keys": entrance.invite, "/login": entrance.sign_in, "/logout": entrance.sign_out, "/refresh": project_routes.refresh,
    "/note/write": note_routes.write, "/note/verify": note_routes.verify, "/note/retract": note_routes.retract,
    "/drafts/mine": note_routes.mine, "/drafts/accept": note_routes.accept, "/drafts/dismiss": note_routes.dismiss,
    "/client/write": client_routes.write,
}  # fmt: skip
OPEN: dict[str, Work] = {"/enter": entrance.enter}
"""What somebody who is not signed in may ask for with GET, besides scripts and styles; with POST it is `/login`."""


async def respond_to(request: Request, dispatcher: Dispatcher, access: Access, reports: Reports, is_ending: Callable[[], bool]) -> Response:
    """Return the response to a request for a page. Raises `Refusal` or `MemorydError` for a program; a browser is shown a page."""
    path = request.url.path.removeprefix(PAGES).rstrip("/")
    if request.method != "POST" and path.startswith("/static/"):
        return entrance.static(path.removeprefix("/static/"))
    asked = PageRequest(request, dispatcher, access, reports, is_ending, {})
    try:
        asked = await read(request, dispatcher, access, reports, is_ending)
        found = await _work(asked, path)(asked)
        answer = moved(found) if isinstance(found, Moved) else written(asked, found) if isinstance(found, Page) else found
    except (Refusal, MemorydError) as error:
        if asked.wants_json:
            raise
        answer = written(asked, _failure(refusal_of(error) if isinstance(error, MemorydError) else error))
    answer.headers.update(HEADERS)
    return answer


def _work(asked: PageRequest, path: str) -> Work:
    """Return what answers at an address. Raises `Refusal` where there is nothing, or the browser is not signed in."""
    is_post = asked.request.method == "POST"
    if not is_post and path in OPEN:
        return OPEN[path]
    if asked.caller is Caller.READER and not (is_post and path == "/login"):
        if asked.wants_json or is_post:
            raise refuse("no-token", "the request carries no secret or token that is known here", WWW_Authenticate="Bearer")
        return entrance.login
    found = (CHANGED if is_post else LOOKED_AT).get(path)
    if found is None:
        raise refuse("no-route", "there is no such page")
    return found


def _failure(refusal: Refusal) -> Page:
    told = {"title": refusal.kind.title, "detail": refusal.told(Face.SHELL), "reasons": refusal.reasons, "next": refusal.kind.next}
    return Page(told, "error", refusal.kind.title, "", refusal.kind.status)
