"""Events as clients send them, to a real daemon: what it knows then, and that nothing which a client sends ever fails."""

import itertools
import json
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memoryd.config import Settings
from memoryd.faces.hooks import DIALECTS
from memoryd.faces.http import Limits
from memoryd.faces.mcp.answers import call
from memoryd.memory import ProjectMemory
from memoryd.model import Level, Pack, PackItem
from memoryd.sessions import Reader, Sessions, Taken, choose
from memoryd.sessions.session import GAP_SECONDS
from tests.faces.serving import Served, serving
from tests.project import CART, DEADLINE, FILES, write

PATH = "shop/cart.py"
LINES = CART.split("\n")
ALL = range(1, len(LINES))
CLAUDE = DIALECTS["claude-code"]


class Client:
    """Sends events as Claude Code does, with a clock of its own."""

    def __init__(self, root: Path, home: Path) -> None:
        self.root, self.home, self.clock = root, home, time.time() + 10
        self.sessions = self.fresh()

    def fresh(self) -> Sessions:
        """Return the sessions as a daemon finds them that starts now."""
        return Sessions(Settings(self.home, "hash"), lambda: self.clock)

    def tell(self, event: str, agent: str = "", session: str = "one", **more: Any) -> Taken | None:
        payload = {"hook_event_name": event, "session_id": session, "cwd": str(self.root), **({"agent_id": agent} if agent else {}), **more}
        found = CLAUDE.read(payload)
        assert found is not None
        self.clock += 1
        return self.sessions.take(self.root, found)

    def tool(self, name: str, given: dict[str, Any], response: Any, agent: str = "", session: str = "one") -> None:
        number = f"use {self.clock}"
        self.tell("PreToolUse", agent, session, tool_name=name, tool_input=given, tool_use_id=number)
        self.tell("PostToolUse", agent, session, tool_name=name, tool_input=given, tool_response=response, tool_use_id=number)

    def read(self, first: int = 1, last: int = len(LINES), agent: str = "", session: str = "one") -> None:
        file = str(self.root / PATH)
        content = "\n".join(LINES[first - 1 : last])
        told = {"filePath": file, "content": content, "numLines": last - first + 1, "startLine": first, "totalLines": len(LINES)}
        self.tool("Read", {"file_path": file}, {"type": "text", "file": told}, agent, session)

    def has(self, agent: str = "", session: str = "one", lines: list[str] = LINES) -> bool:
        """Tell whether an agent that calls a tool now is said to have the file."""
        return self.reader(agent, session).has(PATH, lines, range(1, len(lines)))

    def reader(self, agent: str = "", session: str = "one", **more: Any) -> Reader:
        """Return the agent that calls a tool of ours now."""
        number = f"ours {self.clock}"
        self.tell("PreToolUse", agent, session, tool_name="mcp__memoryd__search_code", tool_input={}, tool_use_id=number, **more)
        reader = self.sessions.reader(number)
        assert reader is not None
        return reader


@pytest.fixture
def client(root: Path, tmp_path: Path) -> Client:
    return Client(root.resolve(), tmp_path / "home")


def test_an_agent_has_what_it_read_and_no_other_agent_has_it(client: Client) -> None:
    client.read()
    assert client.has()
    assert not client.has(agent="sub")
    assert not client.has(session="two")


def test_parts_that_were_read_make_up_the_whole(client: Client) -> None:
    client.read(1, 6)
    assert not client.has()
    client.read(7)
    assert client.has()


@pytest.mark.parametrize("event", [
    {"event": "PreCompact", "trigger": "auto"}, {"event": "PostCompact", "compact_summary": "…"},
    {"event": "SessionEnd", "reason": "other"}, {"event": "SessionStart", "source": "resume"},
    {"event": "SessionStart", "source": "clear"}, {"event": "SessionStart", "source": "compact"},
])  # fmt: skip
def test_after_what_may_have_emptied_the_context_nothing_is_said_to_be_in_it(client: Client, event: dict[str, str]) -> None:
    client.read()
    client.tell(**event)
    assert not client.has()


def test_after_a_pause_nothing_is_said_to_be_in_the_context(client: Client) -> None:
    client.read()
    client.clock += GAP_SECONDS + 1
    assert not client.has()


def test_after_an_event_that_was_missed_nothing_is_said_to_be_in_the_context(client: Client) -> None:
    client.read()
    (client.home / "daemon.missed").touch()
    os.utime(client.home / "daemon.missed", (client.clock, client.clock))
    assert not client.has()


