"""Many projects in one process: on demand, watched, bounded, and none at the mercy of another."""

import gc
import json
import os
import stat
import threading
import time
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import filelock
import pytest

from memoryd.config import Settings
from memoryd.daemon import Projects
from memoryd.daemon.loaded import QUIET_SECONDS, VERIFIED_SECONDS, Loaded
from memoryd.daemon.tally import Tally
from memoryd.errors import NotAProject, RefreshBusy, Stopping
from memoryd.memory import ProjectMemory
from memoryd.versions import Turns
from tests.project import CART, DEADLINE, FILES, MONEY, children, eventually, fresh_rows, indexed, rows, write


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "home", embedder="hash", workers=1)


@pytest.fixture
def projects(settings: Settings) -> Iterator[Projects]:
    with Projects(settings) as made:
        yield made


def some(folder: Path, number: int) -> list[Path]:
    roots = [folder / f"p{index}" for index in range(number)]
    for index, root in enumerate(roots):
        write(root, {"one.py": f"def only_{index}():\n    return {index}\n"})
    return roots


def loaded(projects: Projects) -> list[str]:
    return [Path(known.root).name for known in projects.known() if known.loaded]


BEFORE: list[threading.Thread] = []
"""The threads that ran before a test: what fuzzing asks keeps its project for as long as the process."""


@pytest.fixture(autouse=True)
def _before() -> None:
    BEFORE[:] = threading.enumerate()


def threads(name: str) -> int:
    return sum(thread.name == name for thread in threading.enumerate() if thread not in BEFORE)


def test_a_project_is_loaded_and_registered_when_it_is_asked_for(root: Path, projects: Projects) -> None:
    assert projects.known() == ()
    before = time.time()
    with projects.memory(root) as memory:
        assert memory.search("parse_money")[0].id == "shop/money.py#parse_money"
    known = projects.known()
    assert [(one.root, one.loaded, one.files) for one in known] == [(str(root.resolve()), True, len(FILES))]
    assert known[0].store_version > 0
    assert before <= known[0].last_used <= time.time()


def test_a_project_is_followed_while_it_is_loaded(root: Path, projects: Projects) -> None:
    with projects.memory(root):
        pass
    write(root, {"shop/late.py": "def arrives_late(): ...\n"})

    def is_found() -> bool:
        with projects.memory(root) as memory:
            return any(hit.id == "shop/late.py#arrives_late" for hit in memory.search("arrives_late"))

    assert eventually(is_found)


def test_only_a_project_that_is_loaded_under_this_very_name_is_at_hand(root: Path, projects: Projects) -> None:
    assert projects.at_hand(str(root)) is None
    with projects.memory(root) as memory:
        pass
    assert projects.at_hand(str(root)) is memory
    assert projects.at_hand(f"{root}/../{root.name}") is None
    (root.parent / "link").symlink_to(root)
    assert projects.at_hand(str(root.parent / "link")) is None
    assert memory.search_at_once("parse_money") == memory.search("parse_money")
    projects.forget(root)
    assert projects.at_hand(str(root)) is None
    # Who holds on to what was dropped is told nothing, and loads nothing.
    assert memory.search_at_once("parse_money") is None


def test_many_at_once_load_a_project_once(root: Path, projects: Projects) -> None:
    reports = []

    def ask(_: int) -> ProjectMemory:
        with projects.memory(root) as memory:
            return memory

    with projects.progress(root, lambda what, done, total: reports.append((what, done, total))), ThreadPoolExecutor(8) as pool:
        assert len(set(map(id, pool.map(ask, range(16))))) == 1
    parsed = [report for report in reports if report[0] == "parsing"]
    assert parsed == [("parsing", done, len(FILES)) for done in range(1, len(FILES) + 1)]
    assert [what for what, *_ in reports if what != "parsing"] == ["reading", "embedding", "writing", "preparing"]


def test_the_refresh_that_loads_a_project_is_the_one_reported(root: Path, projects: Projects) -> None:
    assert projects.refresh(root).added == len(FILES)
    assert projects.refresh(root).parsed == 0


def test_the_one_used_longest_ago_gives_way(tmp_path: Path, settings: Settings) -> None:
    roots = some(tmp_path, 4)
    with Projects(settings, most_loaded=2) as projects:
        for root in (*roots[:2], roots[0], roots[2]):
            with projects.memory(root):
                pass
        assert loaded(projects) == ["p0", "p2"]
        with projects.memory(roots[1]) as memory:
            assert memory.search("only_1")[0].id == "one.py#only_1"
        assert loaded(projects) == ["p1", "p2"]
        assert threads("memoryd-watch") == 2
        assert [known.files for known in projects.known()] == [1, 1, 1]
    assert threads("memoryd-watch") == 0


