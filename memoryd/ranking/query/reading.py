"""Reads a task: the identifiers, paths, stack frames and words that its text names. Pure."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from indexers import query_words, split_words
from memoryd.limits import TASK_READ
from memoryd.ranking.query.forms import without_form
from memoryd.ranking.query.headline import first_line, opening
from memoryd.ranking.query.words import STOP_WORD, STOP_WORDS

IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*(?:(?:\.|::|#|->)[A-Za-z_$][\w$]*)*[!?]?")
SEPARATOR = re.compile(r"\.|::|#|->")
PATH = re.compile(
    r"(?<![\w/.@+-])(?:\.{0,2}/)?(?:[\w.@+-]{1,100}/){0,30}[\w.@+-]{1,100}\.[A-Za-z][A-Za-z0-9]{0,7}\b"
    r"|(?<![\w/.@+-])(?:[\w.@+-]{1,100}/){1,30}[\w.@+-]{1,100}"
)
FRAME = re.compile(
    r'File "(?P<python>[^"\n]{1,300})", line (?P<python_line>\d{1,7})'
    r"|(?P<path>[\w./@+-]{1,300}\.[A-Za-z]\w{0,7}):(?P<line>\d{1,7})\b"
)
QUOTED = re.compile(r"`(?=\S)([^`\n]{2,120})(?<=\S)`|\"(?=\S)([^\"\n]{2,120})(?<=\S)\"|(?<!\w)'(?=\S)([^'\n]{3,120})(?<=\S)'(?!\w)")
"""What stands in quotation marks. Blanks inside them mean that one closes what was quoted before, and the other opens what comes after."""
HYPHENED = re.compile(r"(?<![\w-])([A-Za-z]{2,20})-([A-Za-z]{2,20})(?![\w-])")
"""Two words with a hyphen: a question says keep-alive, code says keepalive, keep_alive or keepAlive.

Not used for reports, which have words enough and too many hyphens.
"""
CAMEL = re.compile(r"[a-z0-9][A-Z]|[A-Z]{2}[a-z]")
ROUTE = re.compile(r"(?:\b(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)[ \t]{1,3})?(?<![\w./:<>\]})*-])(/[\w{}<>:\[\].*/-]{0,150})")
"""The path of a request, with its method or alone."""
FEW_WORDS = 2
"""The telling words up to which every word of a task may be a name: "where is fill"."""
MOST_ROUTES = 5
"""The most requests of a task that are looked up."""


@dataclass(frozen=True, slots=True)
class Query:
    """A task as read. `names` are its identifiers as written, `paths` its paths, `frames` its stack frames (path, line),
    `routes` its requests (method, path).

    `text` is the task on one line, without the headings of forms and without links, `headline` its title, first line or first
    sentence. `words` are split and stemmed, without stop words, those of the headline and of identifiers first; `headline_words` are
    the words of the headline.
    """

    text: str
    headline: str
    words: tuple[str, ...]
    headline_words: tuple[str, ...]
    names: tuple[str, ...]
    paths: tuple[str, ...]
    frames: tuple[tuple[str, int], ...]
    routes: tuple[tuple[str, str], ...] = ()

    @property
    def is_report(self) -> bool:
        """Whether the task says more than its headline: a report of what is wrong or wanted, not a question."""
        return self.headline != self.text

    @property
    def is_name(self) -> bool:
        """Whether the task says nothing but names: `Cart.total`, "where is Cart.total"."""
        return bool(self.names) and set(self.words) <= set(query_words(" ".join(self.names)))


def read_query(text: str) -> Query:
    """Read a task. Everything is optional: any text is a query.

    Lines tell where a title ends, and what stands alone on one as a form's heading. Apart from that, white space does not matter.
    """
    lines = "\n".join(" ".join(line.split()) for line in text[:TASK_READ].splitlines()).strip()
    said = without_form(lines) or lines
    headline = (first_line(said) if "\n" in lines else opening(said)).strip()
    whole, plain = " ".join(lines.split()), " ".join(said.split())
    routes = _routes(plain)
    names = _names(ROUTE.sub(" ", plain) if routes else plain)  # the parts of a request's path name no definitions
    words = _words(headline, plain[len(headline) :], names) or tuple(query_words(whole))
    headline_words = tuple(query_words(STOP_WORD.sub(" ", headline))) or words
    return Query(plain, headline, words, headline_words, names, _paths(plain), _frames(whole), routes)


def name_parts(name: str) -> list[str]:
    """Return the parts of a qualified name as any language writes it: `a.b`, `A::b`, `A#b`, `a->b`; what it names comes last."""
    return [part for part in SEPARATOR.split(name) if part]


def _words(headline: str, rest: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return the distinct words: those of the headline, then those of identifiers, then the others, the most frequent first."""
    joined = "" if rest else " ".join(f"{first}_{second} {first}{second}" for first, second in HYPHENED.findall(headline))
    often = Counter(split_words(STOP_WORD.sub(" ", rest)).split())
    others = sorted(often, key=lambda word: -often[word])
    return tuple(dict.fromkeys([*query_words(f"{STOP_WORD.sub(' ', headline)} {joined}"), *query_words(" ".join(names)), *others]))


def _names(text: str) -> tuple[str, ...]:
    """Return identifiers: quoted, dotted, with underscores or inner capitals; where no more words tell anything, each may be one."""
    quoted = [next(filter(None, match.groups())) for match in QUOTED.finditer(text.replace("```", " "))]
    found = [name for part in quoted for name in IDENTIFIER.findall(part) if part.count(" ") <= 2]
    found += [name for name in IDENTIFIER.findall(text) if _is_code(name)]
    if not found and len(words := STOP_WORD.sub(" ", text).split()) <= FEW_WORDS:
        found = [name for word in words for name in IDENTIFIER.findall(word)]
    return tuple(dict.fromkeys(name for name in found if len(name) > 1 and name.lower() not in STOP_WORDS))


def _is_code(name: str) -> bool:
    return any(mark in name for mark in ("_", ".", "::", "#", "->")) or bool(CAMEL.search(name))


def _paths(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(path.lstrip("./") for path in PATH.findall(text) if not path.replace(".", "").isdigit()))


def _routes(text: str) -> tuple[tuple[str, str], ...]:
    """Return the requests that a text names: paths with a method before them, or a text that is a path and no more."""
    alone = len(text.split()) == 1
    found = ((match[1] or "", match[2]) for match in islice(ROUTE.finditer(text), MOST_ROUTES * 10))
    return tuple(dict.fromkeys((method, path) for method, path in found if method or alone))[:MOST_ROUTES]


def _frames(text: str) -> tuple[tuple[str, int], ...]:
    frames = []
    for match in FRAME.finditer(text):
        path, line = (match["python"], match["python_line"]) if match["python"] else (match["path"], match["line"])
        frames.append((path, int(line)))
    return tuple(dict.fromkeys(frames))
