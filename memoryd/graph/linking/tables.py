"""The tables of linking: definitions by file, folder, container and name, and the names that imports bind.

Everything is a sorted array of 64-bit keys, so a lookup of a hundred thousand names is one binary search. Tables depend
on the interfaces of files (which symbols, imports and paths there are), not on what their bodies refer to.
"""

from dataclasses import dataclass, replace

import numpy as np

from memoryd.graph.columns import Flags, Ints, joined, taken
from memoryd.graph.facts import FactColumns
from memoryd.graph.linking.bindings import Bindings, bindings
from memoryd.graph.linking.imports import ImportColumns, bound
from memoryd.graph.linking.lookup import EXTERNAL, NONE, UNKNOWN, Lookup, put_first
from memoryd.graph.linking.modules import NOTHING, Modules
from memoryd.graph.linking.places import FREE, MEMBER, Types, enclosing, groups, hidden, owners, parts_of, places

CANDIDATES = 64
"""The most definitions of one name that are searched for one that a wildcard import shows."""

SPELLED = frozenset({"elixir"})
"""Families where a module is meant by its whole name, from anywhere, or by an alias for the beginning of it."""


@dataclass(frozen=True, eq=False)
class Tables:
    """The tables of one set of facts. Nodes are numbered: files, then symbols, then folders.

    Symbols by name: `anywhere` in a file, at its `top`, of a `folder` (outermost ones), as `child` of a container, in all `parts` of its
    `group` if it has others, and of a language family as `free` (outermost), `free_types`, `member`; modules by family and whole name as
    `spelled`, where they are called so. Rows of `imports`: `bindings` by file and local name, `bound_names` by local name. `reach` holds
    the pairs (file, file or folder) connected by wildcard imports, `sees` marks the files that have such imports. `held` is what names
    hold.
    """

    facts: FactColumns
    modules: Modules
    types: Types
    qualnames: Lookup
    anywhere: Lookup
    top: Lookup
    folder: Lookup
    child: Lookup
    group: Ints
    parts: Lookup
    free: Lookup
    free_types: Lookup
    member: Lookup
    spelled: Lookup
    submodules: Lookup
    package_of: Ints
    folder_of: Ints
    package_scope: Flags
    imports: ImportColumns
    bindings: Lookup
    bound_names: Lookup
    reach: Lookup
    sees: Flags
    held: tuple[Bindings, Lookup]

    @property
    def files(self) -> int:
        """The number of files: symbols are numbered from here."""
        return len(self.facts.paths)

    @property
    def nodes(self) -> int:
        """The number of files and symbols: folders are numbered from here."""
        return self.files + len(self.facts.symbols.file)

    def inner(self, owner: Ints, name: Ints) -> Ints:
        """Return the symbol that each name means inside another: as it stands there, or else the only one in the other parts of that."""
        found = self.child.first(owner, name)
        left = np.flatnonzero((found < 0) & (owner >= 0))
        group = self.group[owner[left]]
        left, group = left[group >= 0], group[group >= 0]
        found[left] = self.parts.only(group, name[left])
        return found

    def several(self, owner: Ints, name: Ints) -> Flags:
        """Tell whether several parts of each symbol's group define a name, so that none of them is known to be meant."""
        group = np.full(len(owner), NONE, dtype=np.int64)
        group[owner >= 0] = self.group[owner[owner >= 0]]
        return np.asarray(self.parts.span(group, name)[1] > 1)

    def exports(self, node: Ints, name: Ints, depth: int = 5) -> Ints:
        """Return the node that each name means inside a file or folder: a definition, a submodule, or the target of an import.

        Re-exports are followed at most `depth` times.
        """
        found = np.full(len(node), NONE, dtype=np.int64)
        if not len(node):
            return found
        is_file, is_folder = (node >= 0) & (node < self.files), node >= self.nodes
        file = np.where(is_file, node, NONE)
        symbol = self.top.first(file, name)
        found = np.where(symbol >= 0, symbol + self.files, found)
        if depth:
            rows = self.bindings.first(file, name)
            self._follow(found, np.flatnonzero((found == NONE) & (rows >= 0)), rows, depth)
        folder = np.where(is_folder, node - self.nodes, np.where(is_file, self.package_of[file], NONE))
        found = np.where(found == NONE, self.submodules.first(folder, name), found)
        scoped = is_folder | (is_file & self.package_scope[file])
        symbol = self.folder.only(np.where(scoped, folder, NONE), name)
        found = np.where((found == NONE) & (symbol >= 0), symbol + self.files, found)
        left = np.flatnonzero((found == NONE) & is_file)
        found[left] = self.reached(file[left], name[left])
        return found

    def _follow(self, found: Ints, at: Ints, rows: Ints, depth: int) -> None:
        if not len(at):
            return
        module, name = self.imports.module[rows[at]], self.imports.name[rows[at]]
        found[at] = np.where(module == NONE, EXTERNAL, np.where(name == 0, module, NONE))
        deeper = np.flatnonzero((module != NONE) & (name != 0))
        found[at[deeper]] = self.exports(module[deeper], name[deeper], depth - 1)

    def reached(self, file: Ints, name: Ints) -> Ints:
        """Return the node that each name means through wildcard imports and included files."""
        found = np.full(len(file), NONE, dtype=np.int64)
        at = np.flatnonzero(self.sees[file])
        if not len(at):
            return found
        family = self.facts.families[1][file[at]]
        start, count = self.free.span(family, name[at])
        query, symbol = self.free.all(start, np.where(count <= CANDIDATES, count, 0))
        home = self.facts.symbols.file[symbol]
        seen = (self.reach.first(file[at][query], home) >= 0) | (self.reach.first(file[at][query], self.folder_of[home] + self.nodes) >= 0)
        put_first(found, at[query[seen]], symbol[seen] + self.files)
        left = at[found[at] == NONE]
        start, count = self.bound_names.span(np.ones(len(left), dtype=np.int64), name[left])
        query, row = self.bound_names.all(start, np.where(count <= CANDIDATES, count, 0))
        seen = self.reach.first(file[left][query], self.imports.file[row]) >= 0
        put_first(found, left[query[seen]], self.imports.target[row[seen]])
        return found


