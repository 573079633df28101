"""The commands of peers that do what memoryd's do. Each is measured as its own documents recommend it, in a copy of the tree."""

import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.bench.doors.commands import COLD_REPEATS, QUESTION, Measured, middle, repeated
from scripts.bench.doors.mcp import Server, first_answer
from scripts.bench.measures import accounted

AIDER_MAP = """
import sys
from pathlib import Path
from aider.io import InputOutput
from aider.repomap import RepoMap

class Model:
    def token_count(self, text):
        return len(text) // 4

root = Path(sys.argv[1])

def is_hidden(file):
    return any(part.startswith(".") for part in file.relative_to(root).parts)

files = [str(file) for file in sorted(root.rglob("*")) if file.is_file() and not is_hidden(file)]
quiet = InputOutput(yes=True, pretty=False)
repo_map = RepoMap(map_tokens=4_000, root=str(root), main_model=Model(), io=quiet)
words = set(sys.argv[2].split())
print(repo_map.get_repo_map([], files, mentioned_idents=words))
"""
"""Makes the map of a repository as aider does for a question, without a model to talk to."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A peer; `program` is its command, or for aider the Python that has it. `doors` measures it in a tree."""

    name: str
    program: str
    doors: Callable[[str, Path], Iterator[Measured]]

    def measured(self, tree: Path) -> Iterator[Measured]:
        """Measure its doors; a door that fails is said to fail."""
        try:
            yield from self.doors(self.program, tree)
        except (OSError, subprocess.CalledProcessError, RuntimeError) as error:
            yield Measured(f"{tree.name}: fails here: {type(error).__name__}")


def peers(programs: Mapping[str, str]) -> tuple[Peer, ...]:
    """Return the peers whose programs are given and found; `programs` are paths by name."""
    doors = {"codegraph": _codegraph, "aider": _aider, "semble": _semble}
    return tuple(Peer(name, program, doors[name]) for name, program in programs.items() if shutil.which(program))


def _codegraph(program: str, tree: Path) -> Iterator[Measured]:
    quiet = {"CODEGRAPH_TELEMETRY": "0"}
    yield _first(f"first index of {tree.name}", (program, "init", str(tree)), quiet, tree, ".codegraph")
    yield repeated("--help", (program, "--help"), quiet, tree)
    yield repeated(f"explore in {tree.name}", (program, "explore", QUESTION), quiet, tree)
    server = Server((program, "serve", "--mcp"), quiet, tree, "codegraph_explore", {"query": QUESTION})
    answer = first_answer(server)
    yield Measured(f"MCP: initialize, {tree.name}", answer.initialized)
    yield Measured(f"MCP: first explore of a client, {tree.name} indexed", answer.answered)


def _aider(program: str, tree: Path) -> Iterator[Measured]:
    command = (program, "-c", AIDER_MAP, str(tree), QUESTION)
    yield _first(f"first map of {tree.name}", command, {}, tree, ".aider.tags.cache.v4")
    yield repeated(f"map of {tree.name} again", command, {}, tree)


def _semble(program: str, tree: Path) -> Iterator[Measured]:
    yield repeated(f"search in {tree.name}, which reads it each time", (program, "search", QUESTION, str(tree)), {}, tree)


def _first(door: str, command: Sequence[str], environment: Mapping[str, str], tree: Path, made: str) -> Measured:
    """Measure a command that keeps what it makes in the folder `made` of the tree, each time without that."""
    accounts = []
    for _ in range(COLD_REPEATS):
        shutil.rmtree(tree / made, ignore_errors=True)
        accounts.append(accounted(command, environment, tree))
    return middle(door, accounts)
