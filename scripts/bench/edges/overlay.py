"""Measures the graph with exact edges: how much of what a compiler says it finds once an index was imported, in the files that this covers.

Where there are two indexers of a language, the other one judges.
"""

import shutil
import time
from pathlib import Path

from indexers import language_of
from memoryd.graph import ExactGraph, Graph
from memoryd.scip import Index, Source, join, read_index
from memoryd.versions import uses_in
from scripts.bench import results
from scripts.bench.edges.exact import linked, oracle, precision, recall
from scripts.bench.edges.graph import index_tree
from scripts.bench.results import Row


def run(trees: list[Path], imported: tuple[str, str], judge: tuple[str, str], suffixes: tuple[str, ...], work: Path, folder: Path) -> None:
    """Import the index of one indexer, a name and a program, and have another judge the graph, with and without it."""
    rows: list[Row] = []
    for tree in trees:
        copy = work / "overlay" / tree.name
        if not copy.exists():
            shutil.copytree(tree, copy, symlinks=True, ignore=shutil.ignore_patterns(".git", "node_modules"))
        indexes = {}
        for name, program in (imported, judge):
            made = copy.with_name(f"{tree.name}.{name}.scip")
            if not made.exists():
                index_tree(name, program, copy, made)
            indexes[name] = read_index(made.read_bytes())
        taken = indexes[imported[0]]
        paths = sorted({one.path for one in taken.documents() if (copy / one.path).is_file() and one.path.endswith(suffixes)})
        graph = linked(copy, paths)
        began = time.process_time()
        exact = with_exact(graph, taken, copy)
        spent = round(time.process_time() - began, 2)
        said = oracle(indexes[judge[0]], copy, graph)
        for name, one in (("ours", graph), ("with exact edges", exact)):
            for row in (*precision(one, said), *recall(one, said)):
                share = round(int(str(row["right"])) / max(1, int(str(row["judged"]))), 3)
                told = {"tree": tree.name, "imported": imported[0], "judge": judge[0], "files": len(paths), "join_cpu_s": spent}
                rows.append({**told, "graph": name, **row, "share": share})
    results.renew("overlay", rows, ("tree", "imported", "judge"), folder)


def with_exact(graph: Graph, index: Index, tree: Path) -> Graph:
    """Return a graph with the exact edges of an index."""

    def source_of(path: str) -> tuple[str, Source] | None:
        if path not in graph.facts.numbers:
            return None
        text = (tree / path).read_bytes()
        return path, Source(text, language_of(path, text[:4096]))

    exact = ExactGraph(graph, uses_in(join(index, source_of).uses))
    _ = exact.edges
    return exact
