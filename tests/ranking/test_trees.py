"""The learnt model: what trees answer, that reasons add up, and that what ships fits the features."""

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.config import Settings
from memoryd.memory import ProjectMemory
from memoryd.ranking import features_of, read_query
from memoryd.ranking.scoring import OF_FILE
from memoryd.ranking.trees import Asks, Trees, shipped
from tests.project import FILES, write

LARGEST = 1_000_000
"""The most bytes of the model."""
TWO = {
    "features": ["length", "depth"],
    "offset": 0.5,
    "trees": [
        {"splits": [[0, 2.0], [1, 1.0]], "leaves": [0.0, 1.0, 10.0, 11.0]},
        {"splits": [[1, 3.0]], "leaves": [0.0, 100.0]},
    ],
}


@pytest.mark.parametrize(
    "values, score", [((2.0, 1.0), 0.5), ((2.1, 1.0), 1.5), ((0.0, 1.1), 10.5), ((3.0, 2.0), 11.5), ((3.0, 9.0), 111.5)]
)
def test_the_answers_of_all_levels_are_the_bits_of_the_leaf(values: tuple[float, float], score: float) -> None:
    assert Trees.of(TWO).scores(np.array([values], np.float32)).tolist() == [score]


@given(st.lists(st.lists(st.floats(-4, 4, width=32), min_size=2, max_size=2), min_size=1, max_size=5))
def test_reasons_add_up_to_the_score_and_no_row_depends_on_the_others(rows: list[list[float]]) -> None:
    trees = Trees.of(TWO)
    values = np.array(rows, np.float32)
    scores = trees.scores(values).tolist()
    for row, score in zip(values, scores, strict=True):
        assert trees.scores(row[np.newaxis]).tolist() == [score]
        assert trees.base + sum(one.worth for one in trees.contributions(row)) == pytest.approx(score)


@pytest.mark.parametrize("asks", Asks)
def test_what_ships_is_small_and_asks_for_nothing_but_features(tmp_path: Path, asks: Asks) -> None:
    assert len(files("memoryd.data").joinpath(f"ranking-{asks}.json").read_bytes()) <= LARGEST
    root = tmp_path / "project"
    write(root, FILES)
    with ProjectMemory(root, Settings(root.parent / "home", embedder="hash", workers=1)) as memory:
        found = features_of(memory.view(), read_query("parse money"))
    model = shipped(asks)
    assert set(model.files.features) <= set(found.of_files.names)
    assert set(model.units.features) <= {*found.units.names, *OF_FILE}
    assert np.isfinite(found.units.values).all()
    assert np.isfinite(found.of_files.values).all()
