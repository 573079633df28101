"""What files register with frameworks, as links: handlers of routes, listeners, dependencies, and the fixtures that tests ask for.

The paths of some routes are told by the places of their files (Next.js). A fixture is looked for as pytest does: in the file, then in the
`conftest.py` of its folder and of those above. An operation of an API's description means the only function of its name outside of tests.
"""

from functools import lru_cache

import numpy as np

from indexers import PLACED, PROTOTYPE, REGISTRATIONS
from memoryd.filekinds import is_test
from memoryd.graph.columns import Flags, Interner, Ints
from memoryd.graph.facts import FactColumns
from memoryd.graph.linking.lookup import NONE, Lookup
from memoryd.graph.linking.tables import Tables

FIXTURE = "fixture"
DESCRIPTIONS = "openapi"
"""The family of files that describe an API."""
CONFTEST = "conftest.py"
SCRIPTS = (".js", ".jsx", ".ts", ".tsx")


def registration_codes(words: Interner) -> list[int]:
    """Return the codes of the kinds of references that are registrations."""
    return [code for kind in REGISTRATIONS if (code := words.find(kind)) > 0]


def registered(tables: Tables, rows: Ints, scope: Ints, target: Ints) -> Ints:
    """Return the nodes that registrations mean, of which `target` tells those that are named: `NONE` for what is outside."""
    references, words = tables.facts.references, tables.facts.words
    found = target.copy()
    is_fixture = references.kind[rows] == words.find(FIXTURE)
    own = references.name[rows] == 0
    found[own] = np.where(scope[own] >= 0, scope[own] + tables.files, NONE)
    asked = np.flatnonzero(is_fixture & ~own)
    if len(asked):
        fixtures = _Fixtures(tables)
        found[asked] = [fixtures.named(*one) for one in zip(
            references.file[rows[asked]].tolist(), references.name[rows[asked]].tolist(), scope[asked].tolist(), strict=True
        )]  # fmt: skip
    families, family = tables.facts.families
    described = np.flatnonzero((family[references.file[rows]] == families.names.index(DESCRIPTIONS)) & ~own)
    if len(described):
        found[described] = _functions(tables, references.name[rows[described]])
    found[_misplaced(tables.facts, rows)] = NONE
    return found


def _functions(tables: Tables, names: Ints) -> Ints:
    """Return the node of the only function of each name, whatever its language; `NONE` where there is none, or several."""
    symbols, types, words = tables.facts.symbols, tables.types, tables.facts.words
    fits = types.is_callable & ~types.hidden & (symbols.kind != words.find(PROTOTYPE)) & np.isin(symbols.name, names)
    at = [symbol for symbol in np.flatnonzero(fits).tolist() if not is_test(tables.facts.paths[int(symbols.file[symbol])])]
    found = Lookup(np.zeros(len(at), dtype=np.int64), symbols.name[at], np.array(at, dtype=np.int64)).only(np.zeros_like(names), names)
    return np.where(found >= 0, found + tables.files, NONE)


def _misplaced(facts: FactColumns, rows: Ints) -> Flags:
    """Mark the routes whose path is told by the place of their file, where that is no place of routes."""
    references, words = facts.references, facts.words
    labels = {code: words.text(code) for code in np.unique(references.alias[rows]).tolist()}
    placed = {code for code, label in labels.items() if PLACED in label}
    found = np.zeros(len(rows), dtype=np.bool_)
    for at in np.flatnonzero(np.isin(references.alias[rows], list(placed))).tolist() if placed else ():
        label = labels[int(references.alias[rows[at]])]
        found[at] = not placed_route(facts.paths[int(references.file[rows[at]])], label)
    return found


