"""The OpenAPI document is what the daemon does: requests made from it never fail inside, and every answer is one it promises."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import orjson
import pytest
import schemathesis
from pydantic import TypeAdapter
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    positive_data_acceptance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from memoryd.faces.http import note_requests, requests
from memoryd.faces.http.documents import examples
from memoryd.faces.http.problems import ProblemDocument
from tests.faces.serving import KEYED, Served, serving
from tests.lengths import tries
from tests.project import write

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
    negative_data_rejection, positive_data_acceptance, unsupported_method,
]  # fmt: skip
MODES = [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE]
REFUSED = [400, 401, 403, 404, 405, 408, 409, 413, 415, 422]
CONFIG = schemathesis.Config.from_dict({"checks": {"negative_data_rejection": {"expected-statuses": REFUSED}}})
DRIFT = {"shop/drift.py": "# WHY: floats drifted by a cent in a thousand orders, because of rounding\nDRIFT = 1\n"}
"""What mining finds."""
EXAMPLES = tries(8, 100)
"""Requests for each operation and mode."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("openapi")) as one:
        write(one.root, DRIFT)
        one.post("/v1/reindex").raise_for_status()
        one.post("/v1/notes", title="Euros only", body="The bank takes no other.").raise_for_status()
        yield one


@pytest.fixture(scope="module")
def document(served: Served) -> Any:
    return served.client.get("/openapi.json").json()


@pytest.mark.parametrize("mode", MODES, ids=["sound", "unsound"])
def test_requests_made_from_the_document_get_what_it_promises(served: Served, document: Any, mode: schemathesis.GenerationMode) -> None:
    schema = schemathesis.openapi.from_dict(document, config=CONFIG)
    seen: dict[str, set[int]] = {}
    for result in schema.get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()
        if mode is schemathesis.GenerationMode.NEGATIVE and not (operation.body or operation.query):
            continue  # there is nothing to get wrong
        _drive(operation, served, mode, seen.setdefault(operation.label, set()))
    if mode is schemathesis.GenerationMode.POSITIVE:
        assert len(seen) == 25
        assert {label for label, statuses in seen.items() if not any(status < 300 for status in statuses)} == {"POST /v1/stop"}
    else:
        assert len(seen) == 22
        assert all(422 in statuses for statuses in seen.values())


def _drive(operation: APIOperation[Any, Any, Any, Any], served: Served, mode: schemathesis.GenerationMode, statuses: set[int]) -> None:
    quiet = hypothesis.settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )  # fmt: skip

    (note,) = served.post("/v1/notes/list", everything=True, limit=1).json()["notes"]
    # Whoever is not our user cannot end the daemon under this test.
    headers = {} if operation.path == "/v1/stop" else KEYED

    @quiet
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode), ours=_OURS)
    def drive(case: schemathesis.Case[Any], ours: bool) -> None:
        if ours and mode is schemathesis.GenerationMode.POSITIVE:
            _aim(case, str(served.root), note["id"])
        response = case.call(base_url=f"http://127.0.0.1:{served.port}", headers=headers)
        statuses.add(response.status_code)
        case.validate_response(response, checks=CHECKS)

    drive()


_OURS = hypothesis.strategies.integers(0, 3).map(bool)
"""Three of four requests are about a project that is there, and a note of it; no generator would guess its folder, nor its id."""


def _aim(case: schemathesis.Case[Any], root: str, note: str) -> None:
    for part in (case.body, case.query):
        if isinstance(part, dict):
            part |= {name: value for name, value in (("root", root), ("ids", [note])) if name in part}
            if case.path in ("/v1/notes/show", "/v1/notes/retract"):
                part["id"] = note


def test_every_example_is_what_its_model_says(document: Any) -> None:
    found = {**vars(requests), **vars(note_requests)}.values()
    described = [model for model in found if isinstance(model, type) and issubclass(model, requests.Request)]
    with_examples = [model for model in described if (model.model_config.get("json_schema_extra"))]
    assert len(with_examples) > 12
    for model in with_examples:
        for example in model.model_json_schema()["examples"]:
            model.model_validate_json(json.dumps(example))
    for value in examples.EXAMPLES:
        (example,) = document["components"]["schemas"][type(value).__name__]["examples"]
        assert TypeAdapter(type(value)).validate_json(json.dumps(example), extra="forbid") == value
    TypeAdapter(ProblemDocument).validate_json(examples.PROBLEM, extra="forbid")


def test_every_operation_has_an_example_and_its_problems(document: Any) -> None:
    schemas = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["description"], (method, path)
            assert {"401", "403", "500", "503"} <= set(operation["responses"]), (method, path)
            for said in (operation.get("requestBody", {}), *operation["responses"].values()):
                schema = said.get("content", {}).get("application/json", {}).get("schema")
                assert schema is None or schemas[schema["$ref"].rpartition("/")[2]].get("examples"), (method, path)


def test_no_schema_lets_other_fields_through_and_answers_have_all_of_theirs(document: Any) -> None:
    schemas = document["components"]["schemas"]
    assert all(schema["additionalProperties"] is False for schema in schemas.values() if "properties" in schema)
    for value in examples.EXAMPLES:
        schema = schemas[type(value).__name__]
        assert schema["required"] == list(schema["properties"]) == list(orjson.loads(orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)))


def test_the_examples_of_requests_get_answers_of_their_kind(document: Any, tmp_path: Path) -> None:
    # One example names what another one makes.
    with serving(tmp_path) as served:
        write(served.root, DRIFT)
        for path, methods in document["paths"].items():
            body = methods.get("post", {}).get("requestBody")
            if body:
                name = body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
                (example,) = document["components"]["schemas"][name]["examples"]
                response = served.client.post(path, json={**example, "root": str(served.root)})
                assert response.status_code in (200, 201), (path, response.text)
