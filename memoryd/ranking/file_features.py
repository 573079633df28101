"""The features of files: as documents of their own, by their best units, by their paths."""

import numpy as np

from memoryd.ranking.arrays import largest, of_best, ranks
from memoryd.ranking.formula import TEST_WORDS, ranks_inside, support, traits_of
from memoryd.ranking.query import Query
from memoryd.ranking.unit_features import Table
from memoryd.ranking.word_scores import QueryWords
from memoryd.searchindex import Numbers, Scores, WordScores
from memoryd.versions import View

BEST_OF = (
    "text", "text_of_best", "name", "name_of_best", "covers", "head_covers", "cosine", "cosine_of_best", "whole_cosine",
    "whole_cosine_of_best", "identifiers", "identifiers_of_best", "identifiers_named", "named", "name_exact", "name_match", "framed",
    "in_path", "own", "near", "head_name", "head_name_of_best", "soft_name", "soft_name_of_best", "soft_name_covers",
    "matched_of_best",
)  # fmt: skip
"""The features of units, as far as they are known, of which a file has the largest of its own."""


def file_features(
    view: View,
    query: Query,
    asked: QueryWords,
    units: Table,
    paths: Numbers,
    files: Numbers,
    own: Scores,
    scores: Scores,
    names: WordScores,
    text: WordScores,
) -> Table:
    """Return the features of the files `paths`.

    `files` has the row of each unit's file, `own` and `scores` are the formula's, `names` and `text` what words find in files.
    """
    size = len(paths)
    best = largest(scores, files, size)
    known = [name for name in BEST_OF if name in units]
    largest_of = largest(np.column_stack([units[name] for name in known]), files, size).T
    traits = [traits_of(view.matcher.paths[file]) for file in paths.tolist()]
    asks_for_tests = not TEST_WORDS.isdisjoint(query.headline_words)
    return {
        **{f"best_{name}": values for name, values in zip(known, largest_of, strict=True)},
        "document_text": text.share(), "document_text_of_best": of_best(text.sums()), "document_text_rank": np.log1p(ranks(text.sums())),
        "document_name": names.sums() / text.total(), "document_name_of_best": of_best(names.sums()),
        "document_covers": text.covers(text.parts + names.parts),
        "document_head": text.share(asked.heads), "document_head_of_best": of_best(text.sums(asked.heads)),
        "document_head_name": names.sums(asked.heads) / text.total(asked.heads),
        "document_identifiers": text.sums(asked.identifiers) / text.total(),
        "document_identifiers_of_best": of_best(text.sums(asked.identifiers)),
        "third_cosine": _third(units["cosine"], files, size), "third_text": _third(units["text"], files, size),
        "support": of_best(support(files, own)),
        "formula": of_best(best), "formula_rank": np.log1p(ranks(best)),
        "candidates": np.log1p(np.bincount(files, minlength=size)),
        "units": np.log1p(view.matcher.file_rows[paths]),
        "is_test": np.array([float(one.is_test and not asks_for_tests) for one in traits]),
        "is_prose": np.array([float(one.is_prose) for one in traits]),
        "is_declaration": np.array([float(one.is_declaration) for one in traits]),
        "path_depth": np.array([float(one.depth) for one in traits]),
    }  # fmt: skip


def _third(values: Scores, files: Numbers, size: int) -> Scores:
    """Return the third largest value of each file, 0 where it has fewer."""
    return largest(np.where(ranks_inside(files, values) >= 2, values, 0.0), files, size)
