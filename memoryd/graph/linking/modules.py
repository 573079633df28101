"""Resolves the module of an import to a file or folder of the project, or to nothing. Knows paths and manifests, and no symbols.

"Nothing" means that the module is not of this project: numpy stays numpy even where the project has a file numpy.py deep
inside a package. Each family of languages has one way to read a module text, one function; `READERS` lists them.
"""

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from functools import cached_property
from typing import NamedTuple

import numpy as np

from indexers import Language
from memoryd.graph.columns import Ints
from memoryd.graph.linking.manifests import NODE_ENDINGS, Entry, Manifests, Parts, climbed, nearest

NOTHING = -1

ROOTS = frozenset(
    {"", "src", "lib", "libs", "app", "include", "inc", "python", "source", "sources", "test", "tests", "spec", "java", "kotlin"}
)
"""Names of folders in which the search path of a language usually starts."""

PATH_ENDINGS = frozenset({"c", "bash"})
"""Families whose imports name files with their extensions."""

STDLIB = sys.stdlib_module_names


class Importer(NamedTuple):
    """The file that imports: its folder, its stem, its language."""

    folder: Parts
    stem: str
    language: Language


class Modules:
    """The files and folders of a project, by the names imports give them. Files are numbered first, then folders."""

    def __init__(self, paths: Sequence[str], languages: Sequence[str], known: Mapping[str, Language]) -> None:
        self.files = len(paths)
        self._by_path: dict[tuple[str, Parts], int] = {}
        self._by_end: dict[tuple[str, str], set[Parts]] = defaultdict(set)
        self._folders: dict[tuple[str, Parts], int] = {}
        self.importers: dict[int, Importer] = {}
        self.folder_of: list[int] = [NOTHING] * self.files
        self.package_of: list[int] = [NOTHING] * self.files
        self.folder_names: list[tuple[str, Parts]] = []
        self._memo: dict[tuple[str, Parts, str], int] = {}
        self._crates: dict[Parts, Parts | None] = {}
        self.prefix: Parts = ()
        self.manifests = Manifests()
        for number, (path, name) in enumerate(zip(paths, languages, strict=True)):
            if language := known.get(name):
                self._add(number, path, language)

    def _add(self, number: int, path: str, language: Language) -> None:
        *around, last = path.split("/")
        folder, family = tuple(around), language.family
        stem = last if family in PATH_ENDINGS else NODE_ENDINGS.sub("", last) if family == "javascript" else last.rpartition(".")[0] or last
        self.importers[number] = Importer(folder, stem, language)
        self.folder_of[number] = self._folder(family, folder)
        module = (*folder, stem)
        if stem in language.package_files:
            self.package_of[number] = self.folder_of[number]
            self._by_path.setdefault((family, folder), number)
        if module not in self._by_end[family, stem]:
            self._by_end[family, stem].add(module)
            self._by_path.setdefault((family, module), number)

    def _folder(self, family: str, folder: Parts) -> int:
        found = self._folders.get((family, folder))
        if found is None:
            if folder:
                self._folder(family, folder[:-1])
                self._by_end[family, folder[-1]].add(folder)
            found = self._folders[family, folder] = self.files + len(self.folder_names)
            self.folder_names.append((family, folder))
        return found

    @cached_property
    def submodules(self) -> tuple[Ints, list[str], Ints]:
        """The modules in each folder, as columns (folder, name, file or folder); a package's file stands for its folder."""
        found = list(self._submodules())
        around, name, number = ([entry[column] for entry in found] for column in range(3))
        return np.array(around, dtype=np.int64), [str(text) for text in name], np.array(number, dtype=np.int64)

    def _submodules(self) -> Iterable[tuple[int, str, int]]:
        for (family, module), number in self._by_path.items():
            if module and (around := self._folders.get((family, module[:-1]))) is not None:
                yield around, module[-1], number
        for (family, folder), number in self._folders.items():
            if folder and (family, folder) not in self._by_path:
                yield self._folders[family, folder[:-1]], folder[-1], number

    def learned(self, imports: Iterable[str], manifests: tuple[Entry, ...]) -> "Modules":
        """Return the modules with what manifests say, and with the Go path of the project's root: the prefix under which most imports name
        its folders."""
        votes: Counter[Parts] = Counter()
        for text in set(imports):
            parts = tuple(text.split("/"))
            for cut in range(1, len(parts)):
                if ("go", parts[cut:]) in self._folders:
                    votes[parts[:cut]] += 1
        best = min(votes, key=lambda prefix: (-votes[prefix], "." not in prefix[0], len(prefix), prefix), default=())
        best = best if best and ("." in best[0] or votes[best] > 1) else ()
        if best == self.prefix and manifests == self.manifests.entries:
            return self
        other = copy(self)
        other.prefix, other.manifests, other._memo = best, Manifests(manifests), {}
        return other

    def resolve(self, module: str, importer: int) -> int:
        """Return the file or folder a module text names for this importing file, `NOTHING` when it is not of the project."""
        source = self.importers[importer]
        key = (source.language.family, (*source.folder, source.stem) if source.language.family == "rust" else source.folder, module)
        found = self._memo.get(key)
        if found is None:
            found = self._memo[key] = READERS.get(source.language.family, by_suffix)(self, module, source)
        return found

    def at(self, family: str, parts: Parts) -> int:
        """Return the file, else the folder, at exactly this path, `NOTHING` if there is neither."""
        found = self._by_path.get((family, parts))
        return self._folders.get((family, parts), NOTHING) if found is None else found

    def packaged(self, family: str, folder: Parts) -> bool:
        """Tell whether a folder is itself a module."""
        return (family, folder) in self._by_path

    def ending(self, family: str, parts: Parts) -> list[Parts]:
        """Return the paths of modules and folders that end in these components."""
        size = len(parts)
        return [place for place in self._by_end.get((family, parts[-1]), ()) if place[-size:] == parts] if parts else []

    def nearest(self, family: str, places: Iterable[Parts], folder: Parts) -> int:
        """Return the place that shares most of its path with a folder, of equal ones the shortest; `NOTHING` for a tie."""
        found = nearest(places, folder)
        return NOTHING if found is None else self.at(family, found)

    def file(self, family: str, places: Iterable[Parts]) -> int:
        """Return the file at the first of some places that has one, `NOTHING` if none has."""
        return next((found for place in places if 0 <= (found := self.at(family, place)) < self.files), NOTHING)

    def crate(self, folder: Parts) -> Parts | None:
        """Return the nearest folder at or above a folder that holds a crate's root, `None` if there is none."""
        if folder not in self._crates:
            rooted = any((self._by_path.get(("rust", (*folder, stem)))) is not None for stem in ("lib", "main"))
            self._crates[folder] = folder if rooted else self.crate(folder[:-1]) if folder else None
        return self._crates[folder]


