"""Universal Ctags as an oracle: its tags of some files, with scopes and last lines where its parser tells them."""

import json
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from scripts.bench.extraction.definitions import FUNCTION, GROUPS, TYPE, Definition, Told
from scripts.bench.extraction.subjects import Subject

MISREAD = {
    "fortran": re.compile(r"MAYBEWRAP"),  # a macro around names in json-fortran
    "objc": re.compile(r"readonly|readwrite"),  # attributes of properties
    "bash": re.compile(r".*[^\w:.-].*"),  # words before `()` that begin no function: `shims=()`
    "c": re.compile(r"[A-Z][A-Z0-9_]*"),  # macros that make functions: TEST_IMPL(name) { … }
    "cpp": re.compile(r"[A-Z][A-Z0-9_]*"),
    "haskell": re.compile(r"class|deriving|data|type|instance|where|family"),
    "csharp": re.compile(r".*\..*"),  # calls
    "kotlin": re.compile(r"(?!\w+$).*|Companion", re.DOTALL),  # lambdas, names in backticks, objects without a name
    "lua": re.compile(r".*\W.*|_"),  # computed names, and words of expressions
    "r": re.compile(r"anonFunc\w+"),
    "clojure": re.compile(r"~"),
    "php": re.compile(r"AnonymousClass\w*"),
}
"""What it takes for names, by language."""
CALL = r"(?:[.>(]|::)[ \t]*{name}[ \t]*(?:<.*>)?\(|^[ \t]+{name}\(\);"
FUNCTION_OF_LUA = r"\bfunction\s+[\w.:]*{name}\b|{name}[\"'\])]*\s*=\s*function\b|^\S.*{name}\s*=\s*[\w.:]+\(function\b"
"""Lines, with the name in a tag: a call, which it takes for a prototype where a macro hides the function around; a function of Lua."""
CONVERSION = re.compile(r"operator (?!new\b|delete\b)[\w:]")
"""An operator that converts: it has the name `operator` with us."""
BLANKED = {"elixir": re.compile(rb'"""[\s\S]*?"""')}
"""What it reads as code and is none: examples in documentation."""
MEMBERS = frozenset(("member", "enumerator", "enumConstant", "field", "property"))
"""The kinds of members of types."""
MACROS = frozenset(("makefile", "scss"))
"""The languages whose variables and functions it calls macros."""
SCOPED = frozenset(("c", "cpp", "csharp", "go", "java", "php"))
"""The languages in which a tag without a scope stands in none."""
COMPANION = ".Companion"
"""The object of Kotlin whose members are called like those of the class around it."""
SEPARATOR = re.compile(r"::|[.\\/#:]")
NOT_LINE_END = re.compile(rb"[^\n]")


def told(subject: Subject, sources: Mapping[str, bytes]) -> dict[str, Told]:
    """Return what Universal Ctags tells of each file."""
    found: dict[int, list[tuple[bool, Definition]]] = defaultdict(list)
    blanked = BLANKED.get(subject.language)
    with TemporaryDirectory() as folder:
        files = []
        for number, (path, source) in enumerate(sources.items()):
            file = Path(folder, str(number), PurePosixPath(path).name)
            file.parent.mkdir()
            file.write_bytes(blanked.sub(lambda text: NOT_LINE_END.sub(b" ", text[0]), source) if blanked else source)
            files.append(str(file))
        for tag in _tags(subject, files, folder):
            name = _as_written(subject.language, tag["name"])
            if name and "<" not in tag.get("scope", "") and _is_sought(subject.language, tag):
                is_member = subject.members and tag["kind"] in MEMBERS
                found[int(Path(tag["path"]).parent.name)].append((is_member, _definition(name, tag, subject.language)))
    return {
        path: Told(
            tuple(one for is_member, one in found[number] if not is_member),
            tuple(one for is_member, one in found[number] if is_member and one.owner),
        )
        for number, path in enumerate(sources)
    }


def _tags(subject: Subject, files: list[str], folder: str) -> Iterator[dict[str, Any]]:
    listed = Path(folder, "files")
    listed.write_text("\n".join(files))
    command = [
        "ctags", "--options=NONE", "--output-format=json", "--fields=+neKslZ", "-o", "-", f"--language-force={subject.parser}",
        f"--kinds-{subject.parser}={subject.letters}", "-L", str(listed),
    ]  # fmt: skip
    printed = subprocess.run(command, check=True, capture_output=True).stdout.decode("utf-8", "replace")
    for line in printed.splitlines():
        tag = json.loads(line)
        if tag.get("_type") == "tag" and tag["language"] == subject.parser:
            yield tag


def _is_sought(language: str, tag: Mapping[str, Any]) -> bool:
    """Tell whether a tag is a definition that somebody may look for: no call, no alias within a function, no value that calls one."""
    line, name = tag["pattern"][2:-2].replace("\\/", "/"), re.escape(tag["name"])
    if language == "lua":
        return re.search(FUNCTION_OF_LUA.format(name=re.escape(_as_written(language, tag["name"]))), line) is not None
    if language == "cpp" and tag["kind"] == "prototype":
        return re.search(CALL.format(name=name), line) is None
    return not (language == "cpp" and tag["kind"] == "typedef" and tag.get("scopeKind") == "function")


def _definition(name: str, tag: Mapping[str, Any], language: str) -> Definition:
    return Definition(name, tag["line"], tag.get("end", 0), None if language in MACROS else GROUPS.get(tag["kind"]), _owner(tag, language))


def _owner(tag: Mapping[str, Any], language: str) -> str | None:
    """Return the type or function around a tag; `None` where that has no name, or is a namespace, or is not told."""
    if "scope" not in tag:
        return "" if language in SCOPED else None
    owner = SEPARATOR.split(tag["scope"].removesuffix(COMPANION))[-1]
    return owner if GROUPS.get(tag.get("scopeKind", "")) in (TYPE, FUNCTION) and not owner.startswith("__anon") else None


def _as_written(language: str, name: str) -> str:
    """Return the name in a tag as its source has it; an empty text for one that Universal Ctags made up, and for an expression."""
    if language == "lua":
        name = name.rpartition(":")[2].rpartition(".")[2]
    if language == "cpp" and CONVERSION.match(name):
        return "operator"
    misread = MISREAD.get(language)
    if name.startswith(("__anon", "anonymous", "$(", ".in.")) or (misread and misread.fullmatch(name)):
        return ""
    if language == "css":
        found = re.search(r"[.#]([\w-]+)$", name)
        return found[1] if found else ""
    return name.partition(":")[0] if language == "objc" else name
