"""Tells what a tool brings into a context: files, searches, test runs, the web, a server. Pure."""

from typing import Any

from memoryd.usage.readers.values import name

FILES, SEARCHES, RUNS, COMMANDS, WEB, EDITS, AGENTS, SKILLS, OTHER = (
    "files read", "searches", "test runs and builds", "other commands", "web", "edits", "subagents", "skills", "other tools",
)  # fmt: skip
PROMPTS, ANSWERS, SUMMARIES, INSTRUCTIONS, HOOKS = "prompts", "what the model wrote", "summaries", "instructions", "hooks"
TOOLS = {
    "read": FILES, "notebookread": FILES, "read_file": FILES, "read_many_files": FILES, "view_image": FILES,
    "grep": SEARCHES, "glob": SEARCHES, "ls": SEARCHES, "toolsearch": SEARCHES, "search_file_content": SEARCHES, "list": SEARCHES,
    "webfetch": WEB, "websearch": WEB, "web_fetch": WEB, "google_web_search": WEB,
    "edit": EDITS, "multiedit": EDITS, "write": EDITS, "notebookedit": EDITS, "apply_patch": EDITS, "replace": EDITS, "write_file": EDITS,
    "task": AGENTS, "agent": AGENTS, "taskoutput": AGENTS, "skill": SKILLS,
}  # fmt: skip
SHELLS = frozenset(("bash", "shell", "exec_command", "local_shell", "run_shell_command", "shell_command", "bashoutput", "powershell"))
OF_COMMANDS = {"run": RUNS, "diagnostics": RUNS, "hits": SEARCHES, "listing": SEARCHES}
"""By the kind of their output."""
READERS = frozenset(("cat", "head", "tail", "sed", "nl", "bat", "less"))


def source_of(tool: str, command: Any) -> str:
    """Return what a tool brings in; `command` is what a shell was told, of any type."""
    lowered = tool.lower()
    if lowered in SHELLS:
        text = " ".join(map(str, command)) if isinstance(command, list) else name(command)
        from memoryd.observations import kind_of  # imports much, and is not needed where nothing new was run

        kind = kind_of("shell", text) or ""
        first = text.split(maxsplit=1)[:1]
        return OF_COMMANDS[kind] if kind in OF_COMMANDS else FILES if first and first[0] in READERS else COMMANDS
    if lowered.startswith("mcp__"):
        return f"MCP {tool.split('__')[1]}"
    return TOOLS.get(lowered, OTHER)
