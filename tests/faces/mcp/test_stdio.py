"""The stdio bridge, as a process, as clients drive it."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import anyio
import filelock
import mcp_types
import pytest
from mcp import Client, StdioServerParameters
from mcp.shared.exceptions import MCPError

from memoryd.advice import RENAMED_TOOLS
from memoryd.config import Settings, project_folder
from memoryd.daemon import State, connect, ensure, running
from memoryd.faces.mcp.bridge import Bridge
from memoryd.faces.mcp.jsonrpc import Output
from memoryd.faces.mcp.tools import ALIASES, INSTRUCTIONS, RESOURCES, TOOLS, WRITE_NOTE
from memoryd.limits import MOST_DEFINED
from memoryd.tokens import counter
from tests import warm
from tests.faces.mcp.bridge import TASK, TEXT, Pipe, bridge, environment, stop_daemon
from tests.project import DEADLINE, FILES, Shell, alive, eventually, many, write

HEAVY = {"lancedb", "pyarrow", "numpy", "fastapi", "starlette", "mcp", "pydantic", "uvicorn", "httpx", "orjson"}


def get(state: State, path: str) -> str:
    """Return what a running daemon answers its user."""
    connection = connect(state, DEADLINE)
    connection.request("GET", path)
    text = connection.getresponse().read().decode()
    connection.close()
    return text


def post(state: State, path: str, body: object) -> int:
    """Return the status of a running daemon's answer to its user."""
    connection = connect(state, DEADLINE)
    connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.fixture(scope="module")
def shared(shop: Path, home: Path) -> Iterator[Pipe]:
    with bridge(shop, home) as pipe:
        pipe.shake()
        yield pipe


@pytest.fixture
def pipe(shared: Pipe) -> Pipe:
    """Return a bridge that other tests have used, and will."""
    shared.heard.clear()
    return shared


@pytest.fixture
def unusable(tmp_path: Path) -> Path:
    """Return a data folder that no daemon can use."""
    (tmp_path / "file").write_text("")
    return tmp_path / "file" / "home"


def test_handshake_and_lists_need_no_daemon(shop: Path, unusable: Path) -> None:
    with bridge(shop, unusable) as pipe:
        hello = pipe.shake()
        assert hello["serverInfo"]["name"] == "memoryd"
        assert hello["instructions"] == INSTRUCTIONS
        assert pipe.ask("ping") == {}
        assert pipe.ask("tools/list", 2)["tools"] == list(TOOLS)
        assert pipe.ask("resources/list", 3)["resources"] == list(RESOURCES)
        assert pipe.ask("prompts/list", 4) == {"prompts": []}
        assert pipe.ask("resources/templates/list", 5) == {"resourceTemplates": []}


def test_a_client_that_only_asks_who_we_are_has_no_daemon_looked_for(tmp_path: Path) -> None:
    asked = [{"id": 0, "method": "initialize", "params": {}}, {"id": 1, "method": "tools/list"}]
    assert not looks_for_a_daemon(tmp_path / "0", asked)
    assert looks_for_a_daemon(tmp_path / "1", [*asked, {"method": "notifications/initialized"}])
    assert looks_for_a_daemon(tmp_path / "2", [{"id": 0, "method": "server/discover", "params": modern()}])


def looks_for_a_daemon(home: Path, messages: list[dict[str, Any]]) -> bool:
    """Tell whether a bridge that got these messages looks for the daemon: whoever does makes ready to start one, which fails here."""
    (home / "daemon.out").mkdir(parents=True)
    lines = "".join(json.dumps({"jsonrpc": "2.0", **message}) + "\n" for message in messages)
    Bridge(Settings(home), (home,), Output(BytesIO())).serve(BytesIO(lines.encode()))
    for thread in threading.enumerate():
        if thread.name == "warm":
            thread.join(DEADLINE)
    return (home / "daemon.starting").exists()


def test_a_daemon_that_cannot_start_is_an_error_that_says_what_to_do(shop: Path, unusable: Path) -> None:
    with bridge(shop, unusable) as pipe:
        pipe.shake()
        text, failed = pipe.call("search_code", task=TASK)
        assert failed
        assert "MEMORYD_HOME" in text