def test_the_working_set_is_told_whether_or_not_the_project_is_loaded(client: Client) -> None:
    client.tell("UserPromptSubmit", prompt="make the total of the cart right")
    client.tool("Write", {"file_path": str(client.root / PATH)}, {"type": "create", "filePath": PATH, "content": CART})
    taken = client.tell("PreCompact", trigger="auto")
    assert taken is not None
    assert "files edited: shop/cart.py" in taken.reply.context
    assert "make the total of the cart right" in taken.reply.context


def test_what_agents_have_survives_the_daemon(client: Client) -> None:
    client.read()
    client.sessions.close()
    client.sessions = client.fresh()
    assert client.has()


def test_an_edit_of_its_own_leaves_the_agent_with_all_of_the_file(client: Client) -> None:
    client.read()
    new = [*LINES[:1], "import cents", *LINES[1:]]
    patch = [{"oldStart": 1, "oldLines": 2, "newStart": 1, "newLines": 3, "lines": [f" {LINES[0]}", "+import cents", f" {LINES[1]}"]}]
    file = str(client.root / PATH)
    client.tool("Edit", {"file_path": file}, {"filePath": file, "structuredPatch": patch, "userModified": False})
    assert client.has(lines=new)
    client.tool("Edit", {"file_path": file}, {"filePath": file, "structuredPatch": patch, "userModified": True})
    assert not client.has(lines=new)


def test_what_a_session_taught_is_a_draft_and_nothing_else(client: Client) -> None:
    client.tell("UserPromptSubmit", prompt="Remember that totals are in cents, never floats. Then fix the cart.")
    for _ in range(3):
        client.tool("Grep", {"pattern": "Basket"}, {"mode": "files_with_matches", "filenames": [], "numFiles": 0})
    failing: dict[str, Any] = {"tool_name": "Bash", "tool_input": {"command": "pytest -q"}, "tool_use_id": "f"}
    client.tell("PostToolUseFailure", **failing, error="1 failed in 0.1s")
    client.tool("Write", {"file_path": str(client.root / PATH)}, {"type": "create", "filePath": PATH, "content": CART})
    client.tool("Bash", {"command": "pytest -q"}, {"stdout": "1 passed in 0.1s", "stderr": ""})
    taken = client.tell("SessionEnd", reason="other")
    assert taken is not None
    assert taken.has_lessons
    with ProjectMemory(client.root, Settings(client.home, "hash", workers=1)) as memory:
        event = CLAUDE.read({"hook_event_name": "SessionEnd", "session_id": "one", "cwd": str(client.root)})
        assert event is not None
        client.sessions.suggest(client.root, event, memory)
        titles = [one.title for one in memory.notes.pending.list()]
        assert any("totals are in cents" in title for title in titles)
        assert "Nothing here is called Basket" in titles
        assert "pytest -q fails when shop/cart.py is wrong" in titles
        assert memory.notes.list() == ()
        assert {one.title for one in memory.notes.pending.mine()} >= set(titles)
        kept = memory.notes.pending.accept(next(one.id for one in memory.notes.pending.list() if "in cents" in one.title))
        assert kept.note.title not in {one.title for one in memory.notes.pending.mine()}


def test_a_project_may_be_left_alone_or_in_parts(client: Client) -> None:
    choose(Settings(client.home, "hash"), client.root, ["off"])
    assert client.tell("UserPromptSubmit", prompt="find where the total is made") is None
    choose(Settings(client.home, "hash"), client.root, ["places"])
    taken = client.tell("UserPromptSubmit", prompt="find where the total is made, please")
    assert taken is not None
    assert taken.task == ""
    choose(Settings(client.home, "hash"), client.root, [])
    taken = client.tell("UserPromptSubmit", prompt="find where the total is made, now")
    assert taken is not None
    assert taken.task


def test_what_is_shown_names_the_lines_that_the_agent_has_until_it_insists(client: Client) -> None:
    with ProjectMemory(client.root, Settings(client.home, "hash", workers=1)) as memory:

        def shown(handle: str, agent: str = "") -> str:
            return call("show_code", {"handles": [handle]}).answer(memory, client.reader(agent))

        whole = call("show_code", {"handles": [PATH]}).answer(memory, None)
        client.read(1, 8)
        first = shown(PATH)
        assert "lines 1-8 are in your context already" in first
        assert "class Cart" not in first
        assert "def total" in first
        assert shown(PATH) == whole
        assert f"lines 1-{len(LINES) - 1} are in your context already" in shown(PATH)
        assert shown(PATH, "sub") == whole
        assert shown(f"{PATH}:7-8") == call("show_code", {"handles": [f"{PATH}:7-8"]}).answer(memory, None)


