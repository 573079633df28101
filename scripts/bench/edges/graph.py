"""Measures the graph beside compilers: `ty-scip` on trees of Python, `scip-typescript` on trees of TypeScript."""

import re
import shutil
import subprocess
import time
from pathlib import Path

from memoryd.scip import read_index
from scripts.bench import results
from scripts.bench.edges.exact import linked, oracle, precision, recall
from scripts.bench.edges.peers import compared
from scripts.bench.results import Row

UNIMPORTABLE = re.compile(r"no importable module name: (?P<path>.+)$", re.MULTILINE)
"""What ty-scip says of a file that is no module; the whole project fails by it."""
MOST_EXCLUDED = 200
SUFFIXES = {"ty-scip": (".py",), "scip-typescript": (".ts", ".tsx", ".mts", ".cts")}


def run(trees: list[Path], programs: dict[str, str], codegraph: str, work: Path, folder: Path) -> None:
    """Index each tree with the program for its language, and write how our graph compares; beside `codegraph`, if that is given."""
    rows: list[Row] = []
    beside: list[Row] = []
    for tree in trees:
        tool = max(SUFFIXES, key=lambda name: sum(len(list(tree.rglob(f"*{suffix}"))) for suffix in SUFFIXES[name]))
        copy = work / "graph" / tree.name
        if not (made := copy.with_suffix(".scip")).exists():
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(tree, copy, symlinks=True, ignore=shutil.ignore_patterns(".git", "node_modules"))
            index_tree(tool, programs[tool], copy, made)
        index = read_index(made.read_bytes())
        paths = sorted({one.path for one in index.documents() if (copy / one.path).is_file() and one.path.endswith(SUFFIXES[tool])})
        began = time.process_time()
        graph = linked(copy, paths)
        spent = round(time.process_time() - began, 2)
        said = oracle(index, copy, graph)
        for row in (*precision(graph, said), *recall(graph, said)):
            share = round(int(str(row["right"])) / max(1, int(str(row["judged"]))), 3)
            rows.append({"tree": tree.name, "oracle": tool, "files": len(paths), "cpu_s": spent, **row, "share": share})
        if codegraph:
            beside += ({"tree": tree.name, "oracle": tool, **row} for row in compared(copy, graph, said, codegraph))
    results.renew("graph", rows, ("tree",), folder)
    if beside:
        results.renew("graph-peers", beside, ("tree",), folder)


def index_tree(tool: str, program: str, tree: Path, made: Path) -> None:
    """Have a program index a tree; what ty-scip cannot take is excluded, file by file."""
    made.parent.mkdir(parents=True, exist_ok=True)
    if tool == "scip-python":
        subprocess.run(
            [program, "index", ".", "--project-name", "project", "--project-version", "0", "--output", str(made.absolute())],
            cwd=tree,
            check=True,
        )
        return
    if tool != "ty-scip":
        extra = [] if (tree / "tsconfig.json").exists() else ["--infer-tsconfig"]
        subprocess.run([program, "index", *extra, "--output", str(made.absolute()), "--no-progress-bar"], cwd=tree, check=True)
        return
    excluded: list[str] = []
    for _ in range(MOST_EXCLUDED):
        listed = ", ".join(f'"{path}"' for path in excluded)
        (tree / "ty.toml").write_text(f"[src]\nexclude = [{listed}]\n")
        done = subprocess.run(
            [program, "--quiet", "--output", str(made.absolute()), "."], cwd=tree, capture_output=True, text=True, check=False
        )
        if done.returncode == 0 and made.exists():
            return
        found = UNIMPORTABLE.search(done.stderr + done.stdout)
        if found is None:
            raise SystemExit(f"ty-scip fails on {tree}: {done.stderr}")
        # The files beside it are called alike, most often: migrations, data by version.
        path = Path(found["path"]).resolve().relative_to(tree.resolve())
        excluded.append(path.parent.as_posix() if len(excluded) > 3 else path.as_posix())
    raise SystemExit(f"ty-scip takes too few files of {tree}")