def test_what_every_client_pays_for_the_tools_is_small_and_the_instructions_name_them_all() -> None:
    # As Claude Code sends them; others send less around the same words.
    sent = [
        {"name": f"mcp__memoryd__{tool['name']}", "description": tool["description"], "input_schema": tool["inputSchema"]} for tool in TOOLS
    ]
    assert sum(counter()(json.dumps(one, separators=(",", ":"))) for one in sent) <= MOST_DEFINED == 580
    assert all(tool["_meta"] == {"anthropic/alwaysLoad": True} for tool in TOOLS)
    assert len(INSTRUCTIONS) <= 250
    assert re.findall(r"`(\w+)`", INSTRUCTIONS) == [tool["name"] for tool in TOOLS]


def test_the_names_that_tools_had_are_understood_and_not_listed(pipe: Pipe) -> None:
    listed = {tool["name"] for tool in pipe.ask("tools/list", 1)["tools"]}
    assert listed.isdisjoint(ALIASES)
    asked: dict[str, dict[str, Any]] = {
        "pack": {"task": TASK},
        "expand": {"handles": ["shop/cart.py"]},
        "recall": {"about": ["shop/cart.py"]},
    }
    assert asked.keys() == ALIASES.keys()
    for old, arguments in asked.items():
        answers = [pipe.call(name, f"{name} {old}", **arguments) for name in (old, ALIASES[old])]
        assert answers[0] == answers[1]


def test_the_tool_that_writes_has_one_name_so_that_a_rule_against_it_has_no_hole(pipe: Pipe) -> None:
    assert WRITE_NOTE in RENAMED_TOOLS.values()
    for old, new in RENAMED_TOOLS.items():
        if new == WRITE_NOTE:
            pipe.send("tools/call", old, name=old, arguments={"title": "t", "body": "b"})
            assert WRITE_NOTE in pipe.answer(old)["error"]["message"]


@pytest.mark.parametrize(
    "asked, answered",
    [("2025-11-25", "2025-11-25"), ("2025-06-18", "2025-06-18"), ("2024-11-05", "2024-11-05"), ("2031-01-01", "2025-11-25")],
)
def test_a_known_protocol_version_is_kept_and_any_other_answered_with_the_newest(
    shop: Path, unusable: Path, asked: str, answered: str
) -> None:
    with bridge(shop, unusable) as pipe:
        assert pipe.shake(asked)["protocolVersion"] == answered


@pytest.mark.parametrize("version", ["2025-06-18", "2025-03-26", "2024-11-05"])
def test_an_old_client_gets_its_answers_as_it_knows_them(shop: Path, home: Path, version: str) -> None:
    with bridge(shop, home) as pipe:
        assert pipe.shake(version)["protocolVersion"] == version
        assert TEXT in pipe.call("search_code", task=TASK)[0]


