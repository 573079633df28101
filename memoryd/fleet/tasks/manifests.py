"""The packages that a repository provides and requires, by its manifests: `pypi:requests`, `npm:@acme/shop`, `go:…`, `maven:…`, `cargo:…`.

A manifest is somebody's file: what is not as expected in it is left out, and what cannot be parsed is no manifest. Nothing is executed.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import orjson

from memoryd.filekinds import is_test, is_vendored
from memoryd.manifest_data import mapping, read_toml, table_in
from memoryd.versions import View

MOST_MANIFESTS, MOST_PACKAGES = 2_000, 5_000
PYTHON_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,100}")
SETUP_NAME = re.compile(r"^\s{0,20}name\s{0,4}=\s{0,4}[\"']?([A-Za-z0-9][A-Za-z0-9._-]{0,100})", re.MULTILINE)
GO_MODULE = re.compile(r"^module\s{1,4}\"?([^\s\"]{1,300})", re.MULTILINE)
GO_REQUIRE = re.compile(r"^(?:require\s{1,4}|\t)\"?([\w.~-]{1,100}/[^\s\"]{1,300})\"?\s{1,4}v\d", re.MULTILINE)
POM_DEPENDENCY = re.compile(
    r"<dependency>\s{0,200}<groupId>\s{0,9}([\w.-]{1,200})\s{0,9}</groupId>\s{0,200}<artifactId>\s{0,9}([\w.-]{1,200})\s{0,9}</artifactId>"
)
POM_BLOCK = re.compile(r"<(parent|dependencies|dependencyManagement|build|profiles|reporting)>")
POM_GROUP = re.compile(r"<groupId>\s{0,9}([\w.-]{1,200})\s{0,9}</groupId>")
POM_ARTIFACT = re.compile(r"<artifactId>\s{0,9}([\w.-]{1,200})\s{0,9}</artifactId>")


@dataclass(frozen=True, slots=True)
class Packages:
    """Packages by name with their registry, sorted: those whose source is here, and those that are required from elsewhere."""

    provides: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()


def packages_of(view: View) -> Packages:
    """Return the packages of the manifests of a view, without those of tests and of what is vendored."""
    provides, requires = set[str](), set[str]()
    paths = sorted(path for path in view.catalog.files if _reader(path) and not (is_test(path) or is_vendored(path)))
    for path in paths[:MOST_MANIFESTS]:
        source = view.source(path)
        if source is not None:
            found = read_packages(path, source.decode("utf-8", "replace"))
            provides.update(found.provides)
            requires.update(found.requires)
    return Packages(tuple(sorted(provides)[:MOST_PACKAGES]), tuple(sorted(requires - provides)[:MOST_PACKAGES]))


def read_packages(path: str, text: str) -> Packages:
    """Return the packages that a manifest names; none where it is no manifest or cannot be parsed."""
    reader = _reader(path)
    try:
        return reader(text) if reader else Packages()
    except (ValueError, RecursionError):
        return Packages()


def _reader(path: str) -> Callable[[str], Packages] | None:
    name = PurePosixPath(path).name
    if re.fullmatch(r"requirements[\w.-]{0,40}\.(?:txt|in)", name):
        return _requirements
    return READERS.get(name)


def _pyproject(text: str) -> Packages:
    found = read_toml(text)
    project, poetry = table_in(found, "project"), table_in(found, "tool", "poetry")
    needed = [*_texts(project.get("dependencies")), *table_in(poetry, "dependencies")]
    for group in (*table_in(project, "optional-dependencies").values(), *table_in(found, "dependency-groups").values()):
        needed += _texts(group)
    names = [one for one in (project.get("name"), poetry.get("name")) if isinstance(one, str)]
    return Packages(_python(names), _python(one for one in needed if one != "python"))


def _setup(text: str) -> Packages:
    return Packages(_python(SETUP_NAME.findall(text)[:1]))


def _requirements(text: str) -> Packages:
    return Packages((), _python(line.strip() for line in text.splitlines() if line.strip()[:1] not in ("", "#", "-")))


def _package_json(text: str) -> Packages:
    found = mapping(orjson.loads(text))
    kinds = ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies")
    name = found.get("name")
    return Packages(
        _named("npm", [name] if isinstance(name, str) else []), _named("npm", (one for kind in kinds for one in table_in(found, kind)))
    )


def _go(text: str) -> Packages:
    return Packages(_named("go", GO_MODULE.findall(text)[:1]), _named("go", GO_REQUIRE.findall(text)))


def _pom(text: str) -> Packages:
    head = text[: block.start()] if (block := POM_BLOCK.search(text.partition("</parent>")[2] or text)) else text
    own = (text.partition("</parent>")[2] or text)[: len(head)]
    group, artifact = POM_GROUP.search(own) or POM_GROUP.search(text), POM_ARTIFACT.search(own)
    names = [f"{group[1]}:{artifact[1]}"] if group and artifact else []
    return Packages(_named("maven", names), _named("maven", (":".join(pair) for pair in POM_DEPENDENCY.findall(text))))


def _cargo(text: str) -> Packages:
    found = read_toml(text)
    name = table_in(found, "package").get("name")
    kinds = ("dependencies", "dev-dependencies", "build-dependencies")
    tables = [*(table_in(found, kind) for kind in kinds), table_in(found, "workspace", "dependencies")]
    tables += [table_in(mapping(target), kind) for target in table_in(found, "target").values() for kind in kinds]
    needed = [mapping(value).get("package", key) for table in tables for key, value in table.items()]
    return Packages(
        _named("cargo", [name] if isinstance(name, str) else []), _named("cargo", (one for one in needed if isinstance(one, str)))
    )


READERS: Mapping[str, Callable[[str], Packages]] = {
    "pyproject.toml": _pyproject, "setup.py": _setup, "setup.cfg": _setup, "package.json": _package_json, "go.mod": _go, "pom.xml": _pom,
    "Cargo.toml": _cargo,
}  # fmt: skip
"""The readers of manifests, by the name of the file."""


def _python(names: Iterable[str]) -> tuple[str, ...]:
    """Return Python packages by their normal names (PEP 503), whatever follows the names."""
    found = (PYTHON_NAME.match(name) for name in names)
    return _named("pypi", (re.sub(r"[-_.]+", "-", match[0].rstrip("._-")).lower() for match in found if match))


def _named(registry: str, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{registry}:{name}" for name in names if 0 < len(name) <= 300))


def _texts(value: Any) -> Iterator[str]:
    return (one for one in value if isinstance(one, str)) if isinstance(value, list) else iter(())
