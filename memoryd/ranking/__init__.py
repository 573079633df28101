"""Ranking: a task → units, best first.

query    what a task names
signals  what each way of looking finds
fusion   signals, each with its weight → candidates with their scores
scoring  the signals fused, with what a unit is and where it stands
"""

from memoryd.ranking.fusion import Candidates, given
from memoryd.ranking.query import Query, read_query, telling
from memoryd.ranking.scoring import HITS_REPEAT, Explanation, Ranked, explain, rank, search

__all__ = ["HITS_REPEAT", "Candidates", "Explanation", "Query", "Ranked", "explain", "given", "rank", "read_query", "search", "telling"]