def modern(version: Any = "2026-07-28", **params: Any) -> dict[str, Any]:
    """Return the parameters of a request as the newest revision wants them."""
    said = {"protocolVersion": version, "clientCapabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    return {**params, "_meta": {f"io.modelcontextprotocol/{name}": value for name, value in said.items()}}


def test_the_newest_revision_needs_no_handshake_and_its_lists_no_daemon(shop: Path, unusable: Path) -> None:
    with bridge(shop, unusable) as pipe:
        found = pipe.ask("server/discover", 1, **modern())
        assert (found["supportedVersions"], found["instructions"]) == (["2026-07-28"], INSTRUCTIONS)
        assert pipe.ask("tools/list", 2, **modern())["tools"] == list(TOOLS)
        assert pipe.ask("resources/list", 3, **modern())["resources"] == list(RESOURCES)
        # The same client may still shake hands, and what has no revision is of those who do.
        assert pipe.shake()["protocolVersion"] == "2025-11-25"
        pipe.send("server/discover", 4)
        assert pipe.answer(4)["error"]["code"] == -32601


@pytest.mark.parametrize(
    "method, params, code",
    [
        ("server/discover", modern("2031-01-01"), -32022),
        ("tools/call", modern("2025-11-25", name="search_code", arguments={"task": TASK}), -32022),
        ("tools/list", modern(3), -32602),
        ("tools/list", {"_meta": {"io.modelcontextprotocol/protocolVersion": "2026-07-28"}}, -32602),
        ("ping", modern(), -32601),
        ("tools/call", modern(name="rm", arguments={}), -32602),
        ("tools/call", modern(name="search_code", arguments=[]), -32602),
        ("resources/read", modern(uri="memoryd://\N{CAT}"), -32602),
    ],
)
def test_what_makes_no_sense_in_the_newest_revision_is_an_error(malformed: Pipe, method: str, params: dict[str, Any], code: int) -> None:
    malformed.send(method, 1, **params)
    error = malformed.next()["error"]
    assert error["code"] == code
    if code == -32022:
        assert error["data"]["supported"] == ["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"]


def test_a_tool_that_fails_without_a_daemon_says_so_in_each_revision(shop: Path, unusable: Path) -> None:
    asked = {"name": "search_code", "arguments": {"task": TASK}}
    with bridge(shop, unusable) as pipe:
        old, new = pipe.ask("tools/call", 1, **asked), pipe.ask("tools/call", 2, **modern(**asked))
        assert (old["isError"], old["content"]) == (True, new["content"])
        assert (new["isError"], new["resultType"], "resultType" in old) == (True, "complete", False)
        pipe.send("resources/read", 3, uri="memoryd://map")
        assert "MEMORYD_HOME" in pipe.answer(3)["error"]["message"]


def test_the_bridge_imports_nothing_heavy(shop: Path, unusable: Path) -> None:
    lines = [{"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {}}, {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}]
    shaken = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "memoryd", "mcp"], cwd=shop, env=environment(unusable), capture_output=True,
        input="".join(f"{json.dumps(line)}\n" for line in lines), text=True, timeout=DEADLINE,
    )  # fmt: skip
    assert len(shaken.stdout.splitlines()) == 2
    assert "memoryd.faces.mcp.bridge" in imported(shaken.stderr)
    assert HEAVY.isdisjoint(imported(shaken.stderr))
    # What talks to the daemon is imported behind the handshake's back.
    calling = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "import memoryd.faces.mcp.calls"], env=environment(unusable), capture_output=True,
        text=True, timeout=DEADLINE,
    )  # fmt: skip
    assert "memoryd.daemon.process" in imported(calling.stderr)
    assert HEAVY.isdisjoint(imported(calling.stderr))


def imported(times: str) -> set[str]:
    """Return the modules of what `-X importtime` wrote."""
    return {line.rpartition("|")[2].strip() for line in times.splitlines() if line.startswith("import time:")}


def test_pack_answers_with_evidence_as_plain_text(pipe: Pipe) -> None:
    text, failed = pipe.call("search_code", task=TASK)
    assert TEXT in text
    assert not failed


def test_a_budget_bounds_the_text(pipe: Pipe) -> None:
    small, _ = pipe.call("search_code", 1, task=TASK, budget=60)
    large, _ = pipe.call("search_code", 2, task=TASK)
    assert 0 < len(small) < len(large)


def test_expand_shows_what_handles_name(pipe: Pipe) -> None:
    text, failed = pipe.call("show_code", handles=["shop/cart.py#Cart.total", "shop/money.py:1-2"])
    assert not failed
    assert text.startswith("## shop/cart.py:")
    assert TEXT in text
    assert '## shop/money.py:1-2\nclass Money:\n    """An amount in cents."""\n' in text


def test_expand_tells_what_it_does_not_find_beside_what_it_does(pipe: Pipe) -> None:
    text, failed = pipe.call("show_code", handles=["shop/cart.py#Cart.total", "shop/cart.py#Cart.totl"])
    assert TEXT in text
    assert "nothing is called 'shop/cart.py#Cart.totl'" in text
    assert not failed


def test_a_file_too_large_for_an_answer_is_cut_at_a_line_with_a_handle_for_the_rest(shop: Path, home: Path) -> None:
    write(shop, {"notes/long.md": "".join(f"line {number} of many, and some words\n" for number in range(3_000))})
    with bridge(shop, home) as pipe:
        pipe.shake()
        text, failed = pipe.call("show_code", handles=["notes/long.md", "shop/cart.py"])
    assert not failed
    assert len(text) <= 48_000
    last = int(text.partition("## notes/long.md:1-")[2].partition("\n")[0])
    assert f"\nline {last - 1} of many, and some words\n… show_code notes/long.md:{last + 1}-3000 for the rest\n" in text
    assert "## shop/cart.py:" in text


