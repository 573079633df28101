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
    "julia": re.compile(r"Base"),  # the module before an operator: `Base.:(==)`
    "bash": re.compile(r".*[^\w:.-].*"),  # words before `()` that begin no function: `shims=()`
    "c": re.compile(r"[A-Z][A-Z0-9_]*"),  # macros that make functions: TEST_IMPL(name) { … }
    "cpp": re.compile(r"[A-Z][A-Z0-9_]*"),
    "cuda": re.compile(r"[A-Z][A-Z0-9_]*"),
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
CONSTRUCTED = r"^(?:[ \t].*\b)?{name}[ \t]*\((?:[\w.:]+(?:\([\w.]*\))?(?:,[ \t]*)?)+\)[ \t]*[;,]"
FUNCTION_OF_LUA = r"\bfunction\s+[\w.:]*{name}\b|{name}[\"'\])]*\s*=\s*function\b|^\S.*{name}\s*=\s*[\w.:]+\(function\b"
"""Lines, with the name in a tag: a call, and a variable with the arguments of its constructor, which it takes for prototypes where a macro
hides the function around; a function of Lua."""
UNNAMED = {"fortran": r"^\s*final\b", "csharp": r"^\s*\.\w|^\s*: base\b"}
"""Lines that name what is defined elsewhere, or call it."""
PLUS = frozenset(("cpp", "cuda"))
"""C++ and what extends it."""
CONVERSION = re.compile(r"operator (?!new\b|delete\b)[\w:]")
"""An operator that converts: it has the name `operator` with us."""
BLANKED = {
    "elixir": rb'"""[\s\S]*?"""',
    "powershell": rb'@"[ \t]*\r?\n[\s\S]*?\n"@|@\'[ \t]*\r?\n[\s\S]*?\n\'@|<#[\s\S]*?#>|\\(?=["\'])',
    "julia": rb"(?<![\w)\]]):(?:quote|begin|if|for|while|let|do|try|function|macro|module|struct|end)\b",
    "sql": rb"`",
    "fortran": rb"\bMAYBEWRAP\((\w+)\)",
    "objc": rb"@(?:class|protocol)\b[\w\s,]*;|(@(?:interface|implementation)[ \t]+\w+)[ \t]*\([^()\n]*\)|(@property)[ \t]*\([^()]*\)"
    rb"|\b(?:NS|API|SD|UI|CF|AF)_[A-Z_]+\b(?!\s*\(\s*[A-Z]\w+\s*,)(?:\((?:[^()\n]|\([^()\n]*\))*\))?",
    "csharp": rb"\bwhere\s+\w+\s*:[^{};=()]*(?:\(\)[^{};=()]*)*(?=\s(?:\{|=>)|\{|;)"
    rb"|\b(?:record\s+(?=class\b|struct\b))|(?<=\w)\?(?=[\s\[\],)>])"
    rb"|\b((?:class|struct|record)\s+\w+(?:<[^<>{};]*>)?)\s*\((?:[^()]|\([^()]*\))*\)",
}
"""What it reads as code and is none, such as examples in documentation and strings, and what it cannot read: symbols of Julia that are
spelled as keywords, marks around names in SQL, backslashes in strings of PowerShell, macros, the category of an interface, attributes of
properties; in C#, constraints, marks of what may be null, and the parameters of a type. What stands in a group is left."""
RECORD = re.compile(rb"\brecord(?=\s+\w+\s*(?:<[^<>{};]*>\s*)?[:{;])")
BODY = re.compile(rb"=>((?:[^;{}()]|\{[^{}]*\}|\((?:[^()]|\((?:[^()]|\([^()]*\))*+\))*+\))*+);")
"""What is newer in C# than what it reads: `record` is a class, and `=> value;` after a head is a body, as in `{ return value; }`."""
MACROS_OF_CUDA = (
    "__global__", "__device__", "__host__", "__forceinline__", "__shared__", "__constant__", "__launch_bounds__(x)", "__align__(x)",
)  # fmt: skip
"""The words by which CUDA extends C++: its own parser for CUDA reads them in C only, without templates, operators and default values."""
MEMBERS = frozenset(("member", "enumerator", "enumConstant", "field", "property", "component"))
"""The kinds of members of types."""
MACROS = frozenset(("makefile", "scss"))
"""The languages whose variables and functions it calls macros."""
SCOPED = frozenset(("c", "cpp", "cuda", "csharp", "go", "java", "php"))
"""The languages in which a tag without a scope stands in none."""
COMPANION = ".Companion"
"""The object of Kotlin whose members are called like those of the class around it."""
SEPARATOR = re.compile(r"::|[.\\/#:]")
NOT_LINE_END = re.compile(rb"[^\n]")


