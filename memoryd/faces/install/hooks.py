"""Plans the rewrites that add memoryd's hooks to a client's settings, or remove them. What else is there stays, byte for byte."""

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from memoryd import hook
from memoryd.errors import InstallRefused
from memoryd.faces.install import jsonc
from memoryd.faces.install.clients import NAME
from memoryd.faces.install.entries import newer
from memoryd.faces.install.places import Place, real_file, text_of
from memoryd.faces.install.starting import is_committed
from memoryd.faces.install.writing import Rewrite

CLAUDE = "claude-code"
FILES = {
    CLAUDE: {"project": (".claude/settings.local.json", ".claude/settings.json"), "user": ("{CLAUDE_SETTINGS}/settings.json",)},
}
"""The files of clients that have hooks: in the project, the one for our user first; and of the user."""
SECONDS = 5
"""How long a client waits for a hook at most; a hook ends by itself long before."""
TOOLS = "^(Read|Edit|MultiEdit|Write|Bash|Grep|mcp__(plugin_memoryd_)?memoryd__.*)$"
BEFORE = "^(Edit|MultiEdit|Write|Agent|Task|mcp__(plugin_memoryd_)?memoryd__.*)$"
SERVERS = ("mcp__memoryd__", "mcp__plugin_memoryd_memoryd__")
"""What comes before the names of tools in the rules of Claude Code."""
EVENTS: Mapping[str, str] = {
    "SessionStart": "", "UserPromptSubmit": "", "PreToolUse": BEFORE, "PostToolUse": TOOLS, "PostToolUseFailure": "^Bash$",
    "PreCompact": "", "PostCompact": "", "SubagentStart": "", "SubagentStop": "", "SessionEnd": "",
}  # fmt: skip
"""The events that memoryd takes, each with the tools that it is about, "" for all there is."""


def has_hooks(client: str) -> bool:
    """Tell whether memoryd can be hooked into a client."""
    return client in FILES


def add_hooks(client: str, place: Place, scope: str, root: Path) -> Rewrite:
    """Return the rewrite that adds memoryd's hooks; no change where they are as they should be. Raises `InstallRefused`."""
    file = _files(client, place, scope, root)[0]
    text = _text(file)
    wanted = {event: _group(client, place, file, matcher) for event, matcher in EVENTS.items()}
    after = _without(file, text)
    for event, group in wanted.items():
        after = jsonc.append(after, ("hooks", event), group)
    if _ours(file, text) == wanted:
        after = text
    return Rewrite(file, text, _checked(file, after))


def remove_hooks(client: str, place: Place, scope: str, root: Path) -> tuple[Rewrite, ...]:
    """Return the rewrites that remove memoryd's hooks; none where there are none. Raises `InstallRefused`."""
    found = []
    for file in _files(client, place, scope, root):
        text = _text(file)
        if text is not None and _ours(file, text):
            found.append(Rewrite(file, text, _checked(file, _without(file, text))))
    return tuple(found)


def denials(client: str, place: Place, root: Path) -> Iterator[str]:
    """Yield what to know of settings that deny a tool by the name that it had, and so not by the one it has."""
    for scope in FILES.get(client, ()):
        for file in _files(client, place, scope, root):
            try:
                data = _read(file, _text(file))
            except InstallRefused:  # it is not this file that is to be rewritten
                continue
            rules = data.get("permissions", {}) if isinstance(data, dict) else {}
            denied = rules.get("deny") if isinstance(rules, dict) else None
            if missing := [rule for server in SERVERS for rule in newer(denied, server)] if isinstance(denied, list) else []:
                yield f"{file} denies tools by the names that they had; add to `permissions.deny` there: {', '.join(missing)}"


def _files(client: str, place: Place, scope: str, root: Path) -> tuple[Path, ...]:
    if not has_hooks(client):
        raise InstallRefused(f"memoryd has no hooks for {client}; leave out --hooks")
    own = place.environment.get("CLAUDE_CONFIG_DIR") or str(place.home / ".claude")
    files = (root / name.format_map({"CLAUDE_SETTINGS": own}) for name in FILES[client][scope])
    return tuple(real_file(place, scope, root, file) for file in files)


def _group(client: str, place: Place, file: Path, matcher: str) -> dict[str, Any]:
    """Return the entry of an event. A file that is committed is for every machine, and names no path of this one."""
    if is_committed(file):
        command, arguments = NAME, ["hook", client]
    else:
        # Without the packages that are installed it starts in a third of the time.
        home = place.settings.get("MEMORYD_HOME", "")
        command, arguments = str(place.python), ["-I", "-S", str(Path(hook.__file__)), client, *([home] if home else [])]
    handler = {"type": "command", "command": command, "args": arguments, "timeout": SECONDS}
    return {**({"matcher": matcher} if matcher else {}), "hooks": [handler]}


def _is_ours(group: Any) -> bool:
    """Tell whether an entry of an event starts memoryd's hook and nothing else."""
    handlers = group.get("hooks") if isinstance(group, dict) else None
    return isinstance(handlers, list) and bool(handlers) and all(map(_starts_hook, handlers))


def _starts_hook(handler: Any) -> bool:
    if not isinstance(handler, dict) or not isinstance(command := handler.get("command"), str):
        return False
    arguments = handler.get("args")
    try:
        words = [command, *arguments] if isinstance(arguments, list) else shlex.split(command)
    except ValueError:
        return False
    if not words or not all(isinstance(word, str) for word in words):
        return False
    names = [Path(word).parts[-2:] for word in words]
    return ("memoryd", "hook.py") in names or (Path(words[0]).name == NAME and words[1:2] == ["hook"])


def _ours(file: Path, text: str | None) -> dict[str, Any]:
    """Return memoryd's entries by event; of several the last."""
    return {event: group for event, groups in _events(file, text) for group in groups if _is_ours(group)}


def _without(file: Path, text: str | None) -> str | None:
    # The last first: what was put into an empty object first is known by its place behind the brace.
    for event, groups in reversed([*_events(file, text)]):
        for index in reversed(range(len(groups))):
            if text is not None and _is_ours(groups[index]):
                text = jsonc.drop_item(text, ("hooks", event), index)
    return text


def _events(file: Path, text: str | None) -> Iterator[tuple[str, list[Any]]]:
    data = _read(file, text)
    hooks = data.get("hooks", {}) if isinstance(data, dict) else None
    if not isinstance(hooks, dict) or not all(isinstance(groups, list) for groups in hooks.values()):
        raise InstallRefused(f"`hooks` in {file} is not what its client writes; nothing was written: repair it and run the command again")
    yield from hooks.items()


def _read(file: Path, text: str | None) -> Any:
    try:
        return (jsonc.read(text) if text else None) or {}
    except (jsonc.Malformed, RecursionError) as error:
        raise InstallRefused(f"{file} cannot be read ({error}); nothing was written: repair it and run the command again") from error


def _text(file: Path) -> str | None:
    try:
        return text_of(file)
    except (OSError, UnicodeDecodeError) as error:
        raise InstallRefused(f"cannot read {file}; make it a file that you can read, and run the command again") from error


def _checked(file: Path, after: str | None) -> str | None:
    """Return the new text after reading it once more. Raises `InstallRefused`."""
    _ours(file, after)
    return after