@pytest.mark.parametrize(
    "tool, arguments, said",
    [
        ("search_code", {}, "`task`"),
        ("search_code", {"task": "  "}, "`task`"),
        ("search_code", {"task": "x", "budget": 0}, "`budget`"),
        ("search_code", {"task": "x", "budget": "many"}, "`budget`"),
        ("search_code", {"task": "x", "root": 3}, "`root`"),
        ("search_code", {"task": "x", "root": "/\0"}, "`root`"),
        ("search_code", {"task": "x", "root": "/\ud800"}, "`root`"),
        ("search_code", {"task": "x" * 200_001}, "200000"),
        ("show_code", {}, "`handles`"),
        ("show_code", {"handles": []}, "`handles`"),
        ("show_code", {"handles": ["nothing"]}, "nothing is called"),
        ("show_code", {"handles": ["../../etc/passwd"]}, "leaves the project"),
        ("show_code", {"handles": ["/etc/passwd"]}, "leaves the project"),
    ],
)
def test_arguments_that_make_no_sense_are_errors_that_say_what_would(
    pipe: Pipe, tool: str, arguments: Mapping[str, Any], said: str
) -> None:
    text, failed = pipe.call(tool, **arguments)
    assert failed
    assert said in text


def test_numbers_in_quotes_and_single_handles_are_understood(pipe: Pipe) -> None:
    assert not pipe.call("search_code", 1, task=TASK, budget="500")[1]
    assert TEXT in pipe.call("show_code", 2, handles="shop/cart.py#Cart.total")[0]


def test_what_the_core_says_is_passed_on_and_what_http_refuses_with_what_to_do(pipe: Pipe) -> None:
    assert "parse_money" in pipe.call("search_code", 1, task="parse money", budget=300)[0]
    text, failed = pipe.call("show_code", 2, handles=["nowhere"])
    assert (failed, re.search(r"^nothing is called 'nowhere'[^.]*$", text) is not None) == (True, True)
    text, failed = pipe.call("search_code", 3, task="x" * (1 << 20))
    assert (failed, re.search(r"^the body has more than 1048576 bytes\. Send at most 1 MiB", text) is not None) == (True, True)


def test_half_of_a_pair_of_surrogates_is_read_as_any_other_character(pipe: Pipe) -> None:
    pipe.send("tools/call", 1, name="search_code", arguments={"task": f"{TASK} \ud83d"})
    assert TEXT in pipe.answer(1)["result"]["content"][0]["text"]


def test_resources_are_texts(pipe: Pipe) -> None:
    pipe.call("search_code", 1, task=TASK)
    (shown,) = pipe.ask("resources/read", 2, uri="memoryd://map")["contents"]
    assert "shop" in shown["text"]
    (shown,) = pipe.ask("resources/read", 3, uri="memoryd://status")["contents"]
    assert "files      " in shown["text"]
    pipe.send("resources/read", 4, uri="memoryd://other")
    assert pipe.answer(4)["error"]["code"] == -32002


def test_a_folder_that_was_not_registered_is_refused_as_root(pipe: Pipe, tmp_path: Path) -> None:
    write(tmp_path / "secret", {"key.txt": "the key is 4711\n"})
    text, failed = pipe.call("search_code", task="the key", root=str(tmp_path / "secret"))
    assert failed
    assert "4711" not in text
    assert "was started for" in text


