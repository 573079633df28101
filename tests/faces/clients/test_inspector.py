"""The MCP Inspector's command line, a client by other people, on both transports."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faces.clients.scripted import program
from tests.faces.mcp.bridge import TASK, TEXT, environment
from tests.project import DEADLINE, Shell, finish

Inspect = Callable[..., Any]


@pytest.fixture(params=["stdio", "http"])
def inspect(request: pytest.FixtureRequest, home: Path, shop: Path, tmp_path: Path) -> Iterator[Inspect]:
    inspector = program("mcp-inspector")
    if inspector is None:
        pytest.skip("the MCP Inspector is not installed; scripts/test-clients installs it and runs these tests")
    target = [sys.executable, "-m", "memoryd", "mcp", "--root", str(shop)]
    daemon = None
    if request.param == "http":
        # This client sends no header of ours.
        daemon = Shell(shop, tmp_path / "open").start("serve", "--no-token", "--root", str(shop))
        assert daemon.stderr
        address = daemon.stderr.readline().decode().split()[-1]
        target = [f"{address}/mcp?root={shop}", "--transport", "http"]

    def run(*arguments: str) -> Any:
        done = subprocess.run(
            [inspector, "--cli", *target, *arguments], env=environment(home), cwd=shop, capture_output=True, text=True, timeout=DEADLINE
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    yield run
    if daemon:
        daemon.terminate()
        finish(daemon)


def test_the_inspector_lists_and_calls(inspect: Inspect) -> None:
    names = ["search_code", "show_code", "trace_code", "search_notes", "write_note"]
    assert [tool["name"] for tool in inspect("--method", "tools/list")["tools"]] == names
    packed = inspect("--method", "tools/call", "--tool-name", "search_code", "--tool-arg", f"task={TASK}", "budget=2000")
    assert TEXT in packed["content"][0]["text"]
    shown = inspect("--method", "tools/call", "--tool-name", "show_code", "--tool-arg", 'handles=["shop/cart.py#Cart.total"]')
    assert TEXT in shown["content"][0]["text"]
    assert inspect("--method", "resources/list")["resources"][0]["uri"] == "memoryd://map"
