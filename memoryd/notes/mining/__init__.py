"""Mining: finds candidates for notes in comments, decision records, commits and instructions for agents.

comments, decisions, commits  the sources; `wording` cuts their texts
candidates                    all candidates of a project, with claims
pending                       the list of candidates until someone accepts them
"""

from memoryd.notes.mining.commits import Commit, from_commit
from memoryd.notes.mining.decisions import from_record, is_record
from memoryd.notes.mining.pending import SUGGESTED, Pending
from memoryd.notes.mining.wording import title_of

__all__ = ["SUGGESTED", "Commit", "Pending", "from_commit", "from_record", "is_record", "title_of"]
