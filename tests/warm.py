"""Processes that run a command of memoryd with what is slow to import already there, so that many can be started and killed."""

import multiprocessing
import os
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from memoryd.faces.cli import main
from memoryd.parsing import ParserPool
from memoryd.versions import writer
from tests.project import DEADLINE, PROGRESS, Done, Shell, eventually

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.preloaded"])
STATES = threading.Lock()
"""Held while a state is read: starting a process reads those of all others, and of two threads that read one the second reads 255."""


def start(home: Path, embedder: str, *arguments: str) -> ForkServerProcess:
    """Start a command; what it prints is lost."""
    shell = Shell(Path.cwd(), home, {"MEMORYD_EMBEDDER": embedder, "MEMORYD_WORKERS": "1"})
    return _started(shell, arguments, Path(os.devnull), Path(os.devnull), Path(os.devnull))


def run(shell: Shell, *arguments: str | bytes, stdin: bytes = b"") -> Done:
    """Run a command to its end, as `Shell.run` does."""
    with tempfile.TemporaryDirectory() as folder:
        given, out, err = (Path(folder, name) for name in ("in", "out", "err"))
        given.write_bytes(stdin)
        process = _started(shell, tuple(map(os.fsdecode, arguments)), given, out, err)
        return Done(_ended(process), out.read_bytes(), PROGRESS.sub("", err.read_text()))


def at_work(process: ForkServerProcess, home: Path) -> None:
    """Wait until a process that refreshes has the right to."""
    pid = str(process.pid)
    assert eventually(
        lambda: _code(process) is not None or any(file.read_text().split()[:1] == [pid] for file in home.glob("projects/*/refresh.pid"))
    )


def kill(process: ForkServerProcess) -> None:
    """Kill a process at once; those that it started end by themselves."""
    process.kill()
    _ended(process)


def _ended(process: ForkServerProcess) -> int:
    """Wait for the end of a process, and return its exit code."""
    wait([process.sentinel], DEADLINE)
    code = _code(process)
    assert code is not None
    return code


def _code(process: ForkServerProcess) -> int | None:
    """Return the exit code of a process, `None` while it runs."""
    with STATES:
        return process.exitcode


def _started(shell: Shell, arguments: Sequence[str], given: Path, out: Path, err: Path) -> ForkServerProcess:
    process = CONTEXT.Process(target=_run, args=(vars(writer)["ParserPool"], shell.environment(), shell.root, arguments, given, out, err))
    with STATES:
        process.start()
    return process


def _run(
    parsers: type[ParserPool],
    environment: Mapping[str, str],
    folder: Path,
    arguments: Sequence[str],
    given: Path,
    out: Path,
    err: Path,
) -> None:
    # Parsed is as where it was started: in processes, or without any.
    vars(writer)["ParserPool"] = parsers
    os.setsid()
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    for descriptor, file, mode in ((0, given, os.O_RDONLY), (1, out, os.O_WRONLY | os.O_CREAT), (2, err, os.O_WRONLY | os.O_CREAT)):
        os.dup2(os.open(file, mode), descriptor)
    sys.stdin = open(0)  # noqa: SIM115 - as long as the process
    sys.argv = ["memoryd", *arguments]
    main()
