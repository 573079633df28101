"""Checks what is installed: starts each client's server exactly as the client will, with the bare environment of a desktop.

A file of a project may have come with it, so of what it says nothing is started but what `install` itself would write there. No address
is connected to: it is compared with that of the daemon, which is reached by its socket.
"""

import os
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from memoryd import __version__
from memoryd.config import Settings, read_settings
from memoryd.daemon import running, secret_of
from memoryd.errors import InstallRefused, MemorydError, TrialFailed, UsageError
from memoryd.faces.install.clients import NAME, Client
from memoryd.faces.install.entries import VARIABLE, Remote, Start, is_remote, is_switched_off, remote_of, start_of
from memoryd.faces.install.places import Found, Machine, all_found
from memoryd.faces.install.starting import found_by_shell, is_committed, is_in_environment, is_program, start_everywhere, start_here
from memoryd.faces.install.trial import tried
from memoryd.secrets import masked_text

SCOPES = ("project", "user")
OF_NO_CONSEQUENCE = ("MEMORYD_WORKERS",)
"""Settings that change neither what is started nor where it reads and writes."""
SETTINGS = {"MEMORYD_HOME", "MEMORYD_EMBEDDER"}
"""Settings that `install` writes."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one thing, and what to do where it is wrong (`next`; empty where all is well)."""

    what: str
    found: str
    next: str = ""

    @property
    def is_well(self) -> bool:
        """Whether there is nothing to do."""
        return not self.next


def check(client: Client, machine: Machine, scope: str, root: Path, settings: Settings) -> Iterator[Finding]:
    """Yield a finding for each entry of memoryd in a client's file of the project or of the user; none where there is none."""
    try:
        there = [(target, list(target.all_entries)) for target in all_found(client, machine, scope, root)]
    except InstallRefused as refused:
        yield Finding(client.name, "its file cannot be read", str(refused))
        return
    for target, entries in there:
        if sum(layout in client.layouts for layout, _ in entries) > 1:
            yield _wrong(target, "has two entries, in two layouts", f"memoryd install {client.name}")
            continue
        for layout, entry in entries:
            finding = _checked(target, entry, machine, scope, root, settings)
            yield _of_one_project(finding) if layout == target.own else finding


def _of_one_project(finding: Finding) -> Finding:
    """Return what was found of an entry for one project alone, which `install` does not write."""
    again = f"memoryd uninstall {finding.what} && memoryd install {finding.what}"
    return replace(finding, found=f"for this project alone, {finding.found}", next="" if finding.is_well else again)


def _checked(target: Found, entry: object, machine: Machine, scope: str, root: Path, settings: Settings) -> Finding:
    again = f"memoryd uninstall {target.client.name} && memoryd install {target.client.name}"
    if is_switched_off(entry):
        return _well(target, "is switched off there; the client starts no server")
    if isinstance(entry, dict) and is_remote(entry):
        return _connected(target, remote_of(entry), settings)
    start = start_of(entry)
    if start is None:
        return _wrong(target, "names no program that can be started", again)
    if scope == "project" and (distrust := _distrust(start, target.client, machine)):
        return _wrong(target, masked_text(f"{distrust}, and was not tried"), f"leave it only if that is yours; else {again}")
    return _started(target, start, machine, root, again)


def _distrust(start: Start, client: Client, machine: Machine) -> str:
    """Return why nothing is started for an entry in a file of a project, which may have come with it; "" if `install` would write it."""
    ours = [start_everywhere(client, "project"), start_here(client, machine, "project")]
    others = {name: value for name, value in start.environment.items() if name not in OF_NO_CONSEQUENCE}
    if start.command in {one.command for one in ours} and others.keys() <= SETTINGS:
        unlike = [f"{name}={value}" for name, value in others.items() if machine.settings.get(name) != value]
        return f"sets {shlex.join(unlike)}, which this shell does not" if unlike else ""
    told = shlex.join([*(f"{name}={value}" for name, value in others.items()), *start.command])
    return f"starts another program than `memoryd install` writes: {told}"


