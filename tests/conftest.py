"""Options and fixtures every test may use."""

import signal
from pathlib import Path

import pytest

from tests.project import FILES, Shell, write


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite the goldens from what the code gives now")


def pytest_configure() -> None:
    # A shell that starts us in the background has us ignore Ctrl-C, and so would the programs that we start and interrupt.
    signal.signal(signal.SIGINT, signal.default_int_handler)


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
