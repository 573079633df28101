"""What is imported lightly is whole for who needs more of it."""

import json
import subprocess
import sys

from tests.project import DEADLINE, SOURCE_ROOT

DESCRIBED = """
import json, sys
from memoryd.runtime import import_fastapi

import_fastapi()
from fastapi import FastAPI
from fastapi.openapi.models import OpenAPI
from pydantic import BaseModel


class Till(BaseModel):
    cents: int


app = FastAPI()


@app.post("/till")
def pay(till: Till) -> Till:
    return till


was_built = OpenAPI.__pydantic_complete__
json.dump([was_built, Till.__pydantic_complete__, app.openapi()["paths"]["/till"]["post"]["operationId"]], sys.stdout)
"""


def test_models_that_describe_routes_are_built_for_who_asks_for_the_description_and_ours_at_once() -> None:
    done = subprocess.run([sys.executable, "-c", DESCRIBED], cwd=SOURCE_ROOT, capture_output=True, check=True, timeout=DEADLINE)
    assert json.loads(done.stdout) == [False, True, "pay_till_post"]
