"""Plans rewrites of clients' files: an entry is added, joined with what is there, or removed.

Only memoryd's entry changes: other entries, comments and order stay as they are, and after each rewrite the text is parsed again to make
sure. In the entry itself what its user chose stays: further keys, switches, a program of their own.
"""

import os
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from memoryd.errors import InstallRefused
from memoryd.faces.install import jsonc, toml_text
from memoryd.faces.install.clients import NAME, Client, Layout
from memoryd.faces.install.entries import VARIABLE, Daemon, Remote, Start, is_remote, is_switched_off, start_of, withheld_by_any_name
from memoryd.faces.install.hooks import denials
from memoryd.faces.install.nested import pruned, put_into, taken_out
from memoryd.faces.install.places import Found, Machine, all_found, files_of, found
from memoryd.faces.install.starting import is_committed, is_of_others, start_everywhere, start_here
from memoryd.faces.install.writing import Rewrite
from memoryd.secrets import masked_text

CACHES = (".cache", "Caches")
"""Folders in which tools keep environments for a single run."""


def install(client: Client, machine: Machine, scope: str, root: Path, daemon: Daemon | None = None) -> Rewrite:
    """Return the rewrite that adds memoryd to the client's file; no change if it is there already. Raises `InstallRefused`.

    The client starts the bridge, or connects to `daemon`.
    """
    target = found(client, machine, scope, root)
    layout, present = target.layout, target.entry(target.layout)
    # What another version put into the wrong layout is moved.
    misplaced = [(other, entry) for other, entry in target.entries if other is not layout]
    if daemon is None:
        is_shared = scope == "project" and is_committed(target.file)
        start = start_everywhere(client, scope) if is_shared else start_here(client, machine, scope)
        wanted, remarks = _joined(client, machine, target, present, layout.entry(start), start)
        if wanted != present:
            remarks += tuple(_remarks(scope, target.file, start, is_shared))
    else:
        ours = layout.remote(_remote(client, scope, root, daemon))
        wanted, remarks = (_over(present, ours) if is_remote(present) else ours), _remarks_of_secret(target.file, scope)
    wanted = withheld_by_any_name(wanted)
    remarks += tuple(denials(client.name, machine, root))
    if any(is_switched_off(entry) for _, entry in misplaced):
        wanted = {**wanted, "disabled": True}
    if is_switched_off(wanted):
        remarks = (*remarks, f"the entry in {target.file} is switched off there, and stays so")
    if wanted == present and not misplaced:
        return Rewrite(target.file, target.text, target.text, remarks=remarks)

    def change() -> str | None:
        is_replaced = present is not None and not (isinstance(present, dict) and is_remote(present) == is_remote(wanted))
        text = _dropped(target, [other for other, _ in misplaced] + ([layout] if is_replaced else []))
        return client.language.put(text, layout.path, wanted)

    data = put_into(target.data, layout.path, wanted)
    for other, _ in misplaced:
        data = taken_out(data, other.path)
    secret = daemon.secret if daemon and scope == "user" else ""
    if secret and is_committed(target.file):
        raise InstallRefused(f"{target.file} is committed, so it must not hold your secret; leave out --port: `memoryd mcp` needs none")
    return Rewrite(target.file, target.text, _checked(target, change, data), secret, remarks)


def remove(client: Client, machine: Machine, scope: str, root: Path) -> tuple[Rewrite, ...]:
    """Return the rewrites that remove memoryd from the client's files; none if it is nowhere. Raises `InstallRefused`."""
    return tuple(_removal(target) for target in all_found(client, machine, scope, root) if next(target.all_entries, None))


def _removal(target: Found) -> Rewrite:
    layouts = [layout for layout, _ in target.all_entries]
    data = target.data
    for layout in layouts:
        data = taken_out(data, layout.path)
    return Rewrite(target.file, target.text, _checked(target, lambda: _dropped(target, layouts), data))


def example(client: Client, machine: Machine, scope: str, root: Path, daemon: Daemon | None = None) -> tuple[Path, str]:
    """Return the client's file and the text it would have with memoryd's entry alone."""
    files = files_of(client, machine, scope, root)
    file, layout = next((one for one in files if os.path.lexists(one)), files[0]), client.layouts[0]
    with suppress(InstallRefused):  # also for a file that cannot be edited: that is when people look here
        target = found(client, machine, scope, root)
        file, layout = target.file, target.layout
    if daemon:
        entry = layout.remote(_remote(client, scope, root, daemon))
    elif scope == "project" and is_committed(file):
        entry = layout.entry(start_everywhere(client, scope))
    else:
        entry = layout.entry(start_here(client, machine, scope))
    return file, client.language.put(None, layout.path, entry)


