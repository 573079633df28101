"""MCP over streamable HTTP, as the official client and raw requests see it."""

import json
import logging
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import anyio
import filelock
import mcp_types
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client
from mcp.shared.exceptions import MCPError

from memoryd.config import project_folder
from memoryd.faces.access import Tokens
from memoryd.faces.http.middleware import Limits
from memoryd.faces.http.problems import PROBLEMS
from memoryd.faces.mcp.progress import Growing
from memoryd.faces.mcp.tools import INSTRUCTIONS, RESOURCES, TOOLS
from tests.faces.mcp.bridge import TASK, TEXT, bridge, stop_daemon
from tests.faces.serving import KEYED, Gate, Served, serving
from tests.project import DEADLINE, FILES, SOURCE_ROOT, eventually, fail, many, write

Answer = TypeVar("Answer")
ACCEPT = {"Accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("mcp")) as served:
        served.projects.register(served.root)
        yield served


def address(served: Served, root: Path | None = None) -> str:
    return f"http://127.0.0.1:{served.port}/mcp" + (f"?root={root}" if root else "")


def ask(url: str, question: Callable[[Client], Awaitable[Answer]], mode: str = "auto") -> Answer:
    """Ask something of a server with the official client."""

    async def use() -> Answer:
        async with create_mcp_http_client(KEYED) as http, Client(streamable_http_client(url, http_client=http), mode=mode) as client:
            return await question(client)

    return anyio.run(use)


def call(url: str, tool: str, **arguments: Any) -> tuple[str, bool]:
    result = ask(url, lambda client: client.call_tool(tool, arguments))
    assert result.structured_content is None
    (block,) = result.content
    assert isinstance(block, mcp_types.TextContent)
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
        packed = await client.call_tool("search_code", {"task": TASK})
        assert isinstance(packed.content[0], mcp_types.TextContent)
        assert TEXT in packed.content[0].text

    ask(address(served), look, mode)


def test_the_same_question_gets_the_same_text_over_stdio(served: Served, tmp_path: Path) -> None:
    asked = {"task": TASK, "budget": 900}
    wrong = {"handles": ["shop/cart.py#Cart.totl"]}
    nothing = {"task": "zzzqqq xyzzy"}
    asked_of: tuple[tuple[str, dict[str, Any]], ...] = (
        ("search_code", asked), ("search_code", nothing), ("show_code", wrong), ("search_code", {"task": ""}),
        ("trace_code", {"relation": "callers", "handles": ["Cart.total"]}), ("trace_code", {"relation": "owners"}),
    )  # fmt: skip
    over_http = [call(address(served), name, **arguments) for name, arguments in asked_of]
    try:
        with bridge(served.root, tmp_path / "home") as pipe:
            pipe.shake()
            assert [pipe.call(name, number, **arguments) for number, (name, arguments) in enumerate(asked_of, 1)] == over_http
    finally:
        stop_daemon(tmp_path / "home")
    assert [failed for _, failed in over_http] == [False, False, True, True, False, True]
    assert over_http[1][0].startswith("Nothing here speaks of that")
    assert "shop/checkout.py\n  5 pay: return charge(cart.total())\n" in over_http[4][0]
    assert over_http[5][0].startswith("`relation` must be one of: callers, ")


LISTS = ("tools/list", "resources/list", "resources/templates/list", "prompts/list")


@pytest.mark.parametrize("is_newest", [True, False])
def test_the_bridge_answers_by_itself_what_the_daemon_would(served: Served, tmp_path: Path, is_newest: bool) -> None:
    (tmp_path / "file").write_text("")
    said = {"protocolVersion": "2026-07-28", "clientCapabilities": {}}
    meta = {"_meta": {f"io.modelcontextprotocol/{name}": value for name, value in said.items()}} if is_newest else {}
    with bridge(served.root, tmp_path / "file" / "home") as pipe:
        for method in (*LISTS, *(("server/discover",) if is_newest else ("ping",))):
            asked = {"jsonrpc": "2.0", "id": 1, "method": method, "params": meta}
            headers = {**ACCEPT, "Mcp-Protocol-Version": "2026-07-28" if is_newest else "2025-11-25", "Mcp-Method": method}
            answered = served.client.post("/mcp", json=asked, headers=headers).text
            result = json.loads(answered.partition("data: ")[2] or answered)["result"]
            mine = pipe.ask(method, method, **meta)
            # Which of its parts may change later is said by what is left out as by what is said to be false.
            assert (result.pop("capabilities", None) is None) == (mine.pop("capabilities", None) is None)
            assert mine == result


def test_resources_are_texts_and_others_are_errors(served: Served) -> None:
    async def look(client: Client) -> None:
        for uri, said in (("memoryd://map", "shop"), ("memoryd://tour", "## central types"), ("memoryd://status", "files      5")):
            (shown,) = (await client.read_resource(uri)).contents
            assert isinstance(shown, mcp_types.TextResourceContents)
            assert said in shown.text
        with pytest.raises(MCPError, match="there is no resource"):
            await client.read_resource("memoryd://other")

    ask(address(served), look)


def test_the_status_names_files_that_failed(tmp_path: Path) -> None:
    async def look(client: Client) -> None:
        (shown,) = (await client.read_resource("memoryd://status")).contents
        assert isinstance(shown, mcp_types.TextResourceContents)
        assert ", fresh, but 1 file failed\n" in shown.text
        assert "failed     1; the user can have them tried again\n  slow.py: parsing took over 0.15 s of CPU time\n" in shown.text

    write(tmp_path / "project", FILES)
    fail(tmp_path / "project", tmp_path / "home")
    with serving(tmp_path) as one:
        one.post("/v1/reindex").raise_for_status()
        ask(address(one, one.root), look)


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
    ):
        text, failed = call(url, "search_code", task="the key", root=root)
        assert failed
        assert "4711" not in text
        assert "is no registered project" in text
    assert not served.projects.is_registered(tmp_path / "secret")


