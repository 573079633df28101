"""Finds the public interface of a project's packages: the names that each exports, those first that most other files use.

Python: what `__init__.py` of an outermost package imports and defines, or its `__all__`; TypeScript and JavaScript: what the file of
the package exports, also as a CommonJS module; Rust: what `lib.rs` makes public; Go: the capitalised names of a package that is no program.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from memoryd.filekinds import is_own
from memoryd.text import symbol_id
from memoryd.versions import Unit, View

EXPORTS = re.compile(r"\bexport\s+(?:type\s+)?\{([^{}]*)\}")
DECLARED = re.compile(
    r"^export\s+(?:(?:default|declare|abstract|async)\s+){0,3}(?:const\s+enum|class|interface|function\*?|const|let|var|enum|type|namespace)"
    r"\s+([A-Za-z_]\w*)",
    re.MULTILINE,
)
MODULE_EXPORTS = r"^(?:exports[ \t]*=[ \t]*)?module\.exports[ \t]*=[ \t]*"
COMMON = re.compile(r"^(?:module\.)?exports\.([A-Za-z_]\w*)[ \t]*=(?!=)", re.MULTILINE)
COMMON_OBJECT = re.compile(MODULE_EXPORTS + r"\{([^{}]*)\}", re.MULTILINE)
COMMON_WHOLE = re.compile(MODULE_EXPORTS + r"(?:(?:class|async|function\*?)[ \t]+){0,2}([A-Za-z_]\w*)", re.MULTILINE)
"""The forms in which a CommonJS module exports: name by name, by an object, and one thing as the module."""
ALL = re.compile(r"^__all__[^\n=]*=\s*[\[(]([^\])]*)", re.MULTILINE)
MODULE = re.compile(r"^pub mod (\w+);", re.MULTILINE)
PRIVATE = re.compile(r"\b(?:private|fileprivate)\b")
QUOTED = re.compile(r"[\"']([A-Za-z_]\w*)[\"']")
Lines = Mapping[str, Sequence[str]]


class Package(NamedTuple):
    """A package: the file or folder that stands for it, and the names that it exports."""

    place: str
    names: tuple[str, ...]


def packages(view: View, text: Callable[[str], str], imported: Sequence[str], users: Mapping[str, int]) -> list[Package]:
    """Return the packages of a project that export something, the outermost first.

    `text` returns the text of a file, `imported` are the files of what is imported by a package's name, `users` the number of other
    files that use a definition.
    """
    places = [
        *((path, _python(view, path, text(path))) for path in _outermost(view)),
        *((path, _ecmascript(view, path, text)) for path in imported if path.endswith(("ts", "js", "tsx", "jsx"))),
        *((path, _rust(view, path, text(path))) for path in _files(view, "lib.rs")),
        *_go(view),
    ]
    return [Package(place, names) for place, units in places if (names := _ordered(units, users))]


def is_public(unit: Unit, language: str) -> bool:
    """Tell whether a definition may be used from elsewhere, as far as its name and signature say."""
    if unit.name.startswith(("_", "#")) or PRIVATE.search(unit.signature):
        return False
    if language == "go":
        return unit.name[:1].isupper()
    # A method of a trait is as public as the trait, and says nothing of that itself.
    return language != "rust" or unit.kind in ("method", "macro") or unit.signature.startswith("pub")


def is_wholly_public(unit: Unit, language: str) -> bool:
    """Tell whether a definition is public, and all that it is in, as far as their names say."""
    return "._" not in f".{unit.qualname}" and is_public(unit, language)


def _ordered(units: Mapping[str, Unit | None], users: Mapping[str, int]) -> tuple[str, ...]:
    """Return names, those first that most other files use; equal ones stay in their order."""
    return tuple(sorted(units, key=lambda name: -users.get(unit.id, 0) if (unit := units[name]) else 0))


def _outermost(view: View) -> list[str]:
    inits = _files(view, "__init__.py")
    folders = {path.rpartition("/")[0] for path in inits}
    return [path for path in inits if "/" in path and path.rpartition("/")[0].rpartition("/")[0] not in folders]


def _files(view: View, name: str) -> list[str]:
    found = [path for path in view.catalog.files if path.rpartition("/")[2] == name and is_own(path)]
    return sorted(found, key=lambda path: (path.count("/"), path))


def _python(view: View, path: str, text: str) -> dict[str, Unit | None]:
    units = {**_imported(view, path), **{unit.name: unit for unit in _top(view, path)}}
    listed = [name for match in ALL.finditer(text) for name in QUOTED.findall(match[1])]
    names = listed or [name for name, unit in units.items() if unit.kind != "variable" or unit.name.isupper()]
    return {name: units.get(name) for name in names if not name.startswith("_")}


def _ecmascript(view: View, path: str, text: Callable[[str], str]) -> dict[str, Unit | None]:
    known, own = _imported(view, path), text(path)
    units = _declared(view, path, own)
    for part in (part for match in EXPORTS.finditer(own) for part in match[1].split(",")):
        words = part.split()
        if words and (name := words[-1]).isidentifier():
            units[name] = known.get(words[-3] if len(words) > 2 and words[-2] == "as" else name)
    whole = {statement.line for statement in view.graph.import_statements(path) if statement.name == "*"}
    for edge in view.graph.imports(path):
        if edge.target in view.catalog.files and edge.line in whole:
            units.update(_declared(view, edge.target, text(edge.target)))
    units = units or _common(view, path, text)
    return {name: unit for name, unit in units.items() if not name.startswith("_") and name != "default"}


def _common(view: View, path: str, text: Callable[[str], str], may_follow: int = 1) -> dict[str, Unit | None]:
    """Return what a CommonJS module exports; of one that is another module, which it requires, what that one does."""
    own = text(path)
    whole = [name for name in COMMON_WHOLE.findall(own) if name not in ("new", "require")]
    listed = [part.partition(":")[0].strip() for match in COMMON_OBJECT.findall(own) for part in match.split(",")]
    known = {**_imported(view, path), **{unit.name: unit for unit in _top(view, path)}}
    units = {name: known.get(name) for name in (*whole, *listed, *COMMON.findall(own)) if name.isidentifier()}
    for match in COMMON_WHOLE.finditer(own):
        line = own.count("\n", 0, match.start()) + 1
        for edge in view.graph.imports(path) if match[1] == "require" and may_follow else ():
            if edge.line == line and edge.target in view.catalog.files:
                units.update(_common(view, edge.target, text, may_follow - 1))
    return units


def _declared(view: View, path: str, text: str) -> dict[str, Unit | None]:
    """Return the definitions that a file exports where it makes them."""
    units = {unit.name: unit for unit in _top(view, path)}
    return {name: units.get(name) for name in DECLARED.findall(text)}


def _rust(view: View, path: str, text: str) -> dict[str, Unit | None]:
    units = {**_imported(view, path), **{unit.name: unit for unit in _top(view, path)}}
    modules: dict[str, Unit | None] = dict.fromkeys(MODULE.findall(text))
    return {**{name: unit for name, unit in units.items() if is_public(unit, "rust")}, **modules}


def _go(view: View) -> Iterator[tuple[str, dict[str, Unit | None]]]:
    folders: dict[str, list[str]] = {}
    for path in view.catalog.files:
        if path.endswith(".go") and not path.endswith("_test.go") and is_own(path) and "internal" not in path.split("/"):
            folders.setdefault(path.rpartition("/")[0], []).append(path)
    for folder in sorted(folders, key=lambda folder: (folder.count("/") + bool(folder), folder)):
        units = [unit for path in sorted(folders[folder]) for unit in _top(view, path)]
        if not any(symbol_id(path, "main") in view.catalog.by_id for path in folders[folder]):
            yield f"{folder or '.'}/", {unit.name: unit for unit in units if unit.kind != "method"}


def _imported(view: View, path: str) -> dict[str, Unit]:
    """Return the definitions of other files that a file imports, by name; of a module that it takes whole, those at its top."""
    units: dict[str, Unit] = {}
    whole = {statement.line for statement in view.graph.import_statements(path) if statement.name == "*"}
    for edge in view.graph.imports(path):
        unit = view.catalog.by_id.get(edge.target)
        if unit is not None and unit.is_symbol:
            units.setdefault(unit.name, unit)
        elif edge.line in whole and edge.target in view.catalog.files:
            for one in _top(view, edge.target):
                units.setdefault(one.name, one)
    return units


def _top(view: View, path: str) -> list[Unit]:
    """Return the public definitions at the top of a file; where there are several of one name, the first."""
    language = view.records[path].language
    units = (unit for unit in view.catalog.files.get(path, ()) if unit.is_symbol and unit.kind != "section")
    return [unit for unit in units if not {".", "~"} & set(view.catalog.short_name(unit)) and is_public(unit, language)]
