"""Indexing: the working tree → one new version of the store.

changes   how the tree differs from what is indexed
failures  when files made their parser fail
refresh   scan, diff, parse, embed, commit
bisection which files' rows the store refuses
archive   an index as one file, for another machine
overlap   whether an archive is of another project
"""

from memoryd.indexing.archive import Archive, Manifest, open_archive, write_archive
from memoryd.indexing.failures import Failures, failed, left_out
from memoryd.indexing.overlap import Overlap, compare
from memoryd.indexing.refresh import (
    STAT_FILE,
    Outcome,
    Progress,
    Project,
    Survey,
    create,
    new_store,
    reembed,
    silent,
    survey,
    survey_paths,
    update,
)

__all__ = [
    "STAT_FILE",
    "Archive",
    "Failures",
    "Manifest",
    "Outcome",
    "Overlap",
    "Progress",
    "Project",
    "Survey",
    "compare",
    "create",
    "failed",
    "left_out",
    "new_store",
    "open_archive",
    "reembed",
    "silent",
    "survey",
    "survey_paths",
    "update",
    "write_archive",
]
