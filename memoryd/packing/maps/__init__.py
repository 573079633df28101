"""The maps of a project: what somebody who is new to it asks first.

drafts        the maps, within a token budget; they are drawn once for each version
project_map   the map
guided_tour   the tour: entry points, the way of one request, main parts
way           the strongest path of calls
survey        what both are made from
sections      how they are written
manifests     what packages are called, what they are for, and their commands
entry_points  where programs enter
interface     what packages export
purpose       what folders are for, in a sentence
"""

from memoryd.packing.maps.drafts import Maps
from memoryd.packing.maps.guided_tour import asks_for_tour
from memoryd.packing.maps.interface import is_wholly_public

__all__ = ["Maps", "asks_for_tour", "is_wholly_public"]
