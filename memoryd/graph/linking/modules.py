"""Resolves the module of an import to a file or folder of the project, or to nothing. Knows paths and no symbols.

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

Parts = tuple[str, ...]
NOTHING = -1

ROOTS = frozenset(
    {"", "src", "lib", "libs", "app", "include", "inc", "python", "source", "sources", "test", "tests", "spec", "java", "kotlin"}
)
"""Names of folders in which the search path of a language usually starts."""

PATH_ENDINGS = {"c": (), "cpp": (), "bash": (), "shell": ()}
"""Families whose imports name files with their extensions."""

NODE_ENDINGS = re.compile(r"(\.d)?\.(ts|tsx|mts|cts|js|jsx|mjs|cjs)$")
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
        for number, (path, name) in enumerate(zip(paths, languages, strict=True)):
            if language := known.get(name):
                self._add(number, path, language)

    def _add(self, number: int, path: str, language: Language) -> None:
        *around, last = path.split("/")
        folder, family = tuple(around), language.family
        stem = last if family in PATH_ENDINGS else NODE_ENDINGS.sub("", last) if family in NODE else last.rpartition(".")[0] or last
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

    def learned(self, imports: Iterable[str]) -> "Modules":
        """Return the modules with the Go path of the project's root: the prefix under which most imports name its folders."""
        votes: Counter[Parts] = Counter()
        for text in set(imports):
            parts = tuple(text.split("/"))
            for cut in range(1, len(parts)):
                if ("go", parts[cut:]) in self._folders:
                    votes[parts[:cut]] += 1
        best = min(votes, key=lambda prefix: (-votes[prefix], "." not in prefix[0], len(prefix), prefix), default=())
        best = best if best and ("." in best[0] or votes[best] > 1) else ()
        if best == self.prefix:
            return self
        other = copy(self)
        other.prefix, other._memo = best, {}
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
        ranked = sorted((-_shared(place, folder), len(place), place) for place in places)
        if not ranked or (len(ranked) > 1 and ranked[0][:2] == ranked[1][:2]):
            return NOTHING
        return self.at(family, ranked[0][2])

    def crate(self, folder: Parts) -> Parts | None:
        """Return the nearest folder at or above a folder that holds a crate's root, `None` if there is none."""
        if folder not in self._crates:
            rooted = any((self._by_path.get(("rust", (*folder, stem)))) is not None for stem in ("lib", "main"))
            self._crates[folder] = folder if rooted else self.crate(folder[:-1]) if folder else None
        return self._crates[folder]


def _shared(a: Parts, b: Parts) -> int:
    count = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        count += 1
    return count


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
    """JavaScript and TypeScript: only `./` and `../` name files of the project; extensions and index files are completed."""
    if not module.startswith("."):
        return NOTHING
    parts = _climbed(source.folder, module)
    if parts is None:
        return NOTHING
    found = modules.at(source.language.family, (*parts[:-1], NODE_ENDINGS.sub("", parts[-1])) if parts else parts)
    return found if 0 <= found < modules.files else NOTHING


def _climbed(folder: Parts, path: str) -> Parts | None:
    parts = list(folder)
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return tuple(parts)


def by_go_path(modules: Modules, module: str, source: Importer) -> int:
    """Go: the path after the project's own prefix is a folder."""
    parts, prefix = tuple(module.split("/")), modules.prefix
    if module.startswith("."):
        climbed = _climbed(source.folder, module)
        return NOTHING if climbed is None else modules.at("go", climbed)
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
        return NOTHING if root is None else _rust_module(modules, root, parts[1:])
    if parts[0] in ("self", "super"):
        while parts and parts[0] in ("self", "super"):
            here = here[:-1] if parts[0] == "super" else here
            parts = parts[1:]
        return _rust_module(modules, here, parts)
    if (found := _rust_module(modules, here, parts)) != NOTHING:
        return found
    for name in (parts[0], parts[0].replace("_", "-")):
        for place in sorted(modules.ending("rust", (name, "src"))):
            if modules.crate(place) == place:
                return _rust_module(modules, place, parts[1:])
    return NOTHING


def _rust_module(modules: Modules, root: Parts, parts: Parts) -> int:
    """A folder is a module by its `mod.rs`, or by the file of its name beside it; a crate's root is `lib.rs` or `main.rs`."""
    if parts:
        found = modules.at("rust", root + parts)
        return found if 0 <= found < modules.files else NOTHING
    for place in (root, (*root, "lib"), (*root, "main")):
        found = modules.at("rust", place)
        if 0 <= found < modules.files:
            return found
    return NOTHING


def by_file(modules: Modules, module: str, source: Importer) -> int:
    """C, C++ and shell: the path of a file, beside the including file, else anywhere by its end, the nearest first."""
    family = source.language.family
    text = re.sub(r"^[^$\n]*+\$[^/]*+/|^~/", "", module.strip("<>\"' "))
    beside = _climbed(source.folder, text)
    found = modules.at(family, beside) if beside else NOTHING
    if 0 <= found < modules.files:
        return found
    parts = tuple(part for part in text.split("/") if part not in ("", ".", ".."))
    places = [place for place in modules.ending(family, parts) if 0 <= modules.at(family, place) < modules.files]
    return modules.nearest(family, places, source.folder)


def by_place(modules: Modules, module: str, source: Importer) -> int:
    """Workflows and Compose files: the path of a file, or of an action's folder: from the root for workflows, else from the file."""
    if source.language.family == "workflow" and not module.startswith("./"):
        return NOTHING
    parts = _climbed(() if source.language.family == "workflow" else source.folder, re.sub(r"\.ya?ml$", "", module))
    return modules.at(source.language.family, parts) if parts else NOTHING


def by_suffix(modules: Modules, module: str, source: Importer) -> int:
    """Any other language: a path of components that some file's path, without its extension, ends in.

    A single component is only found beside the file or in a folder of `ROOTS`: `json` is rarely a file of the project.
    """
    family = source.language.family
    if module.startswith(".") or (family == "zig" and module.endswith(".zig")):
        beside = _climbed(source.folder, re.sub(r"\.\w+$", "", module))
        return modules.at(family, beside) if beside else NOTHING
    parts = _split(module)
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


NODE = frozenset({"javascript", "typescript", "node", "ecmascript"})
SEALED = frozenset({"java", "kotlin", "scala", "jvm", "php", "c-sharp", "csharp"})
"""Families whose module texts are absolute."""

READERS: dict[str, Callable[[Modules, str, Importer], int]] = {
    "python": by_dots, "go": by_go_path, "rust": by_crate, "c": by_file, "cpp": by_file, "bash": by_file, "shell": by_file,
    "workflow": by_place, "compose": by_place,
    **dict.fromkeys(NODE, by_relative_path),
}  # fmt: skip
