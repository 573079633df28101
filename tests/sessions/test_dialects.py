"""What clients send, as events, and memoryd's answers in the form of each. The payloads are those that the clients sent or document."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from memoryd.faces.hooks import DIALECTS
from memoryd.faces.http import Limits
from memoryd.faces.install.hook_forms import PLUGIN
from memoryd.sessions import SILENT, Kind, Reply, Tool
from tests.faces.serving import KEYED, serving
from tests.project import DEADLINE, FILES, write

CODEX = {"session_id": "s", "cwd": "/p", "turn_id": "t", "model": "m"}
GEMINI = {"session_id": "s", "cwd": "/p", "timestamp": "2026"}
VSCODE = {"sessionId": "s", "cwd": "/p", "timestamp": "2026"}
CURSOR = {"conversation_id": "s", "generation_id": "g", "workspace_roots": ["/p"]}
OURS = {"session": "s", "cwd": "/p"}
PATCH = "*** Begin Patch\n*** Update File: shop/cart.py\n@@\n-a\n+b\n*** End Patch\n"
READ: list[tuple[str, dict[str, Any], Kind, tuple[Tool, str, str, str] | str]] = [
    ("codex", {**CODEX, "hook_event_name": "SessionStart", "source": "startup"}, Kind.STARTED, "startup"),
    ("codex", {**CODEX, "hook_event_name": "UserPromptSubmit", "prompt": "fix it"}, Kind.PROMPTED, "fix it"),
    ("codex", {**CODEX, "hook_event_name": "PostToolUse", "tool_name": "Bash", "tool_input": {"command": "ls"}, "tool_response": "a\n"},
     Kind.USED, (Tool.SHELL, "", "ls", "a\n")),
    ("codex", {**CODEX, "hook_event_name": "PreToolUse", "tool_name": "apply_patch", "tool_input": {"command": PATCH}},
     Kind.USING, (Tool.EDIT, "shop/cart.py", "", "")),
    ("codex", {**CODEX, "hook_event_name": "PreToolUse", "tool_name": "mcp__memoryd__search_code"}, Kind.USING, (Tool.OURS, "", "", "")),
    ("gemini", {**GEMINI, "hook_event_name": "BeforeAgent", "prompt": "fix it"}, Kind.PROMPTED, "fix it"),
    ("gemini", {**GEMINI, "hook_event_name": "AfterTool", "tool_name": "run_shell_command", "tool_input": {"command": "ls"},
                "tool_response": {"llmContent": "a\n", "returnDisplay": "a"}}, Kind.USED, (Tool.SHELL, "", "ls", "a\n")),
    ("gemini", {**GEMINI, "hook_event_name": "AfterTool", "tool_name": "run_shell_command", "tool_input": {"command": "ls"},
                "tool_response": {"llmContent": "a\n", "error": {"message": "no"}}}, Kind.USED, (Tool.SHELL, "", "ls", "")),
    ("gemini", {**GEMINI, "hook_event_name": "BeforeTool", "tool_name": "replace", "tool_input": {"file_path": "/p/a.py"}},
     Kind.USING, (Tool.EDIT, "/p/a.py", "", "")),
    ("vscode", {**VSCODE, "hookEventName": "SessionStart", "source": "new"}, Kind.STARTED, "new"),
    ("vscode", {**VSCODE, "hookEventName": "PreToolUse", "tool_name": "editFiles", "tool_input": {"files": ["src/main.ts"]}},
     Kind.USING, (Tool.EDIT, "src/main.ts", "", "")),
    ("cursor", {**CURSOR, "hook_event_name": "afterFileEdit", "file_path": "/p/a.py"}, Kind.USED, (Tool.EDIT, "/p/a.py", "", "")),
    ("cursor", {**CURSOR, "hook_event_name": "beforeSubmitPrompt", "prompt": "fix it"}, Kind.PROMPTED, "fix it"),
    ("opencode", {**OURS, "event": "used", "tool": "bash", "args": {"command": "ls"}, "output": "a\n"},
     Kind.USED, (Tool.SHELL, "", "ls", "a\n")),
]  # fmt: skip


@pytest.mark.parametrize("client, payload, kind, told", READ)
def test_what_a_client_sends_is_an_event(client: str, payload: dict[str, Any], kind: Kind, told: tuple[Tool, str, str, str] | str) -> None:
    event = DIALECTS[client].read(payload)
    assert event is not None
    assert (event.kind, event.session, event.place) == (kind, "s", "/p")
    if isinstance(told, str):
        assert event.text == told
    else:
        assert event.use is not None
        assert (event.use.tool, event.use.path, event.use.command, event.use.output) == told


BOTH = Reply("context", "shorter")
WRITTEN: list[tuple[str, dict[str, Any], Any]] = [
    ("codex", {"hook_event_name": "PostToolUse"}, {"decision": "block", "reason": "shorter",
     "hookSpecificOutput": {"hookEventName": "PostToolUse", "additionalContext": "context"}}),
    ("codex", {"hook_event_name": "PreCompact"}, None),
    ("gemini", {"hook_event_name": "AfterTool"}, {"decision": "deny", "reason": "shorter",
     "hookSpecificOutput": {"hookEventName": "AfterTool", "additionalContext": "context"}}),
    ("gemini", {"hook_event_name": "BeforeTool"}, None),
    ("vscode", {"hookEventName": "PostToolUse"}, {"hookSpecificOutput": {"hookEventName": "PostToolUse", "additionalContext": "context"}}),
    ("vscode", {"hookEventName": "UserPromptSubmit"}, None),
    ("cursor", {"hook_event_name": "sessionStart"}, {"additional_context": "context"}),
    ("cursor", {"hook_event_name": "beforeSubmitPrompt"}, None),
    ("opencode", {"event": "used"}, {"context": "context", "output": "shorter"}),
]  # fmt: skip


@pytest.mark.parametrize("client, payload, written", WRITTEN)
def test_an_answer_has_the_form_of_its_client_and_where_none_is_read_there_is_none(
    client: str, payload: dict[str, Any], written: Any
) -> None:
    said = DIALECTS[client].write(payload, BOTH)
    assert (json.loads(said) if said else None) == written
    assert DIALECTS[client].write(payload, SILENT) == ""


@pytest.mark.parametrize("client", DIALECTS)
def test_what_another_client_sends_means_nothing(client: str) -> None:
    shaped = {"codex": "claude-code", "claude-code": "codex"}
    for other, payload, _, _ in READ:
        if other not in (client, shaped.get(client)) and not (other == "gemini" and client in shaped):
            event = DIALECTS[client].read(payload)
            assert event is None or payload.get("hook_event_name") in ("SessionStart", "SessionEnd")


RUN = """
import { Memoryd } from "%s"
const hooks = await Memoryd({ directory: process.argv[2] })
const session = "js"
await hooks.event({ event: { type: "session.created", properties: { info: { id: session } } } })
const result = { title: "", output: process.argv[3], metadata: {} }
const call = { tool: "bash", sessionID: session, callID: "1", args: { command: "find . -name '*.py'" } }
await hooks["tool.execute.after"](call, result)
const context = { context: [] }
await hooks["chat.message"]({ sessionID: session }, { parts: [{ type: "text", text: "make the total right" }] })
await hooks["experimental.session.compacting"]({ sessionID: session }, context)
console.log(JSON.stringify({ output: result.output, context: context.context }))
"""


def test_the_plugin_of_opencode_shortens_results_and_keeps_what_a_compaction_needs(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node.js is not installed; opencode's plugin is run with it")
    output = "\n".join(f"./pkg/module_{number}.py" for number in range(200))
    (tmp_path / "run").mkdir()
    plugin = tmp_path / "run" / "memoryd.mjs"
    with serving(tmp_path, limits=Limits(hook_seconds=DEADLINE)) as one:
        write(one.root, FILES)
        one.post("/v1/reindex").raise_for_status()
        # The daemon of the tests listens at a port, and wants the secret.
        at = f'host: "127.0.0.1", port: {one.port}, '
        source = PLUGIN.read_text().replace("socketPath, method", f"{at}method").replace("= 350", f"= {1000 * DEADLINE}")
        plugin.write_text(source.replace('host: "localhost"', f'authorization: "{KEYED["Authorization"]}"'))
        (tmp_path / "run" / "run.mjs").write_text(RUN % plugin)

        def run() -> Any:
            command = [node, str(tmp_path / "run" / "run.mjs"), str(one.root), output]
            return json.loads(subprocess.run(command, capture_output=True, check=True, text=True, timeout=DEADLINE).stdout)

        found = run()
        assert 3 * len(found["output"]) < 2 * len(output)
        assert all(line in output.splitlines() or line.startswith("[memoryd: ") for line in found["output"].splitlines())
        assert "make the total right" in found["context"][0]
    down = run()
    assert down == {"output": output, "context": []}