def test_what_a_pack_shows_of_one_file_is_not_said_of_another_with_the_same_lines(client: Client) -> None:
    other, last = "shop/copied.py", len(LINES) - 1
    write(client.root, {other: CART})
    shown = ((other, Level.FULL), (PATH, Level.SIGNATURE))
    items = tuple(PackItem(path, path, 1, last, level, 9, 1.0, ()) for path, level in shown)
    with ProjectMemory(client.root, Settings(client.home, "hash", workers=1)) as memory:
        reader = client.reader()
        reader.got(memory, Pack(f"## {other}\n[1-{last}]\n{CART}", 99, 999, items, (), 1))
        assert reader.has(other, LINES, ALL)
        assert not reader.has(PATH, LINES, ALL)


def test_answers_are_shorter_the_fuller_the_context(client: Client, tmp_path: Path) -> None:
    transcript = tmp_path / "transcript.jsonl"

    def budget(tokens: int, agent: str = "", **more: Any) -> int:
        usage = {"input_tokens": 10, "cache_read_input_tokens": tokens - 10, "output_tokens": "?"}
        other = {"type": "assistant", "isSidechain": True, "message": {"usage": {"input_tokens": 999_999}}}
        lines = [{"type": "assistant", "message": {"usage": usage}}, other, {"type": "user", "message": "usage"}]
        transcript.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
        return client.reader(agent, transcript_path=str(transcript), **more).budget(4_000)

    assert [budget(one) for one in (100, 139_000, 141_000, 171_000, 300_000, 900_000)] == [4_000, 4_000, 2_000, 1_000, 4_000, 1_000]
    assert budget(900_000, "sub") == 4_000
    with ProjectMemory(client.root, Settings(client.home, "hash", workers=1)) as memory:
        asked, named = call("search_code", {"task": "total of the cart"}), call("search_code", {"task": "total", "budget": 4_000})
        assert "## budget: 1000 of 4000 tokens" in asked.answer(memory, client.reader())
        assert "## budget" not in named.answer(memory, client.reader())
    for odd in ("", "/nowhere", "relative", str(tmp_path), "/dev/zero"):
        assert client.reader(transcript_path=odd or "/").budget(4_000) == 4_000


def test_the_records_are_for_our_user_alone_and_hold_no_text(client: Client) -> None:
    client.read()
    (folder,) = client.home.glob("projects/*/sessions")
    assert folder.stat().st_mode & 0o077 == 0
    files = list(folder.iterdir())
    assert files
    assert all(file.stat().st_mode & 0o077 == 0 for file in files)
    assert not any(b"What a customer means to buy" in file.read_bytes() for file in files)


