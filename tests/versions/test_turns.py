"""Of many questions a few compute at once, in the order in which they came; those that wait for a refresh hold up no other."""

import sys
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from filelock import FileLock

from memoryd.config import Settings
from memoryd.memory import ProjectMemory
from memoryd.versions import FOREVER, Effort, Stale, Turns, View
from tests.notes.shop import note
from tests.project import CART, DEADLINE, MONEY, eventually, write


def test_who_came_first_goes_first_also_after_waiting_for_something_else() -> None:
    turns, said = Turns(1), list[str]()
    is_there, may_go = threading.Event(), threading.Event()

    def first() -> None:
        with turns.taken():
            with turns.lent():
                is_there.set()
                may_go.wait(DEADLINE)
            said.append("first")

    def later(name: str) -> None:
        with turns.taken():
            said.append(name)

    with ThreadPoolExecutor(2) as pool:
        earlier = pool.submit(first)
        assert is_there.wait(DEADLINE)
        with turns.taken():
            # Both want the turn that this thread has: one as a newcomer, then the first one, back.
            newcomer = pool.submit(later, "second")
            assert eventually(lambda: turns.waiting == 1)
            may_go.set()
            assert eventually(lambda: turns.waiting == 2)
        newcomer.result(DEADLINE)
        earlier.result(DEADLINE)
    assert said == ["first", "second"]


def test_who_waits_to_write_a_note_lets_others_have_its_turn(tmp_path: Path) -> None:
    write(tmp_path / "project", {"cart.py": CART})
    turns = Turns(1)
    with ProjectMemory(tmp_path / "project", Settings(tmp_path / "home", embedder="hash", workers=1), turns=turns) as memory:
        memory.refresh()
        lock = FileLock(memory.folder.parent / "notes.lock")
        has_turn = threading.Event()

        def remember() -> None:
            with turns.taken():
                has_turn.set()
                memory.notes.add(note("Totals are exact"))

        with ThreadPoolExecutor(1) as pool:
            with lock:  # as another process does that writes a note
                writing = pool.submit(remember)
                assert has_turn.wait(DEADLINE)
                with turns.taken():
                    pass
            writing.result(DEADLINE)
        assert len(memory.notes.list()) == 1


@pytest.mark.parametrize("most", [1, 3])
def test_there_are_never_more_turns_than_said_and_none_is_lost(most: int) -> None:
    turns, lock = Turns(most), threading.Lock()
    now, top = 0, 0

    def work() -> None:
        nonlocal now, top
        for _ in range(50):
            with turns.taken():
                with lock:
                    now += 1
                    top = max(top, now)
                with lock:
                    now -= 1
                with turns.lent():
                    pass
        with pytest.raises(KeyError), turns.taken(), turns.lent():
            raise KeyError

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(work) for _ in range(8)]:
            done.result(DEADLINE)
    assert top <= most
    assert all(lane._free == most for lane in turns._lanes.values())
    assert not turns.waiting


def test_a_brief_question_waits_for_brief_ones_alone_and_none_for_it() -> None:
    turns, said = Turns(1), list[str]()

    def ask(name: str, effort: Effort) -> None:
        with turns.taken(effort):
            said.append(name)

    with ThreadPoolExecutor(2) as pool:
        with turns.taken():
            queued = pool.submit(ask, "pack", Effort.LONG)
            assert eventually(lambda: turns.waiting == 1)
            pool.submit(ask, "show", Effort.BRIEF).result(DEADLINE)
        queued.result(DEADLINE)
        with turns.taken(Effort.BRIEF):
            queued = pool.submit(ask, "later show", Effort.BRIEF)
            assert eventually(lambda: turns.waiting == 1)
            pool.submit(ask, "later pack", Effort.LONG).result(DEADLINE)
        queued.result(DEADLINE)
    assert said == ["show", "pack", "later pack", "later show"]


def test_questions_that_wait_for_a_refresh_hold_up_no_other_and_one_refresh_serves_them_all(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memoryd.versions.versions.REPAIR_SECONDS", DEADLINE)
    turns = Turns(1)

    def shown(handle: str) -> str:
        with turns.taken():
            return memory.show(handle).text

    with ProjectMemory(root, Settings(tmp_path / "home", workers=1), turns=turns) as memory, ThreadPoolExecutor(4) as pool:
        memory.load()
        before = memory.version()
        with memory._versions._refreshing.held(FOREVER):
            write(root, {"shop/money.py": MONEY.replace("* 100", "* 1000"), "shop/cart.py": CART.replace("(price)\n", "(added)\n")})
            asked = [pool.submit(shown, handle) for handle in ("parse_money", "Cart.add") * 2]
            assert eventually(lambda: memory._versions._stale == {"shop/money.py", "shop/cart.py"})
            assert shown("README.md")
            assert "added" in shown("shop/cart.py")
        texts = [answer.result(DEADLINE) for answer in asked]
        assert ["* 1000" in text for text in texts] == [True, False] * 2
        assert ["added" in text for text in texts] == [False, True] * 2
        assert memory.version() == before + 2  # one without the old rows, and the one with the new ones


def test_a_question_that_waits_for_a_refresh_keeps_nothing_of_the_version_that_it_asked(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memoryd.versions.versions.REPAIR_SECONDS", DEADLINE)
    asked: list[weakref.ref[set[str]]] = []

    def question(view: View, _: frozenset[str]) -> str:
        if asked:
            return "answered"
        found = Kept()
        asked.append(weakref.ref(found))
        raise Stale(("shop/money.py",))

    class Kept(set[str]):
        """What a question found, which costs memory."""

    with ProjectMemory(root, Settings(tmp_path / "home", workers=1)) as memory, ThreadPoolExecutor(1) as pool:
        memory.load()
        with memory._versions._refreshing.held(FOREVER):
            answer = pool.submit(memory._versions.ask, question)
            assert eventually(lambda: memory._versions._stale == {"shop/money.py"})
            assert asked[0]() is None
        assert answer.result(DEADLINE) == "answered"


def test_a_scan_of_the_whole_tree_holds_up_no_refresh(root: Path, tmp_path: Path) -> None:
    scanned = threading.Event()

    def hear(event: str, arguments: tuple[object, ...]) -> None:
        if threading.current_thread() is rescanning and event in ("os.scandir", "subprocess.Popen"):
            scanned.set()

    with ProjectMemory(root, Settings(tmp_path / "home", workers=1)) as memory:
        memory.load()
        (root / "shop/cart.py").write_text(CART.replace("(price)\n", "(added)\n"))
        rescanning = threading.Thread(target=memory.rescan)
        sys.addaudithook(hear)
        with memory._versions._refreshing.held(FOREVER):
            rescanning.start()
            assert scanned.wait(DEADLINE)
        rescanning.join(DEADLINE)
        assert not rescanning.is_alive()
        assert not memory.changes()
