"""The structure of a project by its graph of files: cycles of imports, and areas of files that use each other most."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from math import log
from typing import TYPE_CHECKING

import numpy as np

from indexers import identifier_parts
from memoryd.filekinds import is_test
from memoryd.graph import Edge, Tier
from memoryd.questions import Relation
from memoryd.relations.drafts import Draft, Row, Section, told
from memoryd.relations.model import FoundUnit
from memoryd.text import escaped, file_id, number_of, split_id
from memoryd.versions import View

if TYPE_CHECKING:
    import networkx as nx

LONGEST_CYCLE = 12
"""The most steps of a cycle that are told."""
SMALLEST_AREA, WORDS, NAMED = 3, 3, 5
"""The fewest files of an area, the words it is named by, and the files that are told of each."""
SEED = 1


def cycles(view: View) -> Draft:
    """Return the groups of files that import each other in a circle, each with a shortest circle in it."""
    import networkx as nx  # takes a quarter of a second to import

    graph = view.graph
    places = np.flatnonzero((graph.edges.kind == graph.facts.words.find("import")) & (graph.edges.tier < Tier.AMBIGUOUS))
    edges: dict[tuple[str, str], Edge] = {}
    for edge in graph.edges_at(places):
        source, target = split_id(edge.source)[0], split_id(edge.target)[0]
        if source != target:
            edges.setdefault((source, target), edge)
    imports: nx.DiGraph[str] = nx.DiGraph()
    imports.add_edges_from(sorted(edges))
    groups = [sorted(group) for group in nx.strongly_connected_components(imports) if len(group) > 1]
    sections = []
    for group in sorted(groups, key=lambda group: (-len(group), group)):
        circle = _shortest_circle(imports.subgraph(group))
        rows = []
        for source, target in zip(circle, [*circle[1:], circle[0]], strict=True):
            one = told(edges[source, target], 1.0)
            rows.append(Row(source, one["line"], escaped(f"→ {target}"), True, one))
        sections.append(
            Section(f"{number_of(len(group), 'file')} in a circle; a shortest one: {number_of(len(circle), 'import')}", tuple(rows))
        )
    heading = f"cycles of imports: {number_of(len(groups), 'group')} of files"
    return Draft(Relation.CYCLES, (), heading, tuple(sections), () if groups else ("no file imports itself through others",))


def _shortest_circle(group: "nx.DiGraph[str]") -> list[str]:
    """Return a shortest circle through the file of a group that sorts first."""
    import networkx as nx

    first = min(group)
    lengths = nx.single_source_shortest_path(group, first, cutoff=LONGEST_CYCLE)
    return min((way for node, way in lengths.items() if group.has_edge(node, first)), key=lambda way: (len(way), way), default=[first])


def areas(view: View) -> Draft:
    """Return the communities of files that use each other most, named by the words that their paths and definitions have in common."""
    import networkx as nx

    directed = view.graph.files_graph()
    linked: nx.Graph[str] = nx.Graph()
    linked.add_nodes_from(path for path in directed if not is_test(path))
    for source, target, weight in directed.edges(data="weight"):
        if source in linked and target in linked:
            before = linked.get_edge_data(source, target, {"weight": 0.0})["weight"]
            linked.add_edge(source, target, weight=before + weight)
    linked.remove_nodes_from([path for path, degree in list(linked.degree()) if not degree])
    found = [sorted(one) for one in nx.community.louvain_communities(linked, weight="weight", seed=SEED, threshold=1e-4)]
    large = sorted((one for one in found if len(one) >= SMALLEST_AREA), key=lambda one: (-len(one), one))
    names = _names(view, large)
    importance = view.graph.importance[: len(view.graph.facts.paths)]
    rank = {path: float(importance[number]) for path, number in view.graph.facts.numbers.items()}
    sections = []
    for files, name in zip(large, names, strict=True):
        within = sum(weight for *_, weight in linked.subgraph(files).edges(data="weight"))
        out = sum(weight for *_, weight in nx.edge_boundary(linked, files, data="weight"))
        share = within / max(within + out, 1e-9)
        central = sorted(files, key=lambda path: (-rank[path], path))
        rows = [Row(path, 0, "", found=FoundUnit(file_id(path), name, 0, round(share, 3))) for path in central]
        title = f"{escaped(name)}: {number_of(len(files), 'file')}, {share:.0%} of their uses among themselves, mostly in {_folder(files)}"
        sections.append(Section(title, tuple(rows[:NAMED])))
    rest = len(linked) - sum(map(len, large))
    hidden = sum(max(0, len(files) - NAMED) for files in large)
    remarks = (f"{number_of(hidden, 'more file')} in these areas, {rest:,} in none",) if large else ()
    return Draft(Relation.AREAS, (), f"areas: {number_of(len(large), 'area')} of files", tuple(sections), remarks, hidden=hidden)


def _folder(files: Sequence[str]) -> str:
    folder, _ = Counter(path.rpartition("/")[0] for path in files).most_common(1)[0]
    return escaped(f"{folder}/" if folder else "the root")


def _names(view: View, groups: Sequence[Collection[str]]) -> list[str]:
    """Return a name for each group: the words that are more frequent in it than in the others."""
    said: list[Mapping[str, int]] = [_words(view, group) for group in groups]
    spread = Counter(word for words in said for word in words)
    names: list[str] = []
    for words in said:
        scored = sorted(words, key=lambda word: (-words[word] * log((1 + len(said)) / spread[word]), word))
        names.append(" ".join(scored[:WORDS]))
    return names


def _words(view: View, group: Collection[str]) -> Mapping[str, int]:
    found: dict[str, int] = defaultdict(int)
    for path in group:
        for word in re.split(r"[/._-]", path.rpartition(".")[0].lower()):
            if len(word) > 2:
                found[word] += 2
        for unit in view.catalog.files[path][1:]:
            if unit.is_symbol and "." not in view.catalog.short_name(unit):
                for word in identifier_parts(unit.name):
                    if len(word) > 2:
                        found[word] += 1
    return found
