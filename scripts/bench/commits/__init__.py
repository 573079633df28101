"""What commits of public repositories tell.

changes    packs for a change, beside its difference and the files that it touches
selection  the tests that are chosen for a change, beside those that changed with it
clones     the repositories whose commits these are
history    how long it takes to read a history, and what changed since
"""

from scripts.bench.commits import changes, history, selection

__all__ = ["changes", "history", "selection"]
