"""The searches in memory: scores as the formulas give them, the same however a version came to be."""

import math
import random
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pytest

from memoryd.arrays import Damaged
from memoryd.searchindex import Matcher, Segment, segment_of, segment_of_texts
from memoryd.searchindex.matcher import EXACT_ROWS, WORTH_CLOSING
from memoryd.searchindex.segment import merged
from memoryd.searchindex.segment_file import load, save
from memoryd.searchindex.vectors import coded

Files = Mapping[str, list[str]]
"""The words of each unit of each file."""
DIMENSIONS = 96


def made(files: Files, digest: str = "d") -> Segment:
    """Return the segment of files: a row for each file, which says nothing, and one for each unit."""
    rows = [(path, "file", "") for path in files] + [
        (f"{path}#{n}", "function", text) for path in files for n, text in enumerate(files[path])
    ]
    rows.sort()
    texts = [text for _, _, text in rows]
    vectors = np.array([vector(text) for text in texts], np.float16).reshape(len(texts), DIMENSIONS)
    columns = {
        "id": [id_ for id_, _, _ in rows],
        "path": [id_.partition("#")[0] for id_, _, _ in rows],
        "kind": [kind for _, kind, _ in rows],
        "first_line": [1] * len(rows),
        "last_line": [1 + int(id_.partition("#")[2] or 0) for id_, _, _ in rows],
        "names": texts,
        "words": [" ".join([text, text]) for text in texts],
        "digest": [digest if kind == "file" else "" for _, kind, _ in rows],
        "language_revision": [""] * len(rows),
        "skipped": [""] * len(rows),
    }
    arrays = {name: pa.array(values, pa.int32() if name.endswith("_line") else pa.string()) for name, values in columns.items()}
    return segment_of(pa.table({**arrays, "vector": pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), DIMENSIONS)}))


def vector(text: str) -> np.ndarray:
    """Return a direction for a text, the same each time."""
    found = np.random.default_rng(list(text.encode())).standard_normal(DIMENSIONS) if text.strip() else np.zeros(DIMENSIONS)
    return (found / (np.linalg.norm(found) or 1.0)).astype(np.float32)


def matcher(*segments: Segment) -> Matcher:
    return Matcher.of(segments, [frozenset()] * len(segments))


Named = list[tuple[str, float]]


class Asked(NamedTuple):
    """What a matcher found, by id or path."""

    names: Named
    words: Named
    nearest: Named


def asked(matcher: Matcher, words: str, limit: int = 20, near: np.ndarray | None = None) -> Asked:
    found = matcher.search(words.split(), vector(words) if near is None else near, limit)
    return Asked(*(list(zip(matcher.ids(numbers), scores.tolist(), strict=True)) for numbers, scores in found))


def asked_for_files(matcher: Matcher, words: str, limit: int = 20) -> Asked:
    names, words_ = (
        [(matcher.paths[number], score) for number, score in zip(numbers, scores.tolist(), strict=True)]
        for numbers, scores in matcher.files(words.split(), limit)
    )
    return Asked(names, words_, [])


def shelf(random_: random.Random, names: Iterable[str]) -> dict[str, list[str]]:
    words = [f"w{number}" for number in range(12)]
    return {name: [" ".join(random_.choices(words, k=random_.randrange(1, 9))) for _ in range(random_.randrange(4))] for name in names}


def test_words_are_ranked_by_bm25() -> None:
    found = asked(matcher(made({"a": ["cart total", "cart"], "b": ["tax tax tax cart other words here"]})), "tax cart").names
    lengths = [0, 2, 1, 0, 7]
    average = sum(lengths) / len(lengths)

    def gain(count: int, holding: int, length: int) -> float:
        rarity = math.log(1 + (5 - holding + 0.5) / (holding + 0.5))
        return rarity * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * length / average))

    expected = {"b#0": gain(3, 1, 7) + gain(1, 3, 7), "a#1": gain(1, 3, 1), "a#0": gain(1, 3, 2)}
    assert [id_ for id_, _ in found] == sorted(expected, key=lambda id_: -expected[id_])
    assert dict(found) == pytest.approx(expected)


def test_a_file_is_one_document_of_all_its_rows() -> None:
    found = asked_for_files(matcher(made({"a": ["cart total", "cart"], "b": ["cart"], "c": ["tax"]})), "cart").names
    lengths, counts = {"a": 3, "b": 1}, {"a": 2, "b": 1}
    rarity = math.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    expected = {path: rarity * counts[path] * 2.2 / (counts[path] + 1.2 * (0.25 + 0.75 * lengths[path] / (5 / 3))) for path in lengths}
    assert [path for path, _ in found] == sorted(expected, key=lambda path: -expected[path])
    assert dict(found) == pytest.approx(expected)