def build(facts: FactColumns, modules: Modules) -> Tables:
    """Build the tables of facts; `modules` must hold the same paths."""
    return _with_imports(*_without_imports(facts, modules))


def rebuild(old: Tables, facts: FactColumns, changed: Flags, file_map: Ints) -> Tables:
    """Build the tables of facts, and resolve imports of the changed files only if the paths are those of `old`.

    `changed` marks files of `facts`, `file_map` gives each old file its number in them.
    """
    if facts.paths != old.facts.paths or facts.languages != old.facts.languages:
        return _with_imports(*_without_imports(facts, known_modules(facts)))
    tables, imports = _without_imports(facts, old.modules, changed, old.submodules.moved(len(facts.paths), facts.nodes - old.nodes))
    if tables.modules is not old.modules:
        return _with_imports(*_without_imports(facts, old.modules))
    before = taken(old.imports, ~changed[file_map[old.imports.file]])
    shift = tables.nodes - old.nodes
    before = before._replace(module=np.where(before.module >= old.nodes, before.module + shift, before.module))
    both = joined(before, imports)
    return _with_imports(tables, taken(both, np.argsort(both.file, kind="stable")), old)


def restored(facts: FactColumns, imports: ImportColumns, submodules: Lookup) -> Tables:
    """Build the tables of facts whose imports were resolved before; `submodules` are those of such tables."""
    nothing = np.zeros(len(facts.paths), dtype=np.bool_)
    tables, _ = _without_imports(facts, known_modules(facts), nothing, submodules)
    star = _stars(tables, imports)
    return _with_targets(_with_names(tables, imports, star), imports, star)


def rebound(old: Tables, facts: FactColumns, changed: Flags) -> Tables:
    """Build the tables of facts that differ only in what names hold, in the files that `changed` flags, from those before."""
    return replace(old, facts=facts, held=bindings(facts, old.types, old.qualnames, old.held[0], changed))


def known_modules(facts: FactColumns) -> Modules:
    """Return the modules of all paths in facts."""
    return Modules(facts.paths, facts.languages, facts.families[0].languages)


