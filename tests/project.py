"""A small project to index, what its index holds, and the command line as a user runs it."""

import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from memoryd.config import Settings
from memoryd.config import index_folder as folder_of_index
from memoryd.graph import Edge, Graph
from memoryd.memory import ProjectMemory
from memoryd.parsing import TimeLimit
from memoryd.store import COLUMNS, Store

SOURCE_ROOT = Path(__file__).resolve().parent.parent
DEADLINE = 60.0
"""Seconds after which something that should happen at once counts as never happening, on the busiest machine."""

CART = '''"""The cart of the shop."""

from shop.money import Money


class Cart:
    """What a customer means to buy."""

    def add(self, price: Money) -> None:
        """Put a price into the cart."""
        self.lines.append(price)

    def total(self) -> Money:
        """Sum of everything in the cart."""
        return Money(sum(line.amount for line in self.lines))
'''
MONEY = '''class Money:
    """An amount in cents."""

    def __init__(self, amount: int) -> None:
        self.amount = amount


def parse_money(text: str) -> Money:
    """Read an amount such as 12.50."""
    return Money(round(float(text) * 100))
'''
CHECKOUT = """from shop.cart import Cart


def pay(cart: Cart):
    return charge(cart.total())


def charge(money):
    return money
"""
FILES = {
    "shop/cart.py": CART,
    "shop/money.py": MONEY,
    "shop/checkout.py": CHECKOUT,
    "README.md": "# Shop\n\nA small shop.\n\n## Paying\n\nThe checkout charges the total.\n",
    "config.yaml": "currency: EUR\nrounding: half-even\n",
}


def write(root: Path, files: Mapping[str, str]) -> None:
    """Write files below `root`, with their folders."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def many(number: int, lines: int = 30) -> dict[str, str]:
    """Return modules of some functions each."""
    body = "".join(f"def step_{line}(value):\n    return value + {line}\n\n\n" for line in range(lines))
    return {f"pkg{index % 10}/module_{index}.py": f'"""Module {index}."""\n\n{body}' for index in range(number)}


SLOW = ("(" * 400 + "\n") * 60
"""24 KB that keep the parser of Python busy for half a second."""


def fail(root: Path, home: Path) -> str:
    """Write a file that takes too long for the parser of an index made now, but not for one with more patience; return its path."""
    write(root, {"slow.py": SLOW})
    with ProjectMemory(root, Settings(home, embedder="hash", workers=1), limit=TimeLimit(cpu=0.15)) as memory:
        memory.refresh()
        assert ("slow.py", "parsing took over 0.15 s of CPU time") in {(one.path, one.reason) for one in memory.status().failed}
    return "slow.py"


def let_others_enter(place: Path) -> None:
    """Let other users of the machine enter the folders above a place, which pytest makes for our user alone."""
    base = Path(os.environ.get("PYTEST_DEBUG_TEMPROOT", tempfile.gettempdir())).resolve()
    for folder in place.parents:
        if folder.is_relative_to(base) and folder != base:
            folder.chmod(folder.stat().st_mode | 0o055)


def rows(root: Path, home: Path) -> list[tuple[str, ...]]:
    """Return everything the index of a project holds, sorted."""
    store = Store.newest(index_folder(root, home))
    columns = store.columns([*(name for name, _ in COLUMNS), "vector"])
    return sorted(tuple(map(str, values)) for values in zip(*columns.values(), strict=True))


def fresh_rows(root: Path, home: Path) -> list[tuple[str, ...]]:
    """Return what a new index of the project holds."""
    shutil.rmtree(home, ignore_errors=True)
    with ProjectMemory(root, Settings(home, embedder="hash", workers=1)) as memory:
        memory.refresh()
    return rows(root, home)


def all_edges(graph: Graph) -> list[Edge]:
    """Return every edge of a graph, in the order of its source."""
    return graph.edges_at(np.arange(len(graph.edges.source)))


def index_folder(root: Path, home: Path) -> Path:
    """Return where the index of a project lies."""
    return folder_of_index(Settings(home), root.resolve())


PROGRESS = re.compile(
    r"^memoryd: (?:reading|parsing|parsing again|embedding|writing|preparing)(?: \d+ of \d+(?:, \d+ (?:s|min) left)?)?\n", re.MULTILINE
)
"""What a command adds to standard error every few seconds: how often depends on the machine, not on the command."""


@dataclass(frozen=True)
class Done:
    """What a command left behind, but for its progress."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode()

    @property
    def json(self) -> Any:
        return orjson.loads(self.out)


@dataclass(frozen=True)
class Shell:
    """Runs `python -m memoryd` in a project, as processes of their own."""

    root: Path
    home: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        """Return the environment of its commands."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MEMORYD_")}
        ours = {"PYTHONPATH": str(SOURCE_ROOT), "MEMORYD_HOME": str(self.home), "MEMORYD_EMBEDDER": "hash", "MEMORYD_WORKERS": "2"}
        return {**kept, **ours, **self.settings}

    def start(self, *arguments: str | bytes, prefix: Sequence[str] = (), **options: Any) -> "subprocess.Popen[bytes]":
        """Start a command in a process group of its own, with a `prefix` that decides how."""
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(
            [*prefix, sys.executable, "-m", "memoryd", *arguments],
            **{"cwd": self.root, "env": self.environment(), "start_new_session": True, **pipes, **options},
        )

    def run(self, *arguments: str | bytes, stdin: bytes = b"", **options: Any) -> Done:
        """Run a command to its end."""
        return finish(self.start(*arguments, **{"stdin": subprocess.PIPE, **options}), stdin)


def finish(process: "subprocess.Popen[bytes]", stdin: bytes | None = None) -> Done:
    """Wait for the end of a command."""
    try:
        out, err = process.communicate(stdin, timeout=DEADLINE)
    except subprocess.TimeoutExpired:
        end(process)
        raise
    return Done(process.returncode, out or b"", PROGRESS.sub("", (err or b"").decode()))


def end(process: "subprocess.Popen[bytes]") -> None:
    """Kill a command at once, as `kill -9` does, and wait for it."""
    process.send_signal(signal.SIGKILL)
    process.communicate()


@contextmanager
def no_room_for_files() -> Iterator[None]:
    """Refuse to write any file of more than a kilobyte, as a quota or a full disk would.

    Python keeps no bytecode meanwhile: it would keep the first kilobyte of it, and nobody could import that module again.
    """
    limits, keeps_none = resource.getrlimit(resource.RLIMIT_FSIZE), sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        sys.dont_write_bytecode = keeps_none


def indexed(memory: ProjectMemory, *paths: str) -> set[str]:
    """Return those of some paths that the index holds."""
    return {path for path in paths if path in memory.view().records}


def eventually(holds: Callable[[], bool], pause_seconds: float = 0.01) -> bool:
    """Tell whether something comes true before the deadline; what is dear to ask is asked after longer pauses."""
    until = time.monotonic() + DEADLINE
    pause = threading.Event()
    while not holds():
        if time.monotonic() > until:
            return False
        pause.wait(pause_seconds)
    return True


def may_unshare(*options: str) -> bool:
    """Tell whether programs can be run apart from this system, as `unshare` with these options does it (Linux, mostly as root)."""
    return shutil.which("unshare") is not None and not subprocess.run(["unshare", *options, "true"], stderr=subprocess.DEVNULL).returncode


def children(pid: int) -> list[int]:
    """Return the living children of a process (Linux)."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if int(parent) == pid and state != "Z":
            found.append(int(stat.parent.name))
    return sorted(found)


def alive(pid: int) -> bool:
    """Tell whether a process runs (Linux)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
