"""Laws that hold for any bytes in any language: nothing is raised, every fact is in its place, the same bytes give the same facts."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexers import index_source, language_of
from scripts.fuzz.targets.laws import LANGUAGES, check_facts
from tests.lengths import LENGTH, tries

SAMPLES = Path(__file__).parent / "samples"
ROOT = Path(__file__).parents[2]
FILES = [path for path in SAMPLES.rglob("*") if path.is_file() and path.suffix != ".outline"]
SAMPLED = [path for path in FILES if path.parent.name != "frameworks"]
SOURCES = {language_of(path.relative_to(SAMPLES).as_posix(), path.read_bytes()[:4096]): path.read_bytes() for path in SAMPLED}
NOISE = (
    b"\0", b"\r", b"\r\n", b"\n", b"\xff\xfe", b"\xed\xa0\x80", b"\xc3", b"\xef\xbb\xbf", b"\xe2\x80\xa8", b"\x0c", b"\x1a", b"~", b".",
    b'"', b"'", b"`", b'"""', b"/*", b"*/", b"//", b"#", b"--", b"{-", b"<!--", b"```", b"=begin\n", b"\\", b"(" * 40, b"{" * 40,
    b"[" * 40, b")" * 40, b"}" * 40, b"end " * 20, b"<" * 40, b"if " * 40, b" " * 300, b"\t", b"a" * 5_000, b"a." * 300,
    b"\xf0\x9f\x9a\x80",
)  # fmt: skip
OPENINGS = (b"(", b"{", b"[", b"<", b"((a)", b"if x {\n", b"f(", b"- ", b"> ", b"# a\n", b"do\n", b"class A {\n")
ONE_OF_EACH = ("elixir", "html", "markdown", "notebook", "openapi_yaml", "python", "rst", "typescript", "vue", "yaml")
"""Languages that between them take every way through our own code: all others differ from these by grammar and query alone."""
QUICK = settings(derandomize=True, deadline=None, database=None)


def mutated(sample: bytes) -> st.SearchStrategy[bytes]:
    """Draw `sample` with up to four injuries."""
    place = st.integers(0, len(sample))
    injuries: list[st.SearchStrategy[Callable[[bytes], bytes]]] = [
        st.builds(lambda at, noise: lambda text: text[:at] + noise + text[at:], place, st.sampled_from(NOISE)),
        st.builds(lambda at, byte: lambda text: text[:at] + bytes([byte]) + text[at + 1 :], place, st.integers(0, 255)),
        st.builds(lambda at: lambda text: text[:at], place),
        st.builds(lambda at: lambda text: text[at:], place),
        st.builds(lambda at, size: lambda text: text[:at] + text[at + size :], place, st.integers(1, 200)),
        st.builds(lambda at, size: lambda text: text[: at + size] + text[at:], place, st.integers(1, 400)),
        st.just(lambda text: text.replace(b"\n", b"\r")),
        st.just(lambda text: text.replace(b"\n", b"\r\n")),
        st.just(lambda text: text.replace(b" ", b"")),
        st.just(lambda text: text.decode("utf-8", "replace").encode("utf-16")),
    ]

    def injured(chosen: list[Callable[[bytes], bytes]]) -> bytes:
        text = sample
        for injure in chosen:
            text = injure(text)
        return text

    return st.lists(st.one_of(injuries), min_size=1, max_size=4).map(injured)


@pytest.mark.parametrize("language", LANGUAGES)
def test_random_bytes_are_indexed_like_any_other(language: str) -> None:
    @settings(QUICK, max_examples=tries(5, 100))
    @given(st.one_of(st.binary(max_size=300), st.lists(st.sampled_from(NOISE), max_size=12).map(b"".join)))
    def hold(source: bytes) -> None:
        check_facts(language, source)

    hold()


@settings(QUICK, max_examples=tries(20, 500))
@given(st.data())
def test_a_damaged_sample_of_a_framework_is_indexed_like_any_other(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(path for path in FILES if path.parent.name == "frameworks")))
    check_facts(language_of(path.name), data.draw(mutated(path.read_bytes())))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_damaged_sample_is_indexed_like_any_other(language: str) -> None:
    @settings(QUICK, max_examples=tries(8, 200))
    @given(mutated(SOURCES.get(language, b"Some text.\n\nIn two paragraphs.\n")))
    def hold(source: bytes) -> None:
        check_facts(language, source)

    hold()


@pytest.mark.parametrize("language", LANGUAGES)
def test_deep_nesting_is_indexed_like_any_other(language: str) -> None:
    # Deeper than Python's own stack at length, and in each run where nothing but its grammar tells a language apart.
    depth = 1_000 if language in ONE_OF_EACH else tries(250, 1_000)
    for opening in OPENINGS:
        check_facts(language, opening * depth)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_undamaged_sample_keeps_the_laws(language: str) -> None:
    source = SOURCES.get(language, b"")
    facts = check_facts(language, source)
    assert bool(facts.symbols or facts.blocks) == bool(source)


@pytest.mark.parametrize("language", LANGUAGES)
def test_bytes_that_say_nothing_give_no_facts(language: str) -> None:
    for source in (b"", b"\n", b" \t\r\n", b"\r\r\r", b"\n" * 1_000):
        facts = check_facts(language, source)
        assert (facts.symbols, facts.references, facts.blocks) == ((), (), ())


def test_another_process_with_another_hash_seed_finds_the_same_facts() -> None:
    environment = {**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": str(ROOT)}
    languages = LANGUAGES if LENGTH.is_long else ONE_OF_EACH
    with subprocess.Popen([sys.executable, __file__, *languages], env=environment, stdout=subprocess.PIPE, text=True) as child:
        here = fingerprint(languages)
        assert child.stdout
        assert child.stdout.read().strip() == here


def fingerprint(languages: Sequence[str]) -> str:
    """Return a digest of the facts of the samples of some languages, whole and cut off in the middle."""
    digest = hashlib.blake2b()
    for language in languages:
        source = SOURCES.get(language, b"")
        for text in (source, source[: len(source) // 2], source[len(source) // 3 :]):
            digest.update(repr(index_source(language, text)).encode())
    return digest.hexdigest()


if __name__ == "__main__":
    print(fingerprint(sys.argv[1:]))
