"""Cuts prose into sections at Markdown headings (CommonMark ATX and setext) and reStructuredText titles.

Headings are found line by line, without a parser. Lines in code fences, front matter, HTML comments and literal blocks are no
headings; block quotes and list items are not searched.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from indexers.model import Span, Symbol
from indexers.text import Lines

SECTIONED = frozenset({"markdown", "rst"})

FENCE = re.compile(rb"^ {0,3}(?:(`{3,}+)[^`]*+|(~{3,}+).*)$")
ATX = re.compile(rb"^ {0,3}(#{1,6})[ \t]+(.+)")
SETEXT = re.compile(rb"^ {0,3}(=+|-+)[ \t]*$")
FRONT_MATTER = re.compile(
    rb"(?:---[ \t]*\r?\n\s*[\w\"'.-]+[ \t]*:(?:.*\n)+?(?:---|\.\.\.)|\+\+\+[ \t]*\r?\n(?:.*\n)+?\+\+\+)[ \t]*\r?$", re.MULTILINE
)
"""YAML between dashes, where the first line is a key (else the dashes are a rule), or TOML between pluses."""

RAW_HTML = re.compile(rb"\s*(?:(<!--)|(<!\[cdata\[)|<(pre|script|style|textarea)\b)")
NO_PROSE = re.compile(rb"^ {0,3}(?:[-*+][ \t]|[>|]|\d{1,9}[.)][ \t]|</?[a-zA-Z!?]|(?:[-*_][ \t]*){3,}$)")
"""A line that begins a list item, a quote, a table, an HTML block or is a rule: dashes below it make no heading."""

TITLE_LINES = 3
"""The most lines of a setext heading. CommonMark sets no bound, but a longer paragraph above dashes is hardly meant as a title."""

ADORNMENT = re.compile(rb"^([!-/:-@\[-`{-~])\1+[ \t]*$")
LINK = re.compile(r"!?\[([^\[\]]*)\](?:\([^()\s]*(?:\s[^()]*)?\)|\[[^\[\]]*\])")
ANCHOR = re.compile(r"(?:(?<!\s)\s++)?(?:\{[#:.][^{}]*\}|<a\b[^<>]*>\s*+(?:</a>)?)\s*+")
SLUG = re.compile(r"[^\w]+")
TITLE_CHARACTERS = 300
SLUG_CHARACTERS = 80
BODY_BYTES = 1_200
PREAMBLE_BYTES = 4 * BODY_BYTES
PICTURES = ("<", "![", "[![", "..")
"""The beginnings of lines above the first heading that say nothing: badges, the HTML around them, directives."""
HEAD_BYTES = 400
"""The bytes of each line in which a heading is looked for."""

BOM = b"\xef\xbb\xbf"


class _Heading(NamedTuple):
    """A heading: the line it begins on, the line its section's text begins on, its depth (1 is the outermost), its title."""

    line: int
    below: int
    level: int
    title: str


def sections(language: str, source: bytes, lines: Lines) -> tuple[Symbol, ...]:
    """Return the sections of a prose file, outermost first. A section holds its subsections, as a class its methods."""
    find = _markdown_headings if language == "markdown" else _rst_headings
    headings = [heading for heading in find(source, lines) if _slug(heading.title)]
    found: list[Symbol] = []
    around: list[tuple[int, str]] = []
    used: dict[str, int] = {}
    followings = [*(heading.line for heading in headings[1:]), None]
    for heading, end, following in zip(headings, _ends(headings), followings, strict=False):
        while around and around[-1][0] >= heading.level:
            around.pop()
        qualname = ".".join([*(outer for _, outer in around[-1:]), _slug(heading.title)])
        used[qualname] = used.get(qualname, 0) + 1
        if used[qualname] > 1:
            qualname = f"{qualname}~{used[qualname]}"
        around.append((heading.level, qualname))
        body = _text(source, lines, heading.below, following)
        found.append(Symbol(qualname, "section", heading.title[:TITLE_CHARACTERS], body, _span(source, lines, heading.line, end)))
    return tuple(found)


def preamble(source: bytes, lines: Lines, found: tuple[Symbol, ...]) -> str:
    """Return the opening of what stands before the first section, without front matter, pictures and HTML: many a README says there
    what it is about.
    """
    start = lines.start_of(_after_matter(source, lines))
    end = found[0].span.start if found else lines.size
    text = source[start : max(start, min(end, start + PREAMBLE_BYTES))].removeprefix(BOM).decode("utf-8", "ignore")
    return "\n".join(line for line in text.split("\n") if not line.lstrip().startswith(PICTURES))[:BODY_BYTES].strip()


def _after_matter(source: bytes, lines: Lines) -> int:
    """Return the first line that is no front matter."""
    matter = FRONT_MATTER.match(source, len(BOM) if source.startswith(BOM) else 0)
    return lines.line_of(matter.end()) + 1 if matter else 1


def _ends(headings: list[_Heading]) -> list[int | None]:
    """Return for each heading the line of the next one at its level or above; `None` where the section runs to the end."""
    ends: list[int | None] = [None] * len(headings)
    waiting: list[int] = []
    for position, heading in enumerate(headings):
        while waiting and headings[waiting[-1]].level >= heading.level:
            ends[waiting.pop()] = heading.line
        waiting.append(position)
    return ends


