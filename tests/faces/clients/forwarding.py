"""A hook of tests: it sends its event to the daemon of a test, with more patience than ours has."""

import shlex
import sys
from pathlib import Path

from tests.faces.serving import KEYED, Served
from tests.project import DEADLINE

FORWARD = """
import sys, urllib.request
asked = urllib.request.Request({url!r}, sys.stdin.buffer.read(), {{**{headers!r}, "Content-Type": "application/json"}})
opener = urllib.request.build_opener(urllib.request.ProxyHandler({{}}))
sys.stdout.write(opener.open(asked, timeout={patience}).read().decode())
"""


def forwarding(folder: Path, one: Served, client: str) -> list[str]:
    """Return the command of a hook for a client, whose script is written to a folder."""
    script = folder / f"{client}.py"
    script.write_text(FORWARD.format(url=f"http://127.0.0.1:{one.port}/v1/hooks/{client}", headers=KEYED, patience=DEADLINE))
    return [sys.executable, "-I", str(script)]


def shim(folder: Path, one: Served) -> Path:
    """Write a program `memoryd` that does what `memoryd hook claude-code` would do, and return the folder that it lies in."""
    folder.mkdir(parents=True, exist_ok=True)
    command = shlex.join(forwarding(folder, one, "claude-code"))
    program = folder / "memoryd"
    program.write_text(f'#!/bin/sh\n[ "$1" = hook ] && exec {command}\nexit 1\n')
    program.chmod(0o755)
    return folder