@lru_cache(maxsize=10_000)
def placed_route(path: str, label: str) -> str:
    """Return the label of a route whose path the place of its file tells; "" where that is no place of such routes."""
    if PLACED not in label:
        return label
    *folders, name = path.split("/")
    stem, _, suffix = name.partition(".")
    is_whole = label.startswith(PLACED)  # the export of a file as such, and not that of a method
    if f".{suffix}" not in SCRIPTS:
        return ""
    if "app" in folders and stem == ("page" if is_whole else "route"):
        # Folders in parentheses group others, those with an @ fill a place of a page: neither is part of the path.
        inner = [folder for folder in folders[folders.index("app") + 1 :] if folder[:1] not in ("(", "@")]
        return label.replace(PLACED, f"/{'/'.join(inner)}")
    if is_whole and "pages" in folders and folders[folders.index("pages") + 1 :][:1] == ["api"]:
        inner = folders[folders.index("pages") + 1 :] + [stem] * (stem != "index")
        return label.replace(PLACED, f"/{'/'.join(inner)}")
    return ""


class _Fixtures:
    """The fixtures of a project, by the files in which they are seen."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        facts = tables.facts
        references = facts.references
        rows = np.flatnonzero(_are_fixtures(facts, references.kind, references.name))
        symbols = tables.qualnames.first(references.file[rows], references.scope[rows])
        self._known = set(symbols.tolist())
        self._by_name: dict[tuple[int, int], int] = {}
        names = np.where(references.qualifier[rows] > 0, references.qualifier[rows], facts.symbols.name[symbols])
        for file, name, symbol in zip(references.file[rows].tolist(), names.tolist(), symbols.tolist(), strict=True):
            self._by_name[file, name] = symbol
        self._seen: dict[int, list[int]] = {}

    def named(self, file: int, name: int, scope: int) -> int:
        """Return the node of the fixture that a definition of a file asks for by a name; `NONE` for one of a plugin."""
        for home in self._homes(file):
            symbol = self._by_name.get((home, name), NONE)
            if symbol == NONE:
                symbol = self._imported(home, name)
            if symbol not in (NONE, scope) and self._is_seen(symbol, scope):
                return symbol + self._tables.files
        return NONE

    def _homes(self, file: int) -> list[int]:
        if file not in self._seen:
            facts = self._tables.facts
            folders = facts.paths[file].split("/")[:-1]
            paths = ["/".join([*folders[:depth], CONFTEST]) for depth in range(len(folders), -1, -1)]
            homes = [file, *(facts.numbers[path] for path in paths if path in facts.numbers)]
            self._seen[file] = list(dict.fromkeys(homes))
        return self._seen[file]

    def _imported(self, file: int, name: int) -> int:
        row = int(self._tables.bindings.first(np.array([file]), np.array([name]))[0])
        node = int(self._tables.imports.target[row]) if row >= 0 else NONE
        symbol = node - self._tables.files
        return symbol if node >= 0 and symbol in self._known else NONE

    def _is_seen(self, symbol: int, scope: int) -> bool:
        """Tell whether a fixture is of no type, or of that of the test."""
        container = self._tables.types.container
        owner = int(container[symbol])
        return owner < 0 or (scope >= 0 and owner in (scope, int(container[scope])))


def is_fixture(facts: FactColumns, rows: slice) -> Flags:
    """Mark those of some references that say that the definition around them is a fixture."""
    return _are_fixtures(facts, facts.references.kind[rows], facts.references.name[rows])


def _are_fixtures(facts: FactColumns, kind: Ints, name: Ints) -> Flags:
    code = facts.words.find(FIXTURE)
    return np.asarray((kind == code) & (name == 0) & (code > 0))


def fixtures_at(facts: FactColumns, path: str) -> list[tuple[int, int]]:
    """Return the fixtures of a file: the code of the name that each is given, 0 for none, and of its qualified name."""
    file = facts.numbers.get(path)
    if file is None:
        return []
    rows = slice(int(facts.reference_starts[file]), int(facts.reference_starts[file + 1]))
    at = np.flatnonzero(is_fixture(facts, rows)) + rows.start
    return list(zip(facts.references.qualifier[at].tolist(), facts.references.scope[at].tolist(), strict=True))