def by_dots(modules: Modules, module: str, source: Importer) -> int:
    """Python: leading dots climb from the importing file; else every component must match, from a folder that is no package."""
    path = module.lstrip(".")
    parts = tuple(path.split(".")) if path else ()
    if up := len(module) - len(path):
        return modules.at("python", source.folder[: len(source.folder) + 1 - up] + parts) if up <= len(source.folder) + 1 else NOTHING
    places = [place for place in modules.ending("python", parts) if _importable(modules, place, len(parts), source)]
    return modules.nearest("python", places, source.folder) if parts else NOTHING


def _importable(modules: Modules, place: Parts, size: int, source: Importer) -> bool:
    root = place[: len(place) - size]
    if root and modules.packaged("python", root):
        return False
    if root in ((), source.folder):
        return True
    if place[len(root)] in STDLIB:
        return False
    if size > 1 or modules.packaged("python", place):
        return True
    return root[-1] in ROOTS or source.folder[: len(root)] == root


def by_relative_path(modules: Modules, module: str, source: Importer) -> int:
    """JavaScript and TypeScript: `./` and `../` name files, whose extensions and index files are completed; manifests tell other names."""
    if not module.startswith("."):
        return modules.file(source.language.family, modules.manifests.of_script(source.folder, module))
    parts = climbed(source.folder, module)
    if parts is None:
        return NOTHING
    return modules.file(source.language.family, [(*parts[:-1], NODE_ENDINGS.sub("", parts[-1])) if parts else parts])


def by_go_path(modules: Modules, module: str, source: Importer) -> int:
    """Go: the path after that of a module of the project, or after the project's own prefix, is a folder."""
    parts, prefix = tuple(module.split("/")), modules.prefix
    if module.startswith("."):
        place = climbed(source.folder, module)
        return NOTHING if place is None else modules.at("go", place)
    for place in modules.manifests.of_go(source.folder, parts):
        if (found := modules.at("go", place)) != NOTHING:
            return found
    if not prefix or parts[: len(prefix)] != prefix:
        return NOTHING
    return modules.at("go", parts[len(prefix) :])


