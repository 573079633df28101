"""What a handle names, and the text that it stands for.

places        where a handle points, or what it may have meant
excerpts      the lines there, as on disk
"""

from memoryd.packing.handles.excerpts import show, show_raw
from memoryd.packing.handles.places import Place, place_of

__all__ = ["Place", "place_of", "show", "show_raw"]
