"""Replays what fuzzing has found worth keeping: what each part promises holds for all of it."""

import pytest

from scripts.fuzz.corpus import FOLDER, arcs, read_corpus, shrink
from scripts.fuzz.targets import TARGETS, Target, target

MOST_BYTES = 200_000


@pytest.mark.parametrize("name", TARGETS)
def test_every_promise_holds_for_every_input_that_is_kept(name: str) -> None:
    chosen = target(name)
    inputs = read_corpus(name)
    assert inputs
    for data in inputs:
        chosen.check(data)


def test_the_corpus_is_small() -> None:
    assert sum(file.stat().st_size for file in FOLDER.glob("*/*")) < MOST_BYTES


def test_an_input_is_kept_if_it_reaches_something_new_and_breaks_nothing() -> None:
    from memoryd.text import file_id

    def check(data: bytes) -> None:
        assert data != b"broken"
        if data.startswith(b"#"):
            file_id(data.decode())

    assert arcs(lambda: check(b"#"))
    assert shrink(Target("any", check, tuple), [b"# again", b"#", b"x", b"broken"]) == [b"#"]