def _remote(client: Client, scope: str, root: Path, daemon: Daemon) -> Remote:
    """Return the address. Files of the user serve every project and hold the secret; those of a project serve it alone and do not."""
    url = f"http://127.0.0.1:{daemon.port}/mcp"
    if scope == "user":
        return Remote(url, daemon.secret)
    if not client.variable:
        raise InstallRefused(
            f"a file of the project must not hold your secret, and {client.title} reads none from the environment there;"
            " leave out --port, or add --scope user"
        )
    return Remote(f"{url}?root={client.workspace or quote(os.fsencode(root))}", client.variable)


def _joined(
    client: Client, machine: Machine, target: Found, present: Any, ours: dict[str, Any], start: Start
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the entry that should be there, for one that is there now, and what of it was kept and should be known."""
    if not isinstance(present, dict) or is_remote(present):
        return ours, ()
    theirs = start_of(present)
    if theirs is None:
        return _over(present, ours), ()
    if is_of_others(theirs, start, client, machine):
        chosen = masked_text(shlex.join(theirs.command))
        return present, (
            f"the entry in {target.file} starts another program than the memoryd that runs now, and is kept: {chosen};"
            f" to replace it: memoryd uninstall {client.name}, and install again",
        )
    # What the user set for the program stays.
    kept = {name: value for name, value in theirs.environment.items() if name in start.environment}
    others = [f"{name}={value}" for name, value in kept.items() if value != start.environment[name]]
    remarks = tuple(f"the entry in {target.file} sets {other}, and keeps it; it is another in this shell" for other in others)
    changed = {key: {**value, **kept} if value == start.environment else value for key, value in ours.items()}
    return _over(present, changed), remarks


def _over(present: Mapping[str, Any], ours: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry with our keys; switches stay as they are, and what is in both is joined."""
    joined = dict(present)
    for key, value in ours.items():
        old = present.get(key)
        if isinstance(old, bool):
            continue
        joined[key] = {**old, **value} if isinstance(old, dict) and isinstance(value, dict) else value
    return joined


def _remarks(scope: str, file: Path, start: Start, is_shared: bool) -> Iterator[str]:
    """Yield what to know of an entry that is new or changed."""
    is_by_path = start.command[0] != NAME
    if is_shared:
        yield f"{file} is committed, so the entry names `{NAME}` alone, and no path or setting of this machine"
    elif is_by_path:
        yield f"the entry names {start.command[0]}, since a desktop or a new shell may not find `{NAME}` by its name"
        if any(part in CACHES for part in Path(start.command[0]).parts):
            yield f"{start.command[0]} lies in a cache, which may be emptied; pipx or uv installs memoryd where it stays"
    for name, value in start.environment.items():
        yield f"the entry sets {name}={value}, as this shell does"
    if scope == "project" and (is_by_path or start.environment):
        yield f"{file} now names folders of this machine, so do not commit it; --scope user writes to a file of yours instead"


def _dropped(target: Found, layouts: Sequence[Layout]) -> str | None:
    """Return the text without memoryd's entries in some layouts."""
    text = target.text
    for layout in layouts:
        text = target.client.language.drop(text, layout.path) if text else text
    return text


def _remarks_of_secret(file: Path, scope: str) -> tuple[str, ...]:
    if scope == "user":
        return (f"{file} holds your secret, so that only you may read it; do not commit it or copy it elsewhere",)
    return (f'{file} names your secret, and does not hold it; start the client with: export {VARIABLE}="$(memoryd token local)"',)


def _checked(target: Found, change: Callable[[], str | None], wanted: Mapping[str, Any]) -> str | None:
    """Return the changed text after checking that its data is `wanted`. Raises `InstallRefused`."""
    why = "its layout is one that memoryd does not edit"
    try:
        after = change()
        if _solid(target, target.client.language.read(after or "") or {}) == _solid(target, wanted):
            return after
    except toml_text.Unfamiliar as unfamiliar:
        why = str(unfamiliar)
    except (toml_text.Malformed, jsonc.Malformed):
        pass
    raise InstallRefused(
        f"{target.file} cannot be edited safely: {why}; nothing was written: change it by hand, `--print` shows what belongs there"
    )


def _solid(target: Found, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the data without empty containers of servers, which mean the same as none."""
    for layout in (*reversed(target.client.layouts), *([target.own] if target.own else [])):
        data = pruned(data, layout.container)
    return data
