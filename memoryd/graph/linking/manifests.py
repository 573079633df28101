"""Where manifests say that the names of modules lead: packages of a workspace, configured paths, modules of Go, crates, namespaces of PHP.

Knows manifests and no other file: it tells the places where a module may be, the likeliest first, as paths without their endings. What
a package offers is named as it is built; its source is looked for where it conventionally lies (`dist/cart.mjs`: `src/cart.ts`).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

Parts = tuple[str, ...]
Entry = tuple[str, str, str, str]
"""The path of a manifest, a name, what it leads to there, and by which rule."""

NODE_ENDINGS = re.compile(r"(\.d)?\.(ts|tsx|mts|cts|js|jsx|mjs|cjs)$")
BUILT_WORDS = frozenset((
    "cjs", "esm", "es", "mjs", "umd", "iife", "amd", "min", "prod", "dev", "development", "production", "browser", "node", "global",
    "bundler", "bundle", "common", "commonjs", "module", "modern", "legacy", "runtime",
))  # fmt: skip
"""What a built file has at the end of its name, after a dot or hyphen, and its source has not."""
BUILT = re.compile(
    r"(?:dist|lib|libs|build|built|out|output|es|esm|cjs|umd|mjs|node|browser|commonjs|module|modern|legacy|types|typings|bin)(?:[-_.].*)?"
)
"""Names of folders that hold what is built."""
SOURCES = ("src", "source", "lib")
ENTRIES = ("index", "main")
SAMPLES = frozenset({
    "test", "tests", "__tests__", "spec", "fixture", "fixtures", "__fixtures__", "testdata", "example", "examples", "template", "templates",
    "sample", "samples", "demo", "demos", "playground", "playgrounds", "e2e", "sandbox", "node_modules", "__testfixtures__",
})  # fmt: skip
"""Names of folders whose packages are nobody's but theirs."""
MOST_CONFIGURATIONS = 16
"""The most configurations that are read for a module: the nearest, and those that it goes on with."""


def climbed(folder: Parts, path: str) -> Parts | None:
    """Return the place that a path leads to from a folder, `None` where it leads out of the project."""
    parts = list(folder)
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return tuple(parts)


class Manifests:
    """What all manifests of a project say, by its rules. Entries of one manifest follow each other in its order."""

    def __init__(self, entries: tuple[Entry, ...] = ()) -> None:
        self.entries = entries
        self._packages: dict[str, dict[Parts, list[tuple[str, str]]]] = defaultdict(lambda: defaultdict(list))
        self._internal: dict[Parts, list[tuple[str, str]]] = defaultdict(list)
        self._configured: dict[Parts, dict[str, list[tuple[str, str, str]]]] = defaultdict(lambda: defaultdict(list))
        self._named: dict[str, dict[str, list[Parts]]] = {"go": defaultdict(list), "crate": defaultdict(list), "psr-4": defaultdict(list)}
        self._renamed: dict[str, str] = {}
        owner: dict[Parts, str] = {}
        for path, name, target, rule in entries:
            *around, last = path.split("/")
            folder = tuple(around)
            if rule in ("package", "internal"):
                if last == "package.json" and rule == "internal":
                    self._internal[folder].append((name, target))
                elif last == "package.json":
                    owner.setdefault(folder, _package_name(name))
                    self._packages[owner[folder]][folder].append((name, target))
            elif rule in ("paths", "base", "extends"):
                if last.startswith(("tsconfig", "jsconfig")) or rule != "extends":
                    self._configured[folder][last].append((name, target, rule))
            elif rule == "renamed":
                self._renamed.setdefault(name, target)
            elif (place := climbed(folder, target)) is not None:
                self._named[rule][name].append(place)

    def of_script(self, folder: Parts, module: str) -> Iterator[Parts]:
        """Yield where a module may be that a script in a folder names by no path."""
        if module.startswith("#"):
            for depth in range(len(folder), -1, -1):
                if folder[:depth] in self._internal:
                    for target in _matches(self._internal[folder[:depth]], module):
                        yield from _sources(folder[:depth], target)
                    break
        for root, target in self._paths(folder, module):
            if (place := climbed(root, target)) is not None and place:
                yield (*place[:-1], NODE_ENDINGS.sub("", place[-1]))
        yield from self._packaged(folder, module)

    def _paths(self, folder: Parts, module: str) -> Iterator[tuple[Parts, str]]:
        for depth in range(len(folder), -1, -1):
            if configurations := self._configured.get(folder[:depth]):
                for last in sorted(configurations, key=lambda last: (last not in ("tsconfig.json", "jsconfig.json"), last)):
                    yield from self._configuration(folder[:depth], last, module, set())
                return

    def _configuration(self, folder: Parts, last: str, module: str, read: set[tuple[Parts, str]]) -> Iterator[tuple[Parts, str]]:
        """Yield what a configuration and those that it goes on with say of a module, each of which is `read` once."""
        if (folder, last) in read or len(read) >= MOST_CONFIGURATIONS:
            return
        read.add((folder, last))
        said = self._configured.get(folder, {}).get(last, ())
        for wanted in ("paths", "base"):
            for target in _matches([(name, target) for name, target, rule in said if rule == wanted], module):
                yield folder, target
        for above in [target for _, target, rule in said if rule == "extends"][::-1]:
            package = _package_name(above)
            homes = (
                [(folder, above)]
                if above.startswith(".")
                else [(home, above[len(package) + 1 :]) for home in self._packages.get(package, ())]
            )
            places = [climbed(*home) for home in homes]
            for place in filter(None, places):
                for around, name in ((place[:-1], place[-1]), (place[:-1], f"{place[-1]}.json"), (place, "tsconfig.json")):
                    if name in self._configured.get(around, ()):
                        yield from self._configuration(around, name, module, read)
                        break

    def _packaged(self, folder: Parts, module: str) -> Iterator[Parts]:
        package = _package_name(module)
        homes = [home for home in self._packages.get(package, ()) if _is_seen(home, folder)]
        home = nearest(homes, folder)
        if home is None:
            return
        for target in _matches(self._packages[package][home], module):
            yield from _sources(home, target)
        rest = module[len(package) + 1 :]
        if rest:
            yield from _sources(home, rest)
        else:
            own = package.rpartition("/")[2]
            for name in (*ENTRIES, own):
                yield from ((*home, inner, name) for inner in SOURCES)
                yield (*home, name)

    def of_go(self, folder: Parts, parts: Parts) -> Iterator[Parts]:
        """Yield the folder of a package of Go, by the module of the project with the longest path that its path begins with."""
        for cut in range(len(parts), 0, -1):
            if (root := nearest(self._named["go"].get("/".join(parts[:cut]), ()), folder)) is not None:
                yield root + parts[cut:]

    def of_crate(self, folder: Parts, name: str) -> Parts | None:
        """Return the root of a crate, a file without its ending; `None` if none or more than one is as near."""
        crates = self._named["crate"]
        place = nearest(crates.get(name if name in crates else self._renamed.get(name, ""), ()), folder)
        return (*place[:-1], place[-1].removesuffix(".rs")) if place else None

    def of_namespace(self, folder: Parts, parts: Parts) -> Iterator[Parts]:
        """Yield where a name of PHP may be, by the prefixes of namespaces, the longest first."""
        for cut in range(len(parts), -1, -1):
            prefix = "\\".join((*parts[:cut], ""))
            for root in sorted(self._named["psr-4"].get(prefix, ()), key=lambda root: (-_shared(root, folder), len(root), root)):
                yield root + parts[cut:]


