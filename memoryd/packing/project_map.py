"""Writes the map of a project within a token budget: what it is for, and then what a newcomer asks first.

Where programs enter it, what its packages export, the types that most other files use, its folders, and the functions that most
other files use. Private names, aliases of types, and what stands in tests are not among them.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from weakref import ref

from memoryd.delimiting import source_line
from memoryd.escaping import escaped
from memoryd.filekinds import is_prose, is_test
from memoryd.model import Pack
from memoryd.packing.entry_points import Entry, entry_points, imported, is_own
from memoryd.packing.interface import Package, is_public, packages
from memoryd.packing.manifests import READERS, Manifest, read_manifest
from memoryd.packing.purpose import purposes, sentence
from memoryd.packing.sections import Line, Section, TokenCount, fit, shortened
from memoryd.parsing import OWN_FOLDER
from memoryd.versions import Sources, Stale, Unit, View

CENTRAL = 400
"""The definitions that are considered for the map, those first that most other files use."""
TYPES, ENTRIES, PACKAGES, NAMES, NAMES_A_FOLDER = 10, 12, 8, 40, 6
"""The most types, entry points, packages, names of a package and names of a folder that the map shows."""
SIGNATURE, TYPE_SIGNATURE, PURPOSE = 160, 80, 100
TYPE_KINDS = frozenset(("class", "struct", "interface", "trait", "protocol", "enum", "object", "union", "record"))
FUNCTION_KINDS = frozenset(("function", "method", "macro"))


@dataclass(frozen=True, slots=True)
class _Outline:
    """What the map of a version says, before it is cut to a budget. `read` are the files whose text on disk it was read from."""

    head: str
    sections: Sequence[Section]
    central: Sequence[Unit]
    read: Sequence[str]


class ProjectMap:
    """The map of a project. Its outline is kept while the version stays: most of a map costs nothing when it is asked for again."""

    def __init__(self) -> None:
        self._kept: tuple[Callable[[], View | None], _Outline] | None = None

    def overview(self, view: View, changing: frozenset[str], budget: int, count: TokenCount) -> Pack:
        """Return the map in at most `budget` tokens; manifests among the files `changing` are not read. Raises `Stale`."""
        found = self._outline(view, changing)
        return fit(view.version, found.head, found.sections, found.central, budget, count)

    def _outline(self, view: View, changing: frozenset[str]) -> _Outline:
        if changing:
            return _outlined(view, changing)
        kept = self._kept
        if kept is None or kept[0]() is not view:
            # The view itself is not kept: it is most of what a project takes in memory.
            kept = self._kept = (ref(view), _outlined(view, changing))
            return kept[1]
        if changed := tuple(path for path in kept[1].read if not view.is_on_disk(path)):
            raise Stale(changed)
        return kept[1]


def _outlined(view: View, changing: frozenset[str]) -> _Outline:
    folders, users, read = _folders(view), view.graph.users(), set[str]()
    manifests = _manifests(view, changing, read)
    central = _central(view, users)
    types = [unit for unit in central if _is_type(view, unit)]
    functions = [unit for unit in central if unit.kind in FUNCTION_KINDS]
    said = {**purposes(view, folders), **{one.folder: sentence(one.description) for one in manifests if sentence(one.description)}}
    exported = packages(view, lambda path: _text(view, path, changing, read), [imported(view, one) for one in manifests], users)
    sections = (
        Section("entry points", shortened([_entry_line(one) for one in entry_points(view, manifests)], ENTRIES), 0.15),
        Section("public interface, most used first", [_package_line(one) for one in exported[:PACKAGES]], 0.25),
        Section("central types, by the files that use them", _type_lines(view, types[:TYPES], users), 0.4),
        Section("folders", _folder_lines(folders, said, central), 0.5),
        Section("central functions, by the files that use them", [_unit_line(unit) for unit in functions], 1.0),
    )
    purpose = said.get("") or next((one.description for one in manifests if one.name == view.root.name), "")
    return _Outline(_head(view, folders, purpose), sections, [*types, *functions], sorted(read))


def _central(view: View, users: Mapping[str, int]) -> list[Unit]:
    """Return public definitions of the project's own code that other files use, those that most use first."""
    rank = {id_: place for place, id_ in enumerate(view.graph.central(CENTRAL))}
    units = (view.catalog.by_id.get(id_) for id_ in users)
    own = [unit for unit in units if unit is not None and unit.is_symbol and unit.kind != "section" and is_own(unit.path)]
    named = [unit for unit in own if is_public(unit, view.records[unit.path].language) and "._" not in f".{unit.qualname}"]
    return sorted(named, key=lambda unit: (-users[unit.id], rank.get(unit.id, CENTRAL), unit.id))[:CENTRAL]


