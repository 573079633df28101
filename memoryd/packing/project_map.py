"""Writes the map of a project within a token budget: its purpose, its folders with theirs, its central definitions.

The purpose of a folder comes from its own files: its README, or the documentation of the file that stands for it
(`__init__.py`, `mod.rs`, `index.ts`, `package-info.java`, `doc.go`); else the names of its most central definitions.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath

from memoryd.delimiting import source_line
from memoryd.escaping import escaped
from memoryd.filekinds import is_test
from memoryd.model import Level, Omitted, Pack, PackItem
from memoryd.parsing import FILE, OWN_FOLDER
from memoryd.versions import Unit, View

CENTRAL = 400
"""The most central definitions that are considered for the map."""
NAMES_A_FOLDER = 6
SIGNATURE = 160
PURPOSE_CHARACTERS = 160
SPOKESMEN = ("readme", "__init__", "mod", "lib", "index", "package-info", "doc", "main")
"""Stems of the files whose documentation describes their folder, the best first."""


def overview(view: View, budget: int, count: Callable[[str], int]) -> Pack:
    """Return the map in at most `budget` tokens: the head, folders in up to half of the rest, then definitions."""
    central = [view.catalog.by_id[id_] for id_ in view.graph.central(CENTRAL) if id_ in view.catalog.by_id]
    central = [unit for unit in central if unit.is_symbol and unit.kind != "section" and not is_test(unit.path)]
    folders = _folders(view)
    spokesmen = {folder: _spokesman(paths) for folder, paths in folders.items()}
    docs = _docs(view, [path for path in spokesmen.values() if path])
    head = _head(view, folders, docs.get(spokesmen.get("") or "", ""))
    folder_lines = [
        _folder_line(folder, paths, docs.get(spokesmen[folder] or "", ""), central, view) for folder, paths in _by_size(folders)
    ]
    unit_lines = [(unit, _unit_line(unit)) for unit in central]
    return _fit(view, head, folder_lines, unit_lines, budget, count)


def _fit(
    view: View, head: str, folders: Sequence[tuple[str, str]], units: Sequence[tuple[Unit, str]], budget: int, count: Callable[[str], int]
) -> Pack:
    """Give folders up to half of the budget and definitions the rest; drop lines from the end until the exact text fits."""
    folder_count = _fitting([line for _, line in folders], (budget - count(head)) // 2, count)
    shown_folders = sorted(folders[:folder_count])
    used = count(head) + count("".join(line for _, line in shown_folders))
    unit_count = _fitting([line for _, line in units], budget - used, count)
    while True:
        shown = units[:unit_count]
        text = head
        if shown_folders:
            text += "\n## folders\n" + "".join(line for _, line in shown_folders)
        if shown:
            text += "\n## central definitions\n" + "".join(line for _, line in shown)
        tokens = count(text)
        if tokens <= budget:
            break
        if unit_count:
            unit_count -= 1
        elif shown_folders:
            shown_folders.pop()
        else:
            text, tokens = "", 0
            break
    items = tuple(
        PackItem(unit.id, unit.path, unit.first_line, unit.last_line, Level.SIGNATURE, count(line), 0.0, ("central",))
        for unit, line in shown
    )
    left = tuple(Omitted(unit.id, unit.path, unit.first_line, unit.last_line, "over the budget") for unit, _ in units[unit_count:])
    return Pack(text, tokens, budget, items, left, view.version)


def _fitting(lines: Sequence[str], room: int, count: Callable[[str], int]) -> int:
    for number, line in enumerate(lines):
        room -= count(line)
        if room < 0:
            return number
    return len(lines)


def _folders(view: View) -> dict[str, list[str]]:
    folders = defaultdict(list)
    for path, record in view.records.items():
        if not record.skipped and not path.startswith(OWN_FOLDER):
            folder = str(PurePosixPath(path).parent)
            folders["" if folder == "." else folder].append(path)
    return dict(folders)


def _by_size(folders: Mapping[str, list[str]]) -> list[tuple[str, list[str]]]:
    """Order folders by their importance: code before tests, shallow before deep, large before small."""
    return sorted(folders.items(), key=lambda item: (is_test(item[0] + "/"), item[0].count("/"), -len(item[1]), item[0]))


def _spokesman(paths: Sequence[str]) -> str | None:
    ranked = [(SPOKESMEN.index(stem), path) for path in paths if (stem := PurePosixPath(path).stem.lower()) in SPOKESMEN]
    return min(ranked)[1] if ranked else None


def _docs(view: View, paths: Sequence[str]) -> dict[str, str]:
    """Return the first paragraph of files: of the documentation of code, or of the first section of prose that has one."""
    columns = view.store.columns(("path", "kind", "doc"), paths)
    docs: dict[str, str] = {}
    for path, kind, doc in zip(columns["path"], columns["kind"], columns["doc"], strict=True):
        if kind in (FILE, "section") and not docs.get(path):
            docs[path] = _sentence(doc)
    return docs


def _sentence(doc: str) -> str:
    """Return the first paragraph that is prose, without badges, directives and markup."""
    for paragraph in doc.split("\n\n"):
        text = " ".join(
            line.strip() for line in paragraph.splitlines() if not line.lstrip().startswith(("..", "[!", "![", "<", ":", "=", "|"))
        )
        if sum(character.isalpha() for character in text) > 20:
            return text if len(text) <= PURPOSE_CHARACTERS else text[:PURPOSE_CHARACTERS].rpartition(" ")[0] + " …"
    return ""


def _head(view: View, folders: Mapping[str, list[str]], purpose: str) -> str:
    languages = Counter(record.language for record in view.records.values() if not record.skipped)
    listed = ", ".join(f"{name} {number}" for name, number in sorted(languages.items(), key=lambda item: (-item[1], item[0]))[:8])
    title = f"# {escaped(view.root.name)}{': ' + escaped(purpose) if purpose else ''}"
    if not languages:
        return f"{title}\nno file is indexed: the folder is empty, or all of its files are left out\n"
    return f"{title}\n{sum(languages.values())} files in {len(folders)} folders: {listed}\n"


def _folder_line(folder: str, paths: Sequence[str], purpose: str, central: Sequence[Unit], view: View) -> tuple[str, str]:
    prefix = f"{folder}/" if folder else ""
    inside = [unit.name for unit in central if unit.path in set(paths)]
    says = purpose or ", ".join(dict.fromkeys(inside[:NAMES_A_FOLDER])) or ", ".join(sorted(PurePosixPath(path).name for path in paths)[:4])
    return folder, source_line(f"{escaped(prefix) or './'} ({len(paths)} file{'s' if len(paths) != 1 else ''}) {escaped(says)}\n")


def _unit_line(unit: Unit) -> str:
    return source_line(f"{escaped(unit.id)} [{unit.first_line}-{unit.last_line}] {escaped(unit.signature[:SIGNATURE])}\n")
