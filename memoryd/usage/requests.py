"""The values of usage: requests as clients wrote them down, where they belong, and sums of their tokens. Pure; counts, never text."""

from dataclasses import dataclass
from typing import NamedTuple

MIXED = "sidechain"
"""The agent of requests whose transcript does not name it: several agents may be mixed."""


class Where(NamedTuple):
    """What requests belong to. `agent` is empty for the main one of a session."""

    client: str
    session: str
    agent: str
    model: str
    project: str
    branch: str
    speed: str


class Request(NamedTuple):
    """One request to a model. A named tuple, since a year of work holds a hundred thousand and is read within a second.

    `key` is the digest of what the client calls it, 0 where it has no name; `message` that of the answer alone. `at` is in
    milliseconds, `where` a place in the list of its reading. `input` excludes what a cache was read or written for.
    """

    key: int
    message: int
    at: int
    where: int
    input: int
    read: int
    write_5m: int
    write_1h: int
    output: int
    searches: int

    @property
    def counts(self) -> tuple[int, ...]:
        """All counts, in the order of those of `Tokens`."""
        return self[4:10]

    @property
    def context(self) -> int:
        """Tokens that the model was given."""
        return self.input + self.read + self.write_5m + self.write_1h


COUNTED = slice(4, 10)
"""The counts of a request that is a list."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """Sums of requests."""

    requests: int = 0
    input: int = 0
    read: int = 0
    write_5m: int = 0
    write_1h: int = 0
    output: int = 0
    searches: int = 0

    @property
    def context(self) -> int:
        """Tokens that models were given."""
        return self.input + self.read + self.write_5m + self.write_1h

    @property
    def write(self) -> int:
        """Tokens that a cache was written for."""
        return self.write_5m + self.write_1h

    @property
    def input_share(self) -> float | None:
        """Which share of all tokens was given to models."""
        return _share(self.context, self.context + self.output)

    @property
    def read_per_written(self) -> float | None:
        """Tokens that models were given for each that they wrote."""
        return _share(self.context, self.output)

    @property
    def cached_share(self) -> float | None:
        """Which share of what models were given came from a cache."""
        return _share(self.read, self.context)

    def __add__(self, other: "Tokens") -> "Tokens":
        return Tokens(
            self.requests + other.requests, self.input + other.input, self.read + other.read, self.write_5m + other.write_5m,
            self.write_1h + other.write_1h, self.output + other.output, self.searches + other.searches,
        )  # fmt: skip


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