@pytest.mark.parametrize("most", [300, 2_000, 8_000])
def test_a_secret_across_the_end_of_what_is_kept_is_masked(client: Client, most: int) -> None:
    token, lines = "ghp_" + "a1B2c3D4e5F6g7H8i9" * 2, "a1B2c3D4e5F6g7H8\n" * 800
    key = f"-----BEGIN RSA PRIVATE KEY-----\n{lines}-----END RSA PRIVATE KEY-----"
    filling = "Remember that " + "x " * (most // 2 - 20)
    client.tell("UserPromptSubmit", prompt=f"{filling}{token} ok")
    client.tell("PreToolUse", tool_name="Task", tool_input={"prompt": f"{filling[:-200]} {key}"}, tool_use_id="t")
    client.tell("UserPromptSubmit", session="two", prompt=f"{filling[:-200]} {key}")
    command = {"command": f"pytest {filling}{token}"}
    client.tell("PostToolUseFailure", tool_name="Bash", tool_input=command, tool_use_id="f", error="1 failed in 0.1s")
    for _ in range(3):
        client.tool("Grep", {"pattern": f"{filling}{token}"}, {"mode": "files_with_matches", "filenames": [], "numFiles": 0})
    client.sessions.close()
    (file,) = client.home.glob("projects/*/sessions/sessions.db")
    assert not re.search(rb"ghp_|a1B2", file.read_bytes())


def test_damaged_records_are_made_anew(client: Client) -> None:
    client.read()
    client.sessions.close()
    (file,) = client.home.glob("projects/*/sessions/sessions.db")
    file.write_bytes(b"no database" * 1000)
    client.sessions = client.fresh()
    client.read()
    client.read()
    assert client.has()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("events"), limits=Limits(hook_seconds=DEADLINE)) as one:
        write(one.root, FILES)
        one.post("/v1/reindex").raise_for_status()
        yield one


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from([
    "SessionStart", "UserPromptSubmit", "PreToolUse", "PostToolUse", "PostToolUseFailure", "PreCompact", "SubagentStart",
    "SessionEnd", "BeforeTool", "AfterTool", "PreCompress", "afterFileEdit", "preCompact", "used", "using", "prompted", "Odd",
])  # fmt: skip
TOOLS = st.sampled_from([
    "Read", "Edit", "Write", "Bash", "Grep", "TaskOutput", "apply_patch", "run_shell_command", "editFiles", "edit", "bash",
    "mcp__memoryd__search_code", "Odd",
])  # fmt: skip
PATHS = st.sampled_from([PATH, "/etc/passwd", "../../up", "a\0b", "", "\ud800"])
FILE = st.fixed_dictionaries({}, optional={"filePath": PATHS, "content": st.text(max_size=60), "startLine": ANY, "totalLines": ANY})
PATCH = st.lists(ANY | st.fixed_dictionaries({"oldStart": ANY, "lines": st.lists(st.text(max_size=6), max_size=5) | ANY}), max_size=3)
RESPONSE = ANY | st.fixed_dictionaries({}, optional={
    "type": st.just("text") | ANY, "file": FILE | ANY, "structuredPatch": PATCH | ANY, "stdout": st.text(max_size=200) | ANY,
    "task": ANY | st.fixed_dictionaries({}, optional={"output": ANY, "exitCode": ANY, "task_id": ANY}),
    "llmContent": ANY, "backgroundTaskId": ANY, "numFiles": st.just(0) | ANY,
})  # fmt: skip


PAYLOAD = st.fixed_dictionaries(
    {},
    optional={
        "hook_event_name": NAMES | ANY,
        "hookEventName": NAMES | ANY,
        "event": NAMES | ANY,
        "session_id": st.sampled_from(["a", "b"]) | ANY,
        "sessionId": st.just("a") | ANY,
        "session": st.just("a") | ANY,
        "conversation_id": st.just("a") | ANY,
        "workspace_roots": ANY,
        "transcript_path": PATHS | ANY,
        "file_path": PATHS | ANY,
        "tool": TOOLS | ANY,
        "args": ANY | st.fixed_dictionaries({}, optional={"filePath": PATHS | ANY, "command": ANY}),
        "output": st.text(max_size=200) | ANY,
        "text": ANY,
        "agent_id": ANY,
        "prompt": st.text(max_size=80),
        "tool_name": TOOLS | ANY,
        "tool_use_id": ANY,
        "source": ANY,
        "tool_response": RESPONSE,
        "tool_input": ANY | st.fixed_dictionaries({}, optional={"file_path": PATHS | ANY, "command": st.text(max_size=40) | ANY}),
    },
)


def test_no_event_fails_whatever_it_holds(served: Served) -> None:
    @given(st.sampled_from(sorted(DIALECTS)), PAYLOAD, st.booleans())
    @settings(max_examples=int(os.environ.get("EVENTS", "150")), deadline=None, suppress_health_check=list(HealthCheck))
    def send(client: str, payload: dict[str, Any], is_here: bool) -> None:
        body = json.dumps({**payload, **({"cwd": str(served.root)} if is_here else {})})
        answer = served.client.post(f"/v1/hooks/{client}", content=body.encode(), headers={"Content-Type": "application/json"})
        assert answer.status_code in (200, 204)
        assert "permissionDecision" not in answer.text

    send()
    assert "memoryd_hooks_unanswered_total 0\n" in served.client.get("/metrics").text


def test_what_is_no_event_and_who_is_no_client_get_nothing(served: Served) -> None:
    for body in (b"[]", b"null", b'{"sessionId": "vs", "hook_event_name": "PreToolUse", "cwd": "/"}'):
        answer = served.client.post("/v1/hooks/claude-code", content=body, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.content) == (204, b"")
    assert served.client.post("/v1/hooks/nobody", json={}).status_code == 204
    assert served.stranger.post("/v1/hooks/claude-code", json={}).status_code == 401


