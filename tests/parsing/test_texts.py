"""Texts that were never indexed are parsed apart: one that hangs or crashes costs itself, and all of a question are bounded."""

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from indexers import index_source
from memoryd.parsing import TextParser, TimeLimit, Unparsed
from memoryd.parsing.parser import MOST_UNITS
from tests.notes.conftest import begun
from tests.project import SLOW, SOURCE_ROOT, children, write

TEXT = b"class Cart:\n    def total(self):\n        return 1\n\n\ndef pay():\n    pass\n"
NAMES = ("Cart", "Cart.total", "pay")
LIMIT = TimeLimit(cpu=0.3)
TOO_SLOW, TOO_MUCH = r"^parsing took over 0\.3 s of CPU time", r"^to parse what is asked about took over 0\.6 s of CPU time"


def processes() -> set[int]:
    return {pid for pid in children(os.getpid()) if b"memoryd.parsing.texts" in Path(f"/proc/{pid}/cmdline").read_bytes()}


def names(texts: TextParser, text: bytes) -> tuple[str, ...]:
    return tuple(one.qualname for one in texts.definitions("python", text, texts.allowance()))


def slow(number: int) -> bytes:
    return f"# {number}\n{SLOW * 10}".encode()


def test_a_text_has_the_definitions_that_an_index_would_have() -> None:
    with closing(TextParser()) as texts:
        found = texts.definitions("python", TEXT, texts.allowance())
        facts = index_source("python", TEXT)
        assert [one[:3] for one in found] == [(one.qualname, one.span.start, one.span.end) for one in facts.symbols]
        assert [one[3:] for one in found] == [(own.start, own.end) for own in facts.own_spans]
        assert names(texts, b"# \xff\n" + TEXT) == NAMES
        (process,) = processes()
        assert (names(texts, b""), processes()) == ((), {process})
        texts.rest(60)
        assert processes() == {process}
        texts.rest(0)
        assert processes() == set()
        assert names(texts, TEXT) == NAMES
    assert processes() == set()


ASKED = """
import sys
from pathlib import Path
from memoryd.config import Settings
from memoryd.questions import Relation
from memoryd.memory import ProjectMemory
from memoryd.notes import Claim
from memoryd.relations import RelationQuestion
from tests.notes.shop import note

with ProjectMemory(Path(sys.argv[1]), Settings(Path(sys.argv[2]), embedder="hash", workers=1)) as memory:
    memory.refresh()
    assert "Cart.total" in memory.pack_change("HEAD").text
    assert memory.related(RelationQuestion(Relation.TESTS, (), "HEAD")).target
    assert memory.history("Cart.total").changes
    assert memory.notes.tell(Claim.parse("symbol broken.py#Basket")).holds is None
    memory.notes.add(note("Cart adds up", "symbol shop.py#Cart", body="So it is."))
    assert not [name for name in sys.modules if name.startswith(("indexers.extraction", "tree_sitter"))]
"""


def test_nothing_of_a_project_is_parsed_by_the_process_that_answers(tmp_path: Path) -> None:
    root = tmp_path / "project"
    write(root, {"shop.py": TEXT.decode(), "broken.py": "def f(:\n    Basket = (\n"})
    begun(root)
    write(root, {"shop.py": TEXT.decode().replace("return 1", "return 2")})
    asked = [sys.executable, "-c", ASKED, str(root), str(tmp_path / "home")]
    done = subprocess.run(asked, capture_output=True, text=True, check=False, cwd=SOURCE_ROOT)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_text_that_takes_too_long_costs_itself_and_that_once() -> None:
    with closing(TextParser(LIMIT)) as texts:
        with pytest.raises(Unparsed, match=TOO_SLOW):
            names(texts, slow(1))
        assert names(texts, TEXT) == NAMES
        (process,) = processes()
        with pytest.raises(Unparsed, match=TOO_SLOW):
            names(texts, slow(1))
        assert processes() == {process}


def test_all_texts_of_a_question_cost_no_more_than_they_may() -> None:
    with closing(TextParser(LIMIT)) as texts:
        allowance = texts.allowance()
        for number in range(2):
            with pytest.raises(Unparsed, match=TOO_SLOW):
                texts.definitions("python", slow(number), allowance)
        for text in (slow(2), TEXT):
            with pytest.raises(Unparsed, match=TOO_MUCH):
                texts.definitions("python", text, allowance)
        assert processes() == set()
        assert names(texts, TEXT) == NAMES


def test_a_text_that_kills_its_parser_costs_itself_and_may_be_tried_again() -> None:
    with closing(TextParser(TimeLimit(cpu=60.0))) as texts:
        assert names(texts, TEXT) == NAMES
        (process,) = processes()
        os.kill(process, signal.SIGSEGV)
        allowance = texts.allowance()
        before = allowance.seconds
        with pytest.raises(Unparsed, match="its parser died"):
            texts.definitions("python", TEXT, allowance)
        assert allowance.seconds < before
        assert names(texts, TEXT) == NAMES


def test_how_long_a_grammar_takes_to_load_does_not_count() -> None:
    with closing(TextParser(TimeLimit(cpu=0.2, wall=0.3))) as texts:
        allowance = texts.allowance()
        assert texts.definitions("swift", b"func pay() {}\n", allowance)[0].qualname == "pay"
        assert allowance.seconds > 0.3


def test_a_parser_that_stands_still_is_given_up() -> None:
    with closing(TextParser(TimeLimit(cpu=0.2, wall=1.0))) as texts:
        assert names(texts, TEXT) == NAMES
        (process,) = processes()
        os.kill(process, signal.SIGSTOP)
        begun = time.monotonic()
        with pytest.raises(Unparsed, match="its parser died"):
            names(texts, TEXT)
        assert time.monotonic() - begun >= 1.0
        assert names(texts, TEXT) == NAMES


def test_a_text_with_more_definitions_than_people_write_is_not_parsed() -> None:
    with closing(TextParser(TimeLimit(cpu=60.0))) as texts, pytest.raises(Unparsed, match="definitions"):
        names(texts, b"def f(): pass\n" * (MOST_UNITS + 1))
