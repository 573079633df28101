"""Orders of the shop.

They are kept until shipped.
"""

from __future__ import annotations

import os.path
import numpy as np
from collections.abc import Iterable as Many, Sequence
from .cart import Cart, total
from ..money import *

LIMIT = 20
_cache: dict[str, Order] = {}


# Decides who pays.
# In advance, always.
def payer(order: Order, *, fallback: "Customer | None" = None) -> Customer:
    return order.customer or fallback


@dataclass(frozen=True)
class Order(Base, metaclass=Meta):
    """What somebody bought."""

    customer: Customer
    lines: list[Line]

    class Line:
        def price(self) -> Money:
            # Rounded once, at the end.
            return money.round(self.amount * np.array([1]))

    @property
    def total(self) -> Money:
        """Sum of the lines."""
        try:
            return total(line.price() for line in self.lines)
        except OverflowError as error:
            raise OrderTooLarge(self) from error

    @total.setter
    def total(self, value: Money) -> None:
        super().total = value

    async def ship(self, carrier: shipping.Carrier) -> None:
        async with carrier.session() as session:
            await session.send(self)
        ",".join(os.path.join("a", "b"))


if LIMIT > 10:
    def audit(order):
        def inner(x):
            return x
        return inner(order)


HOUSES = ("red", "blue")  # for now
"""The houses that ship.

None is left out.
"""


class Parcel:
    weight = 1
    """In grams."""
    size: int = 2
    label = "small"

    """No documentation of what stands above the blank line."""


audit.level = 2
