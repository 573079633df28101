"""Steps in which many processes and clients work at once."""

import contextlib
import http.client
import random
import socket
import threading

from scripts.bench.torture.arena import Arena, Difference, checked
from scripts.bench.torture.edits import body, drafted, edit

HALF_OPEN = 48


def many_processes(arena: Arena, chance: random.Random) -> None:
    """Refresh, search, pack, export, import and write notes, all at once and while files change."""
    archive, made = arena.place.scratch / "crowd.memoryd", arena.place.scratch / "crowd-made.memoryd"
    arena.run("export", str(archive), str(arena.root))
    root = str(arena.root)
    edit(arena, chance)
    title, _ = drafted(arena, chance)
    commands: tuple[tuple[str, ...], ...] = (
        ("reindex", root), ("reindex", root), ("search", "invoice total", "--root", root), ("pack", "rounded totals", "--root", root),
        ("export", str(made), root), ("import", str(archive), root), ("map", "--root", root), ("status", "--root", root),
        ("note", "add", "--title", title, "--body", body(chance), "--root", root), ("note", "check", "--root", root),
    )  # fmt: skip
    chosen = chance.sample(commands, chance.randint(2, 4))
    jobs = [arena.start(*arguments) for arguments in chosen]
    edit(arena, chance)
    for arguments, job in zip(chosen, jobs, strict=True):
        # Notes may be found false meanwhile, and a check says so with 3.
        checked(job.end(), arguments, (0, 3) if arguments[:2] == ("note", "check") else (0,))


def many_clients(arena: Arena, chance: random.Random) -> None:
    """Ask the daemon from many threads while files change."""
    daemon = arena.asked()
    edit(arena, chance)
    failures: list[str] = []
    drafts = [drafted(arena, chance) for _ in range(6)]

    def ask(number: int) -> None:
        title, _ = drafts[number]
        questions: tuple[tuple[str, dict[str, object]], ...] = (
            ("/v1/search", {"query": "invoice total"}), ("/v1/pack", {"task": "rounded totals", "budget": 1_500}), ("/v1/map", {}),
            ("/v1/notes", {"title": title, "body": "Because."}), ("/v1/reindex", {}), ("/v1/notes/list", {}),
        )  # fmt: skip
        for turn in range(6):
            path, asked = questions[(turn + number) % len(questions)]
            try:
                status, answer = daemon.post(path, **asked)
            except (OSError, http.client.HTTPException) as error:
                failures.append(f"{path}: {error!r}")
                continue
            if status == 201:
                arena.notes[answer["id"]] = answer["title"]
            elif status != 200 and not (status == 409 and path == "/v1/notes"):
                failures.append(f"{path}: {status} {str(answer)[:200]}")

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    edit(arena, chance)
    patience = daemon.patience()
    for thread in threads:
        while thread.is_alive() and not patience.over():
            thread.join(patience.left)
    if any(thread.is_alive() for thread in threads):
        raise Difference("a client hangs")
    if failures:
        raise Difference(f"{len(failures)} requests of many clients failed: {failures[:3]}")


def half_open(arena: Arena, chance: random.Random) -> None:
    """Open connections that never say what they want; others are answered all the same."""
    daemon = arena.asked()
    beginnings = (
        b"",
        b"POST /v1/search HTTP/1.1\r\n",
        b"POST /v1/search HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{",
        b"\x16\x03\x01",
    )
    with contextlib.ExitStack() as stack:
        for _ in range(chance.randint(1, HALF_OPEN)):
            stack.enter_context(contextlib.closing(_connection(arena, chance.choice(beginnings))))
        status, _ = daemon.post("/v1/search", query="invoice total")
    if status != 200:
        raise Difference(f"beside half-open connections a search answers {status}")


def _connection(arena: Arena, data: bytes) -> socket.socket:
    return arena.asked().connect(data)