def test_a_note_on_a_file_is_told_before_its_first_edit_and_again_once_it_is_in_no_context(served: Served) -> None:
    served.post("/v1/notes", title="Totals are in cents", body="Floats drifted.", claims=[f"path {PATH}"]).raise_for_status()
    event = {"hook_event_name": "PreToolUse", "session_id": "noted", "cwd": str(served.root), "tool_name": "Edit"}
    given = {"tool_input": {"file_path": str(served.root / PATH)}}

    def told(number: str) -> str:
        answer = served.client.post("/v1/hooks/claude-code", json={**event, **given, "tool_use_id": number})
        return answer.text

    first = told("1")
    assert "Totals are in cents" in json.loads(first)["hookSpecificOutput"]["additionalContext"]
    assert told("2") == ""

    def tell(**more: str) -> None:
        served.client.post("/v1/hooks/claude-code", json={"session_id": "noted", "cwd": str(served.root), **more})

    for more in ({"hook_event_name": "SessionStart", "source": "resume"}, {"hook_event_name": "PostCompact", "agent_id": "sub"}):
        tell(**more)
        assert told(f"same after {more}") == ""
    for more in ({"hook_event_name": "PostCompact"}, {"hook_event_name": "SessionStart", "source": "clear"}):
        tell(**more)
        assert "Totals are in cents" in told(f"new after {more}")
        assert told(f"again after {more}") == ""


def test_after_an_edit_its_callers_and_tests_are_told_and_the_notes_that_it_disproves(served: Served) -> None:
    write(served.root, {"tests/test_pay.py": "from shop.checkout import pay\n\n\ndef test_pay():\n    assert pay(None)\n"})
    served.post("/v1/reindex").raise_for_status()
    claim = "signature shop/checkout.py#charge is def charge(money)"
    served.post("/v1/notes", title="Charging takes money alone", body="It was so.", claims=[claim]).raise_for_status()

    def edit(path: str, old: str, new: str, number: str, line: int, query: str = "") -> str:
        file = served.root / path
        common: dict[str, Any] = {"session_id": "edits", "cwd": str(served.root), "tool_name": "Edit", "tool_use_id": number}
        common |= {"tool_input": {"file_path": str(file)}}
        patch = [{"oldStart": line, "lines": [f"-{old}", f"+{new}"]}]
        url = f"/v1/hooks/claude-code{query}"
        served.client.post(url, json={**common, "hook_event_name": "PreToolUse"})
        file.write_text(file.read_text().replace(old, new))
        done = {"hook_event_name": "PostToolUse", "tool_response": {"filePath": str(file), "structuredPatch": patch}}
        answer = served.client.post(url, json={**common, **done})
        return str(json.loads(answer.content)["hookSpecificOutput"]["additionalContext"]) if answer.content else ""

    told = edit("shop/checkout.py", "def charge(money):", "def charge(money, tip):", "1", 8)
    assert "needs re-verification: " in told
    assert "tests that reach what was edited: tests/test_pay.py#test_pay" in told
    assert edit("shop/checkout.py", "return money", "return money + tip", "2", 9) == ""
    told = edit("shop/cart.py", "def total(self)", "def total(self, rate)", "3", 13)
    assert "`Cart.total` reads `" in told
    assert "it is called at shop/checkout.py:5" in told
    assert edit("shop/cart.py", "def total(self, rate)", "def total(self)", "4", 13, "?without=edits") == ""


def test_nothing_is_told_of_a_project_that_may_as_well_be_read(served: Served) -> None:
    event = {"hook_event_name": "SessionStart", "session_id": "small", "cwd": str(served.root), "source": "startup"}
    assert served.client.post("/v1/hooks/claude-code", json=event).content == b""


