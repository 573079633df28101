"""Saves a linked graph as arrays, and takes it up again: what a question does not need of it is not read.

`revision` tells by which rules a graph was linked: others would make another graph of the same facts.
"""

import hashlib
from collections.abc import Iterable, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from memoryd.arrays import Arrays, Order, Texts, Values
from memoryd.graph.centrality import Scores, Walk
from memoryd.graph.columns import CALLER, NUMBERED, WRITTEN, Interner, Ints, ReferenceColumns, SymbolColumns, by_number
from memoryd.graph.facts import FactColumns
from memoryd.graph.graph import Graph
from memoryd.graph.linking import LIBRARY_MEMBERS, Bases, EdgeColumns, ImportColumns, Links, Lookup, Tables, restored
from memoryd.runtime import late

if TYPE_CHECKING:
    import pyarrow.compute as pc
else:
    pc = late("pyarrow.compute")  # which no question needs while nothing changes

GROUPS: dict[str, tuple[str, ...]] = {
    "symbols": SymbolColumns._fields, "references": ReferenceColumns._fields, "links": Links._fields, "edges": EdgeColumns._fields,
    "inheritance": Bases._fields, "imports": ImportColumns._fields, "walk": ("starts", "targets", "shares", "dead"),
}  # fmt: skip
MARKS = r"[\x00-/:-@\[-^`{-\x7f]+"
"""What stands between names. Arrow's expressions know letters of ASCII alone, so the marks are told."""
LOW = 0xFFFFFFFF
"""The bits of the second half of a key."""
WIDE = frozenset(("links.weight", "edges.weight", "walk.shares"))
"""The columns of fractions; all others are integers of 32 bits."""
AS_SAVED = WIDE | {"walk.starts", "walk.targets", "walk.dead"}
"""The columns that are taken up as they are saved; the others become integers of 64 bits, of which keys are made."""


@cache
def revision() -> str:
    """Return a digest of what a graph depends on besides its facts: the code of this package, which files are tests, libraries' members."""
    package = Path(__file__).parent
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in LIBRARY_MEMBERS))
    for file in (package.with_name("filekinds.py"), *sorted(package.rglob("*.py"))):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def arrays_of(graph: Graph) -> dict[str, Values]:
    """Return a graph as arrays, with the walk and the sums over all edges, which questions begin with."""
    facts, walk = graph.facts, graph.walk.in_order()
    groups = {"symbols": facts.symbols, "references": facts.references, "links": graph.links, "edges": graph.edges,
              "inheritance": graph.inheritance, "imports": graph.tables.imports, "walk": walk}  # fmt: skip
    columns = {f"{group}.{name}": getattr(value, name) for group, value in groups.items() for name in GROUPS[group]}
    columns["walk.starts"] = np.append(walk.starts, walk.ends[-1:])
    submodules = graph.tables.submodules
    texts = list(facts.words.texts)
    return {
        "paths": facts.paths, "languages": facts.languages, "words": texts,
        "words.places": _short(Order.of(texts).places),
        "codes": _short(graph.codes), "container": _short(graph.container), "importance": graph.importance,
        "submodules.folder": _short(submodules.keys >> 32), "submodules.name": _short(submodules.keys & LOW),
        "submodules.node": _short(submodules.values),
        "users": _short(graph.user_counts), "uses": _short(graph.edge_counts),
        **{name: column if name in WIDE else _short(column) for name, column in columns.items()},
    }  # fmt: skip


def _short(column: Ints) -> Ints:
    return column.astype(np.int32)


def _group(arrays: Arrays, group: str) -> dict[str, Any]:
    names = {name: f"{group}.{name}" for name in GROUPS[group]}
    return {name: arrays.numbers(place) if place in AS_SAVED else arrays.integers(place) for name, place in names.items()}


class Grown(Sequence[str]):
    """Saved texts, and others after them."""

    def __init__(self, saved: Texts) -> None:
        self._saved = saved
        self._more: list[str] = []

    def __len__(self) -> int:
        return len(self._saved) + len(self._more)

    def __getitem__(self, code: Any) -> Any:
        beyond = code - len(self._saved)
        return self._more[beyond] if beyond >= 0 else self._saved[code]

    def at(self, codes: Sequence[int]) -> list[str]:
        """Return the texts of many codes."""
        size = len(self._saved)
        saved = iter(self._saved.at([code for code in codes if code < size]))
        return [next(saved) if code < size else self._more[code - size] for code in codes]

    def append(self, text: str) -> None:
        """Add a text."""
        self._more.append(text)


