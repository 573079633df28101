"""The languages: each is one file `languages/<name>.scm` with a TOML header in comments and a tags query.

The header's keys are the fields of `Language`. Grammars are imported when the first file of their language is parsed.
"""

import hashlib
import importlib
import importlib.util
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexers.registrations import frameworks

if TYPE_CHECKING:
    import tree_sitter

FOLDER = Path(__file__).parent / "languages"


@dataclass(frozen=True, slots=True)
class Language:
    """A language's header: how to recognise its files, which grammar parses them, how its modules are named.

    `sniff` maps an extension shared with another language to a pattern that claims the file (`.h` of C++). `comments` are the node
    types whose run above a definition documents it; `attributes` may stand between the two. `family` names the languages whose symbols
    can refer to one another. `package_files` are the stems that stand for their folder when it is imported (`__init__`, `index`,
    `mod`). `package_scope` says that files of one folder see each other's names without an import. `self_names` are the receivers that
    mean the enclosing type. `clauses` says that one function may be written as several adjacent definitions of its name. `mends` maps
    patterns of what the grammar cannot read to the byte that is read in place of each byte of their group, or to a word; what inherits a
    query inherits them. `branches`
    says that `#if` may stand anywhere in it. `nested` finds what stands before the brace of a type, where the grammar knows no types in
    types. `trimmed` are characters that the grammar leaves at the end of a name. `scripts` says that its files hold scripts in other
    languages, between tags, `cells` that they are notebooks, `keyed` that they are YAML and its query rules for paths of keys: it needs
    no grammar. `places` are patterns of paths that claim a file of YAML. `bundled` names its grammar in a wheel that holds many: those
    are unpacked once into the user's cache folder.
    """

    name: str
    query: str
    grammar: str = ""
    function: str = "language"
    extensions: tuple[str, ...] = ()
    filenames: tuple[str, ...] = ()
    interpreters: tuple[str, ...] = ()
    sniff: tuple[tuple[str, str], ...] = ()
    comments: tuple[str, ...] = ("comment",)
    attributes: tuple[str, ...] = ()
    family: str = ""
    package_files: tuple[str, ...] = ()
    package_scope: bool = False
    self_names: tuple[str, ...] = ("self", "this", "super")
    clauses: bool = False
    mends: tuple[tuple[str, str], ...] = ()
    branches: bool = False
    nested: str = ""
    trimmed: str = ""
    scripts: bool = False
    cells: bool = False
    keyed: bool = False
    places: tuple[str, ...] = ()
    bundled: str = ""


@cache
def languages() -> dict[str, Language]:
    """Return every language by name, in the order of their names."""
    return {path.stem: _read(path) for path in sorted(FOLDER.glob("*.scm"))}


def _read(path: Path) -> Language:
    text = path.read_text(encoding="utf-8")
    header = tomllib.loads("\n".join(re.findall(r"^; ?(\w+ = .*)$", text, re.MULTILINE)))
    parents = [_read(FOLDER / f"{name}.scm") for name in header.pop("inherits", ())]
    inherited = "".join(parent.query for parent in parents)
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in header.items()}
    values["sniff"] = tuple(sorted(header.get("sniff", {}).items()))
    values["mends"] = tuple(sorted(chain(*(parent.mends for parent in parents), header.get("mends", {}).items())))
    values.setdefault("family", values["name"])
    return Language(query=inherited + text, **values)


@cache
def compiled(name: str) -> "tuple[tree_sitter.Parser, tree_sitter.Query]":
    """Return the parser and the tags query of a language; they are built once in a process."""
    import tree_sitter

    language = languages()[name]
    make = getattr(importlib.import_module(language.grammar), language.function)
    grammar = make(language.bundled) if language.bundled else tree_sitter.Language(_pointer(make()))
    above = "".join(f"({node}) @comment\n" for node in language.comments)
    above += "".join(f"({node}) @attribute\n" for node in language.attributes)
    return tree_sitter.Parser(grammar), tree_sitter.Query(grammar, language.query + above)


def _pointer(made: object) -> object:
    """Return what a grammar's module gives as a capsule: older wheels give a bare address, which tree-sitter deprecates."""
    if not isinstance(made, int):
        return made
    import ctypes

    capsule = ctypes.pythonapi.PyCapsule_New
    capsule.restype, capsule.argtypes = ctypes.py_object, (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)
    return capsule(made, CAPSULE, None)


CAPSULE = b"tree_sitter.Language"
"""The name of the capsules that tree-sitter takes. A capsule keeps the address of its name, so it must live as long."""


@cache
def mends(name: str) -> tuple[tuple[re.Pattern[bytes], bytes], ...]:
    """Return what is replaced in files of a language that its grammar cannot read, by pattern."""
    return tuple((re.compile(pattern.encode(), re.MULTILINE), byte.encode()) for pattern, byte in languages()[name].mends)


