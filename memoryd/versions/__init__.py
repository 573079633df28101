"""The versions of an index: one in memory, ready to answer, and the refresh that makes the next.

catalog       the units of a version by id, name and file
view          one version in memory: search index, catalogue, graph
exact         what compilers say of files, kept by their content
image         what opening a version would build from rows, saved beside the table and mapped
saved_units   the units and files of an image
changes       what changed since the image
sources       the text of its files on disk
verification  whether the files of an index hold what was written
adoption      an index that begins with a sibling's
known_tree    how the working tree differs from an index, without a scan where events tell
refresh_lock  the lock of a project's refreshes
turns         how many questions compute at once
current       what is open: the store at its newest version, the view in memory
writer        makes the next version
versions      the questions and refreshes of one project
"""

from memoryd.versions.catalog import Catalog, Unit, announces
from memoryd.versions.exact import Known, save_exact, uses_in
from memoryd.versions.refresh_lock import FOREVER
from memoryd.versions.sources import Sources, Stale
from memoryd.versions.turns import Effort, Turns
from memoryd.versions.versions import Versions
from memoryd.versions.view import View

__all__ = [
    "FOREVER",
    "Catalog",
    "Effort",
    "Known",
    "Sources",
    "Stale",
    "Turns",
    "Unit",
    "Versions",
    "View",
    "announces",
    "save_exact",
    "uses_in",
]