class SavedWords(Interner):
    """A saved table of texts: they are found by halving, and only those that are asked for are made."""

    def __init__(self, arrays: Arrays) -> None:
        self._arrays = arrays
        self._parts = {0: ()}
        self._chains = {0: ()}
        self._codes = {}
        self._saying, self._looked = {}, 0
        self._holding, self._split = {}, np.zeros(0, dtype=np.bool_)
        self._repeated, self._searched = [], 0

    @cached_property
    def _saved(self) -> pa.StringArray:
        return self._arrays.array("words")

    @cached_property
    def _order(self) -> Order:
        return Order(self._saved, self._arrays.numbers("words.places"))

    @cached_property
    def texts(self) -> Grown:  # type: ignore[override]  # made when asked for
        """All texts."""
        return Grown(Texts(self._saved))

    def texts_of(self, codes: Sequence[int]) -> list[str]:
        """Return the texts of many codes, the saved ones at once."""
        return self.texts.at(codes)

    def find(self, text: str) -> int:
        """Return the code of a text, -1 if it has none."""
        found = self._codes.get(text, -1)
        if found < 0 and (found := self._order.number(text)) >= 0:
            self._codes[text] = found
        return found

    def code(self, text: str) -> int:
        """Return the code of a text; a new text gets the next code."""
        found = self.find(text)
        return super().code(text) if found < 0 else found

    def repeated(self) -> list[int]:
        """Return the codes of the texts in which a name is numbered."""
        if not self._searched:
            self._repeated = np.flatnonzero(np.asarray(pc.match_substring(self._saved, NUMBERED))).tolist()
            self._searched = len(self._saved)
        return super().repeated()

    def holding(self, codes: Ints, names: Iterable[int]) -> list[int]:
        """Return those of some codes, and maybe others, of which one of some names is a component."""
        wanted = list(names)
        later = super().holding(codes[codes >= len(self._saved)], wanted)
        return [*later, *wanted, *self._dotted.holding(self.texts_of(wanted))]

    def saying(self, names: Iterable[int]) -> list[int]:
        """Return the codes of the chains, and maybe of other texts, with more than names and points in them in which some name stands."""
        wanted = list(names)
        self._looked = max(self._looked, len(self._saved))
        return [*super().saying(wanted), *self._written.holding(self.texts_of(wanted))]

    @cached_property
    def _dotted(self) -> "Parts":
        codes = np.flatnonzero(np.asarray(pc.match_substring(self._saved, ".")))
        return Parts(codes, pc.split_pattern(self._saved.take(pa.array(codes)), "."))

    @cached_property
    def _written(self) -> "Parts":
        """The names in the texts with more than names and points in them, found in all at once, of no chain, too; `chain` reads one."""
        codes = np.flatnonzero(np.asarray(pc.match_substring_regex(self._saved, WRITTEN.pattern)))
        texts = pc.replace_substring(self._saved.take(pa.array(codes)), "$", "")
        texts = pc.if_else(pc.match_substring(texts, "()"), pc.binary_join_element_wise(texts, CALLER, "."), texts)
        return Parts(codes, pc.split_pattern_regex(texts, MARKS))


class Parts:
    """Texts by the parts that they are made of."""

    def __init__(self, codes: Ints, parts: pa.ListArray) -> None:
        """Take the codes of texts, and the parts of each."""
        coded = parts.flatten().dictionary_encode()
        number, size = np.asarray(coded.indices), len(coded.dictionary)
        self._order = Order.of(coded.dictionary)
        self._codes = np.repeat(codes, np.asarray(pc.list_value_length(parts)))[by_number(number, size)]
        self._starts = np.append(0, np.cumsum(np.bincount(number, minlength=size)))

    def holding(self, names: Iterable[str]) -> list[int]:
        """Return the codes of the texts of which one of some names is a part."""
        numbers = [number for name in names if (number := self._order.number(name)) >= 0]
        return [code for number in numbers for code in self._codes[self._starts[number] : self._starts[number + 1]].tolist()]


class SavedFacts(FactColumns):
    """Saved facts, whose references are read when they are first asked for."""

    def __init__(self, arrays: Arrays) -> None:
        vars(self).update(
            _arrays=arrays, words=SavedWords(arrays), paths=tuple(arrays.texts("paths")), languages=tuple(arrays.texts("languages"))
        )

    @cached_property
    def symbols(self) -> SymbolColumns:
        """The columns of symbols."""
        return SymbolColumns(**_group(vars(self)["_arrays"], "symbols"))

    @cached_property
    def references(self) -> ReferenceColumns:
        """The columns of references."""
        return ReferenceColumns(**_group(vars(self)["_arrays"], "references"))


class SavedGraph(Graph):
    """A saved graph, whose columns are read when they are first asked for; `patched` gives one in memory."""

    def __init__(self, arrays: Arrays) -> None:
        vars(self).update(_arrays=arrays, facts=SavedFacts(arrays), relinked=())

    @property
    def _saved(self) -> Arrays:
        arrays: Arrays = vars(self)["_arrays"]
        return arrays

    @cached_property
    def tables(self) -> Tables:
        """The tables of linking, made from the facts, and the imports as they were resolved."""
        submodules = Lookup(*(self._saved.integers(f"submodules.{name}") for name in ("folder", "name", "node")))
        return restored(self.facts, ImportColumns(**_group(self._saved, "imports")), submodules)

    @cached_property
    def inheritance(self) -> Bases:
        """The bases of types."""
        return Bases(**_group(self._saved, "inheritance"))

    @cached_property
    def links(self) -> Links:
        """The links of references."""
        return Links(**_group(self._saved, "links"))

    @cached_property
    def codes(self) -> Ints:
        """The outcome of each reference."""
        return self._saved.integers("codes")

    @cached_property
    def edges(self) -> EdgeColumns:
        """The edges."""
        return EdgeColumns(**_group(self._saved, "edges"))

    @cached_property
    def qualnames(self) -> Lookup:
        """The symbols by file and qualified name."""
        symbols = self.facts.symbols
        return Lookup(symbols.file, symbols.qualname, np.arange(len(symbols.file)))

    @cached_property
    def container(self) -> Ints:
        """The symbol that each symbol is in."""
        return self._saved.integers("container")

    @cached_property
    def walk(self) -> Walk:
        """The random walk along edges."""
        return Walk.of(**_group(self._saved, "walk"))

    @property
    def known_walk(self) -> Walk:
        """The random walk, which is at hand."""
        return self.walk

    @cached_property
    def importance(self) -> Scores:
        """The PageRank of each node."""
        return self._saved.numbers("importance")

    @cached_property
    def user_counts(self) -> Ints:
        """The number of other files that use each node."""
        return self._saved.integers("users")

    @cached_property
    def edge_counts(self) -> Ints:
        """The number of edges to each node."""
        return self._saved.integers("uses")