def test_texts_without_a_table_are_found_by_their_words_and_vectors() -> None:
    texts = {"b": "cart total", "a": "tax"}
    found = matcher(segment_of_texts(list(texts), list(texts.values()), np.array([vector(text) for text in texts.values()], np.float16)))
    assert found.rows == 2
    by_words, nearest = asked(found, "cart")[1:], asked(found, "", near=vector("tax")).nearest
    assert [id_ for id_, _ in by_words[0]] == ["b"]
    assert nearest[0][0] == "a"
    assert nearest[0][1] == pytest.approx(1.0, abs=0.01)


def test_a_cosine_does_not_depend_on_what_else_is_compared() -> None:
    rows = coded(np.array([vector(f"text {number}") for number in range(400)], np.float16))
    chance, query = random.Random(4), vector("asked")
    every = rows.cosines(query, np.arange(400))
    for _ in range(50):
        some = np.array(sorted(chance.sample(range(400), chance.randrange(1, 40))))
        assert rows.cosines(query, some).tolist() == every[some].tolist()
        other = vector(f"other {chance.random()}")
        assert rows.cosines(np.stack([other, query]), some)[:, 1].tolist() == every[some].tolist()


def test_a_row_tells_the_share_of_the_information_in_words_that_it_holds() -> None:
    found = matcher(made({"a": ["cart total", "cart"], "b": ["tax"]}))
    told = dict(zip(found.ids(np.arange(found.rows)), found.coverage(["cart", "total", "unheard"]).tolist(), strict=True))
    cart, total, unheard = (math.log(1 + (5 - holding + 0.5) / (holding + 0.5)) for holding in (2, 1, 0))
    whole = cart + total + unheard
    assert told == pytest.approx({"a": 0, "a#0": (cart + total) / whole, "a#1": cart / whole, "b": 0, "b#0": 0})
    assert not found.coverage([]).any()


def test_what_memoryd_keeps_in_a_project_is_not_found() -> None:
    kept = matcher(made({".memoryd/notes/a.md": ["cart"], "b": ["cart"]}))
    assert [id_ for ranking in asked(kept, "cart") for id_, _ in ranking] == ["b#0"] * 3
    assert [path for ranking in asked_for_files(kept, "cart") for path, _ in ranking] == ["b", "b"]
    assert list(kept.numbers([".memoryd/notes/a.md#0", "b#0", "c"])) == list(kept.search(["cart"], vector("cart"), 5).names.numbers)


def test_the_nearest_are_those_of_the_smallest_angle() -> None:
    texts = [f"text {number}" for number in range(300)]
    found = asked(matcher(made({"a": texts})), "text 7", 10).nearest
    exact = sorted(((-float(vector(text) @ vector("text 7")), f"a#{number}") for number, text in enumerate(texts)))[:10]
    assert {id_ for id_, _ in found} == {id_ for _, id_ in exact}
    assert [score for _, score in found] == pytest.approx([-score for score, _ in exact], abs=0.02)


def test_of_many_rows_those_looked_at_hold_the_nearest() -> None:
    texts = [f"text {number}" for number in range(EXACT_ROWS + 500)]
    many = matcher(made({"a": texts}))
    hits = 0
    for number in range(20):
        near = vector(f"text {number}") + 0.8 * vector(f"other {number}")
        found = asked(many, "", 10, near / np.linalg.norm(near)).nearest
        hits += found[0][0] == f"a#{number}"
    assert hits == 20


def test_nothing_is_found_by_no_words_and_a_vector_of_zeros() -> None:
    assert asked(matcher(made({"a": ["cart"]})), "") == Asked([], [], [])
    assert asked(matcher(made({})), "cart") == Asked([], [], [])
    assert asked_for_files(matcher(made({})), "cart") == Asked([], [], [])


def test_equal_scores_come_in_the_order_of_their_ids_also_where_the_limit_cuts() -> None:
    found = asked(matcher(made({name: ["cart"] for name in "edcba"})), "cart", 3)
    assert [id_ for id_, _ in found.names] == [id_ for id_, _ in found.nearest] == ["a#0", "b#0", "c#0"]


