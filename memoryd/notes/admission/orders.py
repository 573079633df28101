"""Orders to the reader (prompt injection): which ones a text gives, by the words of several languages in `orders.toml`. Pure.

A text is compared without case, accents, characters that nobody sees, and compatibility forms (Unicode NFKD), and once more with
letters and digits that look like Latin letters. What is spelled backwards, letter by letter, encoded, or said in other words is not
found: the gate is one line of defence, the quotation of every note another.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from memoryd.text import HIDDEN

ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
"""ANSI escapes (ECMA-48): colours, cursor movements, titles of terminals."""
LINE_ENDS = re.compile(r"\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
BLANKS = re.compile(r"[^\S\n]+")
WITHIN = 35
"""Characters between two parts of an order, at most."""
ENDS = re.compile(r"[.!?](?=[\s\"')»”]|$)|[。！？]", re.MULTILINE)
"""Ends of sentences; `a.py` has none inside."""
END = "\0"
OPENS = (
    rf"(?:^|[-{END}:;,(>*\"'`“„«—–：；，、]|\b(?:and|then|now|please|just|simply|also|so|kindly|must|should|et|puis|und|dann|bitte|y|luego|e|depois)\b)"
    r"[\s\"'`“„«*_]{0,4}"
)
"""Where an order may begin: a line, a sentence, a clause, or behind words such as "please"."""
EDGE_BEFORE, EDGE_AFTER = r"(?<![^\W_])", r"(?![^\W_])"
"""Edges of a word. An underscore is emphasis, not part of a word."""
META = re.compile(r"[\\\[({?+*.|^$]")
DIGIT_AS_LETTER = re.compile(r"[0-9@$][a-z]")
LEAST_STEM = 2
"""Letters by which a text is looked through, at least, before the expression of a row is tried."""

MARKS = {
    "tells its reader to run what comes from elsewhere": re.compile(
        r"\b(?:curl|wget|fetch|iwr|invoke-webrequest)\b[^\n]{0,200}\|\s*(?:sudo\s+)?(?:ba|z|k|da)?sh\b"
        r"|\b(?:ba|z)?sh\b[^\n]{0,10}<\(\s*(?:curl|wget)"
        r"|base64\s+(?:-d|--decode)\b[^\n]{0,80}\|\s*(?:ba|z)?sh\b|\brm\s++-(?=[a-z]*[rf])[a-z]++\s++(?:/|~|\$home)(?:\s|$|\*)"
        r"|\biex\b[^\n]{0,20}\("
    ),
    "holds the marks of a conversation": re.compile(
        r"</?\s*(?:system|assistant|human|user|developer|instructions?|function_(?:calls?|results?)|tool_(?:use|result|call)s?|invoke"
        r"|antml:\w+|system-reminder)\b[^>\n]{0,80}>|<\|[a-z_]{2,30}\|>|\[/?inst\]|<</?sys>>"
        r"|^[^\S\n]*+(?:#{1,3}\s*+)?(?:system|developer)\s*+(?:(?:prompt|message|note)\s*+)?:\s*+\S|<(?:start|end)_of_turn>"
        r"|^[^\S\n]*+(?:\*\*)?(?:human|assistant)(?:\*\*)?:\s*+\S",
        re.MULTILINE,
    ),
}
"""Orders that are no words of a language; what they match is compared in lower case."""


class Order(NamedTuple):
    """A row of the table: the stems of which a text with this order has one of each part, and the expression that decides."""

    what: str
    stems: tuple[tuple[str, ...], ...]
    pattern: "re.Pattern[str]"


def orders(text: str) -> list[str]:
    """Return the orders that a text gives to its reader."""
    text = LINE_ENDS.sub("\n", ANSI.sub("", text))
    plain = plain_text(HIDDEN.sub("", text))
    spellings = {ENDS.sub(END, plain_text(HIDDEN.sub(instead, text))) for instead in ("", " ")}
    spellings |= {one.translate(table().looks) for one in spellings if not one.isascii() or DIGIT_AS_LETTER.search(one)}
    found = dict.fromkeys(what for what, mark in MARKS.items() if mark.search(plain))
    found |= dict.fromkeys(one.what for one in table().orders if any(_gives(spelled, one) for spelled in spellings))
    return list(found)


def plain_text(text: str) -> str:
    """Return a text as it is compared: lower case, without accents, with single blanks."""
    if not text.isascii():
        text = "".join(one for one in unicodedata.normalize("NFKD", text) if unicodedata.category(one) not in ("Mn", "Cf", "Co", "Cn"))
    return BLANKS.sub(" ", text.casefold())


class Table(NamedTuple):
    """The table of orders: its rows, and the letters that look like others."""

    orders: tuple[Order, ...]
    looks: Mapping[int, int]


@cache
def table() -> Table:
    """Read the table."""
    read = tomllib.loads(resources.files(__package__).joinpath("orders.toml").read_text("utf-8"))
    rows = tuple(_order(what, row, read["words"]) for what, rows in read["orders"].items() for row in rows)
    looks = {ord(one): ord(like) for alike, likes in read["looks"].items() for one, like in zip(alike, likes, strict=True)}
    return Table(rows, looks)


def _gives(text: str, one: Order) -> bool:
    return all(any(stem in text for stem in stems) for stems in one.stems) and one.pattern.search(text) is not None


def _order(what: str, row: Mapping[str, Any], words: Mapping[str, Sequence[str]]) -> Order:
    parts = [[plain_text(word) for name in part for word in words.get(name, [name])] for part in row["parts"]]
    opening = OPENS if row.get("opens") else ""
    gap = f"[^{END}]{{0,{row.get('within', WITHIN)}}}?"
    pattern = opening + gap.join(f"(?:{'|'.join(_word(word, row.get('joined', False)) for word in part)})" for part in parts)
    return Order(what, tuple(_stems(parts, row.get("joined", False))), re.compile(pattern, re.MULTILINE))


def _word(word: str, joined: bool) -> str:
    if joined:
        return word
    return f"{EDGE_BEFORE if word[0].isalnum() or word[0] in '([' else ''}{word}{EDGE_AFTER if word[-1] not in '`/ :' else ''}"


def _stems(parts: Sequence[Sequence[str]], joined: bool) -> Iterator[tuple[str, ...]]:
    """Yield for each part the beginnings of its words, if all of them are long enough to tell something."""
    for part in parts:
        stems = tuple({stem for word in part for stem in _beginnings(word)})
        if all(len(stem) >= (1 if joined else LEAST_STEM) for stem in stems):
            yield stems


def _beginnings(word: str) -> Iterator[str]:
    """Yield the beginnings of what a word matches, up to the first sign of an expression; an alternative at its start is taken apart."""
    if word.startswith("(?:"):
        alternatives, rest = word[3:].split(")", 1)
        for one in alternatives.split("|"):
            yield from _beginnings(one)
        if rest.startswith("?"):
            yield from _beginnings(rest[1:])
        return
    sign = META.search(word)
    yield word[: sign.start() - (sign[0] == "?")] if sign else word
