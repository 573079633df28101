"""Clients at full speed while files change and the daemon is killed: each gets all its answers, and the index loses nothing."""

import http.client
import itertools
import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from memoryd.config import Settings
from memoryd.daemon import State, connect, ensure, stop
from memoryd.errors import DaemonUnavailable
from tests.project import DEADLINE, fresh_rows, many, rows, write

CLIENTS, REQUESTS, EVERY = 8, 16, 4
"""How many clients ask how often, and after how many answers a file changes."""


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    made = Settings(tmp_path / "home", "hash", 1)
    yield made
    stop(made)


class Load:
    """What happens under load: the answers are counted, every few of them a file changes, and half way the daemon is killed."""

    def __init__(self, settings: Settings, root: Path) -> None:
        self._settings = settings
        self._root = root
        self._answers = itertools.count(1)
        self._counting = threading.Lock()
        self.statuses: list[int] = []
        self.lost: list[Exception] = []
        self.killed = 0

    def ask(self, client: int) -> None:
        """Ask as often as one client asks; where the daemon is gone, find or start the next one and ask again."""
        state = ensure(self._settings)
        for number in range(REQUESTS):
            asked = {"root": str(self._root)}
            path, question = ("/v1/pack", {"task": f"step {number}", "budget": 500}) if number % 2 else ("/v1/search", {"query": "step 3"})
            while True:
                try:
                    status = post(state, path, {**asked, **question})
                    break
                except (ConnectionError, http.client.HTTPException) as error:
                    self.lost.append(error)
                    state = self._next()
            self.statuses.append(status)
            self._answered(client, state)

    def _next(self) -> State:
        """Return the daemon that answers after the killed one; on a busy machine it may be silent for a while."""
        until = time.monotonic() + DEADLINE
        while True:
            try:
                return ensure(self._settings, DEADLINE)
            except DaemonUnavailable:
                if time.monotonic() > until:
                    raise

    def _answered(self, client: int, state: State) -> None:
        with self._counting:
            count = next(self._answers)
            if count % EVERY == 0:
                self._change(count // EVERY, client)
            if count == CLIENTS * REQUESTS // 2:
                self.killed = state.pid
                os.kill(state.pid, signal.SIGKILL)

    def _change(self, number: int, client: int) -> None:
        write(self._root, {f"pkg{number % 10}/module_{number}.py": f"def changed_{number}():\n    return {client}\n"})
        if number % 4 == 0:
            (self._root / f"pkg{number % 10}" / f"module_{number}.py").unlink()


def post(state: State, path: str, body: Any) -> int:
    """Send a request on a connection of its own; return the status of the whole answer."""
    connection = connect(state, DEADLINE)
    try:
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        response = connection.getresponse()
        json.loads(response.read())
        return response.status
    finally:
        connection.close()


def test_clients_get_all_their_answers_while_files_change_and_the_daemon_is_killed(settings: Settings, tmp_path: Path) -> None:
    root = tmp_path / "project"
    write(root, many(10, lines=4))
    load = Load(settings, root)
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(load.ask, range(CLIENTS)))
    assert load.statuses == [200] * (CLIENTS * REQUESTS)
    # Whoever asked at that moment lost its connection, at most once, or found nobody at the old place.
    assert 1 <= len(load.lost) <= CLIENTS
    state = ensure(settings)
    assert state.pid != load.killed != 0
    assert post(state, "/v1/reindex", {"root": str(root)}) == 200
    assert stop(settings)
    assert rows(root, settings.home) == fresh_rows(root, tmp_path / "fresh")