def test_a_lent_project_is_not_dropped(tmp_path: Path, settings: Settings) -> None:
    roots = some(tmp_path, 3)
    with Projects(settings, most_loaded=1) as projects:
        with projects.memory(roots[0]) as first, projects.memory(roots[1]), projects.memory(roots[2]):
            assert loaded(projects) == ["p0", "p1", "p2"]
            assert first.search("only_0")
        assert len(loaded(projects)) == 1


@pytest.mark.usefixtures("parser_processes")
def test_fifty_known_projects_cost_no_more_than_those_that_are_loaded(tmp_path: Path, settings: Settings) -> None:
    roots = some(tmp_path, 50)
    with Projects(settings, most_loaded=2) as projects:
        for root in roots:
            projects.register(root)
        for root in roots[:8]:
            with projects.memory(root):
                assert len(loaded(projects)) <= 2
                assert threads("memoryd-watch") <= 2
        assert len(projects.known()) == 50
        assert len(children(os.getpid())) <= 2


def test_an_idle_project_is_dropped_also_where_there_is_room(root: Path, settings: Settings) -> None:
    with Projects(settings, idle_seconds=0.2) as projects:
        with projects.memory(root):
            assert len(loaded(projects)) == 1
        assert eventually(lambda: loaded(projects) == [])
        assert eventually(lambda: threads("memoryd-watch") == 0)
        assert projects.known()[0].files == len(FILES)


@pytest.mark.usefixtures("parser_processes")
def test_parser_processes_that_nothing_uses_end_also_while_their_project_is_used(root: Path, settings: Settings) -> None:
    before = children(os.getpid())
    with Projects(settings, idle_seconds=0.4) as projects, projects.memory(root) as memory:
        write(root, {"shop/new.py": "def new(): ...\n"})
        assert eventually(lambda: bool(memory.search("new")) and indexed(memory, "shop/new.py") == {"shop/new.py"})
        assert eventually(lambda: children(os.getpid()) == before)
        assert loaded(projects) == ["project"]


def test_what_is_dropped_is_freed_at_once(tmp_path: Path, settings: Settings) -> None:
    roots = some(tmp_path, 2)
    gc.disable()
    try:
        with Projects(settings, most_loaded=1) as projects:
            with projects.memory(roots[0]) as memory:
                memory.pack("only_0")
                dropped = weakref.ref(memory)
            del memory
            with projects.memory(roots[1]):
                pass
            assert dropped() is None
    finally:
        gc.enable()


def test_what_is_registered_is_known_to_the_next_one_and_forgotten_for_good(tmp_path: Path, settings: Settings) -> None:
    roots = some(tmp_path, 2)
    with Projects(settings) as projects:
        projects.register(roots[0])
        with projects.memory(roots[1]):
            pass
    with Projects(settings) as projects:
        assert [(Path(known.root).name, known.loaded, known.files) for known in projects.known()] == [("p0", False, 0), ("p1", False, 1)]
        assert projects.is_registered(roots[0] / ".." / "p1")
        with projects.memory(roots[1]) as memory:
            assert projects.forget(roots[1])
            assert memory.search("only_1")  # who has it lent keeps it
        assert not projects.forget(roots[1])
        assert threads("memoryd-watch") == 0
    with Projects(settings) as projects:
        assert [Path(known.root).name for known in projects.known()] == ["p0"]


def test_a_project_whose_folder_is_gone_can_still_be_forgotten(tmp_path: Path, projects: Projects) -> None:
    (root,) = some(tmp_path, 1)
    projects.register(root)
    (root / "one.py").unlink()
    root.rmdir()
    with pytest.raises(NotAProject), projects.memory(root):
        pass
    assert projects.forget(root)


