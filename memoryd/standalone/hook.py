"""Sends one event of a client's hook to the daemon, and prints what it answers. Standard library only; runs as a script, too.

It never stands in a client's way: no daemon, a busy one, a slow answer, invalid input or any other failure ends it silently and with
success: within `SIGN_SECONDS` in all where no daemon gives a sign of life at once, or one is busy, which it shows by a late sign; else
within `ANSWER_SECONDS` more. What was not delivered or not answered leaves a mark, by which the daemon knows that it no longer knows what
agents have seen.

A client starts this for every event, so it imports nothing of memoryd, and reads the two variables that it needs itself.
"""

import os
import socket
import sys
import time

SIGN_SECONDS = 0.05
"""How long the daemon may take to say that it listens; and all that one which is busy may take."""
AT_ONCE_SECONDS = 0.015
"""How long a daemon that is not busy takes to say so, at most."""
ANSWER_SECONDS = 0.2
"""How long one that is not busy may take to answer: it gives up by itself before, so this is for a machine that stands still."""
MOST_INPUT = 1 << 20
"""Bytes of an event that are sent; one with more is not delivered, as the daemon would refuse it."""
MOST_ANSWER = 1 << 20
SOCKET, MARK = "daemon.sock", "daemon.missed"
CONTINUE, OK = b"HTTP/1.1 100", b"HTTP/1.1 200"
SWITCH, HOME = "MEMORYD_HOOKS", "MEMORYD_HOME"


def main(client: str, home: str = "") -> int:
    """Send what standard input holds as an event of a client; print the answer, if there is one. `home` is the data folder."""
    without = os.environ.get(SWITCH, "")
    if without == "off":
        return 0
    home = home or os.environ.get(HOME, "") or _default_home()
    try:
        # By number: a stream that the client closed is none in `sys`.
        with open(0, "rb", closefd=False) as given:
            event = given.read(MOST_INPUT + 1)
        answer = _asked(os.path.join(home, SOCKET), _path(client, without), event) if len(event) <= MOST_INPUT else None
        if answer:
            with open(1, "wb", closefd=False) as shown:
                shown.write(answer)
    except (OSError, ValueError):
        answer = None
    if answer is None:
        _mark(home)
    return 0


def _path(client: str, without: str) -> str:
    """Return where an event goes; `without` names the parts that the user left out."""
    left = "".join(one for one in without if one in "abcdefghijklmnopqrstuvwxyz-,")
    return f"/v1/hooks/{client}?without={left}" if left else f"/v1/hooks/{client}"


def _asked(place: str, path: str, event: bytes) -> "bytes | None":
    """Return the daemon's answer, empty if it has nothing to say; `None` if the event was not delivered."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        begun = time.monotonic()
        until = begun + SIGN_SECONDS
        connection.settimeout(SIGN_SECONDS)
        connection.connect(place)
        head = (
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(event)}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
        )
        connection.sendall(head.encode("ascii"))
        received = _received(connection, until)
        if not received.startswith(CONTINUE):
            return None
        if time.monotonic() - begun < AT_ONCE_SECONDS:
            until += ANSWER_SECONDS
        connection.sendall(event)
        received = received.partition(b"\r\n\r\n")[2]
        while len(received) < MOST_ANSWER and (more := _received(connection, until)):
            received += more
    told, _, body = received.partition(b"\r\n\r\n")
    if told.startswith(OK):
        return body
    return b"" if told.startswith(b"HTTP/1.1 204") else None


def _received(connection: socket.socket, until: float) -> bytes:
    """Return what comes next. Raises `TimeoutError` where nothing comes until a time."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    connection.settimeout(left)
    return connection.recv(65_536)


def _mark(home: str) -> None:
    """Note that an event was not delivered, if there is a data folder at all."""
    try:
        os.close(os.open(os.path.join(home, MARK), os.O_CREAT | os.O_WRONLY | os.O_TRUNC | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600))
        os.utime(os.path.join(home, MARK))
    except OSError:
        return


def _default_home() -> str:
    """Return the user's data folder of memoryd, as `platformdirs` has it."""
    if sys.platform == "darwin":
        return os.path.expanduser("~/Library/Application Support/memoryd")
    return os.path.join(os.environ.get("XDG_DATA_HOME", "").strip() or os.path.expanduser("~/.local/share"), "memoryd")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
