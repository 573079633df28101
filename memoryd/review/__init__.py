"""Review: what a change needs to be read and gone on with, as a pack: changed units with what they were, and what stands around them.

differences  what differs between two texts, by units
surroundings callers, callees, tests and lost uses of what changed, a line each
change_pack  all of it within a token budget
"""

from memoryd.review.change_pack import pack_change
from memoryd.review.surroundings import lacking

__all__ = ["lacking", "pack_change"]
