"""The MCP Inspector's command line, a client by other people, on both transports."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from memoryd.config import Settings
from memoryd.daemon import ensure
from tests.faces.mcp.bridge import TASK, TEXT, bridge, environment
from tests.faces.mcp.scripted import program
from tests.project import DEADLINE

Inspect = Callable[..., Any]


@pytest.fixture(params=["stdio", "http"])
def inspect(request: pytest.FixtureRequest, home: Path, shop: Path) -> Inspect:
    inspector = program("mcp-inspector")
    if inspector is None:
        pytest.skip("the MCP Inspector is not installed; scripts/test-clients installs it and runs these tests")
    target = [sys.executable, "-m", "memoryd", "mcp", "--root", str(shop)]
    if request.param == "http":
        with bridge(shop, home) as pipe:
            pipe.shake()
            pipe.call("pack", task=TASK)
        target = [f"{ensure(Settings(home, 'hash')).url}/mcp?root={shop}", "--transport", "http"]

    def run(*arguments: str) -> Any:
        done = subprocess.run(
            [inspector, "--cli", *target, *arguments], env=environment(home), cwd=shop, capture_output=True, text=True, timeout=DEADLINE
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def test_the_inspector_lists_and_calls(inspect: Inspect) -> None:
    assert [tool["name"] for tool in inspect("--method", "tools/list")["tools"]] == ["pack", "expand", "recall", "remember"]
    packed = inspect("--method", "tools/call", "--tool-name", "pack", "--tool-arg", f"task={TASK}", "budget=2000")
    assert TEXT in packed["content"][0]["text"]
    shown = inspect("--method", "tools/call", "--tool-name", "expand", "--tool-arg", 'handles=["shop/cart.py#Cart.total"]')
    assert TEXT in shown["content"][0]["text"]
    assert inspect("--method", "resources/list")["resources"][0]["uri"] == "memoryd://map"
