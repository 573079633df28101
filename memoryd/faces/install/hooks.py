"""Plans the rewrites that add memoryd's hooks to a client's settings, or remove them. What else is there stays, byte for byte."""

import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from memoryd.errors import InstallRefused
from memoryd.faces.install import jsonc
from memoryd.faces.install.clients import NAME
from memoryd.faces.install.entries import newer
from memoryd.faces.install.hook_forms import FORMS, PLUGIN, PLUGINS, Form
from memoryd.faces.install.places import Machine, folders, real_file, text_of
from memoryd.faces.install.starting import is_committed
from memoryd.faces.install.writing import Rewrite
from memoryd.standalone import hook

CLAUDE = "claude-code"
SERVERS = ("mcp__memoryd__", "mcp__plugin_memoryd_memoryd__")
"""What comes before the names of tools in the rules of Claude Code."""
PLUGIN_MARK = "// memoryd: "
"""How a plugin of ours begins."""


def has_hooks(client: str) -> bool:
    """Tell whether memoryd can be hooked into a client."""
    return client in FORMS or client in PLUGINS


def add_hooks(client: str, machine: Machine, scope: str, root: Path) -> Rewrite:
    """Return the rewrite that adds memoryd's hooks; no change where they are as they should be. Raises `InstallRefused`."""
    if not has_hooks(client):
        raise InstallRefused(f"memoryd has no hooks for {client}; leave out --hooks")
    files = _files(client, machine, scope, root)
    if not files:
        raise InstallRefused(f"{client} takes hooks from files of a project alone; leave out --scope user")
    file, text = files[0], _text(files[0])
    if client in PLUGINS:
        return _plugin(machine, file, text)
    form = FORMS[client]
    wanted = {event: form.entry(_command(client, machine, file, scope), matcher) for event, matcher in form.events.items()}
    if _ours(file, text) == wanted:
        return Rewrite(file, text, text)
    after = _without(form, file, text)
    after = after if after is not None else _alone(form)
    for event, entry in wanted.items():
        after = jsonc.append(after, ("hooks", event), entry)
    return Rewrite(file, text, _checked(file, after), remarks=(form.then,) if form.then else ())


def remove_hooks(client: str, machine: Machine, scope: str, root: Path) -> tuple[Rewrite, ...]:
    """Return the rewrites that remove memoryd's hooks; none where there are none. Raises `InstallRefused`."""
    found = []
    for file in _files(client, machine, scope, root) if has_hooks(client) else ():
        text = _text(file)
        if client in PLUGINS:
            if text is not None and text.startswith(PLUGIN_MARK):
                found.append(Rewrite(file, text, None))
        elif text is not None and _ours(file, text):
            found.append(Rewrite(file, text, _checked(file, _without(FORMS[client], file, text))))
    return tuple(found)


def denials(client: str, machine: Machine, root: Path) -> Iterator[str]:
    """Yield what to know of settings that deny a tool by the name that it had, and so not by the one it has."""
    for scope in FORMS[CLAUDE].files if client == CLAUDE else ():
        for file in _files(client, machine, scope, root):
            try:
                data = _read(file, _text(file))
            except InstallRefused:  # it is not this file that is to be rewritten
                continue
            rules = data.get("permissions", {}) if isinstance(data, dict) else {}
            denied = rules.get("deny") if isinstance(rules, dict) else None
            if missing := [rule for server in SERVERS for rule in newer(denied, server)] if isinstance(denied, list) else []:
                yield f"{file} denies tools by the names that they had; add to `permissions.deny` there: {', '.join(missing)}"


def _plugin(machine: Machine, file: Path, text: str | None) -> Rewrite:
    """Return the rewrite that writes a plugin, whose file is ours alone."""
    if text is not None and not text.startswith(PLUGIN_MARK):
        raise InstallRefused(f"{file} is not memoryd's; nothing was written: move it away and run the command again")
    home = "" if is_committed(file) else machine.settings.get("MEMORYD_HOME", "")
    return Rewrite(file, text, PLUGIN.read_text(encoding="utf-8").replace('"@HOME@"', json.dumps(home)))


def _files(client: str, machine: Machine, scope: str, root: Path) -> tuple[Path, ...]:
    own = machine.environment.get("CLAUDE_CONFIG_DIR") or str(machine.home / ".claude")
    names: tuple[str, ...] = FORMS[client].files.get(scope, ()) if client in FORMS else (PLUGINS[client][scope],)
    files = (root / name.format_map({**folders(machine), "CLAUDE_SETTINGS": own}) for name in names)
    return tuple(real_file(machine, scope, root, file) for file in files)


def _command(client: str, machine: Machine, file: Path, scope: str) -> list[str]:
    """Return what a hook starts. A file that is committed, or made to be, is for every machine, and names no path of this one."""
    if is_committed(file) or (scope == "project" and client == "vscode"):
        return [NAME, "hook", client]
    # Without the packages that are installed it starts in a third of the time.
    home = machine.settings.get("MEMORYD_HOME", "")
    return [str(machine.python), "-I", "-S", str(Path(hook.__file__)), client, *([home] if home else [])]


def _is_ours(entry: Any) -> bool:
    """Tell whether an entry of an event starts memoryd's hook and nothing else."""
    if not isinstance(entry, dict):
        return False
    handlers = entry.get("hooks", [entry])
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
    names = [Path(word).parts[-3:] for word in words]
    return ("memoryd", "standalone", "hook.py") in names or (Path(words[0]).name == NAME and words[1:2] == ["hook"])


def _ours(file: Path, text: str | None) -> dict[str, Any]:
    """Return memoryd's entries by event; of several the last."""
    return {event: group for event, groups in _events(file, text) for group in groups if _is_ours(group)}


def _without(form: Form, file: Path, text: str | None) -> str | None:
    # The last first: what was put into an empty object first is known by its place behind the brace.
    for event, groups in reversed([*_events(file, text)]):
        for index in reversed(range(len(groups))):
            if text is not None and _is_ours(groups[index]):
                text = jsonc.drop_item(text, ("hooks", event), index)
    return None if text == _alone(form) else text


def _alone(form: Form) -> str | None:
    """Return the text of a new file before hooks are in it; `None` for none. Its spaces tell it from what others write."""
    return "".join(f"{{{json.dumps(key)} : {json.dumps(value)}}}\n" for key, value in form.head.items()) or None


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