def test_a_client_is_answered_for_what_it_was_started_for_also_if_others_are_registered(home: Path, shop: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    write(other, {"lamp.py": "def switch_on_lamp():\n    return 'light'\n"})
    with bridge(other, home) as pipe:
        assert "switch_on_lamp" in pipe.call("search_code", task="switch on the lamp")[0]
    with bridge(shop, home) as pipe:
        text, failed = pipe.call("search_code", task="switch on the lamp", root=str(other))
        assert (failed, "switch_on_lamp" in text) == (True, False)
        assert f"mcp --root {shop} --root {other}" in text
    with bridge(shop, home, "--root", str(shop), "--root", str(other)) as pipe:
        assert TEXT in pipe.call("search_code", 0, task=TASK)[0]
        for number, root in enumerate((other, os.path.relpath(other, shop)), 1):
            assert "switch_on_lamp" in pipe.call("search_code", number, task="switch on the lamp", root=str(root))[0]


@pytest.mark.parametrize(
    "line, code",
    [
        (b"{", -32700),
        (b"\xff\xfe", -32700),
        (b"[" * 100_000, -32700),
        (b"[]", -32600),
        (b"3", -32600),
        (b'{"id":1,"method":"ping"}', -32600),
        (b'{"jsonrpc":"2.0","id":1}', -32600),
        (b'{"jsonrpc":"2.0","id":{},"method":"ping"}', -32600),
        (b'{"jsonrpc":"2.0","id":true,"method":"ping"}', -32600),
        (b'{"jsonrpc":"2.0","id":1,"method":"ping","params":[1]}', -32602),
        (b'{"jsonrpc":"2.0","id":1,"method":"tools/call"}', -32602),
        (b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"rm","arguments":{}}}', -32602),
        (b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search_code","arguments":[]}}', -32602),
        (b'{"jsonrpc":"2.0","id":1,"method":"no/such"}', -32601),
    ],
)
def test_malformed_messages_are_answered_with_errors_of_json_rpc(malformed: Pipe, line: bytes, code: int) -> None:
    malformed.write(line)
    assert malformed.next()["error"]["code"] == code
    malformed.send("ping", "still there")
    assert malformed.next() == {"jsonrpc": "2.0", "id": "still there", "result": {}}


@pytest.fixture(scope="module")
def malformed(shop: Path, home: Path) -> Iterator[Pipe]:
    with bridge(shop, home) as pipe:
        yield pipe


def test_notifications_and_replies_to_nothing_are_ignored(malformed: Pipe) -> None:
    for line in (b'{"jsonrpc":"2.0","method":"no/such"}', b'{"jsonrpc":"2.0","id":99,"result":{}}', b"", b"  "):
        malformed.write(line)
    malformed.send("notifications/cancelled", requestId={"a": 1})
    malformed.send("notifications/cancelled", requestId=12345)
    malformed.send("ping", "after")
    assert malformed.next()["id"] == "after"


def test_a_batch_is_answered_one_by_one(malformed: Pipe) -> None:
    malformed.write(b'[{"jsonrpc":"2.0","id":"a","method":"ping"},3,{"jsonrpc":"2.0","id":"b","method":"ping"}]')
    assert [malformed.next().get("id") for _ in range(3)] == ["a", None, "b"]


def test_an_endless_line_is_refused_and_the_next_one_answered(malformed: Pipe) -> None:
    malformed.write(b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"' + b"y" * 20_000_000 + b'"}}')
    assert malformed.next()["error"]["code"] == -32700
    malformed.send("ping", "next")
    assert malformed.next()["id"] == "next"


def test_calls_are_answered_side_by_side(pipe: Pipe) -> None:
    for number in range(30):
        pipe.send("tools/call", number + 1, name="search_code", arguments={"task": TASK, "budget": 300 + number})
    texts = [pipe.answer(number + 1)["result"]["content"][0]["text"] for number in range(30)]
    assert all("shop/cart.py" in text for text in texts)


def test_a_cancelled_call_is_not_answered_and_holds_nothing_up(home: Path, tmp_path: Path) -> None:
    project = tmp_path / "slow"
    write(project, FILES)
    folder = project_folder(Settings(home), project)
    folder.mkdir(parents=True)
    # Somebody else refreshes this project, so that the first call has to wait.
    with filelock.FileLock(folder / "refresh.lock"), bridge(project, home) as pipe:
        pipe.shake()
        pipe.send("tools/call", "waits", name="search_code", arguments={"task": TASK})
        pipe.send("notifications/cancelled", requestId="waits")
        assert pipe.ask("ping", "meanwhile") == {}
    with bridge(project, home) as pipe:
        pipe.shake()
        pipe.send("tools/call", "waits", name="search_code", arguments={"task": TASK})
        pipe.send("notifications/cancelled", requestId="waits")
        assert TEXT in pipe.call("search_code", "after", task=TASK)[0]
        assert "waits" not in [message.get("id") for message in pipe.heard]


def test_a_first_index_tells_how_far_it_is(home: Path, tmp_path: Path) -> None:
    write(tmp_path / "large", many(60))
    with bridge(tmp_path / "large", home) as pipe:
        pipe.shake()
        pipe.send("tools/call", 1, name="search_code", arguments={"task": "step 3"}, _meta={"progressToken": "mine"})
        assert "step_3" in pipe.answer(1)["result"]["content"][0]["text"]
        told = [message["params"] for message in pipe.heard if message.get("method") == "notifications/progress"]
        numbers = [params["progress"] for params in told]
        assert numbers
        assert numbers == sorted(set(numbers))
        assert {params["progressToken"] for params in told} == {"mine"}


