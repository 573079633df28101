"""How identifiers and prose become words for the full-text index."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexers import identifier_parts, query_words, split_words
from indexers.words import IDENTIFIER
from tests.growth import LINEAR, growth
from tests.lengths import tries


@pytest.mark.parametrize(
    "text, words",
    [
        ("getHTTPResponse", "gethttpresponse get http respons"),
        ("HTTPServer2", "httpserver2 http server"),
        ("parse_url", "parseurl pars url"),
        ("MAX_RETRY_COUNT", "maxretrycount max retri count"),
        ("__init__", "init"),
        ("_private", "privat"),
        ("__a__get_totals_", "agettotals get total"),
        ("$scope", "scope"),
        ("jQuery$element", "jqueryelement queri element"),
        ("sha256sum", "sha256sum sha 256 sum"),
        ("x86_64", "x8664 86 64"),
        ("utf8", "utf8 utf"),
        ("i", "i"),
        ("ID", "id"),
        ("XMLHttpRequest", "xmlhttprequest xml http request"),
        ("aB", "ab"),
        ("404", "404"),
        ("7", ""),
        ("", ""),
        ("  \n\t", ""),
        ("+ - * /", ""),
    ],
)
def test_an_identifier_is_kept_whole_and_in_its_parts(text: str, words: str) -> None:
    assert split_words(text) == words


@pytest.mark.parametrize(
    "text, words",
    [
        ("größe", "größe"),
        ("GrößeÄndern", "größeändern größe ändern"),
        ("размерФайла", "размерфайла размер файла"),
        ("НТТРСервер", "нттрсервер нттр сервер"),
        ("naïve_bayes", "naïvebayes naïv bay"),
        ("获取用户", "获取用户"),
        ("用户_id", "用户id 用户 id"),
    ],
)
def test_letters_of_any_script_split_at_their_case(text: str, words: str) -> None:
    assert split_words(text) == words


@pytest.mark.parametrize("identifier, parts", [
    ("getHTTPResponse2", ["get", "http", "response", "2"]),
    ("__init__", ["init"]),
    ("размерФайла", ["размерфайла"]),
    ("aßb", ["a", "ß", "b"]),
])  # fmt: skip
def test_the_parts_of_an_identifier_are_divided_by_the_case_of_ascii_letters(identifier: str, parts: list[str]) -> None:
    assert identifier_parts(identifier) == parts


def test_a_letter_and_its_decomposed_form_give_the_same_words() -> None:
    assert split_words("Gro\u0308\u00dfe cafe\u0301Bar") == split_words("Gr\u00f6\u00dfe caf\u00e9Bar")


def test_the_forms_of_a_word_are_one_word() -> None:
    assert split_words("registers registered registering") == "regist regist regist"


def test_prose_keeps_its_order_and_loses_its_punctuation() -> None:
    assert split_words("Why does `Cart.total` return 42, not 7?") == "whi doe cart total return 42 not"


def test_an_identifier_of_a_sentence_is_found_by_its_words_only() -> None:
    name = "test_deleting_a_file_removes_its_symbols_and_its_references_from_the_store"
    assert split_words(name) == "test delet file remov it symbol and it refer from the store"


@pytest.mark.parametrize(
    "data",
    [
        "deadbeef" * 40,
        "aGVsbG8gd29ybGQgdGhpcyBpcyBlbmNvZGVkIGRhdGEgdGhhdCBub2JvZHkgc2VhcmNoZXMgZm9yCg",
        "x" * 1_000,
        "a3f5c9d1e7b2a8f4c6d0e3b9a1f7c5d2e8b4a0f6c3d9e5b1a7f2c8d4e0b6a3f9c1",
    ],
)
def test_encoded_data_gives_no_words(data: str) -> None:
    assert split_words(data) == ""


def test_a_query_has_each_word_once() -> None:
    assert query_words("cart total Cart TOTAL cartTotal") == ["cart", "total", "carttotal"]


@settings(derandomize=True, max_examples=tries(50, 1_000), deadline=None, database=None)
@given(st.text(max_size=80))
def test_words_are_lower_case_free_of_blanks_and_stable(text: str) -> None:
    words = split_words(text)
    assert split_words(text) == words
    assert words == " ".join(words.split())
    assert not any(character.isascii() and character.isupper() for character in words)


@settings(derandomize=True, max_examples=tries(40, 1_000), deadline=None, database=None)
@given(st.lists(st.sampled_from(["getUser", "parse_url", "HTTPServer2", "größe", "42", "total"]), max_size=8))
def test_words_of_a_text_are_the_words_of_its_identifiers(identifiers: list[str]) -> None:
    assert split_words(" ".join(identifiers)).split() == [word for one in identifiers for word in split_words(one).split()]


def test_a_megabyte_of_one_identifier_is_split_in_linear_time() -> None:
    assert split_words("aB" * 500_000) == ""
    assert growth(lambda size: split_words("aB" * size), 500_000) < LINEAR


@settings(max_examples=tries(60, 1_000), deadline=None)
@given(st.text(st.one_of(st.sampled_from("aB_$1é中—“\u0301\u00a0٣ \n\ud800"), st.characters(exclude_categories=())), max_size=30))
def test_the_words_of_a_text_are_those_of_its_identifiers(text: str) -> None:
    identifiers = IDENTIFIER.findall(unicodedata.normalize("NFC", text))
    assert split_words(text).split() == [word for identifier in identifiers for word in split_words(identifier).split()]
