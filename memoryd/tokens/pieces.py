"""Cuts text into the pieces that o200k_base encodes each by itself, by expressions of tiktoken's engine and of Python's.

Python's knows no classes of Unicode, and where it names one it means another version of it. So it is asked only about the alphabet
below, whose letters, numbers and blanks are the same in every version.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import category


@dataclass(frozen=True, slots=True)
class _Classes:
    """The classes of characters that an expression asks for, each as what stands between brackets."""

    upper: str
    lower: str
    letters: str
    numbers: str
    blanks: str


def _expression(of: _Classes) -> str:
    """Return the expression of one piece of text."""
    word_end = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    return "|".join([
        rf"[^\r\n{of.letters}{of.numbers}]?[{of.upper}]*[{of.lower}]+" + word_end,
        rf"[^\r\n{of.letters}{of.numbers}]?[{of.upper}]+[{of.lower}]*" + word_end,
        rf"[{of.numbers}]{{1,3}}",
        rf" ?[^{of.blanks}{of.letters}{of.numbers}]+[\r\n/]*",
        rf"[{of.blanks}]*[\r\n]+",
        rf"[{of.blanks}]+(?![^{of.blanks}])",
        rf"[{of.blanks}]+",
    ])  # fmt: skip


PATTERN = _expression(_Classes(r"\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}", r"\p{Ll}\p{Lm}\p{Lo}\p{M}", r"\p{L}", r"\p{N}", r"\s"))
"""The expression of a piece for tiktoken's engine."""

# Beside ASCII: letters and signs of Latin, but for the long s, which is an `s` in other case; punctuation, arrows, mathematics, frames.
_LATIN = [chr(code) for code in range(0x80, 0x17F)]
_ALPHABET = re.compile("[\x00-\u017e\u2010-\u2027\u2030-\u205e\u2190-\u245f\u2500-\u2775]*")


def _latin(*categories: str) -> str:
    return "".join(character for character in _LATIN if category(character) in categories)


_PIECE = re.compile(
    _expression(
        _Classes(
            upper="A-Z" + _latin("Lu", "Lo"),
            lower="a-z" + _latin("Ll", "Lo"),
            letters="A-Za-z" + _latin("Lu", "Ll", "Lo"),
            numbers="0-9" + _latin("No"),
            blanks="\t-\r \x85\xa0",
        )
    )
)


def pieces(text: str) -> Sequence[str] | None:
    """Return the pieces of a text; `None` if it has characters outside the alphabet."""
    return _PIECE.findall(text) if text.isascii() or _ALPHABET.fullmatch(text) else None