@cache
def language_revision(name: str) -> str:
    """Return a digest of what facts depend on besides a file's bytes: the language's query, its grammar, the extractor's version."""
    language = languages().get(name)
    parts = [str(EXTRACTOR_VERSION), name]
    if language is not None:
        grammar = "" if language.keyed else _grammar_version(language.grammar)
        parts += [language.query, grammar, *(framework.query for framework in frameworks(name))]
        if language.scripts:
            parts += [language_revision(embedded) for embedded in sorted(set(SCRIPTS.values()))]
        if language.cells:
            parts += [language_revision(kernel) for kernel in ("julia", "python", "r")]
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=8).hexdigest()


def _grammar_version(grammar: str) -> str:
    """Return the version of a grammar's wheel, an empty text if it is not installed: its files are read anew once it is."""
    from importlib.metadata import PackageNotFoundError, version  # takes as long to import as all languages to read

    try:
        return version(grammar.replace("_", "-"))
    except PackageNotFoundError:
        return ""


@cache
def is_unpacked(name: str) -> bool:
    """Tell whether a grammar can be loaded that is installed: one in a wheel that holds many cannot where nothing can be unpacked to."""
    if not languages()[name].bundled:
        return True
    bundle = importlib.import_module(languages()[name].grammar)
    try:
        compiled(name)
    except (OSError, bundle.GrammarLoadError, bundle.UnsupportedPlatformError):
        return False
    return True


@cache
def readable(name: str) -> bool:
    """Tell whether the grammar of a language is installed, if it needs one; some are not published for every system."""
    return languages()[name].keyed or importlib.util.find_spec(languages()[name].grammar) is not None


SCRIPTS = {
    "": "javascript", "js": "javascript", "jsx": "javascript", "module": "javascript", "text/javascript": "javascript",
    "application/javascript": "javascript", "text/babel": "javascript", "ts": "typescript", "tsx": "tsx", "text/typescript": "typescript",
}  # fmt: skip
"""The languages of scripts, by what their tag says."""

EXTRACTOR_VERSION = 13
"""Raise it when the same bytes and query give other facts than before: every file is then parsed again."""


def language_of(path: str, head: bytes = b"") -> str:
    """Name the language of a file by its path and, where the path does not decide, by `head`, its first kilobytes.

    A text that has no grammar gets the name of its format (`markdown`, `yaml`) or `text`; it is never "unknown".
    """
    name = path.rpartition("/")[2]
    stem, _, ending = name.rpartition(".")
    suffix = f".{ending.lower()}" if stem and ending else ""
    by_filename, by_extension, sniffers = _recognisers()
    if found := by_filename.get(name):
        return found
    if by_extension.get(suffix) == YAML and (found := _by_place(path)):
        return found
    for language, pattern in sniffers.get(suffix, ()):
        if pattern.search(head):
            return language
    if found := by_extension.get(suffix):
        return found
    if not suffix and head.startswith(b"#!"):
        return _by_interpreter(head)
    return "text"


def _by_place(path: str) -> str:
    return next((language for language, pattern in _places() if pattern.search(path)), "")


@cache
def _places() -> list[tuple[str, re.Pattern[str]]]:
    return [(language.name, re.compile(pattern)) for language in languages().values() for pattern in language.places]


@cache
def _recognisers() -> tuple[dict[str, str], dict[str, str], dict[str, list[tuple[str, re.Pattern[bytes]]]]]:
    filenames, extensions = dict(FORMAT_FILENAMES), dict(FORMATS)
    sniffers: dict[str, list[tuple[str, re.Pattern[bytes]]]] = {}
    for language in languages().values():
        filenames.update(dict.fromkeys(language.filenames, language.name))
        extensions.update(dict.fromkeys(language.extensions, language.name))
        for suffix, pattern in language.sniff:
            sniffers.setdefault(suffix, []).append((language.name, re.compile(pattern.encode(), re.MULTILINE)))
    sniffers.setdefault(".txt", []).append(("rst", RST_HEADING))
    return filenames, extensions, sniffers


def _by_interpreter(head: bytes) -> str:
    words = re.split(rb"[\s/]+", head[2:256].split(b"\n", 1)[0])
    found = {word.decode("ascii", "replace").rstrip("0123456789.") for word in words}
    for language in languages().values():
        if found.intersection(language.interpreters):
            return language.name
    return "text"


RST_HEADING = re.compile(rb"^\S.{2,}\r?\n(=|-|~|\^){4,}\r?$", re.MULTILINE)

YAML = "yaml"
FORMATS = {
    ".md": "markdown", ".markdown": "markdown", ".mdx": "markdown", ".rst": "rst", ".rest": "rst",
    ".yaml": YAML, ".yml": YAML, ".toml": "toml", ".json": "json", ".jsonc": "json", ".json5": "json",
    ".ini": "ini", ".cfg": "ini", ".conf": "ini", ".properties": "ini", ".env": "ini", ".xml": "xml", ".less": "less", ".sass": "sass",
    ".po": "gettext", ".pot": "gettext", ".csv": "csv", ".tsv": "csv", ".svg": "svg",
}  # fmt: skip
"""Formats that are read in blocks or sections, by extension."""

FORMAT_FILENAMES = {
    ".gitignore": "ini", ".editorconfig": "ini", ".dockerignore": "ini",
}  # fmt: skip
"""Formats that are known by the whole name of the file."""
