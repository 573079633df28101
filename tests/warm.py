"""Processes that run a command of memoryd with what is slow to import already there, so that many can be started and killed."""

import multiprocessing
import os
import sys
import tempfile
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from memoryd.faces.cli import main
from tests.project import DEADLINE, PROGRESS, Done, Shell, eventually

CONTEXT = multiprocessing.get_context("forkserver")
# LanceDB itself starts threads when it is imported, which must not happen before a fork.
LANCEDB_NEEDS = ["lance_namespace", "overrides", "pyarrow.dataset", "pyarrow.fs", "requests", "scipy.sparse", "tqdm"]
CONTEXT.set_forkserver_preload(["memoryd.memory", "memoryd.notes", *LANCEDB_NEEDS, "tests.warm"])


def start(home: Path, embedder: str, *arguments: str) -> ForkServerProcess:
    """Start a command; what it prints is lost."""
    environment = {"MEMORYD_HOME": str(home), "MEMORYD_EMBEDDER": embedder, "MEMORYD_WORKERS": "1"}
    process = CONTEXT.Process(target=_run, args=(environment, Path.cwd(), arguments, Path(os.devnull), Path(os.devnull), Path(os.devnull)))
    process.start()
    return process


def run(shell: Shell, *arguments: str | bytes, stdin: bytes = b"") -> Done:
    """Run a command to its end, with the settings of a shell."""
    environment = {"MEMORYD_HOME": str(shell.home), "MEMORYD_EMBEDDER": "hash", "MEMORYD_WORKERS": "1", **shell.settings}
    with tempfile.TemporaryDirectory() as folder:
        given, out, err = (Path(folder, name) for name in ("in", "out", "err"))
        given.write_bytes(stdin)
        process = CONTEXT.Process(target=_run, args=(environment, shell.root, tuple(map(os.fsdecode, arguments)), given, out, err))
        process.start()
        process.join(DEADLINE)
        assert process.exitcode is not None
        return Done(process.exitcode, out.read_bytes(), PROGRESS.sub("", err.read_text()))


def at_work(process: ForkServerProcess, home: Path) -> None:
    """Wait until a process that refreshes has the right to."""
    pid = str(process.pid)
    assert eventually(lambda: not process.is_alive() or any(file.read_text() == pid for file in home.glob("projects/*/refresh.pid")))


def kill(process: ForkServerProcess) -> None:
    """Kill a process at once; those that it started end by themselves."""
    process.kill()
    process.join(DEADLINE)


def _run(environment: dict[str, str], folder: Path, arguments: tuple[str, ...], given: Path, out: Path, err: Path) -> None:
    os.environ.update(environment)
    os.chdir(folder)
    for descriptor, file in ((1, out), (2, err)):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT), descriptor)
    sys.stdin = given.open()
    sys.argv = ["memoryd", *arguments]
    main()
