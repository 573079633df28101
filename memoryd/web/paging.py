"""Lists a page at a time, by number, so that each page has an address."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

PER_PAGE = 50
One = TypeVar("One")


@dataclass(frozen=True, slots=True)
class Paged(Generic[One]):
    """A page of a list: `number` of `pages`, both from 1, and how many entries there are in `total`."""

    entries: tuple[One, ...]
    number: int
    pages: int
    total: int


def paged(entries: Sequence[One], number: int, per_page: int = PER_PAGE) -> Paged[One]:
    """Return a page of a list; the last one, where there are fewer."""
    pages = max(1, -(-len(entries) // per_page))
    number = min(number, pages)
    return Paged(tuple(entries[(number - 1) * per_page : number * per_page]), number, pages, len(entries))
