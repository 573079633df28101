"""Mentions: the paths and symbols that Markdown or reStructuredText names in backticks or links to, and their lookup in the project.

Precision before recall: code blocks, external links, patterns, placeholders, options of commands, environment variables and paths
outside the project are skipped.
"""

import posixpath
import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote

from memoryd.parsing import SECTION
from memoryd.versions import Unit, View


class Form(StrEnum):
    """The form of a mention."""

    PATH = "path"
    LINK = "link"
    """A relative link to a file. It is followed from the document's folder, or from the root if it begins with a slash."""
    SYMBOL_OF = "symbol of a path"
    SYMBOL = "symbol"


@dataclass(frozen=True, slots=True)
class Mention:
    """A path, a symbol (`name` is its qualified name) or both, named in line `line` (from 1) of a text by the token `quote`."""

    line: int
    quote: str
    form: Form
    path: str = ""
    name: str = ""
    is_called: bool = False
    """Whether the name is written as a call: `name()`."""


FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
CODE = re.compile(r"(?<!`)(`{1,2})(?!`)(.+?)(?<!`)\1(?!`)")
LINK = re.compile(r"\]\(\s*<?([^()<>\s]+)>?(?:\s+[\"'][^\"')]*[\"'])?\s*\)")
REST_LINK = re.compile(r"`[^`<>]*<([^`<>\s]+)>`_")
"""A link of reStructuredText: `text <target>`_."""
TARGET = re.compile(
    r" {0,3}(?:\[[^\[\]^][^\[\]]*\]:\s+<?([^<>\s]+)|\.\. (?:_[^:`]+:|(?:include|literalinclude|image|figure)::)\s+(\S+)\s*$)"
)
"""A line that gives the target of links elsewhere in the text, or has reStructuredText read a file."""
ELSEWHERE = re.compile(r"\[[^\[\]]*\]\(\s*<?(?:[A-Za-z][\w+.-]*:|//)[^()]*\)")
"""An external link with its text, which may name things of another project."""
PATH = re.compile(r"(?:\./)?[\w.@+-]+(?:/[\w.@+()\[\]-]+)*/?")
NAME = re.compile(r"[A-Za-z_$][\w$]*(?:(?:\.|::|#)[A-Za-z_$][\w$]*)*")
OF_PATH = re.compile(r"(?P<path>[\w.@+/-]+\.\w{1,5})(?:#|::)(?P<name>[A-Za-z_]\w*(?:(?:\.|::)\w+)*)(?:\(\))?")
LINES = re.compile(r"(?::\d+(?:-\d+)?(?::\d+)?|#L\d+(?:-L\d+)?)\Z")
PLACEHOLDER = re.compile(
    r"(?:^|[/._-])(?:path|paths|to|foo\w*|bar|baz|qux|x{2,}|y{3,}|your\w*|my|my[-_]\w*|some\w*|example\w*|name|n{2,4}|placeholder|(?<!_)\d*x+)(?:[/._-]|$)"
    r"|\.\.\.|…|YYYY|[A-Z]_NAME|NNN|\{|\}|<|>|\*|\?|\$",
    re.IGNORECASE,
)
PLACEHOLDER_NAME = re.compile(r"(?:^|\.)_*(?:(?:foo|bar|baz|qux|xxx|example|some|my)(?:[_A-Z0-9]|\b)|your)")
FILE_ENDINGS = frozenset(
    "bat c cc cfg cjs conf cpp cs css csv cts cu dart erb ex exs fish go gradle graphql h hcl hpp hs html htm ini ipynb java jinja js json"
    " json5 jsonc jsx kt kts less lock lua m md mdx mjs mk mts nix patch php pl po proto ps1 py pyi pyx rake rb rs rst sass scala scm scss"
    " sh sql styl svelte svg swift tcl template tf toml ts tsx txt vue xml yaml yml zig zsh".split()
)
"""Endings that make `a.b` the name of a file, not an attribute."""


def mentions(text: str) -> Iterator[Mention]:
    """Yield the mentions of a Markdown text in order, equal ones of a line once."""
    fence = ""
    shown = "".join(part + "\n" * comment.count("\n") for part, comment in comments(text))
    for number, line in enumerate(shown.split("\n"), 1):
        mark = FENCE.match(line)
        if mark and (not fence or (mark[1].startswith(fence) and not line.strip().strip(fence[0]))):
            fence = "" if fence else mark[1]
            continue
        if fence:
            continue
        seen: set[Mention] = set()
        for token, is_link in _tokens(line):
            found = _mention(number, token, is_link)
            if found is not None and found not in seen:
                seen.add(found)
                yield found


def comments(text: str) -> Iterator[tuple[str, str]]:
    """Yield the parts of a text outside HTML comments, each with the comment after it; an unclosed comment is text."""
    start = 0
    while (opening := text.find("<!--", start)) >= 0 and (end := text.find("-->", opening + 4)) >= 0:
        yield text[start:opening], text[opening : end + 3]
        start = end + 3
    yield text[start:], ""


def _tokens(line: str) -> Iterator[tuple[str, bool]]:
    """Yield what a line names, and whether it is the target of a link."""
    plain = _without(ELSEWHERE, line)
    for found in REST_LINK.finditer(plain):
        yield found[1], True
    plain = _without(REST_LINK, plain)
    for found in CODE.finditer(plain):
        yield found[2].strip(), False
    plain = _without(CODE, plain)
    for found in LINK.finditer(plain):
        yield unquote(found[1]), True
    if target := TARGET.match(plain):
        yield unquote(target[1] or target[2]), True