def _without_imports(
    facts: FactColumns, modules: Modules, chosen: Flags | None = None, submodules: Lookup | None = None
) -> tuple[Tables, ImportColumns]:
    """Return the tables but for imports, and the imports of the `chosen` files; `submodules` are those of the modules, if known."""
    families, family = facts.families
    symbols, size = facts.symbols, len(facts.paths)
    linked = family[symbols.file] > 0
    sid = np.arange(len(symbols.file))
    qualnames = Lookup(symbols.file, symbols.qualname, sid)
    folder_of = np.array(modules.folder_of, dtype=np.int64) - size
    folder_of[np.array(modules.folder_of, dtype=np.int64) < 0] = NONE
    scoping = [
        any(language.package_scope for language in families.languages.values() if language.family == name) for name in families.names
    ]
    parent, place, is_type, is_callable = places(facts, qualnames)
    plain = linked & (symbols.plain > 0)
    is_part = parts_of(facts)
    outermost = sid[plain & (place == FREE) & ~is_part[:-1]]
    depth = (parent[outermost] >= 0).astype(np.int64)
    outermost = outermost[np.argsort(depth, kind="stable")]
    group = groups(facts, place, is_type, folder_of)
    typed = outermost[is_type[outermost]]
    typed = typed[_first_parts(group[typed])]
    spelled = typed[facts.of_families(SPELLED)[symbols.file[typed]]]
    top = Lookup(symbols.file[outermost], symbols.name[outermost], outermost)
    folder = Lookup(folder_of[symbols.file[outermost]], symbols.name[outermost], outermost)
    free_types = Lookup(family[symbols.file[typed]], symbols.name[typed], typed)
    owner = owners(facts, parent, place, is_type, top, folder, free_types, folder_of)
    container = np.where((parent >= 0) & ~(is_part[parent] & (place == MEMBER)), parent, owner)
    types = Types(parent, owner, container, enclosing(container, is_type), place, is_type, is_callable, hidden(container, place))
    inner = sid[plain & (container >= 0)]
    grouped = inner[group[container[inner]] >= 0]
    members = sid[plain & (place == MEMBER)]
    nodes = size + len(symbols.file)
    package_of = np.array([*modules.package_of, NOTHING], dtype=np.int64)
    empty = np.zeros(0, dtype=np.int64)
    nothing = Lookup(empty, empty, empty)
    tables = Tables(
        facts=facts, modules=modules, types=types, qualnames=qualnames, top=top, folder=folder, free_types=free_types,
        anywhere=Lookup(symbols.file[plain], symbols.name[plain], sid[plain]),
        child=Lookup(container[inner], symbols.name[inner], inner),
        group=group, parts=Lookup(group[container[grouped]], symbols.name[grouped], grouped),
        free=Lookup(family[symbols.file[outermost]], symbols.name[outermost], outermost),
        member=Lookup(family[symbols.file[members]], symbols.name[members], members),
        spelled=Lookup(family[symbols.file[spelled]], symbols.qualname[spelled], spelled),
        submodules=submodules or _submodules(facts, modules),
        package_of=np.where(package_of >= 0, package_of - size, NONE), folder_of=np.append(folder_of, NONE),
        package_scope=np.append(np.array(scoping, dtype=np.bool_)[family], False),
        imports=ImportColumns(*([empty] * 6)), bindings=nothing, bound_names=nothing, reach=nothing,
        sees=np.zeros(size + 1, dtype=np.bool_), held=bindings(facts, types, qualnames),
    )  # fmt: skip
    modules, imports = bound(facts, modules, nodes, np.ones(size, dtype=np.bool_) if chosen is None else chosen)
    return replace(tables, modules=modules), imports


def _first_parts(group: Ints) -> Flags:
    """Mark what is in no group, and the first of each group."""
    firsts = np.zeros(len(group), dtype=np.bool_)
    firsts[np.unique(group, return_index=True)[1]] = True
    return np.asarray(firsts | (group < 0))


def _submodules(facts: FactColumns, modules: Modules) -> Lookup:
    around, names, number = modules.submodules
    size = len(facts.paths)
    return Lookup(around - size, facts.words.codes(names), np.where(number < size, number, number + len(facts.symbols.file)))


