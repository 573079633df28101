"""Examines how memoryd is installed: its data folder, secret, daemon, index, clients; a finding for each, with what to do if it is wrong.

Changes nothing, starts no daemon, and makes nothing that is missing.
"""

import os
import platform
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

from memoryd import __version__
from memoryd.config import Settings, index_folder
from memoryd.daemon import State, holder, running, secret_file, secret_of
from memoryd.errors import MemorydError
from memoryd.faces.install import CLIENTS, SCOPES, Finding, Machine, check, found_by_shell, has, is_same, our_command
from memoryd.files import open_to_others
from memoryd.model import Status
from memoryd.text import number_of


def examine(settings: Settings, machine: Machine, root: Path, status: Callable[[], Status]) -> Iterator[Finding]:
    """Yield a finding for each part, in the order in which they rest on one another. `status` asks for that of the index."""
    yield _version(machine)
    yield _data(settings.home)
    yield _secret(settings.home)
    yield from _daemon(settings)
    yield _index(settings, root, status)
    found = [one for client in CLIENTS.values() for scope in SCOPES for one in check(client, machine, scope, root, settings)]
    yield from found or [_no_clients(machine)]


def _version(machine: Machine) -> Finding:
    program, in_shell = our_command(machine), found_by_shell(machine)
    other = f"; `memoryd` in this shell is another, {in_shell}" if in_shell and not is_same(in_shell, program[0]) else ""
    return Finding("program", f"memoryd {__version__}, Python {platform.python_version()}, {shlex.join(program)}{other}")


def _data(home: Path) -> Finding:
    there = next(folder for folder in (home, *home.parents) if os.path.lexists(folder))
    if not there.is_dir() or not os.access(there, os.R_OK | os.W_OK | os.X_OK):
        return Finding("data", f"{home} cannot be used: {there} is no folder that you may write", "set MEMORYD_HOME to one that you may")
    if there != home:
        return Finding("data", f"{home}, made when it is needed")
    exposed = open_to_others(home)
    if exposed:
        told = f"{home}: other users may enter or read {len(exposed)} of its parts"
        return Finding("data", told, f"chmod -R go-rwx {shlex.join(map(str, exposed))}")
    return Finding("data", f"{home}, for you alone")


def _secret(home: Path) -> Finding:
    file = secret_file(home)
    if not os.path.lexists(file):
        return Finding("secret", "none yet, made when it is needed")
    try:
        secret_of(home)
    except MemorydError as error:
        return Finding("secret", "cannot be used", str(error))
    return Finding("secret", f"{file}, for you alone")


def _daemon(settings: Settings) -> Iterator[Finding]:
    state = running(settings)
    if state is None:
        pid = holder(settings)
        if pid is None:
            yield Finding("daemon", "none runs; a client starts it when it needs one")
        else:
            yield Finding("daemon", f"process {pid} holds the data folder and does not answer", "memoryd daemon stop")
        return
    told = f"process {state.pid}, version {state.version}, {state.url}"
    if state.version != __version__:
        yield Finding("daemon", f"{told}; this is version {__version__}", "memoryd daemon stop")
    elif other := state.differs(settings):
        yield Finding("daemon", f"{told}; it runs with {other}", "set it alike, or: memoryd daemon stop")
    else:
        yield Finding("daemon", f"{told}{'; lets every user of this machine in (--no-token)' if state.is_open else ''}")
    yield _socket(state)


def _socket(state: State) -> Finding:
    if not state.socket:
        return Finding("socket", "none; programs come by the port, with your secret")
    if not state.socket_file.is_socket():
        return Finding("socket", f"{state.socket_file} is gone, and programs of yours do not reach the daemon", "memoryd daemon stop")
    return Finding("socket", f"{state.socket_file}")


def _index(settings: Settings, root: Path, status: Callable[[], Status]) -> Finding:
    if not index_folder(settings, root).exists():
        return Finding("index", f"none of {root}; the first question makes it")
    try:
        found = status()
    except (MemorydError, OSError) as error:
        return Finding("index", f"that of {root} cannot be read", str(error))
    told = f"{found.state}: {number_of(found.files, 'file')} of {root}, {len(found.skipped)} left out"
    if found.failed:
        return Finding(
            "index", f"{told}, of which {len(found.failed)} failed to parse", f"memoryd reindex --retry {shlex.quote(str(root))}"
        )
    return Finding("index", told)


def _no_clients(machine: Machine) -> Finding:
    found = [client.name for client in CLIENTS.values() if has(machine, client)]
    told = f"; found here: {', '.join(found)}; memoryd install --all" if found else ""
    return Finding("clients", f"memoryd is installed for none{told}")