def told(subject: Subject, sources: Mapping[str, bytes]) -> dict[str, Told]:
    """Return what Universal Ctags tells of each file."""
    found: dict[int, list[tuple[bool, Definition]]] = defaultdict(list)
    with TemporaryDirectory() as folder:
        files = []
        for number, (path, source) in enumerate(sources.items()):
            file = Path(folder, str(number), PurePosixPath(path).name)
            file.parent.mkdir()
            file.write_bytes(_readable(subject.language, source))
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


def _readable(language: str, source: bytes) -> bytes:
    """Return a source without what Universal Ctags is known to misread; every line keeps its number."""
    if language in BLANKED:
        source = re.sub(BLANKED[language], _blank, source)
    if language == "csharp":
        source = BODY.sub(lambda body: b"{ " + NOT_LINE_END.sub(b" ", body[1]) + b"}", RECORD.sub(b"class ", source))
    return source


def _blank(found: re.Match[bytes]) -> bytes:
    """Return blanks for what is found, but for the group in it."""
    start, end = (one - found.start() for one in found.span(found.lastindex)) if found.lastindex else (0, 0)
    text = found[0]
    return NOT_LINE_END.sub(b" ", text[:start]) + text[start:end] + NOT_LINE_END.sub(b" ", text[end:])


def _tags(subject: Subject, files: list[str], folder: str) -> Iterator[dict[str, Any]]:
    listed = Path(folder, "files")
    listed.write_text("\n".join(files))
    command = [
        "ctags", "--options=NONE", "--output-format=json", "--fields=+neKslZ", "-o", "-", f"--language-force={subject.parser}",
        f"--kinds-{subject.parser}={subject.letters}", "-L", str(listed),
        *(f"-D{macro}=" for macro in MACROS_OF_CUDA if subject.language == "cuda"),
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
    if language in PLUS and tag["kind"] == "prototype":
        return not re.search(CALL.format(name=name), line) and ("scope" in tag or not re.search(CONSTRUCTED.format(name=name), line))
    if language in UNNAMED and re.search(UNNAMED[language], line):
        return False
    return not (language in PLUS and tag["kind"] == "typedef" and tag.get("scopeKind") == "function")


def _definition(name: str, tag: Mapping[str, Any], language: str) -> Definition:
    return Definition(name, tag["line"], tag.get("end", 0), _group(tag["kind"], language), _owner(tag, language))


def _group(kind: str, language: str) -> str | None:
    if language in MACROS:
        return None
    return FUNCTION if language == "objc" and kind == "class" else GROUPS.get(kind)  # its word for a method of the class


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
    if language in PLUS and CONVERSION.match(name):
        return "operator"
    if language == "fortran" and not name[0].isalpha():
        return "assignment(=)" if name == "=" else f"operator({name})"
    misread = MISREAD.get(language)
    if name.startswith(("__anon", "anonymous", "$(", ".in.")) or (misread and misread.fullmatch(name)):
        return ""
    if language == "css":
        found = re.search(r"[.#]([\w-]+)$", name)
        return found[1] if found else ""
    return name.partition(":")[0] if language == "objc" else name.rstrip(";") if language == "ruby" else name
