"""The kinds of files, told by path, name or bytes: tests, prose, generated code and others. One definition for all parts. Pure."""

import re
from functools import lru_cache

PROSE_LANGUAGES = frozenset(("markdown", "rst", "text", "csv", "gettext"))
"""Formats of text for people: a paragraph may be one line, and what looks like code is quoted."""


@lru_cache(maxsize=50_000)
def is_test(path: str) -> bool:
    """Tell whether a file, or a folder given with a slash at its end, holds tests or fixtures. Remembered: all files are asked about."""
    main = MAIN_SOURCES.search(path)
    return (TEST.search(path) if main is None else TESTS_AROUND.search(path, 0, main.start() + 1)) is not None


MAIN_SOURCES = re.compile(r"/src/(?:main|[a-z]\w*Main)/(?:java|kotlin|scala|groovy)/")
"""The folder of the sources of a module that is built by Gradle or Maven: what is in it is no test, not even in a package called test,
nor of a library for tests, such as `koin-test`. Only a folder of tests around the module makes it one."""
TESTS_AROUND = re.compile(r"(?:^|/)(?i:[\w.-]*tests|test|specs?|testing|testdata|fixtures)/")
TEST = re.compile(
    r"(^|[/._-])(?i:tests?|specs?|testing|__tests__|testdata|fixtures|regress)(/|$)|[a-z](Tests?|Specs?)/"
    r"|(^|/)(test_[^/]*|conftest\.py)$|[._-](test|tests|spec)\.\w+$|[a-z](Test|Tests|Spec)\.\w+$|\.(?!latest$)\w{0,20}tests?$"
)


def is_prose(path: str) -> bool:
    """Tell whether a file is documentation, an example or configuration; hidden files are forms for reports and settings of tools."""
    return PROSE.search(path) is not None


PROSE = re.compile(
    r"(^|/)(docs?|examples?|demos?|changelog|changes|news|releases|migrations|locale|benchmarks?|benches)(/|\.|$)|(^|/)\.|\.(md|rst|txt|po)$",
    re.IGNORECASE,
)


def is_declaration(path: str) -> bool:
    """Tell whether a file declares symbols that other files define, as a C header does."""
    return DECLARATION.search(path) is not None


DECLARATION = re.compile(r"\.(h|hh|hpp|d\.ts)$")


def is_vendored(path: str) -> bool:
    """Tell whether a file is in a folder for third-party code."""
    return VENDORED.search(path) is not None


VENDORED = re.compile(r"(^|/)(vendor|vendored|_vendor|third[_-]?party|node_modules|dist|external|deps)/")


@lru_cache(maxsize=100_000)
def is_own(path: str) -> bool:
    """Tell whether a file is code of the project itself: no test, no example, not of others. Remembered as `is_test` is."""
    return not (is_test(path) or is_prose(path) or is_vendored(path))


def is_agent_guide(path: str) -> bool:
    """Tell whether a file instructs agents how to work in its project."""
    return AGENT_GUIDE.search(path) is not None


AGENT_GUIDE = re.compile(r"(^|/)(?:CLAUDE|AGENTS|GEMINI)(?:\.local)?\.md$|^\.github/copilot-instructions\.md$|^\.cursorrules$")


def is_guide(path: str) -> bool:
    """Tell whether a file instructs agents, or people, how to work in its project: READMEs and CONTRIBUTING, too."""
    return is_agent_guide(path) or PEOPLE_GUIDE.search(path) is not None


PEOPLE_GUIDE = re.compile(r"(^|/)README(?:\.\w+)?$|^CONTRIBUTING\.md$", re.IGNORECASE)


def is_by_product(path: str) -> bool:
    """Tell whether a file changes with commits on any subject: change logs, lists of authors, lock files."""
    return BY_PRODUCT.search(path) is not None


BY_PRODUCT = re.compile(
    r"(^|/)(?:changelog|changes|history|news|authors|contributors|whats[-_]?new)[^/]*(?:/|$)|\.lock$|-lock\.\w+$", re.IGNORECASE
)


def is_lock_file(name: bytes) -> bool:
    """Tell whether a file of this name holds resolved dependencies: long, machine-written, and implied by the manifest beside it."""
    return name in LOCK_FILES


LOCK_FILES = frozenset((
    b"package-lock.json", b"npm-shrinkwrap.json", b"yarn.lock", b"pnpm-lock.yaml", b"bun.lock", b"bun.lockb", b"deno.lock",
    b"poetry.lock", b"uv.lock", b"pdm.lock", b"pixi.lock", b"Pipfile.lock", b"Cargo.lock", b"go.sum", b"go.work.sum",
    b"composer.lock", b"Gemfile.lock", b"mix.lock", b"pubspec.lock", b"Podfile.lock", b"Package.resolved", b"flake.lock",
    b"packages.lock.json", b"gradle.lockfile", b"conan.lock", b".terraform.lock.hcl",
))  # fmt: skip


def is_bundle(name: bytes) -> bool:
    """Tell whether a file of this name was minified, or maps a minified one to its source."""
    return name.endswith((b".min.js", b".min.css", b".js.map", b".css.map"))


def is_minified(source: bytes) -> bool:
    """Tell whether code has lines that are too long to be written by hand."""
    lines = source.count(b"\n") + 1
    if len(source) > SMALL and len(source) / lines > AVERAGE_LINE:
        return True
    # A line that long leaves one of the halves of such lengths without an end of a line.
    half = LONGEST_LINE // 2
    if all(source.find(b"\n", at, at + half) >= 0 for at in range(0, len(source) - half + 1, half)):
        return False
    return max(map(len, source.split(b"\n"))) > LONGEST_LINE


SMALL = 4_000
"""The bytes up to which a file is not judged by the mean length of its lines."""
AVERAGE_LINE = 500
"""The largest mean length of lines, in bytes, of code that is written by hand."""
LONGEST_LINE = 20_000
"""The most bytes of a line that is written by hand."""


def is_generated(source: bytes) -> bool:
    """Tell whether the comments at the top of a file say that it is generated and not to be edited by hand."""
    top = source[:TOP]
    return b"generated" in top.lower() and GENERATED.search(b"\n".join(COMMENT.findall(top))) is not None


TOP = 1024
"""The bytes at the start of a file in which a generator's comment is looked for."""
COMMENT = re.compile(rb"^[ \t]*(?://|#|/\*|\*|--|;|%|<!--|\"\"\"|\(\*)([^\n]*)", re.MULTILINE)
GENERATED = re.compile(
    rb"^[^\w\n]*@generated\b"
    rb"|\bis (?:automatically |auto-?)?@generated\b"
    rb"|^[^\w\n]*+code generated by\b"
    rb"|\b(?:auto-?)?generated\b.{0,200}\bdo not (?:edit|modify)\b"
    rb"|\bdo not (?:edit|modify)\b.{0,200}\b(?:auto-?)?generated\b",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)
