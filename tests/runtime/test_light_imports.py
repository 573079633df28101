"""What is imported lightly is whole for who needs more of it."""

import json
import os
import subprocess
import sys

import pytest

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


OUR_PROCESS = """
import sys
from contextlib import suppress

from memoryd.__main__ import main

sys.argv = ["memoryd", "--version"]
with suppress(SystemExit):
    main()
"""
BENCHMARK = "import scripts.bench"
THREADS = """
import os

import numpy

big = numpy.ones((1_000, 1_000))
big @ big
print(len(os.listdir("/proc/self/task")) if os.path.isdir("/proc/self/task") else 1)
"""


@pytest.mark.parametrize("started", [OUR_PROCESS, BENCHMARK])
def test_numpy_calculates_in_one_thread_where_the_process_is_ours_and_where_it_is_measured(started: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run(
        [sys.executable, "-c", started + THREADS], cwd=SOURCE_ROOT, env=environment, capture_output=True, check=True, timeout=DEADLINE
    )
    assert done.stdout.split()[-1] == b"1"
