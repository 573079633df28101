"""How clients' files hold hooks: where they are, which events memoryd takes, the form of an entry. A client is a row of `FORMS`."""

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SECONDS = 3
"""How long a client waits for a hook at most; a hook ends by itself long before."""
PLUGIN = Path(__file__).with_name("opencode.js")
"""The plugin of opencode."""
OURS = "mcp__(plugin_memoryd_)?memoryd__.*"


@dataclass(frozen=True, slots=True)
class Form:
    """The hooks of a client: its files by scope, the one that is written first; the events, each with the tools that it is about, "" for
    all there is; an event's entry for a command; and what else a file must say.
    """

    files: Mapping[str, tuple[str, ...]]
    events: Mapping[str, str]
    entry: Callable[[Sequence[str], str], dict[str, Any]]
    head: Mapping[str, Any] = field(default_factory=dict)
    then: str = ""
    """What its user has to do before the client starts the hooks."""


def claude(command: Sequence[str], matcher: str) -> dict[str, Any]:
    """Return an entry of Claude Code, which starts a program without a shell."""
    program, *arguments = command
    return _group({"type": "command", "command": program, "args": arguments, "timeout": SECONDS}, matcher)


def codex(command: Sequence[str], matcher: str) -> dict[str, Any]:
    """Return an entry of Codex."""
    return _group({"type": "command", "command": shlex.join(command), "timeout": SECONDS}, matcher)


def gemini(command: Sequence[str], matcher: str) -> dict[str, Any]:
    """Return an entry of Gemini CLI, which counts in milliseconds."""
    return _group({"name": "memoryd", "type": "command", "command": shlex.join(command), "timeout": 1_000 * SECONDS}, matcher)


def vscode(command: Sequence[str], _matcher: str) -> dict[str, Any]:
    """Return an entry of VS Code."""
    return {"type": "command", "command": shlex.join(command), "timeout": SECONDS}


def cursor(command: Sequence[str], _matcher: str) -> dict[str, Any]:
    """Return an entry of Cursor."""
    return {"command": shlex.join(command)}


def _group(handler: dict[str, Any], matcher: str) -> dict[str, Any]:
    return {**({"matcher": matcher} if matcher else {}), "hooks": [handler]}


FORMS: Mapping[str, Form] = {
    "claude-code": Form(
        {"project": (".claude/settings.local.json", ".claude/settings.json"), "user": ("{CLAUDE_SETTINGS}/settings.json",)},
        {
            "SessionStart": "", "UserPromptSubmit": "", "PreToolUse": f"^(Edit|MultiEdit|Write|Agent|Task|{OURS})$",
            "PostToolUse": f"^(Read|Edit|MultiEdit|Write|Bash|Grep|TaskOutput|BashOutput|{OURS})$", "PostToolUseFailure": "^Bash$",
            "PreCompact": "", "PostCompact": "", "SubagentStart": "", "SubagentStop": "", "SessionEnd": "",
        },
        claude,
    ),
    "codex": Form(
        {"project": (".codex/hooks.json",), "user": ("{CODEX_HOME}/hooks.json",)},
        {
            "SessionStart": "", "UserPromptSubmit": "", "PreToolUse": f"^(apply_patch|spawn_agent|{OURS})$",
            "PostToolUse": f"^(Bash|apply_patch|{OURS})$", "PostCompact": "", "SubagentStart": "", "SubagentStop": "", "SessionEnd": "",
        },
        codex, then="codex starts hooks that you trust alone: say `/hooks` there",
    ),
    "gemini": Form(
        {"project": (".gemini/settings.json",), "user": ("{HOME}/.gemini/settings.json",)},
        {
            "SessionStart": "*", "BeforeAgent": "*", "BeforeTool": "^(replace|write_file|mcp__?memoryd__?.*)$",
            "AfterTool": "^(replace|write_file|run_shell_command|search_file_content|grep_search)$", "PreCompress": "*", "SessionEnd": "*",
        },
        gemini,
    ),
    "vscode": Form(
        {"project": (".github/hooks/memoryd.json",)},
        dict.fromkeys(("SessionStart", "UserPromptSubmit", "PreToolUse", "PostToolUse", "PreCompact", "SubagentStart", "SubagentStop"), ""),
        vscode,
    ),
    "cursor": Form(
        {"project": (".cursor/hooks.json",), "user": ("{HOME}/.cursor/hooks.json",)},
        dict.fromkeys(("sessionStart", "beforeSubmitPrompt", "afterFileEdit", "preCompact", "sessionEnd"), ""),
        cursor, {"version": 1},
    ),
}  # fmt: skip
PLUGINS: Mapping[str, Mapping[str, str]] = {
    "opencode": {"project": ".opencode/plugins/memoryd.js", "user": "{XDG_CONFIG_HOME}/opencode/plugins/memoryd.js"},
}
"""The clients whose hooks are a file of ours, by scope."""
