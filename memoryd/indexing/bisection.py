"""Finds by halving what makes the store refuse rows, so that one file's trouble costs that file and nothing else."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

from memoryd.store import RowsRefused

Item = TypeVar("Item", bound=Hashable)


def at_fault(items: Iterable[Item], attempt: Callable[[Sequence[Item]], object]) -> dict[Item, str]:
    """Return the items without which an attempt succeeds, with the reason of each; halves that are refused are halved again."""
    refused: dict[Item, str] = {}
    taken: list[Item] = []
    waiting = [list(items)]
    while waiting:
        some = waiting.pop()
        try:
            attempt([*taken, *some])
            taken += some
        except RowsRefused as refusal:
            middle = len(some) // 2
            if middle:
                waiting += [some[middle:], some[:middle]]
            else:
                refused[some[0]] = f"the index does not take its rows: {refusal}"
    return refused
