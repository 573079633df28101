"""Measures what a clone in a clean home costs with a remote that is filled, beside a first index without one in the same run.

The remote is S3 on loopback: moto's server in a process of its own, whose time is not counted. Silent is one that takes connections and
never says a word; to have none at all is one that refuses them.
"""

import logging
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from memoryd.config import set_unless_given
from memoryd.model import Fingerprint
from memoryd.sharing import Maker, Remote, Remotes, add_remote
from scripts.bench import results
from scripts.bench.results import Row
from scripts.bench.shared.worktrees import measured, memoryd

SERVER_SECONDS = 60.0
FILES = 2_000
"""As many as two branches may differ in."""
ROUNDS = 5


def run(tree: Path, work: Path, folder: Path) -> None:
    """Index a tree, push it, and index a copy of it in a clean home; then ask remotes that do not answer."""
    shutil.rmtree(work, ignore_errors=True)
    main, clone = work / "main", work / "clone"
    for place in (main, clone):
        shutil.copytree(tree, place, symlinks=True, ignore=shutil.ignore_patterns(".git"))
    with _s3() as address:
        rows: list[Row] = [measured("first index", main, work / "home")]
        memoryd(work / "home", "remote", "add", "team", address)
        pushed, seconds = memoryd(work / "home", "remote", "push", "team", "--json", "--root", str(main))
        size = round(pushed["bytes"] / 1e6, 1)
        nothing = {"files changed": 0, "parsed": 0, "embedded": 0, "pulled": 0}
        rows.append({"what": "push", **nothing, "CPU s": round(seconds, 2), "MB more": size})
        memoryd(work / "clean", "remote", "add", "team", address, "--patience", "5")
        rows.append(measured("clone in a clean home, remote filled", clone, work / "clean"))
    first = float(str(rows[0]["CPU s"]))
    for row in rows:
        row["of first index"] = round(float(str(row["CPU s"])) / first, 3)
    results.write("remote", rows, folder)
    _write_failing(work, folder)


def _write_failing(work: Path, folder: Path) -> None:
    """Measure how long a refresh waits for remotes that give nothing."""
    with _silent() as port:
        failing = [_asked("silent", f"http://127.0.0.1:{port}/", work / "silent")]
    failing.append(_asked("refuses connections", f"http://127.0.0.1:{port}/", work / "refused"))
    results.write("remote-failing", failing, folder)


def _asked(what: str, address: str, home: Path) -> Row:
    """Return how long a refresh waits for a remote that gives nothing, the first time, and then."""
    logging.disable(logging.WARNING)  # of which the row tells
    waited: list[float] = []
    later: list[float] = []
    used = time.process_time()
    for number in range(ROUNDS):
        place = home / str(number)
        add_remote(place, Remote("team", address))
        remotes = Remotes(place, Maker("static", 256))
        wanted = {f"{number}.py": (Fingerprint(f"{number:032x}", "revision"),) for number in range(FILES)}
        for times in (waited, later):
            started = time.perf_counter()
            if remotes.may_help(len(wanted)):
                remotes.find(wanted)
            times.append(time.perf_counter() - started)
    return {
        "remote": what, "CPU s": round((time.process_time() - used) / ROUNDS, 3), "waited ms": round(sorted(waited)[ROUNDS // 2] * 1e3, 1),
        "waited then ms": round(sorted(later)[ROUNDS // 2] * 1e3, 1),
    }  # fmt: skip


@contextmanager
def _silent() -> Iterator[int]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(100)
        yield listening.getsockname()[1]


@contextmanager
def _s3() -> Iterator[str]:
    """Run moto's S3 server with a bucket; yield an address in it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    started = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        endpoint = f"http://127.0.0.1:{port}"
        for name, value in (("ENDPOINT_URL", endpoint), ("ALLOW_HTTP", "true"), ("REGION", "us-east-1"), ("ACCESS_KEY_ID", "a")):
            set_unless_given(f"AWS_{name}", value)
        set_unless_given("AWS_SECRET_ACCESS_KEY", "b")
        until = time.monotonic() + SERVER_SECONDS
        while True:
            try:
                httpx.put(f"{endpoint}/bucket", timeout=SERVER_SECONDS).raise_for_status()
                break
            except httpx.ConnectError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)
        yield f"s3://bucket/{os.getpid()}"
    finally:
        started.terminate()
        started.wait()