def nearest(places: Iterable[Parts], folder: Parts) -> Parts | None:
    """Return the place that shares most of its path with a folder, of equal ones the shortest; `None` for a tie."""
    ranked = sorted((-_shared(place, folder), len(place), place) for place in places)
    if not ranked or (len(ranked) > 1 and ranked[0][:2] == ranked[1][:2]):
        return None
    return ranked[0][2]


def _shared(a: Parts, b: Parts) -> int:
    count = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        count += 1
    return count


def _package_name(module: str) -> str:
    return "/".join(module.split("/")[: 2 if module.startswith("@") else 1])


def _is_seen(home: Parts, folder: Parts) -> bool:
    """Tell whether a package may be imported from a folder: one among samples only from the same samples."""
    depth = max((at for at, part in enumerate(home, 1) if part.lower() in SAMPLES), default=0)
    return home[:depth] == folder[:depth]


def _matches(entries: Iterable[tuple[str, str]], module: str) -> Iterator[str]:
    """Yield what a module leads to by the entries that fit it best: its own name, else the pattern with the longest beginning."""
    fits: list[tuple[int, str]] = []
    for name, target in entries:
        before, star, after = name.partition("*")
        if not star and name == module:
            fits.append((len(name) + 1, target))
        elif star and len(module) >= len(before) + len(after) and module.startswith(before) and module.endswith(after):
            fits.append((len(before), target.replace("*", module[len(before) : len(module) - len(after)])))
    fits.sort(key=lambda fit: -fit[0])
    yield from (target for _, target in fits if target)


def _sources(home: Parts, target: str) -> Iterator[Parts]:
    """Yield where the source of a file of a package may be: there itself, or where it lies before it is built."""
    place = climbed(home, target)
    if place is None or place[: len(home)] != home or len(place) == len(home):
        return
    *folders, last = place[len(home) :]
    stem = NODE_ENDINGS.sub("", last)
    stems = dict.fromkeys((stem, _as_source(stem)))
    built = 0
    while built < len(folders) and BUILT.fullmatch(folders[built]):
        built += 1
    for name in stems:
        yield (*home, *folders, name)
    for cut in range(built + 1):
        for name in stems:
            yield from ((*home, source, *folders[cut:], name) for source in SOURCES)
            yield (*home, *folders[cut:], name)


def _as_source(stem: str) -> str:
    """Return the name of a built file without what says how it was built: `vue.esm-bundler` → `vue`."""
    while (cut := max(stem.rfind("."), stem.rfind("-"))) >= 0 and stem[cut + 1 :] in BUILT_WORDS:
        stem = stem[:cut]
    return stem