def test_a_client_is_answered_for_the_folders_in_its_address_and_no_others(served: Served, tmp_path: Path) -> None:
    for name in ("lamp", "oven", "safe"):
        write(tmp_path / name, {f"{name}.py": f"def switch_on_{name}():\n    return 4711\n"})
    served.projects.register(tmp_path / "safe")
    url = f"{address(served, tmp_path / 'lamp')}&root={tmp_path / 'oven'}"
    # Our user's own client registers the folders of its address by asking about them.
    assert "switch_on_lamp" in call(url, "search_code", task="switch on")[0]
    for root in (str(tmp_path / "oven"), "../oven"):
        assert "switch_on_oven" in call(url, "search_code", task="switch on", root=root)[0]
    (tmp_path / "loop").symlink_to("loop")
    for root in (str(tmp_path / "safe"), "../safe", str(tmp_path), str(tmp_path / "nowhere"), str(tmp_path / "loop"), str(served.root)):
        text, failed = call(url, "search_code", task="switch on", root=root)
        assert (failed, "4711" in text) == (True, False)
        assert text.startswith(f"this client was started for {tmp_path / 'lamp'}, {tmp_path / 'oven'} and may not ask about")
    assert text.endswith(f"to the arguments of its server: mcp --root {tmp_path / 'lamp'} --root {tmp_path / 'oven'} --root {served.root}")
    # Without a folder in its address, it is our user who asks.
    assert "switch_on_safe" in call(address(served), "search_code", task="switch on", root=str(tmp_path / "safe"))[0]
    for name in ("lamp", "oven", "safe"):
        served.projects.forget(tmp_path / name)


def test_the_bearer_of_a_token_opens_no_folder_by_an_address(served: Served, tmp_path: Path) -> None:
    write(tmp_path / "safe", {"safe.py": "def open_safe():\n    return 4711\n"})
    asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "search_code", "arguments": {"task": "open the safe"}}}
    headers = {**ACCEPT, "Authorization": f"Bearer {Tokens(served.home).create('visitor')}"}
    answered = served.stranger.post(f"/mcp?root={tmp_path / 'safe'}", json=asked, headers=headers).text
    assert ("is no project that this daemon shares" in answered, "4711" in answered) == (True, False)
    assert not served.projects.is_registered(tmp_path / "safe")


def test_among_several_projects_one_must_be_named(tmp_path: Path) -> None:
    write(tmp_path / "lamp", {"lamp.py": "def switch_on_lamp():\n    return 'light'\n"})
    with serving(tmp_path) as served:
        text, failed = call(address(served), "search_code", task="lamp")
        assert failed
        assert "none is registered yet" in text
        for root in (served.root, tmp_path / "lamp"):
            served.projects.register(root)
        text, failed = call(address(served), "search_code", task="lamp")
        assert failed
        assert str(tmp_path / "lamp") in text
        assert "switch_on_lamp" in call(address(served), "search_code", task="lamp", root=str(tmp_path / "lamp"))[0]
        assert "switch_on_lamp" in call(address(served, tmp_path / "lamp"), "search_code", task="lamp")[0]


