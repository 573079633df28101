"""How likely each candidate is what a reference means, beside the chance that none is: a softmax over what speaks for each.

The weights are fitted by `python -m scripts.train.graph` to what compilers say of repositories that are not the judge's.
"""

import numpy as np

from memoryd.graph.linking.guessing.candidates import FEATURES, NOTHINGS, CandidateFeatures, Candidates, Features
from memoryd.graph.linking.tiers import Weights

FOR_EACH = {
    "named alike": 3.30, "last word alike": 1.64, "type is named here": 1.80, "file is imported": 2.45, "folder is imported": 0.98,
    "same file": -0.68, "nearest": 1.02, "only tests have it": -1.56, "members beside: all": 1.46, "members beside: some": -0.56,
    "members beside: none": -1.32, "above others": 1.59,
}  # fmt: skip
"""What each feature of a candidate weighs."""
FOR_NONE = {
    "always": 1.87, "of a library": 3.60, "called on a result": -0.67, "called on a member": -0.86, "many": 1.85, "only one": 0.49,
    "nothing named alike": -0.57, "nothing imported": -0.55,
}  # fmt: skip
"""What each feature of a reference weighs for none of its candidates."""


def odds(found: Candidates, features: CandidateFeatures) -> Weights:
    """Return the probability of each candidate; those of one reference sum to less than 1."""
    each = np.exp(_weighed(features.for_each, [FOR_EACH[name] for name in FEATURES]))
    none = np.exp(_weighed(features.for_none, [FOR_NONE[name] for name in NOTHINGS]))
    total = none + np.bincount(found.query, each, len(none))
    return np.asarray(each / total[found.query], dtype=np.float64)


def _weighed(features: Features, weights: list[float]) -> Weights:
    """Return the weighted sum of each row, to the last bit the same beside any other rows, as that of a matrix product is not."""
    found = np.zeros(len(features))
    for column, weight in zip(features.T, weights, strict=True):
        found += column * weight
    return found
