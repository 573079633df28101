"""The edges of codegraph beside ours, on the same questions and judged by the same oracle, in one run.

Both are asked for the links that they show as such (of ours: all tiers but AMBIGUOUS). Precision is of links on lines that the oracle
judges, without imports; recall of pairs of a file and a definition that it calls, by any link, as in `exact`.
"""

import sqlite3
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from memoryd.graph import Graph, Tier
from memoryd.text import split_id
from scripts.bench.edges.exact import KINDS, REPEATED, Oracle, ids_by_place, kinds_of
from scripts.bench.results import Row

USES = ("calls", "instantiates", "extends", "implements", "references")
"""The kinds of codegraph's edges that are uses of a definition by its name, but for imports."""
QUERY = """
SELECT source.file_path, edges.line, edges.kind, target.name, target.file_path, target.start_line
FROM edges JOIN nodes AS source ON source.id = edges.source JOIN nodes AS target ON target.id = edges.target
WHERE edges.kind != 'contains'
"""
APART = 40
"""The most lines between where codegraph and we see a definition begin, for instance at its decorators."""


class Linked(NamedTuple):
    """A use of a name on a line of a file, and the id of the definition of ours that it is linked to; "" for one that we do not have."""

    path: str
    line: int
    name: str
    target: str
    is_import: bool = False


def compared(tree: Path, graph: Graph, said: Oracle, program: str) -> Iterator[Row]:
    """Yield how our links and codegraph's compare on a tree, which codegraph indexes now."""
    for answers, found in (("memoryd", _ours(graph)), ("codegraph", _theirs(tree, graph, program))):
        links = {one for one in found if one.path in said.files}
        judged = [one for one in links if not one.is_import and said.means.get((one.path, one.line, one.name))]
        right = sum(one.target in said.means[one.path, one.line, one.name] for one in judged)
        yield _row(answers, "precision", "links", len(judged), right)
        pairs = {(one.path, one.target) for one in links}
        kinds = kinds_of(graph)
        called = {(path, id_) for (path, line, name), ids in said.means.items() if (path, line, name) in said.called for id_ in ids}
        for kind in ("function", "class", "method"):
            for where in ("across files", "same file"):
                of_kind = {one for one in called if KINDS.get(kinds[one[1]]) == kind}
                asked = {one for one in of_kind if (split_id(one[1])[0] == one[0]) == (where == "same file")}
                yield _row(answers, f"recall, {where}", f"called {kind}", len(asked), len(asked & pairs))


def _row(answers: str, measure: str, kind: str, judged: int, right: int) -> Row:
    return {
        "answers": answers,
        "measure": measure,
        "kind": kind,
        "judged": judged,
        "right": right,
        "share": round(right / max(1, judged), 3),
    }


def _ours(graph: Graph) -> Iterator[Linked]:
    references, text = graph.facts.references, graph.facts.words.text
    certain = graph.links.tier < int(Tier.AMBIGUOUS)
    rows = graph.links.row[certain]
    for row, id_ in zip(rows.tolist(), graph.ids(graph.links.target[certain]), strict=True):
        path = graph.facts.paths[int(references.file[row])]
        yield Linked(path, int(references.line[row]), text(int(references.name[row])), REPEATED.sub("", id_))
    imports = graph.edges.kind == graph.facts.words.find("import")
    for source, id_ in zip(graph.ids(graph.edges.source[imports]), graph.ids(graph.edges.target[imports]), strict=True):
        yield Linked(split_id(source)[0], 0, "", REPEATED.sub("", id_), is_import=True)


def _theirs(tree: Path, graph: Graph, program: str) -> Iterator[Linked]:
    made = tree / ".codegraph" / "codegraph.db"
    if not made.exists():
        subprocess.run([program, "init", "."], cwd=tree, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    places: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    for (path, first, name), id_ in ids_by_place(graph).items():
        places[path, name].append((first, id_))
    with closing(sqlite3.connect(made)) as database:
        rows = database.execute(QUERY).fetchall()
    for path, line, kind, name, home, first in rows:
        near = min(((abs(other - first), id_) for other, id_ in places.get((home, name), ())), default=(APART + 1, ""))
        yield Linked(path, line or 0, name, REPEATED.sub("", near[1]) if near[0] <= APART else "", kind not in USES)