def _with_imports(tables: Tables, imports: ImportColumns, old: Tables | None = None) -> Tables:
    """Return the tables with the targets of imports, which are looked up through re-exports; `old` are tables of the same paths."""
    star = _stars(tables, imports)
    tables = _with_names(tables, imports, star, old)
    target = np.where(imports.module == NONE, EXTERNAL, imports.module)
    named = np.flatnonzero((imports.name > 0) & ~star & (imports.module != NONE))
    # A wildcard also shows what its module imports: the first round finds the targets of imports, the second uses them.
    for _ in range(2 if star.any() else 1):
        exported = tables.exports(imports.module[named], imports.name[named])
        target = target.copy()
        target[named] = np.where(exported == NONE, UNKNOWN, exported)
        tables = _with_targets(tables, imports._replace(target=target), star)
    return tables


def _stars(tables: Tables, imports: ImportColumns) -> Flags:
    """Mark the imports that bind all names of their modules."""
    words = tables.facts.words
    return np.asarray((imports.name == words.code("*")) | (imports.name == words.code(".")))


def _with_names(tables: Tables, imports: ImportColumns, star: Flags, old: Tables | None = None) -> Tables:
    """Return the tables with the names that imports bind, and what wildcards reach: as in `old` where the wildcards are the same."""
    sees = np.zeros(tables.files + 1, dtype=np.bool_)
    sees[imports.file[star & (imports.module >= 0)]] = True
    reach = _known_reach(tables, imports, star, old) if old else None
    return replace(
        tables, imports=imports, bindings=_bindings(imports, star), reach=_reach(imports, star) if reach is None else reach, sees=sees
    )


def _known_reach(tables: Tables, imports: ImportColumns, star: Flags, old: Tables) -> Lookup | None:
    """Return what wildcards reach in tables of the same paths, if they are the same; folders have other numbers."""
    shift, was = tables.nodes - old.nodes, _stars(old, old.imports)
    module = old.imports.module[was]
    if not np.array_equal(old.imports.file[was], imports.file[star]):
        return None
    if not np.array_equal(np.where(module >= old.nodes, module + shift, module), imports.module[star]):
        return None
    # The second half of a key is its value, and a file's folders come after its files.
    reach = old.reach.moved(old.nodes, shift)
    reach.keys = (reach.keys >> 32 << 32) | reach.values
    return reach


def _with_targets(tables: Tables, imports: ImportColumns, star: Flags) -> Tables:
    """Return the tables with imports whose targets are known."""
    inside = np.flatnonzero((imports.target >= 0) & ~star & (imports.local > 0))
    names = Lookup(np.ones(len(inside), dtype=np.int64), imports.local[inside], inside)
    return replace(tables, imports=imports, bound_names=names)


def _bindings(imports: ImportColumns, star: Flags) -> Lookup:
    """Return the imports by file and local name: those from the project first (`try … except ImportError`), then as written."""
    rows = np.flatnonzero(~star & (imports.local > 0))
    rows = rows[np.lexsort((rows, imports.module[rows] == NONE))]
    return Lookup(imports.file[rows], imports.local[rows], rows)


def _reach(imports: ImportColumns, star: Flags) -> Lookup:
    """Return the pairs (file, file or folder whose names it sees) through at most four wildcard imports or inclusions."""
    rows = np.flatnonzero(star & (imports.module >= 0))
    direct = Lookup(imports.file[rows], imports.module[rows], imports.module[rows])
    by_file = Lookup(imports.file[rows], np.zeros(len(rows), dtype=np.int64), imports.module[rows])
    pairs = np.unique(direct.keys)
    fresh = pairs
    for _ in range(3):
        start, count = by_file.span(fresh & 0xFFFFFFFF, np.zeros(len(fresh), dtype=np.int64))
        query, node = by_file.all(start, count)
        fresh = np.setdiff1d((fresh[query] >> 32 << 32) | node, pairs)
        if not len(fresh):
            break
        pairs = np.union1d(pairs, fresh)
    return Lookup(pairs >> 32, pairs & 0xFFFFFFFF, pairs & 0xFFFFFFFF)
