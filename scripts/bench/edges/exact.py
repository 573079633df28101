"""What a compiler says of a project's references, beside our graph: precision of each tier, and recall of what is defined here.

The oracle is a SCIP index. A reference of ours is judged where the oracle resolves a name on its line; recall is by pairs of a file and a
definition that it uses outside of import statements.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from indexers import base_name, index_source, language_of
from memoryd.graph import FactColumns, Graph, Tier
from memoryd.scip import Encoding, Index
from memoryd.text import split_id

Place = tuple[str, int, str]
"""A file, a line from 1 on, and a name."""
KINDS = {
    "function": "function",
    "method": "method",
    "constructor": "method",
    "class": "class",
    "interface": "class",
    "enum": "class",
    "type": "class",
}
LOCAL = "local "
REPEATED = re.compile(r"~\d+(?=\.|$)|\.constructor(?:~\d+)?$")
"""What tells definitions of one name apart: overloads, and those in branches, are one to its users; so are a type and its constructor."""


@dataclass(frozen=True)
class Oracle:
    """What names mean, as ids of our definitions; which are called; which mean another project; the files that were indexed."""

    means: Mapping[Place, frozenset[str]]
    called: frozenset[Place]
    outside: frozenset[Place]
    files: frozenset[str]


def linked(tree: Path, paths: Iterable[str]) -> Graph:
    """Return the graph of some files of a tree."""
    sources = {path: (tree / path).read_bytes() for path in sorted(paths)}
    return Graph.link(FactColumns.of({path: index_source(language_of(path, text[:4096]), text) for path, text in sources.items()}))


def oracle(index: Index, tree: Path, graph: Graph) -> Oracle:
    """Return what an index says of the files of a graph."""
    documents = [one for one in index.documents() if one.path in graph.facts.numbers]
    ids = ids_by_place(graph)
    lines = {one.path: _lines(tree / one.path, one.encoding) for one in documents}
    defined: dict[str, str] = {}
    for document in documents:
        for use in document.occurrences:
            if use.is_definition and not use.symbol.startswith(LOCAL):
                name = lines[document.path].text(use.first_line, use.start, use.end)
                if found := ids.get((document.path, use.first_line + 1, name)):
                    defined[use.symbol] = REPEATED.sub("", found)
    means: dict[Place, set[str]] = defaultdict(set)
    called: set[Place] = set()
    outside: set[Place] = set()
    own = {_package(use.symbol) for document in documents for use in document.occurrences if use.is_definition}
    for document in documents:
        for use in document.occurrences:
            if use.is_definition or use.symbol.startswith(LOCAL) or use.first_line != use.last_line:
                continue
            name = lines[document.path].text(use.first_line, use.start, use.end)
            place = (document.path, use.first_line + 1, name)
            if use.symbol in defined:
                means[place].add(defined[use.symbol])
                if lines[document.path].is_called(use.first_line, use.start, use.end):
                    called.add(place)
            elif _package(use.symbol) not in own:
                outside.add(place)
    known = {place: frozenset(found) for place, found in means.items()}
    return Oracle(known, frozenset(called), frozenset(outside - known.keys()), frozenset(lines))


def _package(symbol: str) -> str:
    """Return the part of a symbol that names its package: scheme, manager, name and version."""
    return " ".join(symbol.split(" ", 4)[:4])


class _Lines:
    """The lines of a file, cut by columns of an encoding."""

    def __init__(self, lines: list[str], encoding: int) -> None:
        self._lines, self._encoding = lines, encoding

    def text(self, line: int, start: int, end: int) -> str:
        whole = self._lines[line] if line < len(self._lines) else ""
        if whole.isascii() or self._encoding == Encoding.UTF32:
            return whole[start:end]
        if self._encoding == Encoding.UTF16:
            return whole.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le", "replace")
        return whole.encode()[start:end].decode("utf-8", "replace")

    def is_called(self, line: int, start: int, end: int) -> bool:
        """Tell whether a name is called where it stands, or decorates."""
        whole = self._lines[line] if line < len(self._lines) else ""
        at = len(self.text(line, 0, end))
        return whole[at : at + 1] == "(" or whole[: len(self.text(line, 0, start))].lstrip().startswith("@")


def _lines(path: Path, encoding: int) -> _Lines:
    return _Lines(path.read_bytes().decode("utf-8", "replace").split("\n"), encoding)


def ids_by_place(graph: Graph) -> dict[Place, str]:
    """Return our definitions by the lines on which their names may stand: below decorators, too."""
    symbols, text, files = graph.facts.symbols, graph.facts.words.text, len(graph.facts.paths)
    ids = graph.ids(np.arange(len(symbols.file)) + files)
    found: dict[Place, str] = {}
    for place, id_ in enumerate(ids):
        name = base_name(text(int(symbols.qualname[place])))
        first = int(symbols.line[place])
        for line in range(first, first + 12):
            found.setdefault((graph.facts.paths[int(symbols.file[place])], line, name), id_)
    return found


def precision(graph: Graph, said: Oracle) -> Iterator[dict[str, object]]:
    """Yield for each tier and kind of reference how many links are right of those that the oracle judges."""
    references, text = graph.facts.references, graph.facts.words.text
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    best: dict[int, tuple[float, bool, bool]] = {}
    ids = graph.ids(graph.links.target)
    for row, id_, tier, share in zip(graph.links.row.tolist(), ids, graph.links.tier.tolist(), graph.links.weight.tolist(), strict=True):
        path = graph.facts.paths[int(references.file[row])]
        kind = text(int(references.kind[row]))
        if path not in said.files or kind == "import" or "#" not in id_:
            continue
        place = (path, int(references.line[row]), text(int(references.name[row])))
        means, is_outside = said.means.get(place, frozenset()), place in said.outside
        is_right = REPEATED.sub("", id_) in means
        for at, holds in enumerate((True, bool(means), is_right, is_outside)):
            counts[Tier(tier).name, kind][at] += holds
        if tier == Tier.AMBIGUOUS and (means or is_outside) and share > best.get(row, (0.0, False, False))[0]:
            best[row] = (share, is_right, is_outside)
    for (tier_name, kind), (links, judged, right, outside) in sorted(counts.items()):
        yield {"measure": "precision", "of": tier_name, "kind": kind, "links": links, "judged": judged, "right": right, "outside": outside}
    if best:
        inside = [is_right for _, is_right, is_outside in best.values() if not is_outside]
        yield {
            "measure": "precision", "of": "AMBIGUOUS, best", "kind": "all", "links": len(best), "judged": len(inside), "right": sum(inside),
            "outside": len(best) - len(inside),
        }  # fmt: skip


def recall(graph: Graph, said: Oracle) -> Iterator[dict[str, object]]:
    """Yield for each kind of definition how many pairs of a file and a definition it uses are found: by certain links, and by all."""
    imported = _imported(graph)
    wanted = {(path, id_) for (path, line, name), ids in said.means.items() if (path, line, name) not in imported for id_ in ids}
    called = {(path, id_) for (path, line, name), ids in said.means.items() if (path, line, name) in said.called for id_ in ids}
    sure, any_ = set(), set()
    sources, targets = graph.ids(graph.edges.source), graph.ids(graph.edges.target)
    for source, target, tier in zip(sources, targets, graph.edges.tier.tolist(), strict=True):
        pair = (split_id(source)[0], REPEATED.sub("", target))
        any_.add(pair)
        if tier != Tier.AMBIGUOUS:
            sure.add(pair)
    grouped: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    kinds = kinds_of(graph)
    for path, id_ in wanted:
        kind, where = KINDS.get(kinds[id_]), "same file" if split_id(id_)[0] == path else "across files"
        if kind is not None:
            grouped[kind, where].append((path, id_))
            if (path, id_) in called:
                grouped[f"called {kind}", where].append((path, id_))
    for (kind, where), pairs in sorted(grouped.items()):
        for name, found in (("certain tiers", sure), ("all tiers", any_)):
            yield {
                "measure": f"recall, {where}",
                "of": name,
                "kind": kind,
                "links": "",
                "judged": len(pairs),
                "right": len(found & set(pairs)),
                "outside": "",
            }


def kinds_of(graph: Graph) -> dict[str, str]:
    """Return the kind of each definition by its id."""
    symbols, text, files = graph.facts.symbols, graph.facts.words.text, len(graph.facts.paths)
    ids = graph.ids(np.arange(len(symbols.file)) + files)
    return {REPEATED.sub("", id_): text(kind) for id_, kind in zip(ids, symbols.kind.tolist(), strict=True)}


def _imported(graph: Graph) -> set[Place]:
    references, text = graph.facts.references, graph.facts.words.text
    rows = np.flatnonzero(references.kind == graph.facts.words.find("import"))
    found: set[Place] = set()
    for row in rows.tolist():
        path, line = graph.facts.paths[int(references.file[row])], int(references.line[row])
        found.update((path, line, text(int(column[row]))) for column in (references.name, references.alias))
        found.update((path, line, part) for part in text(int(references.qualifier[row])).split("."))
    return found
