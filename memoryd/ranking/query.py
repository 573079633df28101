"""Reads a task: the identifiers, paths, stack frames and words that its text names. Pure."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from indexers import query_words, split_words
from memoryd.limits import TASK_READ

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
QUOTED = re.compile(r"`([^`\n]{2,120})`|\"([^\"\n]{2,120})\"|'([^'\n]{3,120})'")
HYPHENED = re.compile(r"(?<![\w-])([A-Za-z]{2,20})-([A-Za-z]{2,20})(?![\w-])")
"""Two words with a hyphen: a question says keep-alive, code says keepalive, keep_alive or keepAlive.

Not used for reports, which have words enough and too many hyphens.
"""
CAMEL = re.compile(r"[a-z0-9][A-Z]|[A-Z]{2}[a-z]")
ROUTE = re.compile(r"(?:\b(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)[ \t]{1,3})?(?<![\w./:<>\]})*-])(/[\w{}<>:\[\].*/-]{0,150})")
"""The path of a request, with its method or alone."""
HEADLINE_WORDS = 25
"""The most words of a headline. Titles of bug reports are hardly ever longer."""
FEW_WORDS = 2
"""The telling words up to which every word of a task may be a name: "where is fill"."""
SENTENCE_END = re.compile(r"(?<=[.!?])\s")
WORD = re.compile(r"\S+")
MOST_ROUTES = 5
"""The most requests of a task that are looked up."""
STOP_WORDS = frozenset(
    "a about after all also an and any are as at be been before being but by can could did do does doing done each either for from get "
    "had has have having he her here him his how i if in into is it its itself just like made make makes may me might more most must my "
    "need no not of off on once only or other our out over own same see she should so some such than that the their them then there these "
    "they this those through to too under until up us use used uses using very want was we were what when where which while who whom why "
    "will with would you your please show find explain tell".split()
)
STOP_WORD = re.compile(rf"(?<![\w$])(?:{'|'.join(sorted(STOP_WORDS))})(?![\w$])", re.IGNORECASE)
HEADINGS = (
    r"(?:steps )?to reproduce|(?:expected|actual|current|observed) (?:behaviou?r|results?|output)|additional context|environment|versions?"
    r"|screenshots?|what happened|(?:your )?configuration|(?:possible )?solution|search before asking|how to reproduce|system information"
    r"|checklist|code of conduct|yes i am willing to submit a pr"
)
OPENINGS = (
    r"describe (?:the|your|what|how|any)|a clear and concise description of|are you willing to work on"
    r"|is your feature request related to a problem"
)
"""What lines of a form begin with that each template ends in its own way."""
FORM = re.compile(
    r"https?://\S+|^[ \t]{0,20}[-*] \[[ xX]\].*$"
    rf"|^[#*_ \t]{{0,20}}(?:(?:{OPENINGS})\b.*|(?:{HEADINGS})!?)[:?*_ \t\r]{{0,20}}$"
    rf"|[#*]{{2,6}} ?(?:describe (?:the|your) \w{{1,20}}|{HEADINGS})\b[!?:]?(?:\*\*)?|a clear and concise description of [^.\n]{{1,60}}\.",
    re.IGNORECASE | re.MULTILINE,
)
"""Headings of issue forms, links and check boxes: every report has them, so they say nothing about this one."""


@dataclass(frozen=True, slots=True)
class Query:
    """A task as read. `names` are its identifiers as written, `paths` its paths, `frames` its stack frames (path, line),
    `routes` its requests (method, path).

    `text` is the task without the headings of forms and without links, `headline` its first line, or of a long line the
    first sentence. `words` are split and stemmed, without stop words, those of the headline and of identifiers first; `headline_words` are
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


def read_query(text: str) -> Query:
    """Read a task. Everything is optional: any text is a query."""
    text = text[:TASK_READ]
    told = FORM.sub(" ", _without_comments(text))
    routes = _routes(told)
    names = _names(ROUTE.sub(" ", told) if routes else told)  # the parts of a request's path name no definitions
    told = told.strip() or text
    headline = _headline(told)
    words = _words(headline, told[len(headline) :], names) or tuple(query_words(text))
    headline_words = tuple(query_words(STOP_WORD.sub(" ", headline))) or words
    return Query(told, headline, words, headline_words, names, _paths(told), _frames(text), routes)


def name_parts(name: str) -> list[str]:
    """Return the parts of a qualified name as any language writes it: `a.b`, `A::b`, `A#b`, `a->b`; what it names comes last."""
    return [part for part in SEPARATOR.split(name) if part]


def telling(text: str) -> str:
    """Return a text without its stop words; the text itself if it has no other words."""
    rest = STOP_WORD.sub(" ", text)
    return rest if query_words(rest) else text


def _without_comments(text: str) -> str:
    """Return a text without its HTML comments; an unclosed comment stays."""
    parts, start = [], 0
    while (opening := text.find("<!--", start)) >= 0 and (end := text.find("-->", opening)) >= 0:
        parts.append(text[start:opening])
        start = end + 3
    return " ".join([*parts, text[start:]])


def _headline(text: str) -> str:
    """Return what a text says first, whether its author ended it with a line or a full stop: a text on one line is as good as any."""
    line = text.partition("\n")[0]
    if len(line.split()) <= HEADLINE_WORDS:
        return line
    sentence = SENTENCE_END.split(line, maxsplit=1)[0]
    if len(sentence.split()) <= HEADLINE_WORDS:
        return sentence
    return line[: [word.end() for word in islice(WORD.finditer(line), HEADLINE_WORDS)][-1]]


def _words(headline: str, rest: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return the distinct words: those of the headline, then those of identifiers, then the others, the most frequent first."""
    joined = "" if rest else " ".join(f"{first}_{second} {first}{second}" for first, second in HYPHENED.findall(headline))
    often = Counter(split_words(STOP_WORD.sub(" ", rest)).split())
    others = sorted(often, key=lambda word: -often[word])
    return tuple(dict.fromkeys([*query_words(f"{STOP_WORD.sub(' ', headline)} {joined}"), *query_words(" ".join(names)), *others]))


def _names(text: str) -> tuple[str, ...]:
    """Return identifiers: quoted, dotted, with underscores or inner capitals; where no more words tell anything, each may be one."""
    quoted = [next(filter(None, match.groups())) for match in QUOTED.finditer(text)]
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
