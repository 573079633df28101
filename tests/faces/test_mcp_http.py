"""MCP over streamable HTTP, as the official client and raw requests see it."""

import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import anyio
import filelock
import mcp_types
import pytest
from mcp import Client
from mcp.shared.exceptions import MCPError

from memoryd.config import project_folder
from memoryd.faces.access import Tokens
from memoryd.faces.tools import INSTRUCTIONS, RESOURCES, TOOLS
from tests.faces.bridge import TASK, TEXT, bridge, stop_daemon
from tests.faces.serving import Served, serving
from tests.project import FILES, many, write

ACCEPT = {"Accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("mcp")) as served:
        served.projects.register(served.root)
        yield served


def address(served: Served, root: Path | None = None) -> str:
    return f"http://127.0.0.1:{served.port}/mcp" + (f"?root={root}" if root else "")


def ask(url: str, question: Callable[[Client], Awaitable[Any]], mode: str = "auto") -> Any:
    """Ask something of a server with the official client."""

    async def use() -> Any:
        async with Client(url, mode=mode) as client:
            return await question(client)

    return anyio.run(use)


def call(url: str, tool: str, **arguments: Any) -> tuple[str, bool]:
    result = ask(url, lambda client: client.call_tool(tool, arguments))
    assert result.structured_content is None
    (block,) = result.content
    return block.text, result.is_error


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_official_client_sees_what_it_sees_over_stdio(served: Served, mode: str) -> None:
    async def look(client: Client) -> None:
        tools = (await client.list_tools()).tools
        assert [tool.model_dump(by_alias=True, exclude_none=True) for tool in tools] == [dict(tool) for tool in TOOLS]
        resources = (await client.list_resources()).resources
        assert [resource.model_dump(by_alias=True, exclude_none=True) for resource in resources] == [dict(one) for one in RESOURCES]
        assert (await client.list_prompts()).prompts == []
        assert client.instructions == INSTRUCTIONS
        packed = await client.call_tool("pack", {"task": TASK})
        assert isinstance(packed.content[0], mcp_types.TextContent)
        assert TEXT in packed.content[0].text

    ask(address(served), look, mode)


def test_the_same_question_gets_the_same_text_over_stdio(served: Served, tmp_path: Path) -> None:
    asked = {"task": TASK, "budget": 900}
    wrong = {"handles": ["shop/cart.py#Cart.totl"]}
    over_http = [call(address(served), "pack", **asked), call(address(served), "expand", **wrong), call(address(served), "pack", task="")]
    try:
        with bridge(served.root, tmp_path / "home") as pipe:
            pipe.shake()
            assert [pipe.call("pack", 1, **asked), pipe.call("expand", 2, **wrong), pipe.call("pack", 3, task="")] == over_http
    finally:
        stop_daemon(tmp_path / "home")
    assert [failed for _, failed in over_http] == [False, True, True]


def test_resources_are_texts_and_others_are_errors(served: Served) -> None:
    async def look(client: Client) -> None:
        for uri, said in (("memoryd://map", "shop"), ("memoryd://status", "files      5")):
            (shown,) = (await client.read_resource(uri)).contents
            assert isinstance(shown, mcp_types.TextResourceContents)
            assert said in shown.text
        with pytest.raises(MCPError, match="there is no resource"):
            await client.read_resource("memoryd://other")

    ask(address(served), look)


def test_a_tool_that_does_not_exist_is_an_error_of_the_protocol(served: Served) -> None:
    async def look(client: Client) -> None:
        with pytest.raises(MCPError, match="no tool is called 'rm'"):
            await client.call_tool("rm", {})

    ask(address(served), look)


def test_a_folder_that_was_not_registered_is_refused(served: Served, tmp_path: Path) -> None:
    write(tmp_path / "secret", {"key.txt": "the key is 4711\n"})
    (served.root / "way-out").unlink(missing_ok=True)
    (served.root / "way-out").symlink_to(tmp_path / "secret")
    for url, root in (
        (address(served), str(tmp_path / "secret")),
        (address(served), str(served.root / ".." / "secret")),
        (address(served), str(served.root / "way-out")),
        (address(served), "relative"),
        (address(served, tmp_path / "secret"), None),
    ):
        text, failed = call(url, "pack", task="the key", root=root)
        assert failed
        assert "4711" not in text
        assert "is no registered project" in text
    assert not served.projects.is_registered(tmp_path / "secret")


def test_among_several_projects_one_must_be_named(tmp_path: Path) -> None:
    write(tmp_path / "lamp", {"lamp.py": "def switch_on_lamp():\n    return 'light'\n"})
    with serving(tmp_path) as served:
        text, failed = call(address(served), "pack", task="lamp")
        assert failed
        assert "none is registered yet" in text
        for root in (served.root, tmp_path / "lamp"):
            served.projects.register(root)
        text, failed = call(address(served), "pack", task="lamp")
        assert failed
        assert str(tmp_path / "lamp") in text
        assert "switch_on_lamp" in call(address(served), "pack", task="lamp", root=str(tmp_path / "lamp"))[0]
        assert "switch_on_lamp" in call(address(served, tmp_path / "lamp"), "pack", task="lamp")[0]


def test_a_first_index_tells_how_far_it_is(tmp_path: Path) -> None:
    write(tmp_path / "large", many(60))
    told: list[float] = []

    async def hear(progress: float, _total: float | None, message: str | None) -> None:
        assert message
        told.append(progress)

    with serving(tmp_path) as served:
        served.projects.register(tmp_path / "large")
        url = address(served, tmp_path / "large")
        result = ask(url, lambda client: client.call_tool("pack", {"task": "step 3"}, progress_callback=hear))
        assert "step_3" in result.content[0].text
    assert told
    assert told == sorted(set(told))


def test_a_client_goes_on_when_the_daemon_was_started_again(tmp_path: Path) -> None:
    # What a client of today holds on to is its session; a new daemon does not know it, and need not.
    for _ in range(2):
        with serving(tmp_path) as served:
            served.projects.register(served.root)
            asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "pack", "arguments": {"task": TASK}}}
            headers = {**ACCEPT, "Mcp-Session-Id": "of-another-time", "Mcp-Protocol-Version": "2025-11-25"}
            answered = served.client.post("/mcp", json=asked, headers=headers)
            assert answered.status_code == 200
            assert "sum(line.amount" in answered.text