def by_crate(modules: Modules, module: str, source: Importer) -> int:
    """Rust: `crate`, `self` and `super` climb; else a crate of the workspace, or a module beside or below the file."""
    parts = tuple(part for part in module.split("::") if part)
    if not parts:
        return NOTHING
    own = source.stem in source.language.package_files
    here = source.folder if own else (*source.folder, source.stem)
    if parts[0] == "crate":
        root = modules.crate(source.folder)
        return NOTHING if root is None else _rust_inner(modules, root, parts[1:])
    if parts[0] in ("self", "super"):
        file = here
        while parts and parts[0] in ("self", "super"):
            here = here[:-1] if parts[0] == "super" else here
            parts = parts[1:]
        # In a module within the file, `super` is the file.
        found = next((found for place in (here, file) if (found := _rust_module(modules, place, parts)) != NOTHING), NOTHING)
        return _rust_inner(modules, here, parts) if found == NOTHING else found
    if (found := _rust_module(modules, here, parts)) != NOTHING:
        return found
    if (root := modules.manifests.of_crate(source.folder, parts[0])) is not None:
        return _rust_inner(modules, root[:-1], parts[1:]) if parts[1:] else modules.file("rust", [root])
    for name in (parts[0], parts[0].replace("_", "-")):
        for place in sorted(modules.ending("rust", (name, "src"))):
            if modules.crate(place) == place:
                return _rust_module(modules, place, parts[1:])
    return NOTHING


def _rust_module(modules: Modules, root: Parts, parts: Parts) -> int:
    """A folder is a module by its `mod.rs`, or by the file of its name beside it; a crate's root is `lib.rs` or `main.rs`."""
    return modules.file("rust", [root + parts] if parts else [root, (*root, "lib"), (*root, "main")])


def _rust_inner(modules: Modules, root: Parts, parts: Parts) -> int:
    """Return the file that holds a module: the innermost one of a path whose last parts may be modules within a file."""
    found = (_rust_module(modules, root, parts[:size]) for size in range(len(parts), -1, -1))
    return next((file for file in found if file != NOTHING), NOTHING)


def by_file(modules: Modules, module: str, source: Importer) -> int:
    """C, C++ and shell: the path of a file, beside the including file, else anywhere by its end, the nearest first."""
    family = source.language.family
    text = re.sub(r"^[^$\n]*+\$[^/]*+/|^~/", "", module.strip("<>\"' "))
    beside = climbed(source.folder, text)
    if (found := modules.file(family, [beside] if beside else [])) != NOTHING:
        return found
    parts = tuple(part for part in text.split("/") if part not in ("", ".", ".."))
    places = [place for place in modules.ending(family, parts) if 0 <= modules.at(family, place) < modules.files]
    return modules.nearest(family, places, source.folder)


def by_place(modules: Modules, module: str, source: Importer) -> int:
    """Workflows and Compose files: the path of a file, or of an action's folder: from the root for workflows, else from the file."""
    if source.language.family == "workflow" and not module.startswith("./"):
        return NOTHING
    parts = climbed(() if source.language.family == "workflow" else source.folder, re.sub(r"\.ya?ml$", "", module))
    return modules.at(source.language.family, parts) if parts else NOTHING


def by_suffix(modules: Modules, module: str, source: Importer) -> int:
    """Any other language: a path of components that some file's path, without its extension, ends in.

    A single component is only found beside the file or in a folder of `ROOTS`: `json` is rarely a file of the project.
    """
    family = source.language.family
    if module.startswith(BESIDE.get(family, ".")) or (family == "zig" and module.endswith(".zig")):
        beside = climbed(source.folder, re.sub(r"\.\w+$", "", module))
        return modules.at(family, beside) if beside else NOTHING
    parts = _split(module)
    if family == "php" and (found := modules.file(family, modules.manifests.of_namespace(source.folder, parts))) != NOTHING:
        return found
    for candidate in _spellings(family, parts):
        if (found := modules.at(family, source.folder + candidate)) != NOTHING and family not in SEALED:
            return found
        places = [place for place in modules.ending(family, candidate) if _rooted(place, len(candidate))]
        if (found := modules.nearest(family, places, source.folder)) != NOTHING:
            return found
    return NOTHING


def _rooted(place: Parts, size: int) -> bool:
    return size > 1 or len(place) == size or place[-size - 1].lower() in ROOTS


def _split(module: str) -> Parts:
    module = re.sub(r"\.(rb|lua|php|zig|hs|exs?)$", "", module)
    for separator in ("/", "\\", "::"):
        if separator in module:
            return tuple(part for part in module.split(separator) if part)
    return tuple(part for part in module.split(".") if part)


def _spellings(family: str, parts: Parts) -> list[Parts]:
    snake = tuple(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", part).lower() for part in parts)
    if family in ("elixir", "ruby"):
        return [parts, snake]
    if family == "php" and len(parts) > 2:
        return [parts, parts[1:]]
    return [parts]


SEALED = frozenset({"jvm", "php", "csharp"})
"""Families whose module texts are absolute."""

BESIDE = {"php": ("/", "./", "../")}
"""How texts begin that name files beside the importing one, where not with a dot: `__DIR__ . '/cart.php'`."""

READERS: dict[str, Callable[[Modules, str, Importer], int]] = {
    "python": by_dots, "go": by_go_path, "rust": by_crate, "c": by_file, "bash": by_file, "javascript": by_relative_path,
    "workflow": by_place, "compose": by_place,
}  # fmt: skip
