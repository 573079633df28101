"""The spelling of values in languages other than Python: two are alike if they differ in comments and layout alone. Pure."""

import re
from collections.abc import Sequence

STRING = r""""(?:[^"\\\n]|\\.)*+"?|'(?:[^'\\\n]|\\.)*+'?|`(?:[^`\\]|\\.)*+`?"""
"""A string, or one that is not closed, to the end of its line."""
_STRING = re.compile(STRING, re.DOTALL)
_SLASHES = re.compile(rf"(?P<kept>{STRING})|//[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_DASHES = re.compile(rf"(?P<kept>{STRING})|(?<!\S)--[^\n]*", re.DOTALL)
_HASHES = re.compile(rf"(?P<kept>{STRING})|(?<!\S)#[^\n]*", re.DOTALL)
_MARKS = {
    **dict.fromkeys((
        "c", "cpp", "csharp", "cuda", "dart", "glsl", "go", "groovy", "hlsl", "java", "javascript", "kotlin", "objc", "php", "protobuf",
        "rust", "scala", "scss", "solidity", "svelte", "swift", "systemverilog", "tsx", "typescript", "vue", "zig",
    ), _SLASHES),
    **dict.fromkeys(("haskell", "lua", "sql"), _DASHES),
    **dict.fromkeys((
        "bash", "cmake", "compose", "elixir", "gdscript", "graphql", "julia", "makefile", "nix", "openapi_yaml", "perl", "powershell", "r",
        "ruby", "starlark", "terraform", "toml", "workflow", "yaml",
    ), _HASHES),
}  # fmt: skip
"""What is a comment, by language; in others none is known."""
_ONE_QUOTE = frozenset(("javascript", "python", "svelte", "tsx", "typescript", "vue"))
"""Languages in which both quotation marks mean the same."""
_IN_LISTS = re.compile(r"(?<=[,(\[{]) | (?=[,)\]}])")
_BESIDE_SIGNS = re.compile(r"(?<=[\w\0]) (?=[^\w\0])|(?<=[^\w\0]) (?=[\w\0])|(?<=[)\]}]) | (?=[(\[{])")
"""Blanks that no compiler needs: those between two words, or two signs that are no brackets, it may."""
_LAST_COMMA = re.compile(r",(?=[)\]}])")
_PLACE = re.compile("\0([0-9]+)\0")


def uncommented(text: str, language: str) -> str:
    """Return a text without its comments; what looks like one in a string stays."""
    marks = _MARKS.get(language)
    return marks.sub(lambda found: found["kept"] or " ", text) if marks else text


def plain(value: str, language: str) -> str:
    """Return a value in the form for comparison: without comments and, in code and lists, the layout that means nothing."""
    code, strings = _without_strings(uncommented(value, language), language)
    if _MARKS.get(language) is _SLASHES:
        code = _closed_up(code)
    elif code[:1] in ("(", "[", "{"):
        code = _LAST_COMMA.sub("", _IN_LISTS.sub("", code))
    return _with_strings(code.rstrip(";, \t"), strings)


def plain_code(text: str, language: str) -> str:
    """Return code in the form for comparison, without the layout that means nothing."""
    code, strings = _without_strings(text, language)
    return _with_strings(_closed_up(code), strings)


def _closed_up(code: str) -> str:
    return _LAST_COMMA.sub("", _IN_LISTS.sub("", _BESIDE_SIGNS.sub("", code)))


def _without_strings(text: str, language: str) -> tuple[str, list[str]]:
    """Return a text with single blanks and marks in the place of its strings, and these."""
    strings: list[str] = []

    def put_aside(found: re.Match[str]) -> str:
        strings.append(_with_one_quote(found[0]) if language in _ONE_QUOTE else found[0])
        return f"\0{len(strings) - 1}\0"

    return " ".join(_STRING.sub(put_aside, text.replace("\0", "")).split()), strings


def _with_strings(code: str, strings: Sequence[str]) -> str:
    return _PLACE.sub(lambda found: strings[int(found[1])], code)


def _with_one_quote(text: str) -> str:
    inner = text[1:-1]
    return f'"{inner}"' if text[0] == "'" and '"' not in inner and "\\" not in inner else text
