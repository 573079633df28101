"""Checks that every relative link of Markdown files leads to an existing file, folder or heading. Uses no network.

A link whose text is the name of a test must lead to a file that defines that test.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from scripts.documentation.markdown import SAMPLES, repository

FENCE = re.compile(r"^(?P<fence> {0,3}(`{3,}|~{3,})).*?(?:^ {0,3}\2`*~*[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
LINK = re.compile(r"(?<!\\)\[(?P<text>[^\[\]]*)\]\(<?(?P<target>[^()\s<>]+)>?(?:\s+\"[^\"]*\")?\)")
REFERENCE = re.compile(r"^ {0,3}\[[^\]]+\]:\s*<?(?P<target>\S+?)>?\s*$", re.MULTILINE)
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
HEADING = re.compile(r"^ {0,3}#{1,6}\s+(?P<title>.*?)\s*#*\s*$", re.MULTILINE)
TEST = re.compile(r"`?(?P<name>test_\w+)`?")


def broken_links(top: Path) -> list[str]:
    """Return a line for each broken link in the Markdown files of a repository, with the file it is in."""
    names = repository(top)
    places = {*names, *(str(parent) for name in names for parent in PurePosixPath(name).parents)}
    documents = [name for name in names if name.endswith(".md") and not name.startswith(SAMPLES)]
    return [f"{document}: {wrong}" for document in documents for wrong in _wrong(top, document, places)]


def _wrong(top: Path, document: str, places: set[str]) -> Iterator[str]:
    for text, target in _links((top / document).read_text(encoding="utf-8")):
        if SCHEME.match(target) or target.startswith("//"):
            continue
        path, _, anchor = target.partition("#")
        place = _resolved(document, unquote(path)) if path else document
        if place not in places:
            yield f"{target} leads to nothing in the repository"
        elif anchor and (not place.endswith(".md") or unquote(anchor) not in anchors(top / place)):
            yield f"{target}: there is no such heading"
        elif (test := TEST.fullmatch(text)) and f"def {test['name']}(" not in (top / place).read_text(encoding="utf-8"):
            yield f"{target} defines no {test['name']}"


def _links(text: str) -> Iterator[tuple[str, str]]:
    """Yield the text and target of each link outside code."""
    prose = COMMENT.sub("", FENCE.sub("", text))
    spans = [match.span() for match in CODE.finditer(prose)]
    for match in (*LINK.finditer(prose), *REFERENCE.finditer(prose)):
        if not any(start <= match.start() and match.end() <= end for start, end in spans):
            yield match.groupdict().get("text") or "", match["target"]


def _resolved(document: str, path: str) -> str:
    """Return a link's path relative to the top; a path that leaves the repository is in no list of its files."""
    parts: list[str] = [] if path.startswith("/") else [*PurePosixPath(document).parent.parts]
    for part in PurePosixPath(path.lstrip("/")).parts:
        if part != "..":
            parts.append(part)
        elif parts:
            parts.pop()
        else:
            return ".."
    return "/".join(parts) or "."


@cache
def anchors(document: Path) -> frozenset[str]:
    """Return the anchors that a code host gives the headings of a document."""
    text = COMMENT.sub("", FENCE.sub("", document.read_text(encoding="utf-8")))
    found: dict[str, int] = {}
    made = []
    for heading in HEADING.finditer(text):
        slug = _slug(heading["title"])
        number = found[slug] = found.get(slug, -1) + 1
        made.append(f"{slug}-{number}" if number else slug)
    return frozenset(made)


def _slug(title: str) -> str:
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title)
    return re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