def _is_type(view: View, unit: Unit) -> bool:
    """Tell whether a definition is a type: in Go also one that is declared by another, elsewhere that is but a name for one."""
    is_declared = unit.kind == "type" and view.records[unit.path].language in ("go", "haskell") and "=" not in unit.signature
    return unit.kind in TYPE_KINDS or is_declared


def _manifests(view: View, changing: frozenset[str], read: set[str]) -> list[Manifest]:
    known = {path for path in view.catalog.files if path.rpartition("/")[2] in READERS}
    paths = sorted((path for path in known - changing if is_own(path)), key=lambda path: (path.count("/"), path))
    read.update(paths)
    sources = Sources(view, paths)  # all of them, so that one repair is enough for those that changed
    found = (read_manifest(path, "\n".join(sources[path])) for path in paths)
    return [one for one in found if one is not None]


def _text(view: View, path: str, changing: frozenset[str], read: set[str]) -> str:
    """Return the text of a file as it is on disk, "" if it is not indexed or changes right now. Raises `Stale`."""
    if path not in view.catalog.files or path in changing:
        return ""
    read.add(path)
    return "\n".join(Sources(view, [path])[path])


def _folders(view: View) -> dict[str, list[str]]:
    folders = defaultdict(list)
    for path in view.catalog.files:
        if not path.startswith(OWN_FOLDER):
            folders[path.rpartition("/")[0]].append(path)
    return dict(folders)


def _head(view: View, folders: Mapping[str, list[str]], purpose: str) -> str:
    languages = Counter(record.language for record in view.records.values() if not record.skipped)
    listed = ", ".join(f"{name} {number}" for name, number in sorted(languages.items(), key=lambda item: (-item[1], item[0]))[:8])
    title = f"# {escaped(view.root.name)}{': ' + escaped(purpose) if purpose else ''}"
    if not languages:
        return f"{title}\nno file is indexed: the folder is empty, or all of its files are left out\n"
    return f"{title}\n{sum(languages.values())} files in {len(folders)} folders: {listed}\n"


def _entry_line(entry: Entry) -> Line:
    place = _place(entry.unit) if entry.unit else escaped(entry.path)
    return Line(source_line(f"{escaped(entry.label)}: {place}\n"), entry.unit)


def _package_line(package: Package) -> Line:
    more = f", … {len(package.names) - NAMES} more" if len(package.names) > NAMES else ""
    return Line(source_line(f"{escaped(package.place)}: {escaped(', '.join(package.names[:NAMES]))}{more}\n"))


def _type_lines(view: View, types: Sequence[Unit], users: Mapping[str, int]) -> list[Line]:
    columns = view.store.columns(("id", "doc"), [*{unit.path for unit in types}])
    docs = dict(zip(columns["id"], columns["doc"], strict=True))
    lines = []
    for unit in types:
        number = users[unit.id]
        says = sentence(docs.get(unit.id, "")).partition(". ")[0]
        says = says if len(says) <= PURPOSE else f"{says[:PURPOSE].rpartition(' ')[0]} …"
        lines.append(
            Line(
                source_line(
                    f"{_place(unit, TYPE_SIGNATURE)} ({number} file{'s' if number != 1 else ''}){' ' + escaped(says) if says else ''}\n"
                ),
                unit,
            )
        )
    return lines


def _unit_line(unit: Unit) -> Line:
    return Line(source_line(f"{_place(unit)}\n"), unit)


def _place(unit: Unit, most: int = SIGNATURE) -> str:
    signature = unit.signature if len(unit.signature) <= most else f"{unit.signature[:most].rstrip()} …"
    return f"{escaped(unit.id)} [{unit.first_line}-{unit.last_line}] {escaped(signature)}"


def _folder_lines(folders: Mapping[str, list[str]], said: Mapping[str, str], central: Iterable[Unit]) -> list[Line]:
    """Return a line for each folder: code before prose before tests, shallow before deep, large before small."""
    inside = defaultdict(list)
    for unit in central:
        inside[unit.path.rpartition("/")[0]].append(unit.name)
    ordered = sorted(
        folders.items(), key=lambda item: (is_test(item[0] + "/"), is_prose(item[0] + "/"), item[0].count("/"), -len(item[1]), item[0])
    )
    lines = []
    for folder, paths in ordered:
        files = sorted((path.rpartition("/")[2] for path in paths), key=lambda name: (name.startswith("."), name))[:4]
        # What the project is for stands at the head.
        says = said.get(folder, "") if folder else ""
        says = says or ", ".join(dict.fromkeys(inside[folder][:NAMES_A_FOLDER])) or ", ".join(files)
        number = f"{len(paths)} file{'s' if len(paths) != 1 else ''}"
        lines.append(Line(source_line(f"{escaped(folder) or '.'}/ ({number}) {escaped(says)}\n")))
    return lines
