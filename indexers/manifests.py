"""Reads what manifests say about where the names of modules lead: those of npm, TypeScript, Go, Cargo and Composer.

A manifest is known by what it says, since facts depend on no path. Each fact is a reference of the kind `module`: its `name` is what
imports say (with `*` for any text), its `qualifier` the path that this leads to, seen from the manifest, its `alias` by which rule:

- `package` (npm): a package's name and what it offers; "" where it only tells the name. `internal`: a name that begins with `#`.
- `paths`, `base`, `extends` (TypeScript): names by pattern, the folder of all names, and the configuration that this one goes on with.
- `go`, `crate`, `psr-4`: the path of a Go module, the name of a crate and its root, a prefix of PHP namespaces and its folder.
  `renamed`: what dependents call a crate; it leads to its own name.
"""

import json
import posixpath
import re
import tomllib
from collections.abc import Iterator
from typing import Any

from indexers.model import Reference

MODULE = "module"
MOST_BYTES = 1 << 18
MOST_NAMES = 1_000
MOST_CHARACTERS = 300
MOST_DEPTH = 8
"""The most conditions within conditions of an export."""
SAYS = {
    "json": re.compile(rb'"(?:compilerOptions|extends|psr-4|name)"\s*:'),
    "toml": re.compile(rb"^[ \t]*\[(?:package|workspace\.dependencies)\]", re.MULTILINE),
    "text": re.compile(rb"\A(?:[ \t\r]*(?://[^\n]*)?\n)*module[ \t]+\S"),
}
"""What a manifest of each format says."""
GO = re.compile(r"^module[ \t]+[\"`]?([^\s\"`]+)", re.MULTILINE)
GO_VERSION = re.compile(r"^go[ \t]+\d", re.MULTILINE)
JSON_TOKEN = re.compile(r'("(?:[^"\\\n]|\\.)*"?)|//[^\n]*|/\*(?:.*?\*/|.*)', re.DOTALL)
JSON_COMMA = re.compile(r'("(?:[^"\\\n]|\\.)*"?)|,(?=\s*[}\]])')
FIELDS = ("source", "module", "main", "types", "typings", "browser")
"""Fields that name a file of a package, from the likeliest source on."""
PACKAGE_SIGNS = frozenset({
    "version", "private", "exports", "main", "module", "types", "workspaces", "scripts", "dependencies", "devDependencies",
    "peerDependencies", "imports",
})  # fmt: skip
"""Fields of which one at least stands in a package's manifest."""

Entry = tuple[str, str, str]
"""A name, what it leads to, and by which rule."""


def modules_of(language: str, source: bytes) -> tuple[Reference, ...]:
    """Return the facts of a manifest; none for any other file."""
    if len(source) > MOST_BYTES or language not in SAYS or not SAYS[language].search(source):
        return ()
    text = source.decode("utf-8", "replace").removeprefix("\ufeff")
    try:
        found = dict.fromkeys(READERS[language](text))
    except (ValueError, RecursionError):  # no manifest, or a damaged one
        return ()
    kept = [entry for entry in found if max(map(len, entry)) <= MOST_CHARACTERS][:MOST_NAMES]
    return tuple(Reference(name, MODULE, "", 1, target, rule) for name, target, rule in kept)


def _json(text: str) -> Iterator[Entry]:
    try:
        said = json.loads(text)
    except ValueError:  # TypeScript's have comments and commas at the end
        plain = JSON_TOKEN.sub(lambda token: token[1] or " ", text)
        said = json.loads(JSON_COMMA.sub(lambda token: token[1] or "", plain), strict=False)
    if not isinstance(said, dict):
        return
    yield from _composer(said)
    if isinstance(name := said.get("name"), str) and name and not PACKAGE_SIGNS.isdisjoint(said):
        yield from _package(name, said)
    yield from _configuration(said)


def _composer(said: dict[str, Any]) -> Iterator[Entry]:
    for part in ("autoload", "autoload-dev"):
        for prefix, folders in _members(_member(said, part), "psr-4"):
            for folder in folders if isinstance(folders, list) else [folders]:
                if isinstance(folder, str):
                    yield prefix, folder, "psr-4"


def _package(name: str, said: dict[str, Any]) -> Iterator[Entry]:
    yield from _fields(name, said, FIELDS[:1])
    exports = said.get("exports")
    if isinstance(exports, dict) and any(str(key).startswith(".") for key in exports):
        for key, value in exports.items():
            for target in _targets(value):
                yield name + key[1:] if key.startswith(".") else key, target, "package"
    else:
        for target in _targets(exports):
            yield name, target, "package"
    yield from _fields(name, said, FIELDS[1:])
    for key, value in _members(said, "imports"):
        for target in _targets(value):
            yield key, target, "internal"
    yield name, "", "package"


def _fields(name: str, said: dict[str, Any], fields: tuple[str, ...]) -> Iterator[Entry]:
    yield from ((name, target, "package") for field in fields if isinstance(target := said.get(field), str))


def _targets(value: Any, depth: int = MOST_DEPTH) -> Iterator[str]:
    """Yield the paths that an export leads to under any condition."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)) and depth:
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _targets(inner, depth - 1)


def _configuration(said: dict[str, Any]) -> Iterator[Entry]:
    above = said.get("extends")
    yield from (("", target, "extends") for target in (above if isinstance(above, list) else [above]) if isinstance(target, str))
    options = _member(said, "compilerOptions")
    said_base = options.get("baseUrl")
    base = said_base.replace("${configDir}", ".") if isinstance(said_base, str) else ""
    for pattern, targets in _members(options, "paths"):
        for target in targets if isinstance(targets, list) else ():
            if isinstance(target, str):
                yield pattern, posixpath.normpath(posixpath.join(base, target.replace("${configDir}", "."))), "paths"
    if base:
        yield "*", posixpath.normpath(posixpath.join(base, "*")), "base"


def _member(said: dict[str, Any], name: str) -> dict[str, Any]:
    found = said.get(name)
    return found if isinstance(found, dict) else {}


def _members(said: dict[str, Any], name: str) -> Iterator[tuple[str, Any]]:
    yield from _member(said, name).items()


def _toml(text: str) -> Iterator[Entry]:
    said = tomllib.loads(text)
    name, library = _member(said, "package").get("name"), _member(said, "lib")
    root = library.get("path", "src/lib.rs")
    if isinstance(name, str) and isinstance(root, str):
        given = library.get("name", name)
        yield _crate(str(given)), root, "crate"
    for around in (said, _member(said, "workspace")):
        for part in ("dependencies", "dev-dependencies", "build-dependencies"):
            for given, dependency in _members(around, part):
                if isinstance(dependency, dict) and isinstance(package := dependency.get("package"), str):
                    yield _crate(given), _crate(package), "renamed"


def _crate(name: str) -> str:
    return name.replace("-", "_")


def _go(text: str) -> Iterator[Entry]:
    if (name := GO.search(text)) and GO_VERSION.search(text):
        yield name[1].rstrip("/"), ".", "go"


READERS = {"json": _json, "toml": _toml, "text": _go}
