"""The vocabulary of o200k_base as a file that is searched as it lies: nothing is made of it before the first look.

The file holds the length of the longest token in bytes, and for each length up to it how many tokens have it; then for each length
its tokens in their order, and behind them their ranks. All numbers have 32 bits, the lowest byte first.
"""

import struct
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain

_NUMBER = struct.Struct("<I")
NO_RANK = 1 << 32
"""Stands for the rank of what is no token: higher than every rank."""


@dataclass(frozen=True, slots=True)
class _OfLength:
    """The tokens of one length, from `start` in the data on, as a sequence in their order."""

    data: bytes
    start: int
    length: int
    count: int

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, place: int) -> bytes:
        position = self.start + place * self.length
        return self.data[position : position + self.length]

    def rank(self, token: bytes) -> int:
        """Return the rank of a token of this length; `NO_RANK` for what is none."""
        place = bisect_left(self, token)
        if place == self.count or self[place] != token:
            return NO_RANK
        rank: int = _NUMBER.unpack_from(self.data, self.start + self.count * self.length + place * _NUMBER.size)[0]
        return rank

    def ranks(self) -> Iterator[tuple[bytes, int]]:
        end = self.start + self.count * self.length
        tokens = (self.data[position : position + self.length] for position in range(self.start, end, self.length))
        return zip(tokens, struct.unpack_from(f"<{self.count}I", self.data, end), strict=True)


class Vocabulary:
    """The tokens of an encoding and their ranks."""

    def __init__(self, data: bytes) -> None:
        """Take the data of a file."""
        (longest,) = _NUMBER.unpack_from(data)
        counts = struct.unpack_from(f"<{longest}I", data, _NUMBER.size)
        self._lengths: list[_OfLength] = []
        start = (longest + 1) * _NUMBER.size
        for length, count in enumerate(counts, start=1):
            self._lengths.append(_OfLength(data, start, length, count))
            start += count * (length + _NUMBER.size)

    def rank(self, token: bytes) -> int:
        """Return the rank of a token; `NO_RANK` for what is none."""
        return self._lengths[len(token) - 1].rank(token) if 0 < len(token) <= len(self._lengths) else NO_RANK

    def ranks(self) -> dict[bytes, int]:
        """Return the rank of every token."""
        return dict(chain.from_iterable(tokens.ranks() for tokens in self._lengths))

    def tokens_in(self, piece: bytes) -> int:
        """Return the number of tokens of a piece of text. Takes the square of its length: meant for words."""
        if self.rank(piece) != NO_RANK:
            return 1
        parts = [piece[place : place + 1] for place in range(len(piece))]
        joined = [self.rank(piece[place : place + 2]) for place in range(len(piece) - 1)]
        while joined and (lowest := min(joined)) != NO_RANK:
            place = joined.index(lowest)
            parts[place : place + 2] = [parts[place] + parts[place + 1]]
            del joined[place]
            if place < len(joined):
                joined[place] = self.rank(parts[place] + parts[place + 1])
            if place:
                joined[place - 1] = self.rank(parts[place - 1] + parts[place])
        return len(parts)


@cache
def o200k_base() -> Vocabulary:
    """Return the vocabulary that ships with the package."""
    return Vocabulary(files("memoryd").joinpath("data", "o200k_base.tokens").read_bytes())


def packed(ranks: Mapping[bytes, int]) -> bytes:
    """Return tokens with their ranks in the format of the file."""
    longest = max(map(len, ranks))
    lengths = [sorted(token for token in ranks if len(token) == length) for length in range(1, longest + 1)]
    data = [struct.pack(f"<{longest + 1}I", longest, *map(len, lengths))]
    for tokens in lengths:
        data += [*tokens, struct.pack(f"<{len(tokens)}I", *(ranks[token] for token in tokens))]
    return b"".join(data)
