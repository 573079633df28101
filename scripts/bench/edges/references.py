"""Measures the graph beside references that a person graded, in languages whose compilers we lack: precision by tier, recall by kind.

A link is right if it leads to a graded definition (any of them, where overloads or a class and its constructor are meant), or to the file
where a file is meant. What the project does not define must not be linked: a link of it is wrong.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from indexers import FileFacts, base_name, index_source
from memoryd.graph import FactColumns, Graph, Tier
from memoryd.text import split_id
from scripts.bench import results
from scripts.bench.data import (
    REFERENCE_PLACES,
    Place,
    Reference,
    Repositories,
    drawn_references,
    graded_references,
    texts_of,
    write_references,
)
from scripts.bench.edges.exact import REPEATED
from scripts.bench.results import Row

Link = tuple[str, Tier, float]
"""The id that a link leads to, its tier, and its probability."""
ABOVE = 80
"""The most lines that stand between the first line of a definition (of its documentation) and its name."""
MAKERS = ("constructor", "init", "__construct")


def run(repositories: Repositories, folder: Path) -> None:
    """Judge the links of each graded reference."""
    rows: list[Row] = []
    for one in graded_references():
        made = linked(repositories.tree(one.place.repository, one.place.commit), one.place)
        links = links_of(made)
        for asked in one.tasks:
            key = asked.path, asked.line, "" if asked.kind == "import" else asked.name
            rows.append({"language": one.place.language, **_judged(asked, _meant(made.graph, asked), links.get(key, []))})
    results.write("references-sheet", rows, folder, results.silently)
    results.write("references", [*_precision(rows), *_recall(rows, "kind"), *_recall(rows, "language")], folder)


def draw_sheet(repositories: Repositories) -> None:
    """Draw the references anew, with nothing graded, over the sheet."""
    write_references([(place, drawn_references(repositories.tree(place.repository, place.commit), place)) for place in REFERENCE_PLACES])


class Linked(NamedTuple):
    """The facts of a tree's files in the language that is asked about, and their graph."""

    facts: Mapping[str, FileFacts]
    graph: Graph


def linked(tree: Path, place: Place) -> Linked:
    """Link the files of a tree."""
    facts = {path: index_source(place.language, (tree / path).read_bytes()) for path in texts_of(tree, place)}
    return Linked(facts, Graph.link(FactColumns.of(facts)))


def links_of(one: Linked) -> dict[tuple[str, int, str], list[Link]]:
    """Return what the names on the lines of files are linked to; imports under the name ""."""
    graph, text, references = one.graph, one.graph.facts.words.text, one.graph.facts.references
    by_reference: dict[tuple[str, ...], list[Link]] = defaultdict(list)
    ids = graph.ids(graph.links.target)
    columns = (references.name, references.kind, references.scope, references.qualifier)
    for row, id_, tier, share in zip(graph.links.row.tolist(), ids, graph.links.tier.tolist(), graph.links.weight.tolist(), strict=True):
        key = graph.facts.paths[int(references.file[row])], *(text(int(column[row])) for column in columns)
        by_reference[key].append((id_, Tier(tier), share))
    found: dict[tuple[str, int, str], list[Link]] = defaultdict(list)
    for path, facts in one.facts.items():
        for use in facts.references:
            for line in use.lines:
                found[path, line, use.name] += by_reference.get((path, use.name, use.kind, use.scope, use.qualifier), [])
    edges, imports = graph.edges, np.flatnonzero(graph.edges.kind == graph.facts.words.find("import"))
    sources, targets = graph.ids(edges.source[imports]), graph.ids(edges.target[imports])
    for source, id_, line in zip(sources, targets, edges.line[imports].tolist(), strict=True):
        found[split_id(source)[0], line, ""].append((split_id(id_)[0], Tier.IMPORT, 1.0))
    return found


def _meant(graph: Graph, asked: Reference) -> frozenset[str]:
    """Return the ids of the definitions whose names stand on the graded lines; of an import, the paths."""
    if asked.kind == "import":
        return frozenset(one.partition(":")[0] for one in asked.means)
    symbols, text, files = graph.facts.symbols, graph.facts.words.text, len(graph.facts.paths)
    found = set()
    for one in asked.means:
        path, _, line = one.partition(":")
        rows = np.flatnonzero(
            (symbols.file == graph.facts.numbers[path]) & (symbols.line <= int(line)) & (symbols.line > int(line) - ABOVE)
        )
        named = [row for row in rows.tolist() if base_name(text(int(symbols.qualname[row]))) in (asked.name, *MAKERS)]
        if named:
            nearest = max(named, key=lambda row: int(symbols.line[row]))
            found.add(REPEATED.sub("", graph.ids(np.array([nearest + files]))[0]))
    return frozenset(found)


def _judged(asked: Reference, meant: frozenset[str], links: list[Link]) -> Row:
    best = max(links, key=lambda link: link[2], default=None)
    is_right = best is not None and REPEATED.sub("", best[0]) in meant
    return {
        "kind": asked.kind, "path": asked.path, "line": asked.line, "name": asked.name, "inside": int(bool(asked.means)),
        "tier": best[1].name if best else "", "right": int(is_right),
    }  # fmt: skip


def _precision(rows: list[Row]) -> Iterator[Row]:
    for tier in Tier:
        told = [row for row in rows if row["tier"] == tier.name]
        if told:
            yield _share("precision", "AMBIGUOUS, best" if tier == Tier.AMBIGUOUS else tier.name, told, told)
    certain = [row for row in rows if row["tier"] not in ("", Tier.AMBIGUOUS.name)]
    yield _share("precision", "certain tiers", certain, certain)


def _recall(rows: list[Row], by: str) -> Iterator[Row]:
    inside = [row for row in rows if row["inside"]]
    for value in (*dict.fromkeys(row[by] for row in inside), "all"):
        asked = [row for row in inside if value in (row[by], "all")]
        yield _share(f"recall by {by}, certain tiers", str(value), asked, [row for row in asked if row["tier"] != Tier.AMBIGUOUS.name])
        yield _share(f"recall by {by}, all tiers", str(value), asked, asked)


def _share(measure: str, of: str, judged: list[Row], told: list[Row]) -> Row:
    right = sum(int(str(row["right"])) for row in told)
    return {"measure": measure, "of": of, "judged": len(judged), "right": right, "share": round(right / len(judged), 3) if judged else 0.0}
