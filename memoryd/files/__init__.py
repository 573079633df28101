"""The working tree: lists a project's files, reads and replaces them, and remembers their stats and digests.

Guarantees: nothing of the project is executed, no link is followed, nothing outside the root is read, no call waits for a
pipe, and every file that is left out is named with a reason unless an ignore rule excludes it.

    names      paths as text and as bytes; which paths are valid
    repository where a work tree's repository lies, and the pipes for which git would wait
    git_calls  the only way to run git
    git_files  files as git has them at commits
    listing    the names in a folder: from git, or from the folder and its ignore files
    tree       scan: the files of a project with their stats, and what that rests on
    lookout    what happened to the files since a scan; from: inotify, mounts
    content    read: one file as UTF-8 source, or why it is not indexed
    private    folders and files for our user alone
    lock       locks against other processes
    replace    replace_file and its variants: a reader finds the old file or the new one, whole
    statcache  the digest that a file had at a given stat
    checksums  whether a file of ours holds the bytes that were written
"""

from memoryd.files.checksums import Checksum, checksum_of, is_sound, seal, sealed, text_of, unsealed, without_trailer
from memoryd.files.content import Content, Raw, Refused, Seen, is_unchanged, judged, read, read_raw, read_unchanged, unwanted
from memoryd.files.git_calls import git, git_remote
from memoryd.files.git_files import NO_ANSWER, Blob, blobs
from memoryd.files.lock import locked
from memoryd.files.lookout import Lookout, News
from memoryd.files.names import folder_of, opened_file, path_bytes, path_text, read_whole
from memoryd.files.private import cache_folder, close_folder, open_to_others, private_folder, private_home
from memoryd.files.replace import (
    PRIVATE,
    create_in,
    discard_leftovers,
    discard_leftovers_in,
    remove,
    replace_file,
    replace_in,
    replace_likewise,
    replace_quickly,
    replacing,
    replacing_quickly,
    save_sealed,
    share_file,
)
from memoryd.files.repository import Repository, repository_of
from memoryd.files.statcache import StatCache, is_trustworthy
from memoryd.files.tree import MAX_BYTES, Basis, Scan, scan, stat_of

__all__ = [
    "MAX_BYTES",
    "NO_ANSWER",
    "PRIVATE",
    "Basis",
    "Blob",
    "Checksum",
    "Content",
    "Lookout",
    "News",
    "Raw",
    "Refused",
    "Repository",
    "Scan",
    "Seen",
    "StatCache",
    "blobs",
    "cache_folder",
    "checksum_of",
    "close_folder",
    "create_in",
    "discard_leftovers",
    "discard_leftovers_in",
    "folder_of",
    "git",
    "git_remote",
    "is_sound",
    "is_trustworthy",
    "is_unchanged",
    "judged",
    "locked",
    "open_to_others",
    "opened_file",
    "path_bytes",
    "path_text",
    "private_folder",
    "private_home",
    "read",
    "read_raw",
    "read_unchanged",
    "read_whole",
    "remove",
    "replace_file",
    "replace_in",
    "replace_likewise",
    "replace_quickly",
    "replacing",
    "replacing_quickly",
    "repository_of",
    "save_sealed",
    "scan",
    "seal",
    "sealed",
    "share_file",
    "stat_of",
    "text_of",
    "unsealed",
    "unwanted",
    "without_trailer",
]
