"""Token counts are those of o200k_base, offline, for every string there can be."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memoryd.tokens import TokenCounter, added, counter

count = counter()

# Counted with another implementation of o200k_base (rs-bpe 0.1.0).
KNOWN = [
    ("", 0),
    ("hello world", 2),
    ("def total(self) -> Money:\n    return sum(line.price for line in self.lines)\n", 18),
    ("getHTTPResponse_v2", 5),
    ("It's WE'LL they'd", 5),
    ("1234567 3.14159", 8),
    ("größer 東京都 здравствуй 🙂🙃", 10),
    ("<|endoftext|><|endofprompt|>", 13),
    ("\t\tif x:\r\n\r\n   \n\n        y()\n/", 9),
    ("}\n//  \u3000x\u2003\x85", 7),
]


@pytest.mark.parametrize("text, tokens", KNOWN)
def test_counts_are_those_of_o200k_base(text: str, tokens: int) -> None:
    assert count(text) == tokens


@pytest.mark.parametrize("text, tokens", [
    (" " * 1_000_000, 7813),
    (" " * 1_000_000 + "x", 7814),
    ("x =" + "\t " * 500_000 + "}", 500_002),
    (" " * 1_000_000 + "\n", 7814),
    ("a" * 300_000, 37_500),
])  # fmt: skip
def test_runs_of_blanks_too_long_for_the_tokenizer_are_counted_exactly(text: str, tokens: int) -> None:
    assert count(text) == tokens


def test_a_lone_surrogate_counts_as_the_replacement_character() -> None:
    assert count("a\ud800b") == count("a\ufffdb")


@given(st.text(st.characters(exclude_categories=())))
def test_any_string_has_a_count_between_one_and_its_bytes(text: str) -> None:
    assert bool(text) <= count(text) <= len(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode())


@given(st.text(alphabet=" \t\n\r/x}é", max_size=20), st.text(alphabet=" \t\n\r/x}é", max_size=20))
def test_a_line_that_starts_with_a_letter_is_counted_apart(before: str, after: str) -> None:
    assert count(f"{before}\nz{after}") == count(f"{before}\n") + count(f"z{after}")


@given(*[st.text(alphabet=" \t\n\r/x}[#'é\u3000", max_size=30)] * 3)
def test_what_a_text_adds_to_another_is_counted_by_its_last_line(start: str, before: str, more: str) -> None:
    assert added(before, more, count) == count(before + more) - count(before)
    text = f"{start}\n[{before}"
    assert added(f"[{before}", more, count) == count(text + more) - count(text)


def test_threads_share_one_counter_and_load_it_once() -> None:
    fresh = TokenCounter()
    start = threading.Barrier(8)
    results: list[int] = []

    def run() -> None:
        start.wait()
        results.append(fresh("hello world"))

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [2] * 8
    assert counter() is counter()


@pytest.fixture(scope="module")
def encoder() -> TokenCounter:
    """A counter that asks tiktoken, as it does once it has met a character outside the alphabet."""
    loaded = TokenCounter()
    assert loaded("\u6771") == 1
    return loaded


ALPHABET = [
    *map(chr, range(0x17F)),
    *map(chr, [*range(0x2010, 0x2028), *range(0x2030, 0x205F), *range(0x2190, 0x2460), *range(0x2500, 0x2776)]),
]


def test_every_character_is_counted_alike_with_and_without_tiktoken(encoder: TokenCounter) -> None:
    light = TokenCounter()
    for character in [*ALPHABET, "\u017f", "\u2028", "\u2460", "\u0301", "\u01c5"]:
        text = "a?B??1?9 ?\n?'? ?x'S\r?  ?/".replace("?", character)
        assert light(text) == encoder(text), ascii(character)


@settings(deadline=None)
@given(st.text(alphabet=" \t\n\r/x}Ééª²'sSſDLl1a_=.-—\x1c\x85\xa0"), st.text(alphabet=ALPHABET))
def test_texts_are_counted_alike_with_and_without_tiktoken(encoder: TokenCounter, some: str, any_text: str) -> None:
    light = TokenCounter()
    assert [light(some), light(any_text), light(any_text + some)] == [encoder(some), encoder(any_text), encoder(any_text + some)]


def test_this_text_is_counted_alike_with_and_without_tiktoken(encoder: TokenCounter) -> None:
    light = TokenCounter()
    for line in Path(__file__).read_text().splitlines():
        assert light(line) == encoder(line)


def test_counting_a_question_never_loads_tiktoken() -> None:
    script = (
        "import sys; from memoryd.tokens import counter; print(counter()('Are naïve users’ sessions signed?'), 'tiktoken' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    assert done.stdout.split()[1] == "False"


def test_counting_never_loads_the_code_that_downloads_ranks() -> None:
    script = "import sys; from memoryd.tokens import counter; print(counter()('hello 東'), 'tiktoken_ext.openai_public' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    assert done.stdout.split() == ["2", "False"]