def test_what_ran_in_the_background_is_known_by_its_command(served: Served) -> None:
    output = "\n".join(f"tests/test_cart.py::test_{number} PASSED" for number in range(100))
    common = {"session_id": "behind", "cwd": str(served.root), "hook_event_name": "PostToolUse"}

    def told(number: str, tool: str, given: dict[str, Any], response: dict[str, Any]) -> Any:
        body = {**common, "tool_name": tool, "tool_use_id": number, "tool_input": given, "tool_response": response}
        answer = served.client.post("/v1/hooks/claude-code", json=body)
        return json.loads(answer.content)["hookSpecificOutput"]["updatedToolOutput"] if answer.content else None

    file = {"filePath": "/tmp/c/tasks/b1.output", "content": output, "startLine": 1, "numLines": 100, "totalLines": 100}
    task = {"task_id": "b1", "task_type": "local_bash", "status": "running", "output": output, "exitCode": None}
    assert told("1", "Read", {"file_path": file["filePath"]}, {"type": "text", "file": file}) is None
    assert told("2", "Bash", {"command": "pytest -v"}, {"stdout": "", "stderr": "", "backgroundTaskId": "b1"}) is None
    shown = told("3", "Read", {"file_path": file["filePath"]}, {"type": "text", "file": file})
    assert "kept aside" in shown["file"]["content"]
    shown = told("4", "TaskOutput", {"task_id": "b1"}, {"retrieval_status": "timeout", "task": task})
    assert "kept aside" in shown["task"]["output"]
    assert told("5", "TaskOutput", {"task_id": "b1"}, {"task": {**task, "exitCode": 1}}) is None


LONG = [f"line_{number} = {number}" for number in range(40)]


def reading(root: Path, number: str, lines: list[str], **more: Any) -> dict[str, Any]:
    file = {"filePath": str(root / "long.py"), "content": "\n".join(lines), "startLine": 1, "totalLines": len(lines)}
    told = {"hook_event_name": "PostToolUse", "tool_name": "Read", "tool_use_id": number, "tool_input": {"file_path": file["filePath"]}}
    return {**told, "session_id": "rereads", "cwd": str(root), "tool_response": {"type": "text", "file": file}, **more}


def test_a_file_that_is_read_again_unchanged_is_one_line_unless_the_agent_insists(served: Served) -> None:
    def shown(number: str, lines: list[str], query: str = "", **more: Any) -> str:
        answer = served.client.post(f"/v1/hooks/claude-code{query}", json=reading(served.root, number, lines, **more))
        return json.loads(answer.content)["hookSpecificOutput"]["updatedToolOutput"]["file"]["content"] if answer.content else ""

    assert shown("1", LONG) == ""
    assert "long.py is unchanged since you were shown all of its 40 lines" in shown("2", LONG)
    assert shown("3", LONG) == ""
    assert shown("4", [*LONG[:-1], "changed"]) == ""
    assert shown("5", LONG, agent_id="another") == ""
    assert shown("6", LONG, agent_id="another", query="?without=places,rereads") == ""
    assert "unchanged" in shown("7", LONG, agent_id="another")


def test_who_has_no_time_gets_nothing_and_the_event_is_taken_all_the_same(tmp_path: Path) -> None:
    with serving(tmp_path, limits=Limits(hook_seconds=0.0)) as one:
        write(one.root, FILES)
        one.post("/v1/reindex").raise_for_status()
        for number in ("1", "2"):
            answer = one.client.post("/v1/hooks/claude-code", json=reading(one.root, number, LONG))
            assert (answer.status_code, answer.content) == (204, b"")
        assert "memoryd_hooks_unanswered_total 2\n" in one.client.get("/metrics").text
        question = {"hook_event_name": "PreToolUse", "session_id": "rereads", "cwd": str(one.root), "tool_use_id": "3"}
        one.client.post("/v1/hooks/claude-code", json={**question, "tool_name": "mcp__memoryd__search_code"})
        until = time.monotonic() + DEADLINE
        while (found := one.server.app.state.dispatcher.sessions.reader("3")) is None and time.monotonic() < until:
            """It is taken in a thread, for which nobody waits."""
        assert found is not None
        assert found.has("long.py", LONG, range(1, 41))


def test_an_event_that_comes_twice_counts_once(served: Served) -> None:
    post = [served.client.post("/v1/hooks/claude-code", json=reading(served.root, "twice", LONG, session_id="t")) for _ in range(2)]
    assert [one.status_code for one in post] == [204, 204]


