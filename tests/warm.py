"""Processes that run a command of memoryd with what is slow to import already there, so that many can be started and killed."""

import multiprocessing
import os
import signal
import sys
from pathlib import Path
from typing import Any

from memoryd.faces.cli import main
from tests.project import DEADLINE, eventually

CONTEXT = multiprocessing.get_context("forkserver")
# LanceDB itself starts threads when it is imported, which must not happen before a fork.
CONTEXT.set_forkserver_preload(["memoryd.memory", "lance_namespace", "tests.warm"])


def start(home: Path, embedder: str, *arguments: str) -> Any:
    """Start a command; what it prints is lost."""
    process = CONTEXT.Process(target=_run, args=(home, embedder, arguments))
    process.start()
    return process


def at_work(process: Any, home: Path) -> None:
    """Wait until a process that refreshes has the right to."""
    pid = str(process.pid)
    assert eventually(lambda: not process.is_alive() or any(file.read_text() == pid for file in home.glob("projects/*/refresh.pid")))


def kill(process: Any) -> None:
    """Kill a process at once; those that it started end by themselves."""
    os.kill(process.pid, signal.SIGKILL)
    process.join(DEADLINE)


def _run(home: Path, embedder: str, arguments: tuple[str, ...]) -> None:
    os.environ.update(MEMORYD_HOME=str(home), MEMORYD_EMBEDDER=embedder, MEMORYD_WORKERS="1")
    for descriptor in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)
    sys.argv = ["memoryd", *arguments]
    main()
