"""Finds the references that a change of files can affect. Sound, not minimal: linking these again equals linking everything.

A reference is resolved by names: its own, those of its receiver, those its file binds. So the change is reduced to the set
of names whose meaning differs anywhere (definitions that were added, removed or moved to another type; imports that bind
something else; members that are newly inherited), and every reference with one of these names is linked again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from indexers import base_name
from memoryd.graph.columns import Flags, Ints, inserted, taken
from memoryd.graph.facts import FactColumns
from memoryd.graph.linking import (
    NONE,
    VARIABLE,
    Bases,
    EdgeColumns,
    Linker,
    Links,
    Lookup,
    Tables,
    bases_of,
    binding_codes,
    edges_of,
    fixtures_at,
    is_fixture,
    joined_links,
    ranks,
    rebuild,
)  # fmt: skip

GONE = -9


@dataclass(frozen=True, eq=False)
class Patch:
    """The new tables, the new numbers of old files, symbols and references (-1: gone), and flags of what to link again."""

    tables: Tables
    bases: Bases
    changed: Flags
    file_map: Ints
    symbol_map: Ints
    row_map: Ints
    dirty_names: Flags
    dirty_rows: Flags
    dirty_imports: Flags
    old: Tables
    same: bool

    @classmethod
    def between(cls, old: Tables, bases: Bases, links: Links, facts: FactColumns, touched: set[str], added: set[str]) -> "Patch":
        """Compare two states. `touched` are the paths that differ; `added` those of them that the new state has."""
        before = old.facts
        file_map = _file_map(before, facts)
        changed = np.zeros(len(facts.paths), dtype=np.bool_)
        changed[[facts.numbers[path] for path in added]] = True
        same = before.paths == facts.paths and before.languages == facts.languages and all(
            _interface(before, before.numbers[path]) == _interface(facts, facts.numbers[path]) for path in sorted(added)
        )  # fmt: skip
        if same:
            tables = replace(old, facts=facts)
            symbol_map = np.arange(len(facts.symbols.file))
        else:
            tables = rebuild(old, facts, changed, file_map)
            symbol_map = _symbol_map(before, tables, file_map)
        row_map = _row_map(before, facts, file_map, changed)
        nothing = np.zeros(len(facts.words.texts), dtype=np.bool_)
        rows = changed[facts.references.file]
        patch = cls(tables, bases, changed, file_map, symbol_map, row_map, nothing, rows, changed.copy(), old, same)
        return patch if same else patch._spread(links, touched)

    def _spread(self, links: Links, touched: set[str]) -> "Patch":
        names = {*self._path_names(touched), *self._symbol_names(touched)}
        moved = self._moved_symbols()
        symbols = self.tables.facts.symbols
        names.update(np.unique(symbols.name[moved]).tolist())
        imports, more = self._import_names()
        names.update(more)
        names.update(self._bound_names(touched))
        flags = np.zeros(len(self.tables.facts.words.texts), dtype=np.bool_)
        flags[list(names)] = True
        flags = self._holding(flags)
        rows = self.dirty_rows | self._with_names(flags) | self._within(moved)
        lost = self.row_map[links.row[self.nodes(links.target) < 0]]
        rows[lost[lost >= 0]] = True
        # What a file imports speaks for what its calls may mean.
        rows |= (imports & ~self.changed)[self.tables.facts.references.file]
        rows |= self._beside(rows)
        return replace(self, dirty_names=flags, dirty_rows=rows, dirty_imports=imports)

    def nodes(self, node: Ints) -> Ints:
        """Return the new numbers of old nodes."""
        if self.same:
            return node
        if not len(self.old.facts.paths):
            return node
        files = np.where(self.file_map >= 0, self.file_map, GONE)
        known = np.concatenate([files, np.where(self.symbol_map >= 0, self.symbol_map + self.tables.files, GONE)])
        moved = known.take(node, mode="clip")
        outside = np.flatnonzero((node < 0) | (node >= self.old.nodes))
        beyond = node[outside]
        moved[outside] = np.where(beyond < 0, beyond, beyond + self.tables.nodes - self.old.nodes)
        return moved

    def _path_names(self, touched: set[str]) -> Iterable[int]:
        """Yield the names of submodules that added or removed paths change: their stems, and folders that appear or vanish."""
        words, states = self.tables.facts.words, (self.tables, self.old)
        if self.tables.facts.paths == self.old.facts.paths and self.tables.facts.languages == self.old.facts.languages:
            return
        folders = [set(state.modules.folder_names) for state in states]
        for path in sorted(touched):
            if (path in self.tables.facts.numbers) == (path in self.old.facts.numbers) and not self._language_changed(path):
                continue
            for state in states:
                importer = state.modules.importers.get(state.facts.numbers.get(path, NONE))
                if importer is None:
                    continue
                yield words.code(importer.stem)
                packaged = importer.stem in importer.language.package_files
                for depth, part in enumerate(importer.folder, start=1):
                    place = (importer.language.family, importer.folder[:depth])
                    if not all(place in known for known in folders) or (packaged and depth == len(importer.folder)):
                        yield words.code(part)

    def _language_changed(self, path: str) -> bool:
        new, old = self.tables.facts, self.old.facts
        if path not in new.numbers:  # nor in the old ones: a file that was not indexed and still is not
            return False
        return new.languages[new.numbers[path]] != old.languages[old.numbers[path]]

    def _symbol_names(self, touched: set[str]) -> set[int]:
        names: set[int] = set()
        words = self.tables.facts.words
        for path in touched:
            old, new = (_symbols_at(facts, path) for facts in (self.old.facts, self.tables.facts))
            whole = path not in self.tables.facts.numbers or path not in self.old.facts.numbers or self._language_changed(path)
            both = set(old) & set(new)
            if whole or [entry for entry in old if entry in both] != [entry for entry in new if entry in both]:
                both = set()
            differing = {entry[0] for entry in (*old, *new) if entry not in both}
            texts = {words.texts[code] for code in differing}
            for qualname, _, name in (*old, *new):
                if qualname in differing or _inside(words.texts[qualname], texts):
                    names.add(name)
        return names

    def _bound_names(self, touched: set[str]) -> set[int]:
        """Return the names that hold something else than before in the files that differ, and that other files may see.

        A variable of a function is seen in its file alone, whose references are all linked again; others may see what holds it.
        """
        names: set[int] = set()
        for path in touched:
            old, new = (_bindings_at(tables, path) for tables in (self.old, self.tables))
            both = set(old) & set(new) if old and new and not self._language_changed(path) else set()
            fresh = {entry for entry in (*old, *new) if entry not in both}
            known = set(old) | set(new)
            while fresh:
                inner = {entry.name for entry in fresh if entry.is_local}
                names.update(
                    name for entry in fresh if not entry.is_local for name in (entry.name, _last_name(self.tables.facts, entry.scope))
                )
                known -= fresh
                fresh = {entry for entry in known if any(name in inner for name, _ in self.tables.facts.words.chain(entry.value))}
            # A fixture is asked for by the name of its function, or by one that it is given.
            fixtures = [fixtures_at(facts, path) for facts in (self.old.facts, self.tables.facts)]
            for given, scope in set(fixtures[0]) ^ set(fixtures[1]):
                names.update((given, _last_name(self.tables.facts, scope)))
        return names - {0}  # the result of a function goes by the function's name

    def _holding(self, names: Flags) -> Flags:
        """Flag also the names that hold, at any remove, what one of the flagged names means, in the old facts or the new ones."""
        flags = np.zeros(len(self.tables.facts.words.texts), dtype=np.bool_)
        flags[list(self.tables.holders.closed(set(np.flatnonzero(names).tolist())))] = True
        flags[0] = False
        return flags

    def _moved_symbols(self) -> Ints:
        """Return the symbols (new numbers) that exist in both states but in another place or type."""
        old, new = self.old.types, self.tables.types
        stay = np.flatnonzero(self.symbol_map >= 0)
        to = self.symbol_map[stay]
        mapped = np.where(self.symbol_map >= 0, self.symbol_map, GONE)
        differs = old.place[stay] != new.place[to]
        differs |= old.hidden[stay] != new.hidden[to]
        for field in ("container", "enclosing"):
            was, now = getattr(old, field)[stay], getattr(new, field)[to]
            differs |= np.where(was >= 0, mapped[was], was) != now
        moved: Ints = to[differs]
        return moved

    def _import_names(self) -> tuple[Flags, set[int]]:
        """Return the files whose imports now bind something else, and the names whose meaning that changes."""
        old, new = self.old.imports, self.tables.imports
        texts = self.tables.facts.words
        star = (texts.code("*"), texts.code("."))
        names: set[int] = set()
        dirty = self.changed.copy()
        stays = _staying(self.file_map, self.changed)[old.file]
        kept_old = np.flatnonzero(stays)
        kept_new = np.flatnonzero(~self.changed[new.file])
        was = taken(old, kept_old)
        now = taken(new, kept_new)
        differs = (self.nodes(was.target) != now.target) | (self.nodes(was.module) != now.module)
        dirty[now.file[differs]] = True
        names.update(np.unique(now.local[differs]).tolist())
        dirty[now.file[self._filled_folders(now.target)]] = True
        starred = np.isin(now.name, star) & differs
        stars_old, stars_new = [was.module[starred]], [now.module[starred]]
        gone = np.flatnonzero(~stays)
        come = np.flatnonzero(self.changed[new.file])
        left, right = taken(old, gone), taken(new, come)
        a = list(zip(self.file_map[left.file].tolist(), left.local.tolist(), left.name.tolist(), self.nodes(left.module).tolist(),
                     self.nodes(left.target).tolist(), strict=True))  # fmt: skip
        b = list(
            zip(right.file.tolist(), right.local.tolist(), right.name.tolist(), right.module.tolist(), right.target.tolist(), strict=True)
        )
        if a != b:
            both = set(a) & set(b)
            if [entry for entry in a if entry in both] != [entry for entry in b if entry in both]:
                both = set()
            names.update(entry[1] for entry in (*a, *b) if entry not in both)
            stars_old.append(left.module[[at for at, entry in enumerate(a) if entry not in both and entry[2] in star]])
            stars_new.append(right.module[[at for at, entry in enumerate(b) if entry not in both and entry[2] in star]])
        for tables, modules in ((self.old, stars_old), (self.tables, stars_new)):
            names.update(_shown(tables, np.concatenate(modules)))
        return dirty, names

    def _filled_folders(self, targets: Ints) -> Flags:
        """Mark the import targets that are folders to which files were added, or from which files were removed."""
        new, old = self.tables, self.old
        if new.facts.paths == old.facts.paths:
            return np.zeros(len(targets), dtype=np.bool_)
        came = set(new.facts.paths) ^ set(old.facts.paths)
        homes = {path.rpartition("/")[0] for path in came}
        names = new.modules.folder_names
        filled = np.array([number for number, (_, parts) in enumerate(names) if "/".join(parts) in homes], dtype=np.int64)
        return np.isin(targets, filled + new.nodes)

    def _with_names(self, names: Flags) -> Flags:
        """Mark the references that have one of the flagged names, in their name or their qualifier."""
        references, words = self.tables.facts.references, self.tables.facts.words
        said = set(np.flatnonzero(names).tolist())
        parted = words.holding(np.flatnonzero(np.bincount(references.rest, minlength=1)), said)
        names = np.append(names, np.zeros(len(words.texts) - len(names), dtype=np.bool_))
        within = np.zeros(len(names), dtype=np.bool_)
        within[parted] = True
        chained = np.zeros(len(names), dtype=np.bool_)
        chained[words.saying(said)] = True
        dirty = names[references.name] | names[references.head] | names[references.qualifier]
        return np.asarray(dirty | within[references.rest] | chained[references.qualifier])

    def _beside(self, rows: Flags) -> Flags:
        """Mark what is called on the receivers of marked references, in their files: what is called beside a name speaks for its type."""
        references, call = self.tables.facts.references, self.tables.facts.words.find("call")
        found = np.zeros(len(rows), dtype=np.bool_)
        marked = np.flatnonzero(rows & ~self.changed[references.file])
        marked = marked[(references.qualifier[marked] > 0) & (references.kind[marked] == call)]
        starts = self.tables.facts.reference_starts
        files = np.unique(references.file[marked])
        first, count = starts[files], starts[files + 1] - starts[files]
        near = np.repeat(first + count - count.cumsum(), count) + np.arange(count.sum())
        near = near[references.kind[near] == call]
        keys = [(references.file[some] << 32) | references.qualifier[some] for some in (near, marked)]
        found[near[np.isin(keys[0], keys[1])]] = True
        return found

    def _within(self, symbols: Ints) -> Flags:
        """Mark the references whose scope is one of `symbols`."""
        facts = self.tables.facts
        if not len(symbols):
            return np.zeros(len(facts.references.file), dtype=np.bool_)
        known = Lookup(facts.symbols.file[symbols], facts.symbols.qualname[symbols], symbols)
        return known.first(facts.references.file, facts.references.scope) >= 0

    def relinked(self, links: Links, codes: Ints) -> tuple[Bases, Links]:
        """Link the dirty references, base types first, and keep all other links; updates `codes` in place."""
        references, words = self.tables.facts.references, self.tables.facts.words
        is_base, is_import = references.kind == words.code("inherit"), references.kind == words.code("import")
        row, target = self.row_map[links.row], self.nodes(links.target)
        kept = row >= 0
        kept[kept] &= ~self.dirty_rows[row[kept]]
        old = Links(row[kept], target[kept], links.tier[kept], links.weight[kept])
        empty = np.zeros(0, dtype=np.int64)
        asked = np.flatnonzero(self.dirty_rows & is_base)
        inherited, codes[asked] = Linker(self.tables, Bases(empty, empty, empty)).link(asked)
        first = joined_links(old, inherited)
        if self.same:
            return self.bases, joined_links(first, self._uses(self.bases, codes))
        bases = bases_of(self.tables, first)
        names = self._inherited_names(bases)
        if names.any():
            named = self._with_names(names)
            self.dirty_rows[:] |= (named | self._beside(named)) & ~is_base & ~is_import
            still = ~self.dirty_rows[first.row] | is_base[first.row]
            first = taken(first, still)
        return bases, joined_links(first, self._uses(bases, codes))

    def _uses(self, bases: Bases, codes: Ints) -> Links:
        references, words = self.tables.facts.references, self.tables.facts.words
        is_use = (references.kind != words.code("inherit")) & (references.kind != words.code("import"))
        asked = np.flatnonzero(self.dirty_rows & is_use & ~np.isin(references.kind, binding_codes(words)))
        used, codes[asked] = Linker(self.tables, bases).link(asked)
        return used

    def _inherited_names(self, bases: Bases) -> Flags:
        """Flag the names of all members that types with changed bases inherit, lose or pass on."""
        flags = np.zeros(len(self.tables.facts.words.texts), dtype=np.bool_)
        mapped = np.append(self.symbol_map, NONE)
        was = Bases(mapped[self.bases.type], mapped[self.bases.base], self.bases.tier)
        keys = [(((b.type << 22) | (b.base & 0x3FFFFF)) << 9) | (_places(b.type) << 3) | b.tier for b in (was, bases)]
        differing = np.setxor1d(keys[0], keys[1])
        if not len(differing) and np.all(was.type >= 0):
            return flags
        dirty = np.unique(differing >> 31)
        old_dirty = np.flatnonzero(np.isin(mapped[:-1], dirty[dirty >= 0]) | _in(self.bases.type[was.type < 0], len(self.symbol_map)))
        for tables, known, start in ((self.tables, bases, dirty[dirty >= 0]), (self.old, self.bases, old_dirty)):
            around = np.union1d(_closed(start, known.type, known.base), _closed(start, known.base, known.type))
            inner = np.isin(tables.types.container, around)
            flags[np.unique(tables.facts.symbols.name[inner])] = True
            held = tables.held[0]
            flags[np.unique(held.name[np.isin(held.holder - tables.files, around)])] = True
        return self._holding(flags)

    def dirty_files(self) -> Flags:
        """Mark the files with references or imports to link again."""
        dirty = self.dirty_imports.copy()
        dirty[self.tables.facts.references.file[self.dirty_rows]] = True
        return dirty

    def edges(self, edges: EdgeColumns, links: Links, dirty: Flags) -> EdgeColumns:
        """Return all edges: those of dirty files made from the links, the others kept."""
        facts = self.tables.facts
        home = np.concatenate([np.arange(self.tables.files), facts.symbols.file])
        source, target = self.nodes(edges.source), self.nodes(edges.target)
        kept = (source >= 0) & (target >= 0)
        kept[kept] &= ~dirty[home[source[kept]]]
        old = taken(edges._replace(source=source, target=target), kept)
        fresh = edges_of(facts, self.tables.qualnames, taken(links, dirty[facts.references.file[links.row]]))
        both = inserted(old, np.searchsorted(home[old.source], home[fresh.source]), fresh)
        stay = self.symbol_map[self.symbol_map >= 0]
        return both if np.all(stay[1:] > stay[:-1]) else _ordered(both, facts)


def _ordered(edges: EdgeColumns, facts: FactColumns) -> EdgeColumns:
    is_file = edges.source < len(facts.paths)
    home = facts.home[edges.source]
    order = np.lexsort((ranks(facts, edges.kind), edges.target, np.where(is_file, -1, edges.source), home))
    return taken(edges, order)


def _file_map(before: FactColumns, facts: FactColumns) -> Ints:
    if before.paths == facts.paths:
        return np.arange(len(facts.paths))
    return np.array([facts.numbers.get(path, NONE) for path in before.paths], dtype=np.int64)


def _interface(facts: FactColumns, file: int) -> tuple[list[list[int]], list[list[int]]]:
    """Return the facts of a file that other files depend on: its symbols, imports, the bases of its types, what names hold."""
    symbols = slice(facts.symbol_starts[file], facts.symbol_starts[file + 1])
    rows = slice(facts.reference_starts[file], facts.reference_starts[file + 1])
    references = facts.references
    kind = references.kind[rows]
    is_import = kind == facts.words.code("import")
    outer = is_import | (kind == facts.words.code("inherit")) | np.isin(kind, binding_codes(facts.words))
    outer |= is_fixture(facts, rows)
    columns = (references.kind, references.name, references.qualifier, references.alias)
    scopes = np.where(is_import, 0, references.scope[rows])[outer]
    return (
        [facts.symbols.qualname[symbols].tolist(), facts.symbols.kind[symbols].tolist()],
        [*(column[rows][outer].tolist() for column in columns), scopes.tolist()],
    )


class _Held(NamedTuple):
    """A binding of a file, by the codes of its texts; `is_local` says that it is of a variable of a function."""

    name: int
    scope: int
    kind: int
    value: int
    how: int
    is_local: bool


def _bindings_at(tables: Tables, path: str) -> list[_Held]:
    facts = tables.facts
    file = facts.numbers.get(path)
    if file is None:
        return []
    start, end = facts.reference_starts[file : file + 2].tolist()
    references = facts.references
    rows = start + np.flatnonzero(np.isin(references.kind[start:end], binding_codes(facts.words)))
    columns = (references.name, references.scope, references.kind, references.qualifier, references.alias)
    symbol = tables.qualnames.first(references.file[rows], references.scope[rows])
    is_local = (references.kind[rows] == facts.words.find(VARIABLE)) & (symbol >= 0)
    is_local[is_local] = tables.types.is_callable[symbol[is_local]]
    return [_Held(*entry) for entry in zip(*(column[rows].tolist() for column in columns), is_local.tolist(), strict=True)]


def _last_name(facts: FactColumns, qualname: int) -> int:
    return facts.words.code(base_name(facts.words.texts[qualname]))


def _symbols_at(facts: FactColumns, path: str) -> list[tuple[int, int, int]]:
    file = facts.numbers.get(path)
    if file is None:
        return []
    rows = slice(facts.symbol_starts[file], facts.symbol_starts[file + 1])
    symbols = facts.symbols
    return list(zip(symbols.qualname[rows].tolist(), symbols.kind[rows].tolist(), symbols.name[rows].tolist(), strict=True))


def _inside(qualname: str, outer: set[str]) -> bool:
    while qualname := qualname.rpartition(".")[0]:
        if qualname in outer:
            return True
    return False


def _symbol_map(before: FactColumns, tables: Tables, file_map: Ints) -> Ints:
    file = file_map[before.symbols.file]
    return tables.qualnames.first(file, before.symbols.qualname)


def _staying(file_map: Ints, changed: Flags) -> Flags:
    """Mark the old files whose facts are the same in the new state."""
    stays = file_map >= 0
    stays[stays] = ~changed[file_map[stays]]
    return stays


def _row_map(before: FactColumns, facts: FactColumns, file_map: Ints, changed: Flags) -> Ints:
    file = file_map[before.references.file]
    stays = _staying(file_map, changed)[before.references.file]
    shift = facts.reference_starts[np.where(stays, file, 0)] - before.reference_starts[before.references.file] if len(file) else file
    return np.where(stays, np.arange(len(file)) + shift, NONE)


def _shown(tables: Tables, modules: Ints) -> Iterable[int]:
    """Return the names that a wildcard import of these files and folders makes visible."""
    known = modules[modules >= 0]
    if not len(known):
        return []
    far, near = tables.reach.keys >> 32, tables.reach.keys & 0xFFFFFFFF
    shown = np.union1d(known, near[np.isin(far, known)])
    facts = tables.facts
    folder = tables.folder_of[facts.symbols.file] + tables.nodes
    inner = np.isin(facts.symbols.file, shown) | np.isin(folder, shown)
    bound = np.isin(tables.imports.file, shown)
    return [*np.unique(facts.symbols.name[inner]).tolist(), *np.unique(tables.imports.local[bound]).tolist()]


def _places(groups: Ints) -> Ints:
    """Return the position of each entry within its run of equal values, at most 63."""
    starts = np.flatnonzero(np.append(True, groups[1:] != groups[:-1])) if len(groups) else groups
    return np.minimum(np.arange(len(groups)) - np.repeat(starts, np.diff(np.append(starts, len(groups)))), 63)


def _in(members: Ints, size: int) -> Flags:
    flags = np.zeros(size, dtype=np.bool_)
    flags[members] = True
    return flags


def _closed(start: Ints, source: Ints, target: Ints) -> Ints:
    """Return the nodes that are reachable from `start` along the pairs (source, target), `start` included."""
    found = fresh = np.unique(start)
    while len(fresh):
        fresh = np.setdiff1d(target[np.isin(source, fresh)], found)
        found = np.union1d(found, fresh)
    return found