def test_the_project_is_what_the_user_said_else_the_program_else_the_client_else_the_folder(home: Path, tmp_path: Path) -> None:
    names = ("option", "variable", "client", "folder")
    roots = {name: tmp_path / name for name in names}
    for name in names:
        write(roots[name], {"who.py": f"def who_am_i():\n    return '{name}'\n"})
    reply = {"roots": [{"uri": roots["client"].as_uri(), "name": "client"}]}

    def found(*arguments: str, offers: bool = True, folder: str = "") -> str:
        variables = {"CLAUDE_PROJECT_DIR": folder} if folder else {}
        with bridge(roots["folder"], home, *arguments, **variables) as pipe:
            pipe.shake("2025-11-25", **({"roots": {}} if offers else {}))
            if offers and not arguments and not variables:
                while (message := pipe.next()).get("method") != "roots/list":
                    pass
                pipe.write(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": reply}).encode())
            text, _ = pipe.call("search_code", task="who am i")
            return next(name for name in names if f"return '{name}'" in text)

    assert found("--root", str(roots["option"]), folder=str(roots["variable"])) == "option"
    assert found(folder=str(roots["variable"])) == "variable"
    assert found() == "client"
    assert found(offers=False) == "folder"


def test_a_daemon_that_was_killed_is_started_again(shop: Path, tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home", "hash", 1)
    try:
        with bridge(shop, settings.home) as pipe:
            pipe.shake()
            assert TEXT in pipe.call("search_code", 1, task=TASK)[0]
            first = running(settings)
            assert first
            os.kill(first.pid, signal.SIGKILL)
            assert eventually(lambda: not alive(first.pid))
            assert TEXT in pipe.call("search_code", 2, task=TASK)[0]
            second = running(settings)
            assert second
            assert second.pid != first.pid
    finally:
        stop_daemon(settings.home)


def test_a_daemon_that_is_killed_under_a_call_is_started_again_and_asked_once_more(tmp_path: Path) -> None:
    write(tmp_path / "project", FILES)
    settings = Settings(tmp_path / "home", "hash", 1)
    folder = project_folder(settings, tmp_path / "project")
    folder.mkdir(parents=True)

    def waiting() -> bool:
        """Tell whether anything but this question waits for the daemon."""
        state = running(settings)
        told = get(state, "/metrics") if state else ""
        return "memoryd_requests_in_flight 2" in told

    try:
        with bridge(tmp_path / "project", settings.home) as pipe:
            pipe.shake()
            with filelock.FileLock(folder / "refresh.lock"):
                pipe.send("tools/call", 1, name="search_code", arguments={"task": TASK})
                assert eventually(waiting)
                first = running(settings)
                assert first
                os.kill(first.pid, signal.SIGKILL)
            assert TEXT in pipe.answer(1)["result"]["content"][0]["text"]
            second = running(settings)
            assert second
            assert second.pid != first.pid
    finally:
        stop_daemon(settings.home)


def test_a_daemon_that_hangs_is_an_error_soon_and_used_again_when_it_goes_on(shop: Path, tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home", "hash", 1)
    try:
        with bridge(shop, settings.home) as pipe:
            pipe.shake()
            assert TEXT in pipe.call("search_code", 1, task=TASK)[0]
            state = running(settings)
            assert state
            os.kill(state.pid, signal.SIGSTOP)
            # Those that begin beside it have not found it yet, and look for it while they warm up.
            with bridge(shop, settings.home) as late:
                late.shake()
                for one in (late, pipe):
                    one.send("tools/call", 2, name="search_code", arguments={"task": TASK})
                for one in (late, pipe):
                    said = one.answer(2)["result"]
                    assert said["isError"]
                    assert f"(process {state.pid}) does not answer" in said["content"][0]["text"]
                    assert "have the user stop memoryd's daemon" in said["content"][0]["text"]
            os.kill(state.pid, signal.SIGCONT)
            assert TEXT in pipe.call("search_code", 3, task=TASK)[0]
            assert running(settings) == state
    finally:
        stop_daemon(settings.home)


def test_a_daemon_with_another_embedder_is_told_apart_and_each_face_says_what_to_do(pipe: Pipe, shop: Path, home: Path) -> None:
    before = pipe.call("search_code", 1, task=TASK)
    with bridge(shop, home, MEMORYD_EMBEDDER="static") as other:
        other.shake()
        text, failed = other.call("search_code", task=TASK)
        assert (failed, "embeds with hash" in text, "MEMORYD_EMBEDDER is static" in text) == (True, True, True)
        assert "have the user set it alike, or stop memoryd's daemon" in text
    # A command needs no daemon: it answers from vectors of its own, and says what that costs.
    done = warm.run(Shell(shop, home, {"MEMORYD_EMBEDDER": "static"}), "status", "--json")
    assert done.json["embedder"].startswith("static")
    assert (done.json["store_version"], "each embeds the index anew" in done.err) == (0, True)
    assert warm.run(Shell(shop, home, {"MEMORYD_EMBEDDER": "static"}), "reindex").code == 0
    # Whatever others did to the index meanwhile, the daemon answers as before.
    assert pipe.call("search_code", 2, task=TASK) == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_bridge_at_once(shop: Path, home: Path, number: signal.Signals) -> None:
    with bridge(shop, home) as pipe:
        pipe.shake()
        pipe.process.send_signal(number)
        assert pipe.ended() == 0


def test_calls_in_flight_are_answered_after_the_end_of_input(home: Path, tmp_path: Path) -> None:
    write(tmp_path / "slow", FILES)
    folder = project_folder(Settings(home), tmp_path / "slow")
    folder.mkdir(parents=True)
    # A client that offers roots and goes before it names them must not hold up its own calls.
    with bridge(tmp_path / "slow", home) as pipe:
        with filelock.FileLock(folder / "refresh.lock"):
            pipe.shake(roots={})
            for number in range(1, 20):
                pipe.send("tools/call", number, name="search_code", arguments={"task": TASK})
            pipe.ask("ping", "after")
            assert pipe.process.stdin
            pipe.process.stdin.close()
        assert all(TEXT in pipe.answer(number)["result"]["content"][0]["text"] for number in range(1, 20))
        assert pipe.ended() == 0
        assert pipe.process.stderr
        assert b"Traceback" not in pipe.process.stderr.read()


def test_the_wait_for_calls_in_flight_is_bounded(home: Path, tmp_path: Path) -> None:
    write(tmp_path / "stuck", FILES)
    folder = project_folder(Settings(home), tmp_path / "stuck")
    folder.mkdir(parents=True)
    begun = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "search_code", "arguments": {"task": TASK}}})
    program = "from memoryd.faces.cli import main; from memoryd.faces.mcp import bridge; bridge.DRAIN_SECONDS = 0.1; main()"
    with filelock.FileLock(folder / "refresh.lock"):
        done = subprocess.run(
            [sys.executable, "-c", program, "mcp"], cwd=tmp_path / "stuck", env=environment(home), input=begun.encode(),
            capture_output=True, timeout=DEADLINE,
        )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_official_client_uses_it(shop: Path, home: Path, tmp_path: Path, mode: str) -> None:
    large = tmp_path / "large"
    write(large, many(60))
    ensure(Settings(home, "hash", 1))
    state = running(Settings(home))
    assert state
    assert post(state, "/v1/projects", {"root": str(large)}) == 201
    arguments = ["-m", "memoryd", "mcp", "--root", str(shop), "--root", str(large)]
    parameters = StdioServerParameters(command=sys.executable, args=arguments, env=environment(home), cwd=shop)

    async def use() -> None:
        async with Client(parameters, mode=mode) as client:
            assert client.protocol_version == {"auto": "2026-07-28", "legacy": "2025-11-25"}[mode]
            assert client.instructions == INSTRUCTIONS
            tools = (await client.list_tools()).tools
            assert [tool.model_dump(by_alias=True, exclude_none=True) for tool in tools] == [dict(tool) for tool in TOOLS]
            packed = await client.call_tool("search_code", {"task": TASK})
            (block,) = packed.content
            assert isinstance(block, mcp_types.TextContent)
            assert TEXT in block.text
            assert packed.structured_content is None
            told: list[float] = []

            async def hear(progress: float, total: float | None, message: str | None) -> None:
                told.append(progress)

            await client.call_tool("search_code", {"task": "step 3", "root": str(large)}, progress_callback=hear)
            assert told == sorted(set(told)) != []
            refused = await client.call_tool("search_code", {"task": ""})
            assert refused.is_error
            (resource,) = (await client.read_resource("memoryd://map")).contents
            assert isinstance(resource, mcp_types.TextResourceContents)
            assert "shop" in resource.text
            with pytest.raises(MCPError):
                await client.read_resource("memoryd://other")

    anyio.run(use)