def counted(one: Served, event: str) -> str:
    told: list[re.Match[str]] = []

    def read() -> bool:
        """A busy machine may give them too late, as it may any answer."""
        told[:] = re.finditer(rf"^memoryd_{event}_total (\d+)$", one.client.get("/metrics").text, re.MULTILINE)
        return bool(told)

    assert eventually(read)
    return told[0][1]


def test_a_call_that_takes_too_long_is_given_up_like_any_request(tmp_path: Path) -> None:
    with serving(tmp_path, limits=Limits(threads=1, query_seconds=0.2)) as one:
        one.post("/v1/reindex").raise_for_status()
        gate = Gate(one)
        assert one.client.get("/work").status_code == 504
        # The one thread is still at it.
        text, failed = call(address(one, one.root), "search_code", task=TASK)
        assert (failed, text.startswith("there was no answer after 0.2 s. ")) == (True, True)
        gate.go.set()
        assert eventually(lambda: TEXT in call(address(one, one.root), "search_code", task=TASK)[0])
        assert int(counted(one, "timeouts")) >= 2


def test_a_call_behind_too_many_others_is_told_to_come_back(tmp_path: Path) -> None:
    with serving(tmp_path, limits=Limits(threads=1, queue=0)) as one, ThreadPoolExecutor(1) as pool:
        one.post("/v1/reindex").raise_for_status()
        gate = Gate(one)
        working = pool.submit(one.client.get, "/work")
        assert gate.begun.acquire(timeout=DEADLINE)
        text, failed = call(address(one, one.root), "search_code", task=TASK)
        shown, _ = call(address(one, one.root), "show_code", handles=["README.md"])
        gate.go.set()
        assert (failed, "may wait for an answer. Ask again" in text) == (True, True)
        assert "small shop" in shown  # a look at a file waits for no pack
        assert working.result(DEADLINE).json() == "done"
        assert TEXT in call(address(one, one.root), "search_code", task=TASK)[0]
        assert "did you mean README.md:2-5?" in call(address(one, one.root), "show_code", handles=["README.md:5-2"])[0]
        assert counted(one, "overloaded") == "1"


def test_all_who_wait_for_a_first_index_hear_how_far_it_is(tmp_path: Path) -> None:
    write(tmp_path / "large", many(60))
    told: dict[int, list[float]] = {0: [], 1: []}

    async def both(client: Client) -> None:
        async def wait(number: int) -> None:
            async def hear(progress: float, total: float | None, message: str | None) -> None:
                told[number].append(progress)

            result = await client.call_tool("search_code", {"task": "step 3"}, progress_callback=hear)
            assert isinstance(result.content[0], mcp_types.TextContent)
            assert "step_3" in result.content[0].text

        async with anyio.create_task_group() as tasks:
            for number in told:
                tasks.start_soon(wait, number)

    with serving(tmp_path) as served:
        served.projects.register(tmp_path / "large")
        ask(address(served, tmp_path / "large"), both)
    assert all(numbers and numbers == sorted(set(numbers)) for numbers in told.values())


def test_an_unexpected_error_is_told_without_its_message(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("hunter2")

    dispatcher = served.server.app.state.dispatcher
    with pytest.MonkeyPatch.context() as patched, caplog.at_level(logging.INFO):
        patched.setattr(dispatcher, "ask", fail)
        text, failed = call(address(served), "search_code", task=TASK)
    assert (failed, "the daemon's log" in text) == (True, True)
    (told,) = [record for record in caplog.records if record.getMessage() == "request failed"]
    assert told.fields["error"] == "ZeroDivisionError"  # type: ignore[attr-defined]
    assert "hunter2" not in text + str(vars(told))


def test_a_first_index_tells_how_far_it_is(tmp_path: Path) -> None:
    write(tmp_path / "large", many(60))
    told: list[float] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        assert message
        told.append(progress)

    with serving(tmp_path) as served:
        served.projects.register(tmp_path / "large")
        url = address(served, tmp_path / "large")
        result = ask(url, lambda client: client.call_tool("search_code", {"task": "step 3"}, progress_callback=hear))
        assert isinstance(result.content[0], mcp_types.TextContent)
        assert "step_3" in result.content[0].text
    assert told
    assert told == sorted(set(told))


def test_a_client_goes_on_when_the_daemon_was_started_again(tmp_path: Path) -> None:
    # What a client of today holds on to is its session; a new daemon does not know it, and need not.
    for _ in range(2):
        with serving(tmp_path) as served:
            served.projects.register(served.root)
            asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "search_code", "arguments": {"task": TASK}}}
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
                await client.call_tool("search_code", {"task": TASK, "root": str(tmp_path / "slow")})
                pytest.fail("the index was held by another process")
            packed = await client.call_tool("search_code", {"task": TASK, "root": str(served.root)})
            assert isinstance(packed.content[0], mcp_types.TextContent)
            assert TEXT in packed.content[0].text

        with filelock.FileLock(folder / "refresh.lock"):
            ask(address(served), give_up)


