"""Serves `/ui` in the HTTP application. Pages, templates and their engine are imported with the first request for one."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from memoryd.faces.access import PAGES, Access
from memoryd.faces.http import Dispatcher
from memoryd.runtime import gc_paused

if TYPE_CHECKING:
    from memoryd.faces.ui.usage_reports import Reports


def mount_ui(app: FastAPI, dispatcher: Dispatcher, access: Access, is_ending: Callable[[], bool]) -> None:
    """Serve the dashboard; questions go through the dispatcher, with all its limits. What is told for long ends with the daemon."""

    @cache
    def reports() -> "Reports":
        from memoryd.faces.ui.usage_reports import Reports

        return Reports(dispatcher.projects.settings)

    async def page(request: Request) -> Response:
        with gc_paused():
            from memoryd.faces.ui.pages import respond_to
        return await respond_to(request, dispatcher, access, reports(), is_ending)

    for path in (PAGES, f"{PAGES}/{{rest:path}}"):
        app.router.routes.append(Route(path, page, methods=["GET", "POST"], include_in_schema=False))
