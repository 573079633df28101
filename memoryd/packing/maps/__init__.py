"""The maps of a project: what somebody who is new to it asks first.

project_map   the map, within a token budget
manifests     what packages are called, what they are for, and their commands
entry_points  where programs enter
interface     what packages export
purpose       what folders are for, in a sentence
"""

from memoryd.packing.maps.project_map import overview

__all__ = ["overview"]