def test_a_page_that_was_fetched_is_shortened_in_its_own_shape(served: Served) -> None:
    page = "\n".join(f"## Part {number}\n\n" + f"Of part {number}.\n" * 20 for number in range(12)) + "\n## Vouchers\n\nRedeemed once.\n"
    event: dict[str, Any] = {
        "hook_event_name": "PostToolUse",
        "session_id": "pages",
        "cwd": str(served.root),
        "tool_name": "WebFetch",
        "tool_use_id": "w",
    }
    event |= {"tool_input": {"url": "https://shop.example", "prompt": "how are vouchers redeemed"}}
    event |= {"tool_response": {"bytes": len(page), "code": 200, "codeText": "OK", "result": page, "durationMs": 5, "url": "x"}}
    answer = served.client.post("/v1/hooks/claude-code", json=event).json()["hookSpecificOutput"]["updatedToolOutput"]
    assert (answer["code"], answer["url"]) == (200, "x")
    assert "Redeemed once." in answer["result"]
    assert len(answer["result"]) < len(page) / 2


def test_a_long_file_is_an_outline_where_that_was_chosen_and_nothing_speaks_against_it(served: Served) -> None:
    functions = {number: f"def part_{number}():\n" + f"    step_{number} = 'to be done'\n" * 40 for number in range(20)}
    functions[7] = "def voucher():\n" + "    redeemed = 'once and never again'\n" * 30
    write(served.root, {"shelf.py": "\n".join(functions.values()), "cellar.py": "\n".join(functions.values())})
    served.post("/v1/reindex").raise_for_status()
    lines = (served.root / "shelf.py").read_text().split("\n")
    uses = itertools.count()

    def send(**more: Any) -> bytes:
        common = {"session_id": "outlines", "cwd": str(served.root), "tool_use_id": f"o{next(uses)}"}
        return served.client.post("/v1/hooks/claude-code", json={**common, **more}).content

    def shown(name: str, agent: str = "", **asked: int) -> str:
        path = str(served.root / name)
        file = {"filePath": path, "content": "\n".join(lines), "startLine": 1, "numLines": len(lines), "totalLines": len(lines)}
        given = {"file_path": path, **asked}
        response = {"type": "text", "file": file}
        said = send(hook_event_name="PostToolUse", tool_name="Read", tool_input=given, tool_response=response, agent_id=agent)
        return json.loads(said)["hookSpecificOutput"]["updatedToolOutput"]["file"]["content"] if said else ""

    task = "find out why a voucher is redeemed too late"
    send(hook_event_name="UserPromptSubmit", prompt=task)
    assert shown("shelf.py", "without") == "", "nobody chose it"
    choose(Settings(served.home, "hash"), served.root, ["+outlines"])
    assert shown("shelf.py", "range", limit=2_000) == ""
    assert shown("cellar.py", "none") == "", "a subagent without a task has none of whose words an outline could be"
    found = shown("shelf.py").split("\n")
    numbered = [(int(number), line) for number, line in (one.split("\t", 1) for one in found[1:-1])]
    assert all(lines[number - 1] == line for number, line in numbered)
    assert {"    redeemed = 'once and never again'", "def part_3():"} <= {line for _, line in numbered}
    assert "    step_3 = 'to be done'" not in {line for _, line in numbered}
    (handle,) = set(re.findall(r"obs:[0-9a-f]{10}", found[-1]))
    assert "step_3" in served.post("/v1/show", handles=[f"{handle}:130-132"]).json()["shown"][0]["text"]
    send(hook_event_name="PreToolUse", tool_name="mcp__memoryd__search_code", tool_use_id="asking", tool_input={})
    reader = served.server.app.state.dispatcher.sessions.reader("asking")
    assert reader is not None
    assert reader.has("shelf.py", lines, [number for number, _ in numbered])
    assert not reader.has("shelf.py", lines, [number for number in range(1, len(lines) + 1) if number not in dict(numbered)][:1])
    assert shown("shelf.py") == "", "the agent insists"
    assert "unchanged" in shown("shelf.py"), "it has all of it by now"
    send(hook_event_name="UserPromptSubmit", prompt="tell me what Cellar does with a voucher that was redeemed")
    assert shown("cellar.py") == "", "the task names it"
    send(hook_event_name="UserPromptSubmit", prompt=task)
    hunk = {"oldStart": 1, "lines": ["-def part_0():", "+def part_0():"]}
    made = {"filePath": str(served.root / "cellar.py"), "structuredPatch": [hunk]}
    send(hook_event_name="PostToolUse", tool_name="Edit", tool_input={"file_path": made["filePath"]}, tool_response=made)
    send(hook_event_name="PreCompact", trigger="auto")
    assert shown("cellar.py") == "", "it was edited"
