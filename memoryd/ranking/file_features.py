"""The features of files: as documents of their own, by their best units, by their paths."""

from functools import lru_cache

import numpy as np

from memoryd.filekinds import is_declaration, is_prose, is_test
from memoryd.ranking.arrays import largest, of_best, ranks
from memoryd.ranking.asked import Asked, Told
from memoryd.ranking.formula import TEST_WORDS, ranks_inside
from memoryd.ranking.query import Query
from memoryd.ranking.unit_features import Table
from memoryd.searchindex import Numbers, Scores
from memoryd.versions import View

BEST_OF = (
    "text", "text_of_best", "name", "name_of_best", "covers", "head_covers", "cosine", "cosine_of_best", "whole_cosine",
    "whole_cosine_of_best", "identifiers", "identifiers_of_best", "identifiers_named", "named", "name_exact", "name_match", "framed",
    "in_path", "own", "near", "head_name", "head_name_of_best",
)  # fmt: skip
"""The features of units of which a file has the largest of its own."""
SUPPORTERS, HALF = 5, 0.5


def file_features(view: View, query: Query, units: Table, paths: Numbers, files: Numbers, own: Scores, scores: Scores) -> Table:
    """Return the features of the files `paths`; `files` has the row of each unit's file, `own` and `scores` are the formula's."""
    size = len(paths)
    asked = Asked.by(query)
    names, text = (Told.of(asked, evidence) for evidence in view.matcher.file_evidence(asked.words, paths))
    best = largest(scores, files, size)
    worths = np.where(ranks_inside(files, own) < SUPPORTERS, own * HALF ** ranks_inside(files, own), 0.0)
    places = [_place(view.matcher.paths[file]) for file in paths.tolist()]
    asks_for_tests = not TEST_WORDS.isdisjoint(query.headline_words)
    return {
        **{f"best_{name}": largest(units[name], files, size) for name in BEST_OF},
        "document_text": text.share(), "document_text_of_best": of_best(text.sums()), "document_text_rank": np.log1p(ranks(text.sums())),
        "document_name": names.sums() / text.whole, "document_name_of_best": of_best(names.sums()),
        "document_covers": text.covers(text.parts + names.parts),
        "document_head": text.share(asked.heads), "document_head_of_best": of_best(text.sums(asked.heads)),
        "document_head_name": names.sums(asked.heads) / text.most(asked.heads),
        "document_identifiers": text.sums(asked.identifiers) / text.whole,
        "document_identifiers_of_best": of_best(text.sums(asked.identifiers)),
        "third_cosine": _third(units["cosine"], files, size), "third_text": _third(units["text"], files, size),
        "support": of_best(np.bincount(files, worths, size).astype(np.float64)),
        "formula": of_best(best), "formula_rank": np.log1p(ranks(best)),
        "candidates": np.log1p(np.bincount(files, minlength=size)),
        "units": np.log1p([len(view.catalog.files.get(view.matcher.paths[file], ())) for file in paths.tolist()]),
        "is_test": np.array([float(place[0] and not asks_for_tests) for place in places]),
        "is_prose": np.array([float(place[1]) for place in places]), "is_declaration": np.array([float(place[2]) for place in places]),
        "path_depth": np.array([float(place[3]) for place in places]),
    }  # fmt: skip


def _third(values: Scores, files: Numbers, size: int) -> Scores:
    """Return the third largest value of each file, 0 where it has fewer."""
    return largest(np.where(ranks_inside(files, values) >= 2, values, 0.0), files, size)


@lru_cache(maxsize=100_000)
def _place(path: str) -> tuple[bool, bool, bool, int]:
    """Return whether a path is that of a test, of prose, of declarations, and the number of folders around it."""
    return is_test(path), is_prose(path), is_declaration(path), path.count("/")
