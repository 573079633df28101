"""Ranks the units of a version for a task, best first.

query     the identifiers, paths, stack frames and words of a task
evidence  whether anything speaks of a task
signals   the matches of each signal: names, text, vectors, graph
fusion    candidates with their scores, from weighted signals
scoring   the final score, by a unit's kind, path, length and file
"""

from memoryd.ranking.evidence import understood
from memoryd.ranking.fusion import Candidates, given
from memoryd.ranking.query import Query, read_query, telling
from memoryd.ranking.scoring import HITS_REPEAT, Explanation, Ranked, explain, rank, search

__all__ = [
    "HITS_REPEAT", "Candidates", "Explanation", "Query", "Ranked", "explain", "given", "rank", "read_query", "search", "telling",
    "understood",
]  # fmt: skip
