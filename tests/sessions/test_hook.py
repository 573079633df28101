"""The script that a hook starts: what it sends and prints, and that it stands in nobody's way."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from types import ModuleType

import pytest

from memoryd.standalone import hook, statusline
from tests.project import DEADLINE, Shell

EVENT = b'{"hook_event_name": "SessionStart", "session_id": "one"}'


@pytest.fixture
def home() -> Iterator[Path]:
    """Return a data folder whose path is short enough for a socket."""
    folder = Path("/tmp") / f"memoryd-hook-{os.getpid()}"
    folder.mkdir(mode=0o700)
    yield folder
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()


def send(home: Path, event: bytes = EVENT, **variables: str) -> bytes:
    """Return what the script prints for an event, silent otherwise."""
    command = [sys.executable, "-I", "-S", hook.__file__, "claude-code", str(home)]
    done = subprocess.run(command, input=event, capture_output=True, timeout=DEADLINE, env={"PATH": "/usr/bin:/bin", **variables})
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout


def is_marked(home: Path) -> bool:
    return (home / hook.MARK).exists()


@contextmanager
def answering(home: Path, answer: bytes) -> Iterator[list[bytes]]:
    """Serve one answer at the socket of a data folder; give what was received."""
    received: list[bytes] = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(home / hook.SOCKET))
        listener.listen()

        def serve() -> None:
            connection, _ = listener.accept()
            with connection, suppress(ConnectionError):  # who has no time left hangs up
                received.append(connection.recv(65_536))
                connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
                received.append(connection.recv(65_536))
                connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield received
        thread.join(DEADLINE)


def test_an_event_is_sent_and_the_answer_printed(home: Path) -> None:
    # On a busy machine even a daemon that is well takes its time.
    with answering(home, b'HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n{"a":1}') as received:
        assert patient(home, MEMORYD_HOOKS="places,x?&\r\n") == b'{"a":1}'
    assert received[0].startswith(b"POST /v1/hooks/claude-code?without=places,x HTTP/1.1\r\n")
    assert received[1] == EVENT
    assert not is_marked(home)


@pytest.mark.parametrize("answer, marked", [(b"HTTP/1.1 204 No Content\r\n\r\n", False), (b"HTTP/1.1 503 Busy\r\n\r\n", True), (b"", True)])
def test_what_is_no_answer_is_not_printed(home: Path, answer: bytes, marked: bool) -> None:
    with answering(home, answer):
        assert patient(home) == b""
    assert is_marked(home) is marked


def test_without_a_daemon_nothing_happens_but_a_mark(home: Path) -> None:
    assert send(home) == b""
    assert is_marked(home)
    assert (home / hook.MARK).stat().st_mode & 0o077 == 0


def test_a_pipe_in_the_place_of_the_mark_is_not_waited_for(home: Path) -> None:
    os.mkfifo(home / hook.MARK)
    assert send(home) == b""


def test_a_daemon_that_hangs_is_given_up(home: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(home / hook.SOCKET))
        listener.listen()
        assert send(home) == b""
    assert is_marked(home)


def test_a_daemon_that_is_late_to_listen_is_given_no_time_to_answer_besides(home: Path) -> None:
    program = (
        f"import sys; source = open({hook.__file__!r}).read(); sys.argv = ['hook', 'claude-code', {str(home)!r}];"
        " import time; clock = iter([0.0, 0.001, 0.03, 0.06]); time.monotonic = lambda: next(clock);"
        " exec(compile(source, 'hook', 'exec'), {'__name__': '__main__'})"
    )
    with answering(home, b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nfirst"):
        done = subprocess.run([sys.executable, "-I", "-S", "-c", program], input=EVENT, capture_output=True, timeout=DEADLINE, env={})
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert is_marked(home)


def test_where_there_is_no_data_folder_none_is_made(tmp_path: Path) -> None:
    assert send(tmp_path / "none") == b""
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("streams", ["<&-", ">&-", *(["> /dev/full"] if Path("/dev/full").exists() else [])])
@pytest.mark.parametrize("script", [hook, statusline])
def test_a_client_that_closed_a_stream_hears_no_complaint(home: Path, script: ModuleType, streams: str) -> None:
    with answering(home, b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nfew") if script is hook and "<" not in streams else nullcontext():
        command = f'exec "$0" -I -S "$1" claude-code "$2" {streams}'
        arguments = ["sh", "-c", command, sys.executable, str(script.__file__), str(home)]
        done = subprocess.run(arguments, input=EVENT, capture_output=True, timeout=DEADLINE)
    assert (done.returncode, done.stderr) == (0, b"")
    assert is_marked(home) is (script is hook)


def test_the_switch_turns_it_off(home: Path) -> None:
    assert send(home, MEMORYD_HOOKS="off") == b""
    assert not is_marked(home)


def test_what_is_too_large_is_not_sent(home: Path) -> None:
    assert send(home, b"x" * (hook.MOST_INPUT + 1)) == b""
    assert is_marked(home)


def test_the_command_is_the_script(shell: Shell) -> None:
    shell.home.mkdir()
    done = shell.run("hook", "claude-code", stdin=EVENT)
    assert (done.code, done.out, done.err) == (0, b"", "")
    assert is_marked(shell.home)


def test_it_imports_nothing_that_takes_long() -> None:
    run = f"exec(open({hook.__file__!r}).read(), {{'__name__': 'x'}})"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; {run}; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    assert {"json", "http", "ssl", "hashlib", "typing", "memoryd"}.isdisjoint(done.stdout.split())


def patient(home: Path, **variables: str) -> bytes:
    """Return what the script prints with more patience than it has."""
    program = (
        f"import sys; source = open({hook.__file__!r}).read().replace('= 0.05', '= {DEADLINE}').replace('= 0.2', '= {DEADLINE}');"
        f" sys.argv = ['hook', 'claude-code', {str(home)!r}]; exec(compile(source, 'hook', 'exec'), {{'__name__': '__main__'}})"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program],
        input=EVENT,
        capture_output=True,
        timeout=DEADLINE,
        env=variables,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout
