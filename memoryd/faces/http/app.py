"""Builds the HTTP application: routes, middleware, the OpenAPI document, and the answers to invalid and unknown requests."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from fastapi.telemetry import TelemetryConfig
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from memoryd import __version__
from memoryd.daemon import Follower, Projects
from memoryd.faces.access import Access
from memoryd.faces.http import metrics, problems
from memoryd.faces.http.dispatch import Dispatcher
from memoryd.faces.http.documents import document
from memoryd.faces.http.hook_routes import add_hooks
from memoryd.faces.http.middleware import Admitted, Bounded, Limits, Observed
from memoryd.faces.http.note_routes import add_notes
from memoryd.faces.http.requests import example_of, needed_by
from memoryd.faces.http.routes import add_projects, add_questions, add_reindex, add_relations, add_service

NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
"""FastAPI would otherwise send telemetry to an address from the environment."""


BODY = ("body",)
"""Where FastAPI says a body is wrong as a whole."""
WHOLE = {
    "missing": "the body is missing",
    "model_attributes_type": "the body is no JSON object",
}
"""What is wrong with a body as a whole, by FastAPI's name of it."""


def nothing() -> None:
    """Do nothing; the default `stop`, where no server runs."""


def application(
    projects: Projects, access: Access, stop: Callable[[], None] = nothing, limits: Limits | None = None, follower: Follower | None = None
) -> FastAPI:
    """Return the application that answers about `projects` to clients that `access` allows; `stop` ends the server.

    `follower` hears of pushes to repositories of the fleet.
    """
    limits, counts = limits or Limits(), metrics.Metrics()
    dispatcher = Dispatcher(projects, access, limits, counts)
    app = FastAPI(
        title="memoryd", version=__version__, docs_url=None, redoc_url=None, redirect_slashes=False,
        generate_unique_id_function=_name, telemetry=NO_TELEMETRY,
    )  # fmt: skip
    app.openapi = partial(_described, app)  # type: ignore[method-assign]  # FastAPI's own way to change the document
    app.state.dispatcher = dispatcher
    add_questions(app, dispatcher)
    add_relations(app, dispatcher)
    add_notes(app, dispatcher)
    add_hooks(app, dispatcher, counts, limits.hook_seconds)
    add_reindex(app, dispatcher, counts)
    add_projects(app, dispatcher)
    add_service(app, dispatcher, counts, stop)
    if access.fleet:
        _serve_fleet(app, dispatcher, access)
    if follower is not None and access.hears_pushes:
        _hear_pushes(app, follower)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, partial(_no_route, app))
    # A request passes the middleware that was added last first.
    app.add_middleware(Bounded, limits=limits, metrics=counts)
    app.add_middleware(Admitted, access=access, metrics=counts)
    app.add_middleware(Observed, metrics=counts)
    return app


def _serve_fleet(app: FastAPI, dispatcher: Dispatcher, access: Access) -> None:
    """Add the routes of a fleet, which few daemons serve: what they need is imported only then."""
    from memoryd.faces.http.fleet_routes import add_fleet
    from memoryd.fleet import Node

    dispatcher.fleet = Node(access.fleet, dispatcher.projects.settings)
    dispatcher.fleet.serve()
    add_fleet(app, dispatcher, dispatcher.fleet)


def _hear_pushes(app: FastAPI, follower: Follower) -> None:
    from memoryd.faces.http.fleet_routes import add_pushes

    app.state.follower = follower
    add_pushes(app, follower)


def _name(route: APIRoute) -> str:
    return route.name


def _described(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        app.openapi_schema = document(app)
    return app.openapi_schema


async def _invalid(request: Request, error: Exception) -> Response:
    """Refuse a request that FastAPI could not parse, naming the fields but not their values, with an example of what is expected."""
    assert isinstance(error, RequestValidationError)
    found, model = error.errors(), _model(request)
    example = example_of(model) if model else None
    if any(one["type"] == "json_invalid" for one in found):
        raise replace(problems.refuse("malformed", "the body is no JSON"), example=example) from None
    mistakes = tuple(mistake for one in found[:20] for mistake in _mistakes(one, model))
    whole = next((WHOLE[one["type"]] for one in found if one["loc"] == BODY and one["type"] in WHOLE), "")
    if whole and model:
        detail = f"{whole}; send a JSON object {_wanted(model)}"
    else:
        detail = f"these fields are wrong: {', '.join(mistake.field for mistake in mistakes)}"
    raise problems.Refusal(problems.PROBLEMS["invalid"], detail, errors=mistakes, example=example) from None


def _model(request: Request) -> type[BaseModel] | None:
    """Return the model of the body that an address takes, `None` if it takes none."""
    field = getattr(request.scope.get("route"), "body_field", None)
    model = field.field_info.annotation if field else None
    return model if isinstance(model, type) and issubclass(model, BaseModel) else None


def _wanted(model: type[BaseModel]) -> str:
    needed = needed_by(model)
    return f"with {', '.join(needed)}" if needed else f"in which {', '.join(model.model_fields)} may stand"


def _mistakes(found: Mapping[str, Any], model: type[BaseModel] | None) -> Iterator[problems.Mistake]:
    """Yield what is wrong with a field; of a body that is wrong as a whole, the fields that it needs."""
    says = found["msg"].removeprefix("Value error, ")
    if model is None or found["loc"] != BODY:
        yield problems.Mistake(".".join(map(str, found["loc"]))[:200], says)
    elif needed := needed_by(model):
        says = "Field required" if found["type"] in WHOLE else says
        yield from (problems.Mistake(f"body.{name}", says) for name in needed)
    else:
        yield problems.Mistake("body", f"Input should be a JSON object {_wanted(model)}")


async def _no_route(app: FastAPI, request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        raise problems.refuse("no-route", "there is nothing at this address") from None
    if error.status_code == 405:
        routes = [route for route in app.routes if getattr(route, "path", None) == request.url.path]
        allowed = sorted({method for route in routes for method in getattr(route, "methods", None) or ()})
        raise problems.refuse("method", f"this address takes {' and '.join(allowed)}", Allow=", ".join(allowed)) from None
    raise problems.refuse("malformed", "the body cannot be read as JSON") from None
