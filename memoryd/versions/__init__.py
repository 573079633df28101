"""Versions: one version of an index, ready to answer.

catalog  its units by id, name and file
view     all that answers need of it
sources  the text of its files, as long as it is what is on disk
"""

from memoryd.versions.catalog import Catalog, Unit
from memoryd.versions.sources import Sources, Stale
from memoryd.versions.view import View

__all__ = ["Catalog", "Sources", "Stale", "Unit", "View"]