def _started(target: Found, start: Start, machine: Machine, root: Path, again: str) -> Finding:
    path, condition = machine.desktop, ""
    program = start.command[0]
    if program == NAME and shutil.which(NAME, path=path) is None:
        on_path = found_by_shell(machine)
        # The folder of a project may be on the `PATH`, too.
        if on_path is None or is_in_environment(on_path) or Path(on_path).is_relative_to(root):
            told = f"names `{NAME}`, which a desktop or a new shell does not find"
            return _wrong(target, told, _found_everywhere(target))
        path, condition = f"{path}:{Path(on_path).parent}", f", where {Path(on_path).parent} is on the PATH"
    elif os.path.isabs(program) and not is_program(program):
        return _wrong(target, f"names {program}, which is no program", f"memoryd install {target.client.name}")
    # What the client puts in for the project's folder.
    command = [str(root) if one == target.client.workspace and one else one for one in start.command]
    try:
        server = tried(command, {"HOME": str(machine.home), "PATH": path, **start.environment}, root)
    except TrialFailed as failed:
        return _wrong(target, f"does not start: {masked_text(str(failed))}", f"try it: {masked_text(shlex.join(command))}; {again}")
    if server.name != NAME:
        return _wrong(target, f"starts another server, which calls itself {server.name}", again)
    if server.version != __version__:
        return _wrong(target, f"starts memoryd {server.version}, and this is {__version__}", again)
    if other := _refusal(start):
        told = f"answers, but the daemon will not take its calls: it runs with {other}"
        return _wrong(target, told, "set it alike, or: memoryd daemon stop")
    return _well(target, f"answers with {len(server.tools)} tools, started as the client does{condition}")


def _refusal(start: Start) -> str:
    """Return in which settings the daemon, if one runs, differs from those that a program is started with."""
    try:
        settings = read_settings(start.environment)
    except UsageError:
        return ""
    daemon = running(settings)
    return daemon.differs(settings) if daemon else ""


def _connected(target: Found, remote: Remote, settings: Settings) -> Finding:
    """Return whether a daemon of ours listens where an entry says, and takes what the entry sends."""
    try:
        address = urlsplit(remote.url)
        host, port = address.hostname, address.port
    except ValueError:
        return _wrong(target, f"connects to {masked_text(remote.url)}, which is no address", f"memoryd install {target.client.name}")
    if host not in ("127.0.0.1", "localhost", "::1") or address.path != "/mcp":
        return _well(target, f"connects to {masked_text(remote.url)}, which was not tried")
    state = running(settings)
    if state is None or state.port != port:
        return _wrong(target, f"connects to port {port}, where no daemon of yours listens", f"memoryd serve --port {port}")
    again = f"memoryd install {target.client.name} --port {port}"
    if remote.bearer == target.client.variable and remote.bearer:
        return _well(target, f'connects to the daemon; the client must be started with: export {VARIABLE}="$(memoryd token local)"')
    try:
        if not state.is_open and remote.bearer != secret_of(settings.home):
            return _wrong(target, "connects to the daemon with what is not your secret, or not any more", again)
    except MemorydError as error:
        return _wrong(target, "connects to the daemon, and there is no secret to compare", str(error))
    return _well(target, "connects to the daemon with your secret")


def _found_everywhere(target: Found) -> str:
    """Return how a client comes to find memoryd: the path is written into a file that is not for others, too."""
    if not is_committed(target.file):
        return f"memoryd install {target.client.name}"
    return (
        f"install memoryd for all shells, with pipx or uv, or leave this file to others: memoryd install {target.client.name} --scope user"
    )


def _well(target: Found, told: str) -> Finding:
    return Finding(target.client.name, f"{target.file} {told}")


def _wrong(target: Found, told: str, next_: str) -> Finding:
    return Finding(target.client.name, f"{target.file} {told}", next_)
