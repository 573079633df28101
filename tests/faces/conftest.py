"""What the tests of the bridge and of its clients share: one project, and one daemon for all tests of a module."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faces.mcp.bridge import stop_daemon
from tests.project import FILES, write


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a data folder whose daemon, which the first bridge starts, is stopped in the end."""
    folder = tmp_path_factory.mktemp("home")
    yield folder
    stop_daemon(folder)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small project."""
    folder = tmp_path_factory.mktemp("shop")
    write(folder, FILES)
    return folder