@pytest.mark.parametrize(
    "headers, status",
    [({"Origin": "http://evil.example"}, 403), ({"Host": "evil.example"}, 403), ({"Origin": "http://localhost:3000"}, 403)],
)
def test_foreign_pages_are_refused(served: Served, headers: dict[str, str], status: int) -> None:
    asked = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    assert served.client.post("/mcp", json=asked, headers={**ACCEPT, **headers}).status_code == status


@pytest.mark.parametrize(
    "body, status, code",
    [
        (b"", 400, -32700),
        (b"{", 400, -32700),
        (b"\xff", 400, -32700),
        (b"[" * 100_000, 400, -32700),
        (b"[]", 400, -32600),
        (b"3", 400, -32600),
        (b'{"jsonrpc":"2.0"}', 400, -32600),
        (b'{"id":1,"method":"ping"}', 400, -32600),
        (b'{"jsonrpc":"2.0","id":{},"method":"ping"}', 400, -32600),
        (b'{"jsonrpc":"2.0","id":1,"method":"ping","params":["hunter2"]}', 400, -32602),
        (b'{"jsonrpc":"2.0","id":1,"method":"no/such"}', 200, -32601),
        (b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"hunter2"}}', 200, -32602),
        (b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search_code","arguments":["hunter2"]}}', 200, -32602),
    ],
)
def test_malformed_messages_are_answered_with_errors_of_json_rpc(served: Served, body: bytes, status: int, code: int) -> None:
    answered = served.client.post("/mcp", content=body, headers={**ACCEPT, "Content-Type": "application/json"})
    said = json.loads(answered.text.partition("data: ")[2] or answered.text)
    assert (answered.status_code, said["error"]["code"]) == (status, code)
    assert 0 < len(said["error"]["message"]) < 120
    assert "pydantic" not in answered.text
    assert served.client.get("/healthz").status_code == 200


def test_a_body_that_is_not_called_json_is_refused(served: Served) -> None:
    refused = served.client.post("/mcp", content=b"{}", headers={**ACCEPT, "Content-Type": "text/plain"})
    assert (refused.status_code, refused.json()["type"]) == (415, "/docs#media-type")


def test_a_call_that_is_refused_is_logged_without_what_it_asked(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        assert call(address(served), "show_code", handles=["../../etc/hunter2"])[1]
        assert call(address(served), "search_code", task="hunter2", root="/etc")[1]
    told = [record for record in caplog.records if record.getMessage() == "call refused"]
    assert [record.fields["problem"] for record in told] == ["invalid", "invalid"]  # type: ignore[attr-defined]
    assert "hunter2" not in str([vars(record) for record in told])


def test_what_refuses_a_message_before_its_tool_speaks_to_agents_too(served: Served) -> None:
    asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    said = {path: served.stranger.post(path, json=asked, headers=ACCEPT).json() for path in ("/mcp", "/v1/pack")}
    kind = PROBLEMS["no-token"]
    assert {path: document["next"] for path, document in said.items()} == {"/mcp": kind.agent, "/v1/pack": kind.next}
    assert kind.agent != kind.next


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
        assert served.stranger.post("/mcp", json=asked, headers=ACCEPT).status_code == 401
        headers = {**ACCEPT, "Authorization": f"Bearer {Tokens(served.home).create('test')}"}
        assert served.stranger.post("/mcp", json=asked, headers=headers).status_code == 200


def test_the_sdk_comes_with_the_first_message_for_it(tmp_path: Path) -> None:
    program = "import sys, memoryd.faces.server; print({'mcp', 'lancedb'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", program], cwd=SOURCE_ROOT, capture_output=True, check=True).stdout == b"set()\n"
    asked = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    with serving(tmp_path) as one, ThreadPoolExecutor(4) as pool:
        # Those who come first at once wait for one and the same.
        answers = list(pool.map(lambda _: one.client.post("/mcp", json=asked, headers=ACCEPT), range(4)))
    assert [answer.status_code for answer in answers] == [200] * 4
    assert all('"id":1' in answer.text for answer in answers)


def test_the_progress_of_phases_that_overlap_grows() -> None:
    growing = Growing()
    phases = [("parsing", 1), ("embedding", 1), ("parsing", 2), ("parsing", 2), ("embedding", 2), ("writing", 0), ("writing", 0)]
    assert [growing.add(*phase) for phase in phases] == [2, 4, 5, None, 6, 7, None]