def _without(pattern: re.Pattern[str], line: str) -> str:
    return pattern.sub(lambda found: " " * len(found[0]), line)


def _mention(line: int, token: str, is_link: bool) -> Mention | None:
    bare = LINES.sub("", token)
    if is_link:
        return _linked(line, token, bare.partition("#")[0].partition("?")[0])
    if not bare or len(bare) > 200:
        return None
    name = bare.removesuffix("()")
    if NAME.fullmatch(name) and not _is_path(bare, is_link):
        dotted = name.replace("::", ".").replace("#", ".")
        is_called = bare != name
        is_meant = not PLACEHOLDER_NAME.search(dotted) and _is_distinct(dotted, is_called)
        return Mention(line, token, Form.SYMBOL, "", dotted, is_called) if is_meant else None
    if PLACEHOLDER.search(bare):
        return None
    if (of_path := OF_PATH.fullmatch(bare)) and of_path["path"].rpartition(".")[2].lower() in FILE_ENDINGS:
        return Mention(line, token, Form.SYMBOL_OF, of_path["path"].removeprefix("./"), of_path["name"].replace("::", "."))
    return Mention(line, token, Form.PATH, bare.removeprefix("./")) if _is_path(bare, is_link) else None


def _linked(line: int, token: str, target: str) -> Mention | None:
    """Return the mention of a link's target; only the names of files are followed: what a folder or a page is called, a site decides."""
    if not target or len(target) > 200 or PLACEHOLDER.search(target) or re.match(r"[\w+.-]+:|//", target):
        return None
    is_file = "." in posixpath.basename(target) and target.rpartition(".")[2].lower() in FILE_ENDINGS
    if is_file and PATH.fullmatch(re.sub(r"\A(?:\.{0,2}/)+", "", target)):
        return Mention(line, token, Form.LINK, target)
    return Mention(line, token, Form.PATH, target.removeprefix("./")) if _is_path(target, True) else None


def _is_path(token: str, is_link: bool) -> bool:
    """Tell whether a token reads like a path inside a project; a name without folders needs the ending of a file."""
    if is_link and re.match(r"[\w+.-]+:|//|#|/", token):
        return False
    if is_link and token.startswith("../"):
        return True
    if token in (".", "./") or not PATH.fullmatch(token) or token.startswith(("-", "/", "~", "@")) or ".." in token.split("/"):
        return False
    ending = token.rstrip("/").rpartition(".")[2].lower() if "." in token.rpartition("/")[2] else ""
    if "/" not in token:
        return (ending in FILE_ENDINGS and not token.startswith(".")) or (is_link and bool(ending))
    first = token.split("/")[0]
    # `and/or`, `text/html`, `origin/main`, `example.com/page`: a path begins with a folder, and ends in a file or a slash.
    return not (re.search(r"\.(?:com|org|io|dev|net|ai)$", first) or first in NOT_FOLDERS) and (
        ending in FILE_ENDINGS or token.endswith("/") or is_link
    )


NOT_FOLDERS = frozenset(
    "origin upstream application text image audio video multipart refs http https node_modules dist build target".split()
)


def _is_distinct(name: str, is_called: bool) -> bool:
    """Tell whether a name is more than an ordinary word: dotted, called, or spelled with underscores or inner capitals."""
    last = name.rpartition(".")[2]
    if len(last) < 4 or last.startswith("__"):
        return False
    if "." in name:
        return last.lower() not in FILE_ENDINGS and not last.isdigit()
    is_code = "_" in last.strip("_") or re.search(r"[a-z][A-Z]|[A-Z][a-z]+[A-Z]", last) is not None
    return is_code or (is_called and len(last) >= 6)


def path_meant(present: Container[str], document: str, path: str) -> str:
    """Return the path that a document means by one, from the root or beside the document; "" if neither is among those present."""
    for start in ("", posixpath.dirname(document)):
        place = posixpath.normpath(posixpath.join(start, path))
        if place == "." or place in present:
            return place
    return ""


def symbols_of(view: View, name: str) -> tuple[Unit, ...]:
    """Return the definitions in code whose qualified name is `name` or ends with it."""
    ids = view.catalog.by_name.get(name.rpartition(".")[2].lower(), ())
    units = (view.catalog.by_id[id_] for id_ in ids)
    return tuple(unit for unit in units if unit.is_symbol and unit.kind != SECTION and f".{unit.qualname}".endswith(f".{name}"))


def linked(document: str, target: str) -> str:
    """Return the place that a relative link leads to; it may lie outside the project."""
    folder = "" if target.startswith("/") else posixpath.dirname(document)
    return posixpath.normpath(posixpath.join(folder, target.lstrip("/")))


def within(paths: Iterable[str], wanted: str) -> list[str]:
    """Return the files that a path in prose may mean: it may omit upper folders, and a folder means the files in it."""
    tail = re.sub(r"\A(?:\.{1,2}/)+", "", wanted.strip("/"))
    return [path for path in paths if f"/{tail}/" in f"/{path}/"]


def last_of(mention: Mention) -> str:
    """Return the last part of a symbol's name."""
    return mention.name.rpartition(".")[2]
