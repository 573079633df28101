"""Past commits: the files that a project had then, in a folder of ours, so that questions are answered from them.

checkout  the files of a commit, or of a folder of it
kept      where they lie, for how long, and which commit is meant
"""

from memoryd.past.checkout import QUICK_SECONDS, Unreachable, check_out, done, said
from memoryd.past.kept import Past, checked_out

__all__ = ["QUICK_SECONDS", "Past", "Unreachable", "check_out", "checked_out", "done", "said"]
