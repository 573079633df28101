"""Counts the tokens of texts: by the vocabulary as it lies on disk, and with tiktoken where a process counts much.

Loading tiktoken takes as long as a whole question on the command line. A special token such as `<|endoftext|>` counts as the
ordinary text it is. No string raises, however long or broken.
"""

import re
from collections.abc import Callable, Iterator
from threading import Lock
from typing import TYPE_CHECKING

from memoryd.tokens.pieces import PATTERN, pieces
from memoryd.tokens.vocabulary import o200k_base

if TYPE_CHECKING:
    from tiktoken import Encoding

# `\s+(?!\S)` overflows tiktoken's regex stack, a panic no caller can catch politely, somewhere above 500,000 blanks. A run of
# blanks with no line break behind it always starts a piece of its own, so the longest ones are counted apart from their text.
_BLANK = r"[ \t\v\f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
_LONG_BLANKS = re.compile(rf"(?<!{_BLANK}){_BLANK}{{100000,}}+(?![\r\n])")

_OPENED = re.compile(r"(?!/)[ \t]{0,1000}[!-~]")

_LONG_TEXT, _LONG_PIECE = 200_000, 128
"""The characters of texts and pieces from which on tiktoken counts them."""
_MANY = 40_000
"""The number of characters in pieces seen for the first time after which tiktoken is loaded, since they took as long."""

TokenCount = Callable[[str], int]
"""Returns the number of tokens of a text."""


class TokenCounter:
    """Counts the o200k_base tokens of a text; may be shared between threads. Loads tiktoken once that is worth it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._encoding: Encoding | None = None
        self._counts: dict[str, int] = {}
        self._seen = 0

    def __call__(self, text: str) -> int:
        """Return the number of tokens of `text`; 0 for the empty text. A lone surrogate counts as U+FFFD."""
        counted = self._counted(text) if self._encoding is None else None
        return self._encoded(text) if counted is None else counted

    def _counted(self, text: str) -> int | None:
        """Return the number of tokens by the vocabulary; `None` if that would take long, or cannot be told."""
        found = pieces(text) if len(text) < _LONG_TEXT and self._seen < _MANY else None
        if found is None:
            return None
        counts = self._counts
        for piece in {piece for piece in found if piece not in counts}:
            if self._seen >= _MANY or len(piece) > _LONG_PIECE:
                return None
            counts[piece] = o200k_base().tokens_in(piece.encode())
            self._seen += len(piece)
        return sum(map(counts.__getitem__, found))

    def _encoded(self, text: str) -> int:
        encoding = self._encoding or self._load()
        count = position = 0
        for blanks in _LONG_BLANKS.finditer(text):
            # The last blank before a word belongs to the word.
            end = blanks.end() if blanks.end() == len(text) else blanks.end() - 1
            count += len(encoding.encode_ordinary(text[position : blanks.start()]))
            count += len(encoding._encode_single_piece(text[blanks.start() : end]))
            position = end
        return count + len(encoding.encode_ordinary(text[position:] if position else text))

    def _load(self) -> "Encoding":
        with self._lock:
            if self._encoding is None:
                self._encoding = _encoding()
                self._counts = {}
            return self._encoding


def added(before: str, more: str, count: TokenCount) -> int:
    """Return by how many tokens `more` lengthens a text that ends with `before`, which must begin the text or a line of it.

    No piece of the vocabulary's expression goes on into a line in which blanks are followed by a sign or letter of ASCII, unless a slash
    opens it: only the lines from the last such one on are counted.
    """
    tail = next((before[start:] for start in _line_starts(before) if _OPENED.match(before, start)), before)
    return count(tail + more) - count(tail)


def _line_starts(text: str) -> Iterator[int]:
    """Yield where the lines of a text start but for the first, the last line first."""
    at = len(text)
    while (at := text.rfind("\n", 0, at)) >= 0:
        yield at + 1


_shared = TokenCounter()


def counter() -> TokenCount:
    """Return the counter that the whole process shares: text → exact number of o200k_base tokens."""
    return _shared


def _encoding() -> "Encoding":
    from tiktoken import Encoding

    ranks = o200k_base().ranks()
    encoding = Encoding("o200k_base", pat_str=PATTERN, mergeable_ranks=ranks, special_tokens={})
    # The encoder has its own copy of the ranks; tiktoken would keep this dictionary, too (23 MB), for methods not called here.
    ranks.clear()
    return encoding