@pytest.mark.parametrize("seed", range(6))
def test_a_patched_matcher_answers_as_one_made_anew(seed: int) -> None:
    random_ = random.Random(seed)
    names = [f"file{number}" for number in range(30)]
    files = shelf(random_, names[:20])
    patched = matcher(made(files))
    for _ in range(12):
        changed = random_.sample(names, random_.randrange(1, 5))
        gone = set(changed[: random_.randrange(2)])
        new = shelf(random_, [name for name in changed if name not in gone])
        files = {name: units for name, units in files.items() if name not in changed} | new
        patched = patched.patched(changed, made(new, digest=random_.choice("xy")))
        assert len(patched.segments) == 2
    for words in ("w1 w2", "w3", "w4 w5 w6 w7", "unknown w8"):
        anew, compact = matcher(made(files)), matcher(patched.compacted())
        assert asked(patched, words) == asked(anew, words) == asked(compact, words)
        assert asked_for_files(patched, words, 9) == asked_for_files(anew, words, 9) == asked_for_files(compact, words, 9)
    assert set(patched.compacted().files) == set(files)
    for one in (patched, anew, compact):
        ids = sorted(f"{path}#{number}" for path, texts in files.items() for number in range(len(texts)))
        numbers = one.numbers([*ids, "file99#0"])
        assert one.ids(numbers) == ids
        assert [one.paths[file] for file in one.row_file[numbers]] == [id_.partition("#")[0] for id_ in ids]
        assert {one.kinds[kind] for kind in one.row_kind[numbers]} == {"function"}
        assert [int(id_.partition("#")[2]) + 1 for id_ in ids] == one.row_lines[numbers].tolist()


def test_what_is_left_out_for_common_words_is_not_among_the_best() -> None:
    random_ = random.Random(5)
    texts = [
        " ".join(["common", "common" * (number % 3), *random_.choices(["rare", "odd", *"abcdef"], k=4)])
        for number in range(WORTH_CLOSING + 900)
    ]
    many = matcher(made({f"f{number % 40}": texts[number % 40 :: 40] for number in range(40)}))
    for words in ("rare odd common", "common rare", "a b common"):
        every, best = asked(many, words, len(texts)), asked(many, words, 15)
        assert (best.names, best.words) == (every.names[:15], every.words[:15])


def test_what_common_words_find_in_files_is_remembered_unchanged() -> None:
    segment = made({name: ["common rare"] * 3 for name in "abc"})
    assert asked_for_files(matcher(segment), "common rare") == asked_for_files(matcher(segment), "common rare")
    assert segment.file_names.of("common") is segment.file_names.of("common")


def test_words_that_no_row_holds_any_more_are_forgotten() -> None:
    patched = matcher(made({"a": ["cart"], "b": ["tax"]}))
    for number in range(5):
        patched = patched.patched(["a"], made({"a": [f"total word{number}"]}))
    assert set(patched.segments[1].names.vocabulary.to_pylist()) == {"total", "word4"}
    assert set(patched.compacted().names.vocabulary.to_pylist()) == {"tax", "total", "word4"}


def test_a_part_is_the_same_when_it_is_loaded_again(tmp_path: Path) -> None:
    segment = made(shelf(random.Random(1), "abcdef"))
    save(segment, tmp_path / "segment.arrow", {"table": "t"})
    loaded = load(tmp_path / "segment.arrow", {"table": "t"})
    assert loaded is not None
    assert loaded.files == segment.files
    assert asked(matcher(loaded), "w1 w2 w3") == asked(matcher(segment), "w1 w2 w3")
    assert [path.name for path in tmp_path.iterdir()] == ["segment.arrow"]


def test_a_part_of_no_rows_is_made_anew(tmp_path: Path) -> None:
    save(made({}), tmp_path / "segment.arrow", {})
    assert load(tmp_path / "segment.arrow", {}) is None
    assert asked(matcher(made({})).patched(["a"], made({"a": ["cart"]})), "cart").names[0][0] == "a#0"


def test_a_saved_part_that_is_foreign_counts_as_none(tmp_path: Path) -> None:
    save(made({"a": ["cart total", "tax"]}), tmp_path / "segment.arrow", {"table": "t"})
    assert load(tmp_path / "segment.arrow", {"table": "other"}) is None
    assert load(tmp_path / "none.arrow", {"table": "t"}) is None


def test_a_saved_part_that_is_cut_short_or_differs_in_one_bit_is_damaged(tmp_path: Path) -> None:
    file = tmp_path / "segment.arrow"
    save(made({"a": ["cart total", "tax"]}), file, {"table": "t"})
    whole = file.read_bytes()
    for size in range(0, len(whole), 97):
        file.write_bytes(whole[:size])
        with pytest.raises(Damaged):
            load(file, {"table": "t"})
    random_ = random.Random(3)
    for _ in range(300):
        place = random_.randrange(len(whole))
        file.write_bytes(whole[:place] + bytes([whole[place] ^ (1 << random_.randrange(8))]) + whole[place + 1 :])
        with pytest.raises(Damaged):
            load(file, {"table": "t"})


def test_merging_keeps_the_state_of_a_file_whose_rows_were_apart() -> None:
    whole = made({"a": ["cart", "tax"]})
    assert merged([whole, made({"b": ["x"]})], [frozenset(), frozenset("b")]).files == {"a": "d "}
