"""Options and fixtures every test may use, how many processes run the tests, and what is said of those that were skipped."""

import os
import shutil
import signal
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from memoryd.parsing import ParserPool
from tests.fakes import ParsersHere
from tests.lengths import LENGTH
from tests.project import FILES, Shell, write

IN_MEMORY = Path("/dev/shm")
"""Where Linux has files in memory. On a disk many tests mostly wait for it to make and remove small folders."""
LEAST_IN_MEMORY = 4 << 30


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite the goldens from what the code gives now")
    parser.addoption("--long", action="store_true", help="try laws at length: more examples, more moments at which to kill")


def pytest_configure(config: pytest.Config) -> None:
    LENGTH.is_long = config.getoption("--long")
    # A run says the same of the same code, so that a change is not refused for what it did not touch; at length, chance looks for more.
    # How long drawing takes is the machine's, not the test's.
    settings.register_profile("same examples", derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("default" if LENGTH.is_long else "same examples")
    if IN_MEMORY.is_dir() and os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free > LEAST_IN_MEMORY:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(IN_MEMORY))
    # A shell that starts us in the background has us ignore Ctrl-C, and so would the programs that we start and interrupt.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Keep every processor busy while some tests wait for what they started; one file alone is done before a second process has started.

    Each process imports, compiles and indexes for itself what it shares between its tests: some ten seconds. Of two processors, two
    processes keep .8 busy, three .89 and four .94.
    """
    is_one_file = len(config.args) == 1 and not Path(config.args[0]).is_dir()
    return 0 if is_one_file else (os.cpu_count() or 1) + 2


EVERY_LANGUAGE = ("fuzz/", "indexers/", "parsing/test_ids.py", "repository/test_patterns.py", "graph/test_graph.py")
"""The tests that read every language: to compile all grammars' queries takes a process some five seconds."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put those that read every language together, so that they mostly run in one process."""
    folder = Path(__file__).parent
    items.sort(key=lambda item: not str(item.path.relative_to(folder)).startswith(EVERY_LANGUAGE))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was skipped, why, and, in the words of each reason, how to run it."""
    skipped: defaultdict[str, set[str]] = defaultdict(set)
    for report in terminalreporter.stats.get("skipped", []):
        _, _, reason = report.longrepr
        skipped[reason.removeprefix("Skipped: ")].add(report.nodeid)
    if skipped:
        terminalreporter.section("skipped")
    for reason, tests in sorted(skipped.items()):
        terminalreporter.write_line(f"{len(tests):3}  {reason}")


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path / "project", FILES)
    return tmp_path / "project"


@pytest.fixture
def shell(root: Path, tmp_path: Path) -> Shell:
    return Shell(root, tmp_path / "home")


PROCESSES = ("daemon/test_process.py", "indexing/test_crash.py", "parsing/test_workers.py")
"""The tests that parse in parser processes as users do, beside all those that start memoryd itself."""


@pytest.fixture(scope="module", autouse=True)
def _parsers(request: pytest.FixtureRequest) -> Iterator[None]:
    """Parse without processes where it is tested what is made of parsed files, and not how they are parsed."""
    if str(request.path.relative_to(Path(__file__).parent)) in PROCESSES:
        yield
        return
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("memoryd.versions.writer.ParserPool", ParsersHere)
        patched.setattr("memoryd.fleet.tasks.task.ParserPool", ParsersHere)
        yield


@pytest.fixture
def parser_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parse in processes for one test of a file that otherwise needs none."""
    monkeypatch.setattr("memoryd.versions.writer.ParserPool", ParserPool)
