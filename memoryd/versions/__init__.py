"""Versions: one version of an index ready to answer, and how one follows another.

catalog       the units of a version by id, name and file
view          all that answers need of a version, in memory
sources       the text of its files, as long as it is what is on disk
refresh_lock  the right to make the next version
versions      which version is newest, which is in memory, how the next one comes about
"""

from memoryd.versions.catalog import Catalog, Unit
from memoryd.versions.refresh_lock import FOREVER
from memoryd.versions.sources import Sources, Stale
from memoryd.versions.versions import Versions
from memoryd.versions.view import View

__all__ = ["FOREVER", "Catalog", "Sources", "Stale", "Unit", "Versions", "View"]