def test_a_cancelled_call_lets_others_go_on(tmp_path: Path) -> None:
    write(tmp_path / "slow", FILES)
    with serving(tmp_path) as served:
        for root in (served.root, tmp_path / "slow"):
            served.projects.register(root)
        folder = project_folder(served.projects.settings, tmp_path / "slow")
        folder.mkdir(parents=True)

        async def give_up(client: Client) -> None:
            with anyio.move_on_after(0.2):
                await client.call_tool("pack", {"task": TASK, "root": str(tmp_path / "slow")})
                pytest.fail("the index was held by another process")
            packed = await client.call_tool("pack", {"task": TASK, "root": str(served.root)})
            assert isinstance(packed.content[0], mcp_types.TextContent)
            assert TEXT in packed.content[0].text

        with filelock.FileLock(folder / "refresh.lock"):
            ask(address(served), give_up)


@pytest.mark.parametrize(
    "headers, status",
    [({"Origin": "http://evil.example"}, 403), ({"Host": "evil.example"}, 403), ({"Origin": "http://localhost:3000"}, 200)],
)
def test_foreign_pages_are_refused(served: Served, headers: dict[str, str], status: int) -> None:
    asked = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    assert served.client.post("/mcp", json=asked, headers={**ACCEPT, **headers}).status_code == status


@pytest.mark.parametrize("body", [b"{", b"[]", b"3", b'{"jsonrpc":"2.0"}', b'{"jsonrpc":"2.0","id":1,"method":"no/such"}', b"\xff"])
def test_malformed_messages_are_answered_with_errors_of_json_rpc(served: Served, body: bytes) -> None:
    answered = served.client.post("/mcp", content=body, headers={**ACCEPT, "Content-Type": "application/json"})
    said = answered.text.partition("data: ")[2] or answered.text
    assert json.loads(said)["error"]["code"] in (-32700, -32600, -32601, -32602)
    assert "Traceback" not in answered.text
    assert served.client.get("/healthz").status_code == 200


def test_there_is_nothing_to_listen_to_and_no_session_to_end(served: Served) -> None:
    for method in ("GET", "DELETE"):
        refused = served.client.request(method, "/mcp", headers=ACCEPT)
        assert (refused.status_code, refused.headers["allow"]) == (405, "POST")


def test_the_address_of_mcp_hides_no_other_problem(served: Served) -> None:
    assert served.client.get("/mcp/other").status_code == 404
    assert served.client.get("/nothing").headers["content-type"] == "application/problem+json"
    assert "/mcp" not in served.client.get("/openapi.json").json()["paths"]


def test_beyond_loopback_a_token_is_needed(tmp_path: Path) -> None:
    with serving(tmp_path, host="192.0.2.7") as served:
        asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
        assert served.client.post("/mcp", json=asked, headers=ACCEPT).status_code == 401
        headers = {**ACCEPT, "Authorization": f"Bearer {Tokens(served.home).create('test')}"}
        assert served.client.post("/mcp", json=asked, headers=headers).status_code == 200