def test_a_link_to_a_project_is_that_project_and_one_out_of_it_is_not(root: Path, tmp_path: Path, projects: Projects) -> None:
    projects.register(root)
    (tmp_path / "link").symlink_to(root)
    (root / "out").symlink_to(tmp_path)
    assert projects.is_registered(tmp_path / "link")
    assert not projects.is_registered(root / "out")
    assert not projects.is_registered(root / "shop")


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"projects": [{"root": 3}]}', b'{"projects": [{"root": "relative"}]}', b"\xff\x00"]
)
def test_a_damaged_list_of_projects_registers_nothing(root: Path, settings: Settings, content: bytes) -> None:
    settings.home.mkdir(parents=True)
    (settings.home / "projects.json").write_bytes(content)
    with Projects(settings) as projects:
        assert projects.known() == ()
        projects.register(root)
    assert [one["root"] for one in json.loads((settings.home / "projects.json").read_bytes())["projects"]] == [str(root.resolve())]
    assert stat.S_IMODE((settings.home / "projects.json").stat().st_mode) == 0o600


def test_a_list_of_projects_with_another_letter_registers_nothing(root: Path, settings: Settings) -> None:
    with Projects(settings) as projects:
        projects.register(root)
    file = settings.home / "projects.json"
    file.write_bytes(file.read_bytes().replace(b"/project", b"/Project"))
    with Projects(settings) as projects:
        assert projects.known() == ()


def test_a_name_that_is_no_utf8_survives(tmp_path: Path, settings: Settings) -> None:
    root = tmp_path / "caf\udce9"
    write(root, {"one.py": "def only(): ...\n"})
    with Projects(settings) as projects:
        projects.register(root)
    with Projects(settings) as projects:
        assert projects.is_registered(root)
        assert [known.root.isprintable() for known in projects.known()] == [True]


def test_what_cannot_be_loaded_fails_each_time_and_leaves_nothing(root: Path, tmp_path: Path) -> None:
    with Projects(Settings(tmp_path / "home", embedder="no-such-thing", workers=1)) as projects:
        for _ in range(2):
            with pytest.raises(Exception, match="no-such-thing"), projects.memory(root):
                pass
        assert loaded(projects) == []
        assert threads("memoryd-watch") == 0


class Held:
    """A refresh that goes on until it is let go, held by what hears its progress."""

    def __init__(self) -> None:
        self.entered, self.released, self.left = threading.Event(), threading.Event(), threading.Event()

    def __call__(self, _what: str, _done: int, _total: int) -> None:
        self.entered.set()
        try:
            assert self.released.wait(DEADLINE)
        finally:
            self.left.set()


def test_nothing_that_is_asked_waits_for_a_refresh(root: Path, projects: Projects) -> None:
    with projects.memory(root) as memory:
        memory.search("parse_money")
    held = Held()
    with projects.progress(root, held), ThreadPoolExecutor(2) as pool:
        write(root, {"shop/money.py": MONEY.replace("* 100", "* 1000"), "shop/new.py": "def new(): ...\n"})
        try:
            assert held.entered.wait(DEADLINE)  # the watcher is at it
            with projects.memory(root) as memory:
                assert memory.search("parse_money")[0].id == "shop/money.py#parse_money"
                # A file that changed may not be shown as it was: it is left out, after a moment.
                pack = memory.pack("the total of the cart, and how is money read", 2_000)
                assert "return Money(sum(line.amount for line in self.lines))" in pack.text
                assert "shop/money.py" not in {item.path for item in pack.items}
                assert memory.show("shop/cart.py#Cart.total").text
                with pytest.raises(RefreshBusy, match="try again"):
                    memory.show("shop/money.py#parse_money")
                assert memory.map(500).text
                assert not memory.status().fresh
                assert memory.version() > 0
                assert projects.known()[0].files == len(FILES)
                with pytest.raises(RefreshBusy):
                    projects.refresh(root, wait=False)
            assert not held.left.is_set()  # all was answered while the refresh was held
            later = pool.submit(projects.refresh, root)
        finally:
            held.released.set()
        later.result(DEADLINE)
        with projects.memory(root) as memory:
            assert "* 1000" in memory.pack("parse_money", 2_000).text


def test_one_project_that_is_being_indexed_does_not_hold_up_another(tmp_path: Path, projects: Projects) -> None:
    slow, quick = some(tmp_path, 2)
    held = Held()
    with projects.progress(slow, held), ThreadPoolExecutor(2) as pool:
        try:
            loading = pool.submit(projects.refresh, slow)
            assert held.entered.wait(DEADLINE)
            with projects.memory(quick) as memory:
                assert memory.search("only_1")
            assert loaded(projects) == ["p1"]
            with pytest.raises(RefreshBusy):
                projects.refresh(slow, wait=False)
        finally:
            held.released.set()
        assert loading.result(DEADLINE).added == 1


