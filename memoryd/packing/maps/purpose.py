"""Says in a sentence what a folder is for: by its manifest, its README, or the documentation of the file that stands for it.

News, tables of contents, badges and directives say nothing about that.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from memoryd.parsing import FILE, SECTION
from memoryd.versions import View

SPOKESMEN = ("readme", "__init__", "mod", "lib", "index", "package-info", "doc", "main")
"""Stems of the files whose documentation describes their folder, the best first."""
CHARACTERS = 160
"""The most characters of a purpose."""
FIRST = 3
"""The sections of prose, from the first, that may say what a folder is for: later ones are about parts of it."""
REPEATED = 3
"""The number of folders of which a sentence says nothing about each: it came with the template that they were made from."""
OFF_TOPIC = re.compile(
    r"\b(?:contents|toc|news|change ?log|sponsors?|backers|install\w{0,6}|licen[cs]e|contribut\w{0,6}|upgrad\w{0,4}|migrat\w{0,4})\b",
    re.IGNORECASE,
)
"""The words of titles of sections that do not say what a project is for."""
NEWS = re.compile(
    r"\bannounc\w{0,6}\b|\bnow available\b|\bexcited\b|\breleased?\b.{0,60}\d\.\d|\bplease note\b|\bwhat'?s new\b", re.IGNORECASE
)
"""The words of paragraphs that tell what happened last."""
NO_PROSE = re.compile(r"^(?:\s{3,}|\s*\[[^\]]{1,200}\]:|\s*(?:\.\.|[-*+•]\s|\d{1,4}[.)]\s|!\[|\[!|:\w|=|\||#|>|```))")
"""The beginnings of lines that are no prose: directives and what is indented below them, list items, badges, tables, quotes."""
LINK = re.compile(r"!?\[([^\[\]]{0,300})\](?:\([^()\s]{0,500}(?:\s[^()]{0,200})?\)|\[[^\[\]]{0,200}\])")
ROLE = re.compile(r":\w{1,40}:`([^`<>]{1,200})[^`]{0,300}`")
TAG = re.compile(r"<[^<>]{0,500}>|^@\w{1,40} ")
FENCES = ("```", "~~~")
EMPHASIS = re.compile(r"\*\*|__|``")


def purposes(view: View, folders: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return a sentence for each folder, given with its files, of which something says what it is for."""
    spokesmen = {folder: path for folder, paths in folders.items() if (path := _spokesman(paths))}
    docs = view.documented(spokesmen.values())
    said = {
        path: [(unit.signature, docs.get(unit.id, "")) for unit in view.catalog.files.get(path, ()) if unit.kind in (FILE, SECTION)]
        for path in spokesmen.values()
    }
    found = {folder: text for folder, path in spokesmen.items() if (text := _purpose(said.get(path, ())))}
    often = Counter(found.values())
    return {folder: text for folder, text in found.items() if often[text] < REPEATED}


def sentence(doc: str) -> str:
    """Return the first paragraph that is prose, without markup; "" if there is none."""
    for paragraph in "\n".join(_outside_code(doc)).split("\n\n"):
        lines = [line.strip() for line in paragraph.splitlines() if not NO_PROSE.match(line)]
        text = " ".join(EMPHASIS.sub("", TAG.sub("", ROLE.sub(r"\1", LINK.sub(r"\1", " ".join(lines))))).split())
        if sum(character.isalpha() for character in text) > 20 and not NEWS.search(text):
            return text if len(text) <= CHARACTERS else text[:CHARACTERS].rpartition(" ")[0] + " …"
    return ""


def _outside_code(doc: str) -> Iterator[str]:
    """Yield the lines of a text that stand in no fenced block of code; a cut text may lack the fence that ends one."""
    is_code = False
    for line in doc.split("\n"):
        if line.lstrip().startswith(FENCES):
            is_code = not is_code
        elif not is_code:
            yield line


def _purpose(said: Iterable[tuple[str, str]]) -> str:
    for title, doc in list(said)[: FIRST + 1]:
        if not OFF_TOPIC.search(title) and (text := sentence(doc)):
            return text
    return ""


def _spokesman(paths: Iterable[str]) -> str | None:
    ranked = [(SPOKESMEN.index(stem), path) for path in paths if (stem := _stem(path)) in SPOKESMEN]
    return min(ranked)[1] if ranked else None


def _stem(path: str) -> str:
    name = path.rpartition("/")[2].lower()
    return name.rpartition(".")[0] or name
