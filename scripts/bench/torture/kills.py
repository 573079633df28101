"""Steps in which processes are killed at any moment, as by `kill -9`, an out-of-memory killer, or a power failure of the impatient."""

import contextlib
import http.client
import os
import random
import signal
import threading
import time

from scripts.bench.torture.arena import Arena, Difference, checked
from scripts.bench.torture.edits import body, drafted, edit
from scripts.bench.torture.processes import SECONDS, Job, children_of

MOST_SECONDS = 1.5
"""The latest moment of a kill: commands on the small project take about as long."""


def kill_reindex(arena: Arena, chance: random.Random) -> None:
    """Kill a refresh."""
    edit(arena, chance)
    _killed(arena.start("reindex", str(arena.root)), chance)


def kill_first_index(arena: Arena, chance: random.Random) -> None:
    """Kill the refresh of an index that was lost."""
    arena.rest()
    (arena.index / "meta.json").unlink(missing_ok=True)
    _killed(arena.start("reindex", str(arena.root)), chance)


def kill_parser(arena: Arena, chance: random.Random) -> None:
    """Kill the parsers of a refresh, which must end well none the less."""
    edit(arena, chance)
    job = arena.start("reindex", str(arena.root))
    until = time.monotonic() + chance.uniform(0.3, MOST_SECONDS + 1.0)
    while job.runs and time.monotonic() < until:
        for pid in children_of(arena.home):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(chance.uniform(0.01, 0.4))
    # All its parsers killed as they start: it may say that none starts, and must say it well.
    checked(job.end(), ("reindex, its parsers killed",), (0, 1))


def kill_note(arena: Arena, chance: random.Random) -> None:
    """Kill the writer of a note, which is there or is not; if the writer ended well, it is."""
    title, _ = drafted(arena, chance)
    _killed(arena.start("note", "add", "--title", title, "--body", body(chance)), chance)


def kill_export(arena: Arena, chance: random.Random) -> None:
    """Kill an export: what its file holds is a whole archive, or there is none."""
    archive = arena.place.scratch / "killed.memoryd"
    archive.unlink(missing_ok=True)
    _killed(arena.start("export", str(archive), str(arena.root)), chance)
    if archive.exists():
        arena.run("import", str(archive), str(arena.root))


def kill_import(arena: Arena, chance: random.Random) -> None:
    """Kill an import."""
    archive = arena.place.scratch / "whole.memoryd"
    arena.run("export", str(archive), str(arena.root))
    edit(arena, chance)
    _killed(arena.start("import", str(archive), str(arena.root)), chance)


def kill_daemon(arena: Arena, chance: random.Random) -> None:
    """Kill the daemon while clients ask and write notes; what was acknowledged counts, and the next daemon answers."""
    daemon = arena.asked()
    stop = threading.Event()
    drafts = [drafted(arena, chance) for _ in range(40)]
    acknowledged: dict[str, str] = {}

    def ask() -> None:
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
            while not stop.is_set():
                daemon.post("/v1/search", query="invoice total")
                daemon.post("/v1/pack", task="why is the total rounded", budget=1_000)

    def tell() -> None:
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
            for title, claims in drafts:
                status, made = daemon.post("/v1/notes", title=title, body="Because.", claims=claims)
                if status == 201:
                    acknowledged[made["id"]] = made["title"]

    threads = [threading.Thread(target=work) for work in (ask, ask, tell)]
    for thread in threads:
        thread.start()
    edit(arena, chance)
    time.sleep(chance.uniform(0.0, MOST_SECONDS))
    daemon.job.kill()
    stop.set()
    for thread in threads:
        thread.join(SECONDS)
    arena.daemon = None
    arena.notes |= acknowledged
    if any(thread.is_alive() for thread in threads):
        raise Difference("a client of a killed daemon hangs")
    arena.post("/v1/search", query="invoice total")


def _killed(job: Job, chance: random.Random) -> None:
    """Kill a command at a moment by chance."""
    ended = job.end_within(chance.uniform(0.0, MOST_SECONDS))
    if ended.code is not None and ended.code >= 0:
        checked(ended, ("a command that was too quick to be killed",), (0,))
