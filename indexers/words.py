"""Words as both the full-text index and the embedder see them: identifiers split, lower case.

`getHTTPResponse` gives `gethttpresponse get http response`: the whole identifier stays findable, its parts too.
"""

import re
import unicodedata
from collections.abc import Iterable

IDENTIFIER = re.compile(r"[^\W\d_][\w$]*|\d{2,}")
PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
LONGEST = 64
"""Characters of an identifier that is kept whole; longer ones are sentences (names of tests) or encoded data."""

SENTENCE = 256
"""Characters of an identifier that is split into words at all."""

WORD_LENGTH = 3
"""Mean length of the parts of a sentence; in encoded data case and digits change after fewer characters."""

_CACHE_SIZE = 200_000


class _Splitter(dict[str, str]):
    """Identifier → its words, remembered: a repository repeats its identifiers ten times over."""

    def __missing__(self, identifier: str) -> str:
        words = _split(identifier)
        if len(self) < _CACHE_SIZE and len(identifier) <= SENTENCE:
            self[identifier] = words
        return words


def _split(identifier: str) -> str:
    parts = _parts(identifier) if len(identifier) <= SENTENCE else []
    if len(identifier) > LONGEST:
        whole = ""
        if sum(map(len, parts)) < WORD_LENGTH * len(parts) or max(map(len, parts), default=0) > LONGEST:
            return ""
    else:
        whole = identifier.replace("_", "").replace("$", "").lower()
    if len(parts) <= 1:
        return whole
    return " ".join(filter(None, [whole, *(part for part in parts if len(part) > 1)]))


def _parts(identifier: str) -> list[str]:
    if identifier.isascii():
        return [part.lower() for part in PARTS.findall(identifier)]
    shape = "".join(map(_shape, identifier))
    return [identifier[match.start() : match.end()].lower() for match in PARTS.finditer(shape)]


def _shape(character: str) -> str:
    """Return the ASCII character that stands for the class of `character`: upper case, other letter, digit, or neither."""
    if character.isupper():
        return "A"
    if character.isdecimal():
        return "0"
    return "a" if character.isalpha() else "_"


_split_cached = _Splitter()


def split_words(text: str) -> str:
    """Return the words of `text`, separated by single spaces, in their order."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return " ".join(filter(None, map(_split_cached.__getitem__, IDENTIFIER.findall(text))))


def query_words(text: str) -> list[str]:
    """Return the distinct words of a query in their order."""
    return list(dict.fromkeys(split_words(text).split()))


def join_words(texts: Iterable[str]) -> str:
    """Return the words of several texts as one string."""
    return " ".join(filter(None, map(split_words, texts)))
