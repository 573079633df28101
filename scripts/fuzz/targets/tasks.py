"""Questions: tasks, queries and handles, asked of a small project. The first line is `pack N`, `search` or `show`."""

from contextlib import suppress
from functools import cache

from memoryd.config import Settings
from memoryd.errors import MemorydError
from memoryd.memory import ProjectMemory
from memoryd.tokens import counter
from scripts.fuzz.targets.scratch import scratch
from scripts.fuzz.targets.sources import SAMPLES

NAMES = ("python.py", "go.go", "guide.md", "javascript.js", "deploy.yaml")


def check(data: bytes) -> None:
    """Any text is a question; a pack keeps to its budget, and every handle that is told can be shown."""
    head, _, body = data.partition(b"\n")
    word, _, number = head.decode("ascii", "replace").partition(" ")
    text = body.decode("utf-8", "replace")
    memory = _memory()
    if word == "show":
        with suppress(MemorydError):
            memory.show(text).text.encode("utf-8")
    elif word == "search":
        for hit in memory.search(text, 5):
            memory.show(hit.id)
    else:
        budget = int(number) if number.isascii() and number.isdigit() and len(number) < 6 and int(number) else 200
        pack = memory.pack(text, budget)
        assert pack.tokens == counter()(pack.text) <= budget
        assert memory.pack(text, budget) == pack


@cache
def _memory() -> ProjectMemory:
    base = scratch("tasks")
    root = base / "project"
    root.mkdir()
    for name in NAMES:
        (root / name).write_bytes((SAMPLES / name).read_bytes())
    memory = ProjectMemory(root, Settings(base / "home", embedder="hash", workers=1))
    memory.load()
    memory.rest(0.0)
    return memory
