"""Sharing: what was done for one checkout of a repository need not be done again for another.

checkout  which repository a folder is a checkout of, and its branch and commit
facts     the rows of files by their content
siblings  the other checkouts whose index may be the beginning of this one's
"""

from memoryd.sharing.checkout import Head, head_of
from memoryd.sharing.facts import FACTS, Facts
from memoryd.sharing.siblings import is_noted, note_repository, siblings_of

__all__ = ["FACTS", "Facts", "Head", "head_of", "is_noted", "note_repository", "siblings_of"]
