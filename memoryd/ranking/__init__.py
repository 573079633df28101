"""Ranks the units of a version for a task, best first.

query          the identifiers, paths, stack frames and words of a task
understanding  whether anything speaks of a task
signals        the matches of each signal: names, text, vectors, graph
fusion         candidates with their scores, from weighted signals
formula        version 0: the score by weighted signals and by a unit's kind, path, length and file
features       what a model knows of the candidates; from:
word_scores    what the words of a task find in units, and there by related words
unit_names     what ids say of units, remembered for each version
matching       the learnt match of words
trees          the model: sums of decision trees, as data
scoring        the final order, and the probability that a unit is needed
"""

from memoryd.ranking.arrays import largest
from memoryd.ranking.features import DECIMALS, features_of
from memoryd.ranking.fusion import Candidates, weighted
from memoryd.ranking.matching import PRIORS, matched
from memoryd.ranking.query import Query, name_parts, read_query, telling
from memoryd.ranking.scoring import OF_FILE, Explanation, Ranked, Scoring, explain, file_head_features, rank, score, search
from memoryd.ranking.understanding import understood

__all__ = [
    "DECIMALS", "OF_FILE", "PRIORS", "Candidates", "Explanation", "Query", "Ranked", "Scoring", "explain", "features_of",
    "file_head_features", "largest", "matched", "name_parts", "rank", "read_query", "score", "search", "telling", "understood",
    "weighted",
]  # fmt: skip
