"""What several threads ask at once is made once, and a failure is nobody else's."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from memoryd.answer_cache import AnswerCache
from memoryd.config import Settings
from memoryd.memory import ProjectMemory
from memoryd.versions import View
from tests.project import DEADLINE, FILES, write


@pytest.fixture
def view(tmp_path: Path) -> Iterator[View]:
    write(tmp_path / "project", FILES)
    with ProjectMemory(tmp_path / "project", Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        memory.refresh()
        yield memory.view()


@pytest.mark.parametrize("fails", [False, True])
def test_what_two_threads_ask_at_once_is_made_once_unless_that_fails(view: View, fails: bool) -> None:
    cache, begun, goes_on = AnswerCache(), threading.Event(), threading.Event()

    def first() -> str:
        begun.set()
        assert goes_on.wait(DEADLINE)
        if fails:
            raise ValueError
        return "first"

    def asked(make: Callable[[], str]) -> tuple[str, bool]:
        return cache.of(view, "key", make)

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(asked, first)
        assert begun.wait(DEADLINE)
        other = pool.submit(asked, lambda: "second")
        goes_on.set()
        assert other.result(DEADLINE) == (("second", False) if fails else ("first", True))
        assert isinstance(one.exception(DEADLINE), ValueError) == fails
    assert asked(lambda: "third") == (("second" if fails else "first"), True)
