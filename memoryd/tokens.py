"""Counts o200k_base tokens, exactly and offline: the ranks ship with the package, so tiktoken never downloads them.

A special token such as `<|endoftext|>` counts as the ordinary text it is. No string raises, however long or broken.
"""

import re
import zlib
from collections.abc import Callable
from importlib.resources import files
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tiktoken import Encoding

_WORD_END = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
_PATTERN = "|".join([
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+" + _WORD_END,
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*" + _WORD_END,
    r"\p{N}{1,3}",
    r" ?[^\s\p{L}\p{N}]+[\r\n/]*",
    r"\s*[\r\n]+",
    r"\s+(?!\S)",
    r"\s+",
])  # fmt: skip

# `\s+(?!\S)` overflows tiktoken's regex stack, a panic no caller can catch politely, somewhere above 500,000 blanks. A run of
# blanks with no line break behind it always starts a piece of its own, so the longest ones are counted apart from their text.
_BLANK = r"[ \t\v\f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
_LONG_BLANKS = re.compile(rf"(?<!{_BLANK}){_BLANK}{{100000,}}+(?![\r\n])")


class TokenCounter:
    """Counts the o200k_base tokens of a text. Loads on the first count; may be shared between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._encoding: Encoding | None = None

    def __call__(self, text: str) -> int:
        """Return the number of tokens of `text`; 0 for the empty text. A lone surrogate counts as U+FFFD."""
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
                self._encoding = _encoding(files("memoryd").joinpath("data", "o200k_base.merges").read_bytes())
            return self._encoding


_shared = TokenCounter()


def counter() -> Callable[[str], int]:
    """Return the counter that the whole process shares: text → exact number of o200k_base tokens."""
    return _shared


def unpack_ranks(packed: bytes) -> list[bytes]:
    """Return the tokens in the order of their ranks.

    Every token of a byte pair encoding but the first 256 joins two earlier ones, so the file holds pairs of ranks: after the
    256 bytes in their order come the ranks of all left halves, then of all right ones, each as three planes of bytes, lowest first.
    """
    data = zlib.decompress(packed)
    tokens = [bytes((byte,)) for byte in data[:256]]
    count = (len(data) - 256) // 6
    planes = [data[start : start + count] for start in range(256, len(data), count)]
    for a, b, c, x, y, z in zip(*planes, strict=True):
        tokens.append(tokens[a | b << 8 | c << 16] + tokens[x | y << 8 | z << 16])
    return tokens


def _encoding(packed: bytes) -> "Encoding":
    from tiktoken import Encoding

    ranks = {token: rank for rank, token in enumerate(unpack_ranks(packed))}
    encoding = Encoding("o200k_base", pat_str=_PATTERN, mergeable_ranks=ranks, special_tokens={})
    # The encoder has its own copy of the ranks; tiktoken would keep this dictionary, too (23 MB), for methods not called here.
    ranks.clear()
    return encoding
