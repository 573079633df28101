"""Arrays that are saved as files beside a table, and mapped: what is not asked for is not read.

file    named arrays as one sealed file
order   texts of an array, and their sorted order
places  places of numbers among others
"""

from memoryd.arrays.file import Arrays, Damaged, Shared, Values, load, made_for, save
from memoryd.arrays.order import Order, Texts
from memoryd.arrays.places import positions

__all__ = ["Arrays", "Damaged", "Order", "Shared", "Texts", "Values", "load", "made_for", "positions", "save"]
