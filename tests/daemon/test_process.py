"""The daemon as a process: found, started once however many ask, replaced, stopped, and started again after it was killed."""

import json
import os
import re
import signal
import socket
import socketserver
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, replace
from pathlib import Path

import httpx
import pytest

from memoryd import __version__
from memoryd.config import Settings
from memoryd.daemon import SOCKET, Presence, State, ask, connect, connected, ensure, hold_lock, look, running, secret_of, stop
from memoryd.daemon import connection as connections
from memoryd.daemon import process as processes
from memoryd.errors import DaemonRunning, DaemonUnavailable
from tests import warm
from tests.project import DEADLINE, SOURCE_ROOT, Shell, alive, children, end, eventually, finish, may_unshare, write

ENSURE = """
import sys
from pathlib import Path
from memoryd.config import Settings
from memoryd.daemon import ensure
print(ensure(Settings(Path(sys.argv[1]), embedder="hash", workers=1), 60).pid)
"""


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """Where a daemon may be started: what a test leaves running is stopped."""
    made = Settings(tmp_path / "home", embedder="hash", workers=1)
    yield made
    stop(made)


@contextmanager
def old_daemon(settings: Settings, version: str, manners: str = "polite") -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-m", "tests.daemon.old_daemon", str(settings.home), version, manners]
    with subprocess.Popen(command, cwd=SOURCE_ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        # It is our child: somebody has to take note of its end.
        threading.Thread(target=process.wait, daemon=True).start()
        try:
            yield process
        finally:
            process.kill()


def post(state: State, path: str, body: object) -> tuple[int, object]:
    connection = connect(state, DEADLINE)
    try:
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def found(state: State, root: Path) -> object:
    status, body = post(state, "/v1/search", {"root": str(root), "query": "parse_money"})
    assert status == 200, body
    assert isinstance(body, dict)
    return body["hits"][0]["id"]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Where a daemon runs that no test ends."""
    made = Settings(tmp_path_factory.mktemp("shared"), embedder="hash", workers=1)
    ensure(made)
    yield made
    stop(made)


def test_a_daemon_that_runs_is_found_and_answers(root: Path, shared: Settings) -> None:
    state = ensure(shared)
    assert state.pid != os.getpid()
    assert alive(state.pid)
    assert running(shared) == state
    assert ask(state, "GET", "/healthz")[1] == {"status": "ok", "pid": state.pid, "version": __version__}
    assert found(state, root) == "shop/money.py#parse_money"


def test_who_starts_a_second_one_by_hand_is_told_where_the_first_is(shell: Shell, shared: Settings) -> None:
    state = ensure(shared)
    done = warm.run(replace(shell, home=shared.home), "serve")
    assert (done.code, done.out) == (1, b"")
    assert state.url in done.err
    assert "memoryd daemon stop" in done.err
    assert running(shared) == state


def test_only_our_user_may_read_what_lets_stop_it(shared: Settings) -> None:
    state = ensure(shared)
    for headers in ({}, {"Authorization": "Bearer guessed"}):
        assert httpx.post(f"{state.url}/v1/stop", headers=headers, trust_env=False).status_code == 401
    for name in ("daemon.json", "daemon.lock", "daemon.out", "daemon.log", "daemon.sock", "secret"):
        assert stat.S_IMODE((shared.home / name).stat().st_mode) == 0o600, name
    assert running(shared) == state


def test_what_it_writes_down_is_json_and_holds_neither_questions_nor_source(root: Path, shared: Settings) -> None:
    state = ensure(shared)
    post(state, "/v1/search", {"root": str(root), "query": "confidentialquestion about parse_money"})
    post(state, "/v1/show", {"root": str(root), "handles": ["confidentialhandle"]})
    post(state, "/v1/pack", {"root": str(root), "task": "confidentialtask", "budget": "confidentialbudget"})
    log = (shared.home / "daemon.log").read_text()
    lines = [json.loads(line) for line in log.splitlines()]
    assert lines
    assert all({"time", "level", "event"} <= set(line) for line in lines)
    for secret in ("confidential", "parse_money", "round(float", secret_of(shared.home)):
        assert secret not in log + (shared.home / "daemon.out").read_text()


def test_a_killed_daemon_is_replaced_nothing_is_lost_and_a_signal_ends_it_in_order(root: Path, settings: Settings) -> None:
    first = ensure(settings)
    assert found(first, root) == "shop/money.py#parse_money"
    os.kill(first.pid, signal.SIGKILL)
    second = ensure(settings)
    assert second.pid != first.pid
    # The socket that the first one left is no obstacle.
    assert first.socket == second.socket == SOCKET
    status, projects = ask(second, "GET", "/v1/projects")
    assert status == 200
    assert str(root.resolve()) in json.dumps(projects)
    assert found(second, root) == "shop/money.py#parse_money"
    write(root, {"shop/new.py": "def arrives(): ...\n"})
    assert eventually(lambda: "arrives" in json.dumps(post(second, "/v1/search", {"root": str(root), "query": "arrives"})))
    parsers = children(second.pid)
    os.kill(second.pid, signal.SIGTERM)
    assert eventually(lambda: not alive(second.pid))
    assert not (settings.home / "daemon.json").exists()
    assert parsers
    assert eventually(lambda: not any(map(alive, parsers)))


def test_however_many_start_one_at_once_there_is_one_and_none_imports_from_where_it_stands(tmp_path: Path, settings: Settings) -> None:
    for name in ("json.py", "memoryd.py", "fastapi.py"):
        write(tmp_path / "hostile", {name: "raise SystemExit('taken over')\n"})
    command = [sys.executable, "-P", "-c", ENSURE, str(settings.home)]
    environment = {**os.environ, "PYTHONPATH": str(SOURCE_ROOT)}
    processes = [subprocess.Popen(command, cwd=tmp_path / "hostile", env=environment, stdout=subprocess.PIPE) for _ in range(3)]
    with ThreadPoolExecutor(2) as pool:
        ours = list(pool.map(lambda _: ensure(settings).pid, range(2)))
    done = [finish(process) for process in processes]
    assert [one.code for one in done] == [0] * 3
    assert {int(one.text) for one in done} | set(ours) == {ours[0]}


def test_an_older_daemon_gives_way(settings: Settings) -> None:
    with old_daemon(settings, "older than any number") as old:
        assert (found := running(settings)) is not None
        assert found.pid == old.pid
        state = ensure(settings)
        assert state.pid != old.pid
        assert state.version == __version__
        assert old.wait(DEADLINE) == 0


def test_a_newer_daemon_is_used_as_it_is(settings: Settings) -> None:
    with old_daemon(settings, "999.0") as newer:
        assert ensure(settings).pid == newer.pid
        assert stop(settings)
        assert newer.wait(DEADLINE) == 0


def test_one_that_does_not_stop_when_told_is_ended(settings: Settings) -> None:
    with old_daemon(settings, "older", "deaf") as old:
        assert stop(settings)
        assert old.wait(DEADLINE) == -signal.SIGTERM
    assert running(settings) is None


def test_one_that_hangs_is_no_daemon_and_who_asks_is_told(settings: Settings) -> None:
    with old_daemon(settings, __version__, "hung") as hung:
        assert running(settings) is None
        with pytest.raises(DaemonUnavailable, match="memoryd daemon stop"):
            ensure(settings, timeout=0.5)
        assert hung.poll() is None
        os.kill(hung.pid, signal.SIGKILL)
        hung.wait(DEADLINE)
        with hold_lock(settings):
            pass


def projects(state: State) -> int:
    with connected(state, DEADLINE) as connection:
        connection.request("GET", "/v1/projects")
        return connection.getresponse().status


def test_one_that_is_stopped_keeps_nobody_waiting_and_all_say_the_same_of_it(
    root: Path, shell: Shell, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = ensure(settings)
    os.kill(state.pid, signal.SIGSTOP)
    for module, name in ((connections, "BETWEEN_LOOKS"), (connections, "OF_SILENCE"), (processes, "OF_SILENCE"), (processes, "TO_STIR")):
        monkeypatch.setattr(module, f"SECONDS_{name}", 0.1)
    said = rf"\(process {state.pid}\) does not answer.*`memoryd daemon stop` ends it"
    with pytest.raises(DaemonUnavailable, match=said):
        ensure(settings)
    # Nor does who was waiting for an answer already.
    with pytest.raises(DaemonUnavailable, match=said):
        projects(state)
    shown = warm.run(shell, "daemon", "status", "--json")
    assert (shown.code, shown.json["running"], shown.json["presence"], shown.json["pid"]) == (1, False, "silent", state.pid)
    assert re.search(said, shown.err)
    assert stop(settings)
    assert not alive(state.pid)
    assert look(settings).presence == Presence.NONE
    assert not stop(settings)


def test_one_in_another_container_is_neither_asked_nor_ended(shell: Shell, settings: Settings) -> None:
    apart = ("--pid", "--fork", "--kill-child", "--mount-proc")
    if not may_unshare(*apart):
        pytest.skip("needs unshare of util-linux, and the right to make a PID namespace: run it as root")
    container = shell.start("serve", prefix=["unshare", *apart])
    try:
        assert eventually(lambda: look(settings).presence == Presence.ELSEWHERE and (settings.home / "daemon.json").exists())
        found = look(settings)
        # There, it is the first of all processes; what has that number here must not hear of it.
        assert found.pid == 1
        for wants in (ensure, stop):
            with pytest.raises(DaemonUnavailable, match=r"process 1 of another container.*set MEMORYD_HOME"):
                wants(settings)
        shown = warm.run(shell, "daemon", "status", "--json")
        assert (shown.code, shown.json["presence"], "another container" in shown.err) == (1, "elsewhere", True)
        # A command does without it.
        assert "function parse_money" in warm.run(shell, "search", "parse_money").text
        assert container.poll() is None
    finally:
        end(container)


def test_one_is_reached_from_another_network_by_its_socket(shell: Shell, shared: Settings) -> None:
    if not may_unshare("--net"):
        pytest.skip("needs unshare of util-linux, and the right to make a network namespace: run it as root")
    state = ensure(shared)
    shown = replace(shell, home=shared.home).run("daemon", "status", "--json", prefix=["unshare", "--net"])
    assert (shown.code, shown.json["pid"]) == (0, state.pid)


def test_one_daemon_a_folder_and_the_right_to_be_it_ends_with_the_process(settings: Settings) -> None:
    with hold_lock(settings) as held:
        state = held.publish("127.0.0.1", 1)
        with pytest.raises(DaemonRunning, match=r"127\.0\.0\.1:1"), hold_lock(settings):
            pass
        assert (settings.home / "daemon.json").exists()
        assert state.pid == os.getpid()
    assert not (settings.home / "daemon.json").exists()
    with hold_lock(settings):
        pass


def stale(settings: Settings, state: State) -> None:
    settings.home.mkdir(parents=True, exist_ok=True)
    (settings.home / "daemon.json").write_text(json.dumps({**asdict(state), "home": ""}))


@pytest.fixture
def taken() -> Iterator[int]:
    """A port at which something else listens, and says what is no HTTP."""

    class Other(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.sendall(b"220 mail.example.org\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Other) as server:
        threading.Thread(target=server.serve_forever).start()
        yield server.server_address[1]
        server.shutdown()


def test_a_port_where_nobody_ever_answers_is_as_none(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        stale(settings, State(settings.home, os.getpid(), "127.0.0.1", silent.getsockname()[1], __version__, 0.0))
        assert running(settings) is None


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"pid": 1}', b"[" * 60_000,
        b'{"pid": "1", "host": "127.0.0.1", "port": 1, "version": "1", "started": 0, "demands": "", "socket": ""}',
        b'{"pid": 1, "host": "127.0.0.1", "port": 99999, "version": "1", "started": 0, "demands": "", "socket": ""}',
        b'{"pid": 1, "host": "a\\r\\nb", "port": 80, "version": "1", "started": 0, "demands": "", "socket": ""}',
    ],
)  # fmt: skip
def test_a_state_file_that_makes_no_sense_is_as_none(settings: Settings, content: bytes) -> None:
    settings.home.mkdir(parents=True)
    (settings.home / "daemon.json").write_bytes(content)
    assert running(settings) is None
    assert stop(settings) is False
    with hold_lock(settings) as held:
        held.publish("127.0.0.1", 1)
        assert stat.S_IMODE((settings.home / "daemon.json").stat().st_mode) == 0o600


def test_a_state_file_that_cannot_be_read_is_as_none(settings: Settings) -> None:
    (settings.home / "daemon.json").mkdir(parents=True)
    assert running(settings) is None
    assert stop(settings) is False


@pytest.mark.parametrize("name", ["daemon.lock", "daemon.json"])
def test_a_pipe_in_the_place_of_a_file_of_the_daemon_is_not_waited_for(settings: Settings, name: str) -> None:
    settings.home.mkdir(parents=True)
    os.mkfifo(settings.home / name)
    with hold_lock(settings) if name == "daemon.json" else nullcontext():
        assert running(settings) is None


def test_what_a_state_file_says_of_others_is_not_believed(settings: Settings, taken: int) -> None:
    state = State(settings.home, os.getpid(), "127.0.0.1", taken, __version__, 0.0)
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    with old_daemon(replace(settings, home=settings.home / "other"), __version__) as other:
        elsewhere = running(replace(settings, home=settings.home / "other"))
        assert elsewhere is not None
        claims = {
            "a port that something else has": state,
            "a process that is gone": replace(elsewhere, pid=gone.pid),
            "a process of another user": replace(elsewhere, pid=1),
            "a process that is no daemon": replace(elsewhere, pid=os.getpid()),
            "another version than the one that answers": replace(elsewhere, version="7"),
        }
        for why, held in claims.items():
            stale(settings, held)
            assert running(settings) is None, why
            assert stop(settings) is False, why
        assert other.poll() is None


def test_a_folder_that_cannot_be_written_is_an_error_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Exception, match="set MEMORYD_HOME"):
        ensure(Settings(tmp_path / "file" / "home", embedder="hash", workers=1))


def test_the_command_line_starts_shows_and_stops_a_daemon_also_over_a_stale_state_file(
    shell: Shell, settings: Settings, taken: int
) -> None:
    stale(settings, State(settings.home, os.getpid(), "127.0.0.1", taken, __version__, 0.0))
    none = warm.run(shell, "daemon", "status", "--json")
    assert (none.code, none.json["running"], "memoryd daemon start" in none.err) == (1, False, True)
    started = [warm.run(shell, "daemon", "start") for _ in range(2)]
    state = ensure(settings)
    assert state.pid != os.getpid()
    assert [(done.code, state.url in done.text) for done in started] == [(0, True)] * 2
    shown = warm.run(shell, "daemon", "status", "--json")
    assert (shown.code, shown.json["running"], shown.json["pid"], shown.json["url"]) == (0, True, state.pid, state.url)
    assert secret_of(shell.home) not in shown.text
    assert all(told in warm.run(shell, "daemon", "status").text for told in (state.url, "hash", str(settings.home / "daemon.log")))
    assert warm.run(shell, "daemon", "stop").text == "stopped\n"
    assert eventually(lambda: not alive(state.pid))
    assert not (settings.home / "daemon.json").exists()
    assert warm.run(shell, "daemon", "stop").text == "no daemon runs\n"


def test_a_daemon_that_cannot_start_says_why(settings: Settings) -> None:
    (settings.home / "daemon.log").mkdir(parents=True)
    with pytest.raises(DaemonUnavailable, match=r"ended at once; .*daemon\.log"):
        ensure(settings)
