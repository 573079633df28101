"""Reads the manifests of packages: what a package is called, what it is for, and where programs enter it. Pure.

A manifest is somebody's file: what is not as expected in it is left out, and what cannot be parsed is no manifest.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

import orjson

from memoryd.manifest_data import mapping, read_toml, table_in

CONSOLE = re.compile(r"([\w.-]{1,100})[ \t]*=[ \t]*([\w.]{1,200}:[\w.]{1,200})")
GEM_FIELD = re.compile(r"""\.[ \t]*(name|summary|bindir)[ \t]*=[ \t]*["']([^"'\n]{1,400})["']""")
GEM_PROGRAMS = re.compile(r"""\.executables?[ \t]*(?:=|<<|\+=)([^\n]{1,400})""")
GEM_PROGRAM = re.compile(r"\b[\w.-]{1,100}")
PROJECT_FIELD = re.compile(r"<(OutputType|AssemblyName|PackageId|Description)>([^<]{1,400})</")
WEB_PROJECT = re.compile(r"""\bSdk="Microsoft\.NET\.Sdk\.(?:Web|Worker)["/]""")
CONSOLE_CHARACTERS = 4_000
"""The characters after `console_scripts` in which commands are looked for: setup.py is code, which nobody runs here."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """A package: `commands` are its commands with where each begins (`module:function`, or a path from its folder), one without a
    name being called as the package; `mains` are the paths that may be what is imported by its name, the likeliest first.
    """

    folder: str
    name: str = ""
    description: str = ""
    commands: tuple[tuple[str, str], ...] = ()
    mains: tuple[str, ...] = ()


def read_manifest(path: str, text: str) -> Manifest | None:
    """Return the manifest in a file; `None` if it is none or cannot be parsed."""
    folder, _, name = path.rpartition("/")
    reader = READERS.get(name) or READERS.get(PurePosixPath(name).suffix)
    try:
        found = reader(folder, text) if reader else None
    except (ValueError, RecursionError):
        return None
    # A gem and an assembly are called as the file where nothing else is said.
    return replace(found, name=PurePosixPath(name).stem) if found and not found.name and name not in READERS else found


def is_manifest(path: str) -> bool:
    """Tell whether a file is a manifest by its name."""
    name = path.rpartition("/")[2]
    return name in READERS or PurePosixPath(name).suffix in READERS


def _pyproject(folder: str, text: str) -> Manifest:
    found = read_toml(text)
    project, poetry = table_in(found, "project"), table_in(found, "tool", "poetry")
    commands = [
        *_texts(table_in(project, "scripts")), *_texts(table_in(project, "gui-scripts")), *_texts(table_in(poetry, "scripts"))
    ]  # fmt: skip
    return Manifest(folder, _text(project, "name") or _text(poetry, "name"), _text(project, "description"), tuple(commands))


def _setup(folder: str, text: str) -> Manifest:
    after = text.partition("console_scripts")[2][:CONSOLE_CHARACTERS]
    return Manifest(folder, commands=tuple((name, target) for name, target in CONSOLE.findall(after)))


def _package_json(folder: str, text: str) -> Manifest:
    found = mapping(orjson.loads(text))
    name, binary = _text(found, "name"), found.get("bin")
    commands = ((name.rpartition("/")[2], binary),) if isinstance(binary, str) else tuple(_texts(mapping(binary)))
    mains = (_text(found, "source"), _exported(found.get("exports")), _text(found, "module"), _text(found, "main"))
    return Manifest(folder, name, _text(found, "description"), commands, tuple(filter(None, mains)))


def _exported(exports: Any) -> str:
    """Return the first path that the exports of a package give for its own name."""
    for _ in range(6):
        if not isinstance(exports, Mapping):
            break
        exports = exports.get(".") or exports.get("import") or exports.get("default") or next(iter(exports.values()), "")
    return exports if isinstance(exports, str) else ""


def _cargo(folder: str, text: str) -> Manifest | None:
    found = read_toml(text)
    package, library = table_in(found, "package"), table_in(found, "lib")
    if not package:
        return None
    name, binaries = _text(package, "name"), found.get("bin")
    listed = [mapping(one) for one in binaries] if isinstance(binaries, list) else []
    commands = [(_text(one, "name"), _text(one, "path")) for one in listed if _text(one, "path")]
    return Manifest(
        folder, name, _text(package, "description"), (*commands, (name, "src/main.rs")), (_text(library, "path") or "src/lib.rs",)
    )


def _composer(folder: str, text: str) -> Manifest:
    found = mapping(orjson.loads(text))
    binaries = found.get("bin")
    listed = [binaries] if isinstance(binaries, str) else binaries if isinstance(binaries, list) else []
    commands = tuple((PurePosixPath(one).name, one) for one in listed if isinstance(one, str))
    return Manifest(folder, _text(found, "name"), _text(found, "description"), commands)


def _gemspec(folder: str, text: str) -> Manifest:
    said = dict(reversed(GEM_FIELD.findall(text)))  # the first of each counts
    # `executables = s.files.grep(%r{^exe/}) { … }` names no program.
    programs = [line for line in GEM_PROGRAMS.findall(text) if "{" not in line]
    names = [name for line in programs for name in GEM_PROGRAM.findall(line.replace("%w", "").partition("#")[0])]
    name = said.get("name", "")
    commands = tuple((one, f"{said.get('bindir', 'bin')}/{one}") for one in dict.fromkeys(names))
    return Manifest(folder, name, said.get("summary", ""), commands, (f"lib/{name.replace('-', '/')}.rb", f"lib/{name}.rb") if name else ())


def _csproj(folder: str, text: str) -> Manifest:
    said = {field: value.strip() for field, value in reversed(PROJECT_FIELD.findall(text))}
    name = said.get("AssemblyName") or said.get("PackageId") or ""
    is_program = said.get("OutputType", "").lower() in ("exe", "winexe") or WEB_PROJECT.search(text)
    return Manifest(folder, "" if "$(" in name else name, said.get("Description", ""), ((name, "Program.cs"),) if is_program else ())


READERS: Mapping[str, Callable[[str, str], Manifest | None]] = {
    "pyproject.toml": _pyproject, "setup.cfg": _setup, "setup.py": _setup, "package.json": _package_json, "Cargo.toml": _cargo,
    "composer.json": _composer, ".gemspec": _gemspec, ".csproj": _csproj,
}  # fmt: skip
"""The readers of manifests, by the name of the file or its end."""


def _text(found: Mapping[str, Any], key: str) -> str:
    value = found.get(key)
    return value if isinstance(value, str) else ""


def _texts(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    return ((name, value) for name, value in found.items() if isinstance(value, str))