def _span(source: bytes, lines: Lines, first: int, following: int | None) -> Span:
    start = lines.start_of(first)
    end = lines.start_of(following) if following else lines.size
    return lines.span(start, max(start + 1, start + len(source[start:end].rstrip())))


def _text(source: bytes, lines: Lines, first: int, following: int | None) -> str:
    """Return the opening of a section's text, from the line below its heading."""
    start = lines.start_of(first)
    end = lines.start_of(following) if following else lines.size
    return source[start : max(start, min(end, start + BODY_BYTES))].decode("utf-8", "ignore").strip()


def _plain(title: str) -> str:
    """Return a title without link targets and anchors: `[1.0](url) {#one}` → `1.0`."""
    return LINK.sub(r"\1", ANCHOR.sub(" ", title)).strip() or title.strip()


def _without_end(title: bytes) -> bytes:
    """Return the title of an ATX heading without its closing sequence: `One ##` → `One`."""
    title = title.rstrip(b" \t")
    before = title.rstrip(b"#")
    return before.rstrip(b" \t") if before.endswith((b" ", b"\t")) else title


def _slug(title: str) -> str:
    return SLUG.sub("-", title.lower()).strip("-_")[:SLUG_CHARACTERS]


def _heads(source: bytes, lines: Lines) -> Iterator[bytes]:
    """Yield the first `HEAD_BYTES` bytes of every line, without its line end and the byte order mark."""
    for index, start in enumerate(lines.starts):
        end = lines.starts[index + 1] if index + 1 < len(lines.starts) else lines.size
        head = source[start : min(end, start + HEAD_BYTES)].rstrip(b"\r\n")
        yield head if index else head.removeprefix(BOM)


def _markdown_headings(source: bytes, lines: Lines) -> Iterator[_Heading]:
    first = _after_matter(source, lines)
    fence = html = b""
    paragraph: list[bytes] = []
    inside = False
    for line, text in enumerate(_heads(source, lines), 1):
        if line < first:
            continue
        if html:
            html = b"" if html in text.lower() else html
        elif fence:
            fence = b"" if _closes(text, fence) else fence
        elif mark := FENCE.match(text):
            fence = mark[1] or mark[2]
            paragraph = []
        elif heading := ATX.match(text):
            yield _Heading(line, line + 1, len(heading[1]), _plain(_without_end(heading[2]).decode("utf-8", "replace")))
            paragraph = []
        elif paragraph and (underline := SETEXT.match(text)):
            if len(paragraph) <= TITLE_LINES:
                title = b" ".join(part.strip() for part in paragraph).decode("utf-8", "replace")
                yield _Heading(line - len(paragraph), line + 1, 1 if underline[1].startswith(b"=") else 2, _plain(title))
            paragraph = []
        elif not text.strip():
            paragraph, inside = [], False
        elif inside or NO_PROSE.match(text) or (text[:1].isspace() and not paragraph):
            html = _opens_html(text)
            paragraph, inside = [], not html
        else:
            paragraph.append(text)


def _closes(text: bytes, fence: bytes) -> bool:
    """Say whether a line ends the code that `fence` opened: at least as long, of the same mark, and nothing after it."""
    return text.strip().startswith(fence) and not text.strip().strip(fence[:1])


def _opens_html(text: bytes) -> bytes:
    """Return the text that closes the raw HTML which a line opens; empty if the line opens none or closes it, too."""
    lowered = text.lower()
    mark = RAW_HTML.match(lowered)
    if mark is None:
        return b""
    end = b"-->" if mark[1] else b"]]>" if mark[2] else b"</" + mark[3] + b">"
    return b"" if end in lowered[mark.end() :] else end


def _rst_headings(source: bytes, lines: Lines) -> Iterator[_Heading]:
    """Yield titles with the depth of their adornment, in the order the document introduces adornments (docutils' rule)."""
    adornments: list[bytes] = []
    texts = list(_heads(source, lines))
    passed = -1
    for index, (text, under) in enumerate(pairwise(texts)):
        if index <= passed or not _is_title(text, under):
            continue
        above = texts[index - 1] if index else b""
        over = index - 1 > passed and above.rstrip() == under.rstrip()
        if not over and (text[:1].isspace() or not (index - 1 <= passed or not above.strip() or above.startswith(b".."))):
            continue
        adornment = under[:1] * (2 if over else 1)
        if adornment not in adornments:
            adornments.append(adornment)
        title = text.decode("utf-8", "replace").strip()
        yield _Heading(index + (0 if over else 1), index + 3, adornments.index(adornment) + 1, title)
        passed = index + 1


def _is_title(text: bytes, under: bytes) -> bool:
    """Say whether `under` underlines `text`: as long as it, or at least four characters (docutils warns, but accepts)."""
    if not text.strip() or not ADORNMENT.match(under) or ADORNMENT.match(text) or under.rstrip() in (b"..", b"::"):
        return False
    return len(under.rstrip()) >= min(4, len(text.decode("utf-8", "replace").rstrip()))
