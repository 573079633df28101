"""History: which commits changed a symbol, and which files change together, by git. Evidence of what happened, never of what code means.

Nothing is executed and nothing fetched. Without git, or in a shallow clone, there is less of it, which is said.

log       what the log of git tells: commits with the files that they touch; files as they were
touched   the same kept beside the index, newest first, as far as it was read
following a symbol through the versions of its file, and from file to file
answers   both for a handle, as text
"""

from memoryd.history.answers import HistoryOf, SymbolChange, history_of
from memoryd.history.log import Log
from memoryd.history.touched import READ_FOR_A_QUESTION, Together, Touches

__all__ = ["READ_FOR_A_QUESTION", "HistoryOf", "Log", "SymbolChange", "Together", "Touches", "history_of"]
