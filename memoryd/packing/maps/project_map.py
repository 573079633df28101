"""Writes the map of a project within a token budget: what it is for, and then what a newcomer asks first.

Where programs enter it, what its packages export, the types that most other files use, its folders, and the functions that most
other files use. Private names, aliases of types, and what stands in tests are not among them.
"""

from collections import Counter, defaultdict

from memoryd.filekinds import is_prose, is_test
from memoryd.packing.maps.entry_points import imported
from memoryd.packing.maps.interface import Package, packages
from memoryd.packing.maps.sections import Draft, Line, Section, at_most, entry_line, opening, type_lines, unit_line
from memoryd.packing.maps.survey import Survey, surveyed
from memoryd.packing.project_size import readable
from memoryd.text import escaped, number_of, source_line
from memoryd.tokens import TokenCount
from memoryd.versions import Sources, View

TYPES, ENTRIES, PACKAGES, NAMES, NAMES_A_FOLDER = 10, 12, 8, 40, 6
"""The most types, entry points, packages, names of a package and names of a folder that the map shows."""
FOLDERS_TITLE = "folders, most used first"


def overview(view: View, changing: frozenset[str], count: TokenCount) -> Draft:
    """Return the draft of the map; the files `changing` are not read."""
    found, read = surveyed(view, changing), set[str]()
    exported = packages(view, lambda path: _text(view, path, changing, read), [imported(view, one) for one in found.manifests], found.users)
    sections = (
        Section("entry points", at_most([entry_line(one) for one in found.entries], ENTRIES), 0.15),
        Section("public interface, most used first", [_package_line(one) for one in exported[:PACKAGES]], 0.25),
        Section("central types, by the files that use them", type_lines(view, found.types[:TYPES], found.users), 0.4),
        Section(FOLDERS_TITLE, folder_lines(found), 0.5),
        Section("central functions, by the files that use them", [unit_line(unit) for unit in found.functions], 1.0),
    )
    about = readable(view, changing, count)
    head = opening(view, found.folders, found.purpose) + (f"{about}\n" if about else "")
    return Draft(head, sections, [*found.types, *found.functions], found.read.union(read))


def _text(view: View, path: str, changing: frozenset[str], read: set[str]) -> str:
    """Return the text of a file as it is on disk, "" if it is not indexed or changes right now. Raises `Stale`."""
    if path not in view.catalog.files or path in changing:
        return ""
    read.add(path)
    return "\n".join(Sources(view, [path])[path])


def _package_line(package: Package) -> Line:
    more = f", … {len(package.names) - NAMES} more" if len(package.names) > NAMES else ""
    return Line(source_line(f"{escaped(package.place)}: {escaped(', '.join(package.names[:NAMES]))}{more}\n"))


def folder_lines(found: Survey) -> list[Line]:
    """Return a line for each folder: code before prose before tests, then those first that have and are used by most files.

    Depth says little: sources may lie nine folders deep, below folders with nothing but the settings of a build.
    """
    inside, uses = defaultdict(list), Counter[str]()
    for unit in found.central:
        inside[folder := unit.path.rpartition("/")[0]].append(unit.name)
        uses[folder] += found.users[unit.id]
    ordered = sorted(
        found.folders.items(),
        key=lambda item: (is_test(item[0] + "/"), is_prose(item[0] + "/"), -len(item[1]) - uses[item[0]], item[0].count("/"), item[0]),
    )
    lines = []
    for folder, paths in ordered:
        files = sorted((path.rpartition("/")[2] for path in paths), key=lambda name: (name.startswith("."), name))[:4]
        # What the project is for stands at the head.
        says = found.said.get(folder, "") if folder else ""
        says = says or ", ".join(dict.fromkeys(inside[folder][:NAMES_A_FOLDER])) or ", ".join(files)
        lines.append(Line(source_line(f"{escaped(folder) or '.'}/ ({number_of(len(paths), 'file')}) {escaped(says)}\n")))
    return lines
