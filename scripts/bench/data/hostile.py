"""Files that cost a parser as much as they can, made anew from a seed: none of them is anybody's code.

Each family is a way to be hostile, and is written for every language that has an extension, as large as a file that is indexed may be.
"""

import random
from collections.abc import Callable, Iterator

from indexers import languages

SEED = 12
BYTES = 1_400_000
"""The size of most of the files: near the largest that is indexed."""
LINE = 100
OPENING = 100_000
PRINTABLE = bytes(range(32, 127)) + b"\t\n"
CLASS, C, SCRIPT = "class C{0} {{ int f() {{ return 0; }} }}", "int f{0}() {{ return 0; }}", "function f{0}() {{}}"
DEFINITION = {
    "bash": "f{0}() {{ :; }}", "c": C, "cpp": C, "csharp": CLASS, "elixir": "def f{0}(), do: 0", "go": "func f{0}() {{}}",
    "haskell": "f{0} :: Int\nf{0} = 0", "java": CLASS, "javascript": SCRIPT, "kotlin": "fun f{0}() = 0", "lua": "function f{0}() end",
    "php": "<?php function f{0}() {{}} ?>", "python": "def f{0}(): ...", "ruby": "def f{0}; end", "rust": "fn f{0}() {{}}",
    "scala": "def f{0} = 0", "swift": "func f{0}() {{}}", "tsx": SCRIPT, "typescript": SCRIPT, "zig": "fn f{0}() void {{}}",
}  # fmt: skip
"""One tiny definition in some languages; in the others stands one of a script."""


def hostile_files() -> Iterator[tuple[str, bytes]]:
    """Yield the path and the bytes of every hostile file, the same each time."""
    for language, header in languages().items():
        if header.extensions:
            for family, made in FAMILIES.items():
                yield f"{family}/{language}{header.extensions[0]}", made(language)
    yield from ((f"formats/{name}", made) for name, made in FORMATS.items())


def _noise(language: str) -> bytes:
    return bytes(random.Random(f"{SEED} {language}").choices(PRINTABLE, k=BYTES))


def _unclosed(_language: str) -> bytes:
    return (b"(" * LINE + b"\n") * (OPENING // LINE)


def _nested(_language: str) -> bytes:
    return _lines("[{(" * (LINE // 3))


def _calls(_language: str) -> bytes:
    return _lines("f(x)." * (LINE // 5))


def _definitions(language: str) -> bytes:
    made: list[str] = []
    size = 0
    while size < BYTES:
        made.append(DEFINITION.get(language, SCRIPT).format(len(made)))
        size += len(made[-1]) + 1
    return "\n".join(made).encode()


def _lines(line: str) -> bytes:
    return ((line + "\n") * (BYTES // (len(line) + 1))).encode()


FAMILIES: dict[str, Callable[[str], bytes]] = {
    "noise": _noise, "unclosed": _unclosed, "nested": _nested, "calls": _calls, "definitions": _definitions,
}  # fmt: skip
FORMATS = {
    "headings.md": _lines("# a"),
    "quotes.md": _lines("> " * (LINE // 2)),
    "titles.rst": _lines("ab\n=="),
    "nested.json": _lines('{"a":[' * (LINE // 6)),
    "blank.txt": _lines("a" + " " * LINE),
    "catalogue.po": _lines('msgid "a"\nmsgstr ""'),
    "one-line.md": b"a " * (BYTES // 2),
}
