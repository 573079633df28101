"""Builds the OpenAPI document: FastAPI's own, completed with the problems of each operation and its authorisation."""

from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter

from memoryd.faces.http.answers import to_json
from memoryd.faces.http.documents.examples import EXAMPLES, PROBLEM
from memoryd.faces.http.problems import PROBLEM_JSON, PROBLEMS, ProblemDocument

ALWAYS = (401, 403, 405, 500, 503)
WITH_BODY = (400, 408, 413, 415, 422)
WITH_PROJECT = (404, 409, 422, 504)
OPEN = frozenset({"/healthz"})
ABOUT = """A project memory for coding agents: ask for the evidence for a task, and get it within a token budget.

Send `Authorization: Bearer SECRET`. `memoryd token local` prints your secret, if the daemon is yours; through its Unix socket,
which `memoryd daemon status` names, no secret is needed. `memoryd token create NAME` makes a token for others, who can name
shared projects only (`memoryd serve --root FOLDER`). Every answer carries an `X-Request-Id`, yours if you sent
one. A body may have 1 MiB. Errors are problem documents (RFC 9457) whose `next` says what to do."""


def document(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document of an application."""
    made = get_openapi(title="memoryd", version=app.version, description=ABOUT, routes=app.routes)
    components = made["components"]
    for unused in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(unused, None)
    _complete_answers(components["schemas"])
    components["schemas"] |= _problem_schemas()
    components["responses"] = {f"Problem{status}": _problem(status) for status in sorted({kind.status for kind in PROBLEMS.values()})}
    components["securitySchemes"] = {
        "secret": {"type": "http", "scheme": "bearer", "description": "Of the user who runs the daemon: `memoryd token local`."},
        "token": {"type": "http", "scheme": "bearer", "description": "Of others: `memoryd token create NAME`."},
    }
    for path, operations in made["paths"].items():
        for method, operation in operations.items():
            _complete(path, method, operation)
    return made


def _complete_answers(schemas: dict[str, Any]) -> None:
    """Complete the schemas of the core's values: every field is present, there are no others, and each has an example."""
    for schema in schemas.values():
        if "properties" in schema and "additionalProperties" not in schema:
            schema |= {"additionalProperties": False, "required": list(schema["properties"])}
    for example in EXAMPLES:
        schemas[type(example).__name__]["examples"] = [orjson.loads(to_json(example))]


def _problem_schemas() -> dict[str, Any]:
    schema = TypeAdapter(ProblemDocument).json_schema(ref_template="#/components/schemas/{model}")
    found = {**schema.pop("$defs"), "ProblemDocument": schema | {"examples": [orjson.loads(PROBLEM)]}}
    return {name: one | {"additionalProperties": False} for name, one in found.items()}


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    statuses = {*ALWAYS}
    if "requestBody" in operation:
        statuses.update(WITH_BODY)
    if "requestBody" in operation or operation.get("parameters"):
        statuses.update(WITH_PROJECT)
    operation["responses"].pop("422", None)
    operation["responses"] |= {str(status): {"$ref": f"#/components/responses/Problem{status}"} for status in sorted(statuses)}
    if path not in OPEN:
        by_token = path != "/v1/stop" and (path != "/v1/projects" or method == "get")
        operation["security"] = [{"secret": []}, *([{"token": []}] if by_token else [])]


def _problem(status: int) -> dict[str, Any]:
    titles = sorted(kind.title for kind in PROBLEMS.values() if kind.status == status)
    return {
        "description": "; ".join(titles),
        "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}},
    }
