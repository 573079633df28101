"""A daemon that cannot begin ends in order."""

import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from memoryd.config import Settings
from memoryd.daemon import Projects
from memoryd.errors import StoreUnusable
from memoryd.faces.access import Access
from memoryd.faces.server import Server


def test_who_cannot_be_found_ends_with_that_error_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    @contextmanager
    def found() -> Iterator[None]:
        raise StoreUnusable("cannot write to the data folder: No space left on device", tmp_path)
        yield

    projects = Projects(Settings(tmp_path / "home"))
    with socket.create_server(("127.0.0.1", 0)) as listener, caplog.at_level(logging.INFO):
        with pytest.raises(StoreUnusable, match="No space left"):
            Server(projects, Access(tmp_path / "home", "127.0.0.1"), found=found()).run(sockets=[listener])
        assert listener.fileno() == -1
    projects.close()
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING or record.exc_info] == []
