"""The measurement of the first pack through MCP, on a real bridge and a real daemon."""

from pathlib import Path

import pytest

from memoryd.config import Settings
from memoryd.daemon import running, stop
from scripts.bench.doors.mcp import first_answer, of_memoryd
from tests.project import FILES, write


def test_a_first_pack_is_timed_from_the_start_of_the_bridge_and_an_error_is_no_pack(tmp_path: Path) -> None:
    write(tmp_path / "shop", FILES)
    settings = Settings(tmp_path / "home")
    try:
        found = first_answer(of_memoryd(tmp_path / "shop", settings.home, "how is the total of a cart computed"))
        assert 0 < found.initialized < found.listed < found.answered
        assert running(settings)
        with pytest.raises(RuntimeError, match="`task` must say"):
            first_answer(of_memoryd(tmp_path / "shop", settings.home, " "))
    finally:
        stop(settings)
