"""Finds where programs enter a project: commands, packages that are run or imported by name, main functions.

What a manifest names comes first, then `__main__.py`, then functions called main; what stands in tests, examples and foreign code
is none. Programs that nobody installs, such as samples, benchmarks and scripts of the project itself, come last.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath
from posixpath import normpath
from typing import NamedTuple

from memoryd.filekinds import is_own
from memoryd.packing.maps.manifests import Manifest
from memoryd.text import symbol_id
from memoryd.versions import Unit, View

MAIN_LANGUAGES = frozenset(("go", "rust", "c", "cpp", "java", "csharp", "kotlin", "scala", "swift", "zig", "haskell", "python"))
"""The languages in which a program begins at a function called main."""
BUILT = frozenset(("dist", "lib", "build", "out", "esm", "cjs", "es", "module"))
"""Folders of what is built from sources elsewhere: a manifest names what is published."""
ASIDE = re.compile(
    r"(?:^|[/._ -])(?:samples?|snippets?|tutorials?|playground|sandbox|bench(?:marks?|es)?|perf|fuzz(?:ing|ers?)?|examples?|demos?)"
    r"(?:[._ -][^/]*)?/|(?:^|/)(?:scripts?|tools?|hack|misc|contrib|xtask)/",
    re.IGNORECASE,
)
"""Folders of programs for those who work on a project or learn it."""
SCRIPTS = (".ts", ".tsx", ".mts", ".js", ".jsx", ".mjs", ".cjs")


class Entry(NamedTuple):
    """Where a program enters: what leads there, the file, and in it the definition, if it is one."""

    label: str
    path: str
    unit: Unit | None


def is_aside(path: str) -> bool:
    """Tell whether a file is for those who work on the project or learn it: a sample, a benchmark, a script."""
    return ASIDE.search(path) is not None


def entry_points(view: View, manifests: Iterable[Manifest]) -> list[Entry]:
    """Return the entry points of a project, each once: commands first, shallow folders before deep ones, what nobody installs last."""
    named = sorted(_named(view, manifests), key=lambda entry: not entry.label.startswith("command "))
    found = sorted((*named, *_modules(view), *_mains(view)), key=lambda entry: is_aside(entry.path))
    first: dict[tuple[str, str], Entry] = {}
    for entry in found:
        first.setdefault((entry.path, entry.unit.qualname if entry.unit else ""), entry)
    return list(first.values())


def imported(view: View, manifest: Manifest) -> str:
    """Return the file in the project of what is imported by the name of a package, "" if there is none, or it is a sample's."""
    paths = (_source(view, manifest.folder, main) for main in manifest.mains)
    return next((path for path in paths if path and not is_aside(path)), "")


def _named(view: View, manifests: Iterable[Manifest]) -> Iterator[Entry]:
    for manifest in manifests:
        for name, target in manifest.commands:
            if (path := _source(view, manifest.folder, target)) or ":" not in target:
                main = view.catalog.by_id.get(symbol_id(path, "main")) if path else None
                yield from [Entry(f"command {name or manifest.name}", path, main)] if path else []
            else:
                yield from _function(view, name, *target.partition(":")[::2])
        if path := imported(view, manifest):
            yield Entry(f"import {manifest.name}", path, None)


def _function(view: View, name: str, module: str, function: str) -> Iterator[Entry]:
    """Yield the function of Python that a command runs: where it is defined, even if its module only imports it."""
    stem = module.replace(".", "/")
    paths = [path for end in (f"{stem}.py", f"{stem}/__init__.py") for path in view.catalog.matching_paths(end) if is_own(path)]
    if paths:
        path = min(paths, key=lambda one: (one.count("/"), one))
        ids = [symbol_id(path, function), *(edge.target for edge in view.graph.imports(path))]
        units = (view.catalog.by_id.get(id_) for id_ in ids)
        unit = next((unit for unit in units if unit is not None and unit.is_symbol and unit.name == function), None)
        yield Entry(f"command {name}", unit.path if unit else path, unit)


def _source(view: View, folder: str, target: str) -> str:
    """Return the file that a path of a manifest means, or the source that it is built from; "" if neither is in the project."""
    path = normpath(f"{folder}/{target}" if folder else target)
    if path in view.records:
        return path if not view.records[path].skipped else ""
    parts = PurePosixPath(normpath(target)).parts
    while parts and parts[0] in BUILT:
        parts = parts[1:]
        for stem in (PurePosixPath("src", *parts), PurePosixPath(*parts)):
            place = PurePosixPath(folder, stem)
            for end in SCRIPTS:
                if (found := str(place.with_name(f"{place.name.partition('.')[0]}{end}"))) in view.records:
                    return found
    return ""


def _modules(view: View) -> Iterator[Entry]:
    for path in _shallow(path for path in view.catalog.files if path.rpartition("/")[2] == "__main__.py"):
        folder = path.rpartition("/")[0]
        package = folder.removeprefix("src/").replace("/", ".")
        yield Entry(f"python -m {package}", path, view.catalog.by_id.get(symbol_id(path, "main")))


def _mains(view: View) -> Iterator[Entry]:
    units = [view.catalog.by_id[id_] for id_ in view.catalog.by_name.get("main", ())]
    mains = {unit.path: unit for unit in units if unit.kind in ("function", "method") and view.catalog.short_name(unit).count(".") <= 1}
    for path in _shallow(mains):
        language = view.records[path].language
        # Only Python has main functions of modules that are imported: those at the top of a file are scripts.
        if language in MAIN_LANGUAGES and (language != "python" or "." not in mains[path].qualname):
            yield Entry("main", path, mains[path])


def _shallow(paths: Iterable[str]) -> Sequence[str]:
    return sorted(filter(is_own, paths), key=lambda path: (path.count("/"), path))
