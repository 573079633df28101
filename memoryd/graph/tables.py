"""What can be looked up while linking: definitions by file, folder, container and name, and what each import binds.

Everything is a sorted array of 64-bit keys, so a lookup of a hundred thousand names is one binary search. Tables depend
on the interfaces of files (which symbols, imports and paths there are), not on what their bodies refer to.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from memoryd.graph.facts import Facts, Flags, Ints, components, taken
from memoryd.graph.modules import NOTHING, Modules

NONE, EXTERNAL, UNKNOWN = -1, -2, -3
"""No answer; of another project; of this project, but not as a definition we know (a generated or dynamic name)."""

TYPES = ("class", "interface", "struct", "enum", "trait", "impl", "type", "object", "protocol", "extension", "union", "record", "mixin")
MODULES = ("module", "namespace", "package")
CALLABLES = ("function", "method", "constructor", "macro", "getter", "setter", "procedure", "subroutine", "test")
FREE, MEMBER, LOCAL = 0, 1, 2
"""Where a symbol stands: in a file or namespace, in a type, in a function."""

DEPTH = 12
"""No chain of scopes, bases or re-exports is followed further."""

CLASS_IMPORTS = ("jvm", "java", "kotlin", "scala", "php", "elixir", "dart")
"""Families in which an import without a name ends in the name it binds."""
OPEN_IMPORTS = ("c", "cpp", "ruby", "bash", "shell", "c-sharp", "csharp", "swift", "haskell")
"""Families in which an import without a name makes all names of the module visible."""
CANDIDATES = 64


class Lookup:
    """Values by pairs of integers. Of equal keys the value that came first is found first."""

    def __init__(self, high: Ints, low: Ints, values: Ints) -> None:
        keys = (high << 32) | low
        order = np.argsort(keys, kind="stable")
        self.keys, self.values = keys[order], values[order]

    def first(self, high: Ints, low: Ints) -> Ints:
        """Return the first value of each key, `NONE` where there is none or `high` is negative."""
        if not len(self.keys):
            return np.full(len(high), NONE, dtype=np.int64)
        keys = (high << 32) | low
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where((self.keys[at] == keys) & (high >= 0), self.values[at], NONE)

    def span(self, high: Ints, low: Ints) -> tuple[Ints, Ints]:
        """Return where the values of each key begin and how many they are."""
        keys = (high << 32) | low
        start = np.searchsorted(self.keys, keys)
        count = np.searchsorted(self.keys, keys, side="right") - start
        return start, np.where(high >= 0, count, 0)

    def only(self, high: Ints, low: Ints) -> Ints:
        """Return the value of each key that has exactly one."""
        start, count = self.span(high, low)
        found = np.full(len(high), NONE, dtype=np.int64)
        single = count == 1
        found[single] = self.values[start[single]]
        return found

    def all(self, start: Ints, count: Ints) -> tuple[Ints, Ints]:
        """Return (position of the query, value) for every value of spans."""
        query = np.repeat(np.arange(len(start)), count)
        offset = np.arange(len(query)) - np.repeat(np.cumsum(count) - count, count)
        return query, self.values[np.repeat(start, count) + offset]


class ImportColumns(NamedTuple):
    """One entry per name an import binds: `target` is the node behind `local`, or `EXTERNAL` or `UNKNOWN`.

    `row` counts the import references of the file (`file` and `row` outlive a change of other files); -1 for a name that a
    dotted import binds besides. `module` is the file or folder, `name` 0 for the module itself.
    """

    file: Ints
    row: Ints
    name: Ints
    local: Ints
    module: Ints
    target: Ints


class Types(NamedTuple):
    """What follows from the kind and place of each symbol."""

    parent: Ints
    owner: Ints
    container: Ints
    enclosing: Ints
    place: Ints
    is_type: Flags
    is_callable: Flags


@dataclass(frozen=True, eq=False)
class Tables:
    """Nodes are numbered: files, then symbols, then folders."""

    facts: Facts
    modules: Modules
    types: Types
    qualnames: Lookup
    anywhere: Lookup
    top: Lookup
    folder: Lookup
    child: Lookup
    free: Lookup
    free_types: Lookup
    member: Lookup
    submodules: Lookup
    package_of: Ints
    folder_of: Ints
    package_scope: Flags
    imports: ImportColumns
    bindings: Lookup
    bound_names: Lookup
    reach: Lookup
    sees: Flags

    @property
    def files(self) -> int:
        return len(self.facts.paths)

    @property
    def nodes(self) -> int:
        """The number of files and symbols: folders are numbered from here."""
        return self.files + len(self.facts.symbols.file)

    def exports(self, node: Ints, name: Ints, depth: int = 5) -> Ints:
        """Return what a name means inside files and folders: a definition, a submodule, or what is imported there."""
        found = np.full(len(node), NONE, dtype=np.int64)
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
        """Return what a name means through wildcard imports and included files."""
        found = np.full(len(file), NONE, dtype=np.int64)
        if not len(self.reach.keys):
            return found
        at = np.flatnonzero(self.sees[file])
        family = self.facts.families[1][file[at]]
        start, count = self.free.span(family, name[at])
        query, symbol = self.free.all(start, np.where(count <= CANDIDATES, count, 0))
        home = self.facts.symbols.file[symbol]
        seen = (self.reach.first(file[at][query], home) >= 0) | (
            self.reach.first(file[at][query], self.folder_of[home] + self.nodes) >= 0
        )
        _put_first(found, at[query[seen]], symbol[seen] + self.files)
        left = at[found[at] == NONE]
        start, count = self.bound_names.span(np.ones(len(left), dtype=np.int64), name[left])
        query, row = self.bound_names.all(start, np.where(count <= CANDIDATES, count, 0))
        seen = self.reach.first(file[left][query], self.imports.file[row]) >= 0
        _put_first(found, left[query[seen]], self.imports.target[row[seen]])
        return found


def _put_first(found: Ints, at: Ints, values: Ints) -> None:
    found[at[::-1]] = values[::-1]


def build(facts: Facts, modules: Modules) -> Tables:
    """Build all tables of some facts. `modules` knows the same paths."""
    return _with_imports(*_without_imports(facts, modules))


def rebuild(old: Tables, facts: Facts, changed: Flags, file_map: Ints) -> Tables:
    """Build all tables of facts with the paths of `old`, but resolve imports of the changed files only.

    `changed` marks files of `facts`, `file_map` gives each old file its number in them.
    """
    if facts.paths != old.facts.paths or facts.languages != old.facts.languages:
        return build(facts, known_modules(facts))
    tables, imports = _without_imports(facts, old.modules, changed)
    if tables.modules is not old.modules:
        return build(facts, old.modules)
    before = taken(old.imports, ~changed[file_map[old.imports.file]])
    shift = tables.nodes - old.nodes
    before = before._replace(module=np.where(before.module >= old.nodes, before.module + shift, before.module))
    both = ImportColumns(*(np.concatenate(pair) for pair in zip(before, imports, strict=True)))
    return _with_imports(tables, taken(both, np.argsort(both.file, kind="stable")))


def known_modules(facts: Facts) -> Modules:
    """Return the modules of all paths of some facts."""
    return Modules(facts.paths, facts.languages, facts.families[0].languages)


def _without_imports(facts: Facts, modules: Modules, chosen: Flags | None = None) -> tuple[Tables, ImportColumns]:
    families, family = facts.families
    symbols, size = facts.symbols, len(facts.paths)
    linked = family[symbols.file] > 0
    sid = np.arange(len(symbols.file))
    qualnames = Lookup(symbols.file, symbols.qualname, sid)
    folder_of = np.array(modules.folder_of, dtype=np.int64) - size
    folder_of[np.array(modules.folder_of, dtype=np.int64) < 0] = NONE
    scoping = [0, *(_flag(families.languages, name, "package_scope") for name in families.names[1:])]
    parent, place, is_type, is_callable = _places(facts, qualnames)
    plain = linked & (symbols.plain > 0)
    outermost = sid[plain & (place == FREE)]
    depth = (parent[outermost] >= 0).astype(np.int64)
    outermost = outermost[np.argsort(depth, kind="stable")]
    typed = outermost[is_type[outermost]]
    top = Lookup(symbols.file[outermost], symbols.name[outermost], outermost)
    folder = Lookup(folder_of[symbols.file[outermost]], symbols.name[outermost], outermost)
    free_types = Lookup(family[symbols.file[typed]], symbols.name[typed], typed)
    owner = _owners(facts, parent, place, is_type, top, folder, free_types, folder_of)
    container = np.where(parent >= 0, parent, owner)
    types = Types(parent, owner, container, _enclosing(container, is_type), place, is_type, is_callable)
    inner = sid[plain & (container >= 0)]
    members = sid[plain & (place == MEMBER)]
    submodules = list(modules.submodules())
    around, name, number = (np.array(column, dtype=np.int64) for column in (
        [a for a, _, _ in submodules], [facts.words.code(n) for _, n, _ in submodules], [c for _, _, c in submodules],
    ))  # fmt: skip
    nodes = size + len(symbols.file)
    package_of = np.array([*modules.package_of, NOTHING], dtype=np.int64)
    empty = np.zeros(0, dtype=np.int64)
    nothing = Lookup(empty, empty, empty)
    tables = Tables(
        facts=facts, modules=modules, types=types, qualnames=qualnames, top=top, folder=folder, free_types=free_types,
        anywhere=Lookup(symbols.file[plain], symbols.name[plain], sid[plain]),
        child=Lookup(container[inner], symbols.name[inner], inner),
        free=Lookup(family[symbols.file[outermost]], symbols.name[outermost], outermost),
        member=Lookup(family[symbols.file[members]], symbols.name[members], members),
        submodules=Lookup(around - size, name, np.where(number < size, number, number + len(symbols.file))),
        package_of=np.where(package_of >= 0, package_of - size, NONE), folder_of=np.append(folder_of, NONE),
        package_scope=np.append(np.array(scoping, dtype=np.bool_)[family], False),
        imports=ImportColumns(*([empty] * 6)), bindings=nothing, bound_names=nothing, reach=nothing,
        sees=np.zeros(size + 1, dtype=np.bool_),
    )  # fmt: skip
    modules, imports = _bound(facts, modules, nodes, np.ones(size, dtype=np.bool_) if chosen is None else chosen)
    return replace(tables, modules=modules), imports


def _flag(languages: object, family: str, field: str) -> bool:
    assert isinstance(languages, dict)
    return any(getattr(language, field) for language in languages.values() if language.family == family)


def _places(facts: Facts, qualnames: Lookup) -> tuple[Ints, Ints, Flags, Flags]:
    symbols, words = facts.symbols, facts.words
    parent = np.where(symbols.outer > 0, qualnames.first(symbols.file, symbols.outer), NONE)
    is_module = np.isin(symbols.kind, [words.code(kind) for kind in MODULES])
    is_type = is_module | np.isin(symbols.kind, [words.code(kind) for kind in TYPES])
    is_callable = np.isin(symbols.kind, [words.code(kind) for kind in CALLABLES])
    is_method = symbols.kind == words.code("method")
    place = np.where(symbols.outer == 0, FREE, MEMBER)
    place[(parent < 0) & is_type] = FREE
    place[(parent >= 0) & is_callable[parent]] = LOCAL
    inside = np.flatnonzero((parent >= 0) & is_module[parent] & ~is_method)
    for _ in range(DEPTH):
        opened = inside[(place[inside] == MEMBER) & (place[parent[inside]] == FREE)]
        if not len(opened):
            break
        place[opened] = FREE
    return parent, place, is_type, is_callable


def _owners(
    facts: Facts, parent: Ints, place: Ints, is_type: Flags, top: Lookup, folder: Lookup, types: Lookup, folder_of: Ints
) -> Ints:
    """Find the type a member belongs to where the source does not nest it: in its file, its folder, then anywhere."""
    symbols = facts.symbols
    owner = np.where(place == MEMBER, parent, NONE)
    loose = np.flatnonzero((place == MEMBER) & (parent < 0))
    texts = facts.words.texts
    name = np.array([facts.words.code((components(texts[code].partition("~")[0]) or [""])[-1]) for code in symbols.outer[loose].tolist()], np.int64)
    file = symbols.file[loose]
    for found in (
        top.first(file, name), folder.only(folder_of[file], name), types.only(facts.families[1][file], name),
    ):  # fmt: skip
        fits = (owner[loose] < 0) & (found >= 0) & is_type[found]
        owner[loose[fits]] = found[fits]
    return owner


def _enclosing(container: Ints, is_type: Flags) -> Ints:
    current = np.arange(len(container))
    for _ in range(DEPTH):
        climbing = np.flatnonzero((current >= 0) & ~is_type[current])
        if not len(climbing):
            break
        current[climbing] = container[current[climbing]]
    return np.where((current >= 0) & is_type[current], current, NONE)


def _bound(facts: Facts, modules: Modules, nodes: int, chosen: Flags) -> tuple[Modules, ImportColumns]:
    """Resolve the module of every import of the chosen files and name what it binds. `target` stays open."""
    words, references = facts.words, facts.references
    families, family = facts.families
    rows = np.flatnonzero((references.kind == words.code("import")) & (family[references.file] > 0))
    texts, shift = words.texts, nodes - len(facts.paths)
    go = families.names.index("go") if "go" in families.names else -1
    modules = modules.learned(texts[code] for code in np.unique(references.qualifier[rows[family[references.file[rows]] == go]]).tolist())
    imports = taken(references, rows[chosen[references.file[rows]]])
    first = np.searchsorted(imports.file, imports.file)
    star, known = words.code("*"), len(facts.paths)
    resolved: dict[tuple[int, int], int] = {}
    found: list[tuple[int, int, int, int, int]] = []

    def module_of(file: int, text: str) -> int:
        node = modules.resolve(text, file)
        return node + shift if node >= known else node

    for at, (file, name, alias, qualifier, kind, start) in enumerate(zip(
        imports.file.tolist(), imports.name.tolist(), imports.alias.tolist(), imports.qualifier.tolist(),
        family[imports.file].tolist(), first.tolist(), strict=True,
    )):  # fmt: skip
        node = resolved.get((file, qualifier))
        if node is None:
            node = resolved[file, qualifier] = module_of(file, texts[qualifier])
        local, language = alias or name, families.names[kind]
        if not name:
            text = texts[qualifier]
            parts = components(text.replace("/", "."))
            if language in OPEN_IMPORTS and not alias:
                name = local = star
            elif language in CLASS_IMPORTS and len(parts) > 1:
                name = words.code(parts[-1])
                local = alias or name
                if not 0 <= node < known:
                    node = module_of(file, text[: -len(parts[-1]) - 1])
            elif language == "python" and not alias:
                local = qualifier
                if "." in text:
                    head = words.code(parts[0]) if parts else 0
                    found.append((file, -1, 0, head, module_of(file, parts[0]) if parts else NONE))
            elif language != "javascript" and not alias and parts:
                local = words.code(_go_name(text) if language == "go" else parts[-1])
        found.append((file, at - start, name, local, node))
    columns = np.array(found, dtype=np.int64).reshape(-1, 5).T
    return modules, ImportColumns(*columns, target=np.full(columns.shape[1], NONE, dtype=np.int64))


def _go_name(path: str) -> str:
    parts = path.split("/")
    last = parts[-2] if len(parts) > 1 and parts[-1][:1] == "v" and parts[-1][1:].isdigit() else parts[-1]
    return last.partition(".v")[0].removeprefix("go-")


def _with_imports(tables: Tables, imports: ImportColumns) -> Tables:
    """Look up what the imports bind: through re-exports, which are imports themselves."""
    words = tables.facts.words
    star = imports.name == words.code("*")
    star |= imports.name == words.code(".")
    sees = np.zeros(tables.files + 1, dtype=np.bool_)
    sees[imports.file[star & (imports.module >= 0)]] = True
    tables = replace(tables, imports=imports, bindings=_bindings(imports, star), reach=_reach(imports, star), sees=sees)
    target = np.where(imports.module == NONE, EXTERNAL, imports.module)
    named = np.flatnonzero((imports.name > 0) & ~star & (imports.module != NONE))
    # A wildcard shows what the module imports, so what names are bound to must be known: once to find it, once to use it.
    for _ in range(2 if star.any() else 1):
        exported = tables.exports(imports.module[named], imports.name[named])
        target = target.copy()
        target[named] = np.where(exported == NONE, UNKNOWN, exported)
        imports = imports._replace(target=target)
        inside = np.flatnonzero((target >= 0) & ~star & (imports.local > 0))
        names = Lookup(np.ones(len(inside), dtype=np.int64), imports.local[inside], inside)
        tables = replace(tables, imports=imports, bound_names=names)
    return tables


def _bindings(imports: ImportColumns, star: Flags) -> Lookup:
    """Order what binds a name: imports from the project before others (`try … except ImportError`), then as written."""
    rows = np.flatnonzero(~star & (imports.local > 0))
    rows = rows[np.lexsort((rows, imports.module[rows] == NONE))]
    return Lookup(imports.file[rows], imports.local[rows], rows)


def _reach(imports: ImportColumns, star: Flags) -> Lookup:
    """Return the pairs (file, file or folder whose names it sees), through up to four wildcard imports or inclusions."""
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

