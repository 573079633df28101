"""Finds the references that a change of files can affect. Sound, not minimal: linking these again equals linking everything.

A reference is resolved by names: its own, those of its receiver, those its file binds. So the change is reduced to the set
of names whose meaning differs anywhere (definitions that were added, removed or moved to another type; imports that bind
something else; members that are newly inherited), and every reference with one of these names is linked again. So is each whose receiver
rests on what a name holds, where that is something else now.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from indexers import MODULE, base_name
from memoryd.graph.centrality import Walk
from memoryd.graph.columns import Flags, Ints, flagged, inserted, spread, taken
from memoryd.graph.facts import FactColumns
from memoryd.graph.held import Change, aliases
from memoryd.graph.linking import (
    NONE,
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
    merged_links,
    no_use_codes,
    ranks,
    rebound,
    rebuild,
    tells_a_type,
)  # fmt: skip

GONE = -9


@dataclass(frozen=True, eq=False)
class Patch:
    """The new tables, the new numbers of old files, symbols and references (-1: gone), and flags of what to link again.

    `same` says that nothing differs that other files depend on, and then nothing but the tables and the changed files is told;
    `same_symbols` that what names hold may, and no more.
    """

    tables: Tables
    bases: Bases
    changed: Flags
    file_map: Ints
    symbol_map: Ints
    row_map: Ints
    dirty_names: set[int]
    dirty_rows: Flags
    dirty_imports: Flags
    moved: Ints
    old: Tables
    same: bool
    same_symbols: bool

    @classmethod
    def between(cls, old: Tables, bases: Bases, links: Links, facts: FactColumns, touched: set[str], added: set[str]) -> "Patch":
        """Compare two states. `touched` are the paths that differ; `added` those of them that the new state has."""
        before = old.facts
        file_map = _file_map(before, facts)
        changed = np.zeros(len(facts.paths), dtype=np.bool_)
        changed[[facts.numbers[path] for path in added]] = True
        same_files = before.paths == facts.paths and before.languages == facts.languages
        same_symbols, same_held = (
            same_files and all(part(before, before.numbers[path]) == part(facts, facts.numbers[path]) for path in sorted(added))
            for part in (_interface, _bindings_at)
        )
        if same_symbols:
            tables = replace(old, facts=facts) if same_held else rebound(old, facts, changed)
            symbol_map = np.arange(len(facts.symbols.file))
        else:
            tables = rebuild(old, facts, changed, file_map)
            symbol_map = _symbol_map(before, tables, file_map)
        same, empty = same_symbols and same_held, np.zeros(0, dtype=np.int64)
        row_map = empty if same else _row_map(before, facts, file_map, changed)
        rows = changed[:0] if same else changed[facts.references.file]
        patch = cls(tables, bases, changed, file_map, symbol_map, row_map, set(), rows, changed.copy(), empty, old, same, same_symbols)
        return patch if same else patch._spread(links, touched)

    def _spread(self, links: Links, touched: set[str]) -> "Patch":
        names, imports, moved = self._types_held(), self.changed.copy(), self.moved
        if not self.same_symbols:
            moved = self._moved_symbols()
            imports, more = self._import_names()
            names |= {*self._path_names(touched), *self._symbol_names(touched), *self._fixture_names(touched), *more}
            names.update(np.unique(self.tables.facts.symbols.name[moved]).tolist())
        names = aliases((self.old, self.tables), names - {0})
        rows = self.dirty_rows | self._with_names(names) | self._within(moved)
        lost = self.row_map[links.row[self.nodes(links.target) < 0]]
        rows[lost[lost >= 0]] = True
        # What a file imports speaks for what its calls may mean.
        rows |= (imports & ~self.changed)[self.tables.facts.references.file]
        rows |= self._beside(rows)
        return replace(self, dirty_names=names, dirty_rows=rows, dirty_imports=imports, moved=moved)

    def nodes(self, node: Ints) -> Ints:
        """Return the new numbers of old nodes."""
        if self.same_symbols:
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

    def _fixture_names(self, touched: set[str]) -> set[int]:
        """Return the names of fixtures that differ: a fixture is asked for by the name of its function, or by one that it is given."""
        names: set[int] = set()
        for path in touched:
            fixtures = [fixtures_at(facts, path) for facts in (self.old.facts, self.tables.facts)]
            for given, scope in set(fixtures[0]) ^ set(fixtures[1]):
                names.update((given, _last_name(self.tables.facts, scope)))
        return names

    def _types_held(self) -> set[int]:
        """Return the names like those of types that something holds only now or no more: no such name is taken for one of elsewhere."""
        size, text = len(self.tables.facts.words.texts), self.tables.facts.words.text
        held, was = (np.bincount(tables.held[0].name, minlength=size) > 0 for tables in (self.tables, self.old))
        return {name for name in np.flatnonzero(held != was).tolist() if tells_a_type(text(name))}

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

    def _with_names(self, names: set[int]) -> Flags:
        """Mark the references that have one of some names, in their name or their qualifier."""
        references, words = self.tables.facts.references, self.tables.facts.words
        if not names:
            return np.zeros(len(references.file), dtype=np.bool_)
        parted = words.holding(np.flatnonzero(np.bincount(references.rest, minlength=1)), names)
        said = words.saying(names)
        named, within, chained = (flagged(np.array(codes, dtype=np.int64), len(words.texts)) for codes in (list(names), parted, said))
        dirty = named[references.name] | named[references.head] | named[references.qualifier]
        return np.asarray(dirty | within[references.rest] | chained[references.qualifier])

    def _beside(self, rows: Flags) -> Flags:
        """Mark what is called on the receivers of marked references, in their files: what is called beside a name speaks for its type."""
        references, call = self.tables.facts.references, self.tables.facts.words.find("call")
        found = np.zeros(len(rows), dtype=np.bool_)
        marked = np.flatnonzero(rows)
        marked = marked[~self.changed[references.file[marked]]]
        marked = marked[(references.qualifier[marked] > 0) & (references.kind[marked] == call)]
        near = spread(self.tables.facts.rows_of(np.unique(references.file[marked])))
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
        kind, base = self.tables.facts.references.kind, self.tables.facts.words.code("inherit")
        row, target = self.row_map[links.row], self.nodes(links.target)
        kept = row >= 0
        kept[kept] &= ~self.dirty_rows[row[kept]]
        old = Links(row[kept], target[kept], links.tier[kept], links.weight[kept])
        empty = np.zeros(0, dtype=np.int64)
        asked = np.flatnonzero(self.dirty_rows & (kind == base))
        inherited, codes[asked] = Linker(self.tables, Bases(empty, empty, empty)).link(asked)
        bases = bases_of(self.tables, joined_links(taken(old, kind[old.row] == base), inherited))
        linker = Linker(self.tables, bases)
        names = self._inherited_names(bases)
        found = self._with_names(names)
        found |= self._beside(found)
        found |= self._resting(linker, names | self.dirty_names)
        found &= self._are_uses(kind)
        if found.any():
            self.dirty_rows[:] |= found
            old = taken(old, ~found[old.row])
        return bases, merged_links(merged_links(old, inherited), self._uses(linker, codes))

    def _resting(self, linker: Linker, names: set[int]) -> Flags:
        """Flag the references whose receivers rest on what holds something else now."""
        facts = self.tables.facts
        foreign = np.zeros(len(facts.paths), dtype=np.bool_)
        if facts.languages != self.old.facts.languages:
            foreign[
                [number for path, number in facts.numbers.items() if path in self.old.facts.numbers and self._language_changed(path)]
            ] = True
        change = Change(Linker(self.old, self.bases), linker, self.nodes, self.file_map, self.changed)
        return change.rows(names, self.moved, foreign)

    def _are_uses(self, kind: Ints) -> Flags:
        words = self.tables.facts.words
        others = flagged(np.array([words.code("inherit"), *no_use_codes(words)]), len(words.texts))
        return np.asarray(~others[kind])

    def _uses(self, linker: Linker, codes: Ints) -> Links:
        asked = np.flatnonzero(self.dirty_rows)
        asked = asked[self._are_uses(self.tables.facts.references.kind[asked])]
        used, codes[asked] = linker.link(asked)
        return used

    def _inherited_names(self, bases: Bases) -> set[int]:
        """Return the names of all members that types with changed bases inherit, lose or pass on."""
        names: set[int] = set()
        mapped = np.append(self.symbol_map, NONE)
        was = Bases(mapped[self.bases.type], mapped[self.bases.base], self.bases.tier)
        if all(map(np.array_equal, was, bases)):
            return names
        keys = [(((b.type << 22) | (b.base & 0x3FFFFF)) << 9) | (_places(b.type) << 3) | b.tier for b in (was, bases)]
        differing = np.setxor1d(keys[0], keys[1])
        if not len(differing) and np.all(was.type >= 0):
            return names
        dirty = np.unique(differing >> 31)
        old_dirty = np.flatnonzero(np.isin(mapped[:-1], dirty[dirty >= 0]) | flagged(self.bases.type[was.type < 0], len(self.symbol_map)))
        for tables, known, start in ((self.tables, bases, dirty[dirty >= 0]), (self.old, self.bases, old_dirty)):
            around = np.union1d(_closed(start, known.type, known.base), _closed(start, known.base, known.type))
            inner = np.isin(tables.types.container, around)
            names.update(np.unique(tables.facts.symbols.name[inner]).tolist())
            held = tables.held[0]
            names.update(np.unique(held.name[np.isin(held.holder - tables.files, around)]).tolist())
        return names - {0}

    def dirty_files(self) -> Flags:
        """Mark the files with references or imports to link again."""
        dirty = self.dirty_imports.copy()
        dirty[self.tables.facts.references.file[self.dirty_rows]] = True
        return dirty

    def edges(self, edges: EdgeColumns, links: Links, dirty: Flags) -> tuple[EdgeColumns, Ints]:
        """Return all edges, those of dirty files made from the links, the others kept; and the ends of edges that went or came."""
        facts = self.tables.facts
        home = np.concatenate([np.arange(self.tables.files), facts.symbols.file])
        source, target = self.nodes(edges.source), self.nodes(edges.target)
        kept = (source >= 0) & (target >= 0)
        kept[kept] &= ~dirty[home[source[kept]]]
        old = taken(edges._replace(source=source, target=target), kept)
        fresh = edges_of(facts, self.tables.qualnames, taken(links, dirty[facts.references.file[links.row]]))
        both = inserted(old, np.searchsorted(home[old.source], home[fresh.source]), fresh)
        ends = np.unique(np.concatenate([source[~kept], target[~kept], fresh.source, fresh.target]))
        return (both if self._keeps_order else _ordered(both, facts)), ends[ends >= 0]

    @property
    def _keeps_order(self) -> bool:
        """Whether the symbols that stay follow each other as before."""
        stay = self.symbol_map[self.symbol_map >= 0]
        return self.same_symbols or bool(np.all(stay[1:] > stay[:-1]))

    def walk(self, walk: Walk | None) -> Walk | None:
        """Return a walk of before in the new numbers; `None` if there is none, or its order is another."""
        if walk is None or self.same_symbols:
            return walk
        return walk.moved(self.nodes(np.arange(self.old.nodes)), self.tables.nodes) if self._keeps_order and self.old.nodes else None

    def regrouped(self) -> Ints:
        """Return the nodes of changed files, and those in which other symbols are than before."""
        size, facts = self.tables.files, self.tables.facts
        own = np.flatnonzero(self.changed[facts.home])
        if self.same_symbols:
            return own
        outer, was = (np.where(t.types.container >= 0, t.types.container + t.files, t.facts.symbols.file) for t in (self.tables, self.old))
        was = self.nodes(was)
        stay = np.flatnonzero(self.symbol_map >= 0)
        differs = np.ones(len(was), dtype=np.bool_)
        differs[stay] = was[stay] != outer[self.symbol_map[stay]]
        to = self.symbol_map[stay[differs[stay]]]
        came = flagged(to, len(outer)) | self.changed[facts.symbols.file]
        found = np.concatenate([own, to + size, was[differs], outer[came]])
        return np.unique(found[found >= 0])


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
    """Return the facts of a file that other files depend on: its symbols, imports, the bases of its types, its fixtures, its modules."""
    symbols = slice(facts.symbol_starts[file], facts.symbol_starts[file + 1])
    rows = slice(facts.reference_starts[file], facts.reference_starts[file + 1])
    references = facts.references
    kind = references.kind[rows]
    is_import = np.isin(kind, [facts.words.code("import"), facts.words.find(MODULE)])
    outer = is_import | (kind == facts.words.code("inherit")) | is_fixture(facts, rows)
    columns = (references.kind, references.name, references.qualifier, references.alias)
    scopes = np.where(is_import, 0, references.scope[rows])[outer]
    return (
        [facts.symbols.qualname[symbols].tolist(), facts.symbols.kind[symbols].tolist()],
        [*(column[rows][outer].tolist() for column in columns), scopes.tolist()],
    )


def _bindings_at(facts: FactColumns, file: int) -> list[list[int]]:
    rows = slice(facts.reference_starts[file], facts.reference_starts[file + 1])
    references = facts.references
    held = np.isin(references.kind[rows], binding_codes(facts.words))
    columns = (references.kind, references.name, references.scope, references.qualifier, references.alias)
    return [column[rows][held].tolist() for column in columns]


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
    starts, stays = before.reference_starts, _staying(file_map, changed)
    shift = facts.reference_starts[np.maximum(file_map, 0)] - starts[:-1]
    counts = np.diff(starts)
    rows: Ints = np.arange(starts[-1]) + np.repeat(shift, counts)
    rows[np.repeat(~stays, counts)] = NONE
    return rows


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


def _closed(start: Ints, source: Ints, target: Ints) -> Ints:
    """Return the nodes that are reachable from `start` along the pairs (source, target), `start` included."""
    found = fresh = np.unique(start)
    while len(fresh):
        fresh = np.setdiff1d(target[np.isin(source, fresh)], found)
        found = np.union1d(found, fresh)
    return found
