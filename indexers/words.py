"""Splits text into the words of the full-text index: parts of identifiers, in lower case, stemmed.

`getHTTPResponses` gives `gethttpresponses get http respons`: the whole identifier stays findable, its parts too, whatever form of
the word a question uses. Stems are those of the Snowball stemmer for English (Porter 2001), which leaves unknown words alone.
"""

import re
import unicodedata
from collections.abc import Callable

import Stemmer

IDENTIFIER = re.compile(r"[^\W\d_][\w$]*|\d{2,}")
_SPACED = "".join(chr(code) if chr(code).isalnum() or chr(code) in "_$" else " " for code in range(128))
"""A table for `str.translate` that blanks ASCII characters outside identifiers: three times as fast as a regular expression."""
_SPACED_BYTES = _SPACED.encode() + bytes(range(128, 256))

SMALL = re.compile(r"_*[a-z][a-z_]*")
PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_A-Za-z]+|\d+")
LONGEST = 64
"""The most characters of an identifier that is also indexed whole; longer ones are sentences (names of tests) or encoded data."""

SENTENCE = 256
"""The most characters of an identifier that is indexed at all."""

WORD_LENGTH = 3
"""The least mean length, in characters, of a sentence's parts; in encoded data, case and digits change after fewer characters."""

_CACHE_SIZE = 200_000


class _Splitter(dict[str, str]):
    """A cache of the words of each run of letters, digits and underscores: a repository repeats its identifiers about ten times."""

    def __missing__(self, run: str) -> str:
        if len(run) <= LONGEST and SMALL.fullmatch(run):  # as most are: nothing in it needs to be looked at letter by letter
            parts = [part for part in run.split("_") if part]
            whole = "".join(parts)
            words = _stem(whole) if len(parts) == 1 else " ".join((whole, *map(_stem, (part for part in parts if len(part) > 1))))
        else:
            words = " ".join(filter(None, map(_split, IDENTIFIER.findall(run))))
        if len(self) < _CACHE_SIZE and len(run) <= SENTENCE:
            self[run] = words
        return words


def _split(identifier: str) -> str:
    parts = _cased_parts(identifier) if len(identifier) <= SENTENCE else []
    if len(identifier) > LONGEST:
        whole = ""
        if sum(map(len, parts)) < WORD_LENGTH * len(parts) or max(map(len, parts), default=0) > LONGEST:
            return ""
    else:
        whole = identifier.replace("_", "").replace("$", "").lower()
    if len(parts) <= 1:
        return _stem(whole)
    return " ".join(filter(None, [whole, *(_stem(part) for part in parts if len(part) > 1)]))


def _cased_parts(identifier: str) -> list[str]:
    """Return the parts of an identifier in lower case; letters of every script are split by case, as ASCII letters are."""
    if identifier.isascii():
        return identifier_parts(identifier)
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
_stem: Callable[[str], str] = Stemmer.Stemmer("english", 0).stemWord


def split_words(text: str) -> str:
    """Return the words of `text`, separated by single spaces, in their order."""
    if text.isascii():
        spaced = text.translate(_SPACED)
    else:  # what else stands between identifiers is found in each run, once
        raw = unicodedata.normalize("NFC", text).encode("utf-8", "surrogatepass")
        spaced = raw.translate(_SPACED_BYTES).decode("utf-8", "surrogatepass")
    return " ".join(filter(None, map(_split_cached.__getitem__, spaced.split())))


def query_words(text: str) -> list[str]:
    """Return the distinct words of a query in their order."""
    return list(dict.fromkeys(split_words(text).split()))


def identifier_parts(identifier: str) -> list[str]:
    """Return the parts of an identifier in lower case, split where case changes and between ASCII letters, digits and other letters."""
    return [part.lower() for part in PARTS.findall(identifier)]
