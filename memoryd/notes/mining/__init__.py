"""Mining: what a project already says about why → candidates for notes.

comments, decisions, commits  the sources; `wording` cuts their texts
candidates                    all of them, with claims
pending                       the list until someone accepts from it
"""

from memoryd.notes.mining.commits import Commit, from_commit
from memoryd.notes.mining.decisions import from_record, is_record
from memoryd.notes.mining.pending import Pending
from memoryd.notes.mining.wording import title_of

__all__ = ["Commit", "Pending", "from_commit", "from_record", "is_record", "title_of"]