@pytest.mark.usefixtures("parser_processes")
def test_closing_ends_a_refresh_under_way_and_nothing_is_left_running(root: Path, settings: Settings) -> None:
    before = children(os.getpid())
    projects = Projects(settings)
    held = Held()
    with ThreadPoolExecutor(2) as pool, projects.progress(root, held):
        loading = pool.submit(projects.refresh, root)
        assert held.entered.wait(DEADLINE)
        closing = pool.submit(projects.close)
        assert eventually(lambda: _is_closed(projects, root))
        held.released.set()
        with pytest.raises(Stopping):
            loading.result(DEADLINE)
        closing.result(DEADLINE)
    assert (threads("memoryd-watch"), threads("memoryd-tidy")) == (0, 0)
    assert children(os.getpid()) == before
    with Projects(settings) as again:
        assert again.refresh(root).added == len(FILES)


def _is_closed(projects: Projects, root: Path) -> bool:
    try:
        with projects.progress(root, lambda *_: None):
            return False
    except Stopping:
        return True


class Broken(Exception):
    """What a watcher dies of."""


def test_a_watcher_that_crashes_is_started_once_more_and_then_each_question_looks_itself(
    tmp_path: Path, projects: Projects, caplog: pytest.LogCaptureFixture
) -> None:
    broken, sound = some(tmp_path, 2)
    for root in (broken, sound):
        with projects.memory(root):
            pass

    def crash(*_: object) -> None:
        if threading.current_thread().name == "memoryd-watch":
            raise Broken

    def crashes() -> int:
        return sum(record.message == "watcher crashed" for record in caplog.records)

    with projects.progress(broken, crash):
        write(broken, {"one.py": "def other(): ...\n"})
        assert eventually(lambda: crashes() == 2)
        assert eventually(lambda: threads("memoryd-watch") == 1)
        write(broken, {"one.py": "def asked_for(): ...\n", "two.py": "def unseen(): ...\n"})
        with projects.memory(broken) as memory:
            assert memory.search("unseen")[0].id == "two.py#unseen"
            assert memory.search("asked_for")[0].id == "one.py#asked_for"
        write(sound, {"one.py": CART})

        def is_followed() -> bool:
            with projects.memory(sound) as memory:
                return any(hit.id == "one.py#Cart.total" for hit in memory.search("Cart.total"))

        assert eventually(is_followed)


def test_an_index_is_verified_later_where_a_refresh_runs(root: Path, settings: Settings) -> None:
    project = Loaded(root, settings, Tally(), Turns(1))
    project.ready()
    try:
        due = time.time() + VERIFIED_SECONDS + 1
        file = project.memory.folder.parent / "refresh.lock"
        with filelock.FileLock(file):
            assert not project.verify_at_rest(due)
        assert eventually(lambda: project.verify_at_rest(due))
    finally:
        project.close()


@pytest.mark.parametrize("kind", ["*.arrow", "*.lance/data/*"])
def test_an_index_that_is_damaged_at_rest_is_noticed_and_made_again(root: Path, settings: Settings, kind: str) -> None:
    project = Loaded(root, settings, Tally(), Turns(1))
    project.ready()
    try:
        memory, now = project.memory, time.time()
        before = memory.search("parse_money")
        assert not project.verify_at_rest(now + QUIET_SECONDS + 1)
        file = next(iter(memory.folder.glob(kind)))
        whole = file.read_bytes()
        with file.open("r+b") as opened:  # in place, where it is mapped
            opened.write(bytes(byte ^ 1 for byte in whole))
        # The watcher scans the tree when it begins, and goes first.
        assert eventually(lambda: project.verify_at_rest(now + VERIFIED_SECONDS + 1))
        assert not project.verify_at_rest(now + VERIFIED_SECONDS + 2)
        assert memory.view().is_prepared
        assert memory.search("parse_money") == before
        assert memory.verify().damaged == ()
        assert rows(root, settings.home) == fresh_rows(root, settings.home.parent / "fresh")
    finally:
        project.close()


def test_a_project_may_be_closed_while_its_watcher_starts(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "project", FILES)
    project, start, closed = Loaded(tmp_path / "project", settings, Tally(), Turns(1)), threading.Thread.start, []

    def closing(thread: threading.Thread) -> None:
        if thread.name == "memoryd-watch":
            project.close()
            closed.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", closing)
    project.ready()
    (watcher,) = closed
    watcher.join(DEADLINE)
    assert not watcher.is_alive()
