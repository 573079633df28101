"""The log: one JSON object a line, bounded, private, and silent about what it must not repeat."""

import json
import logging
import stat
from pathlib import Path

import pytest

from memoryd.daemon import logged


def lines(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_an_event_is_a_line_of_json_with_its_fields(tmp_path: Path) -> None:
    file = tmp_path / "home" / "daemon.log"
    with logged(file):
        logging.getLogger("memoryd.daemon").info("project refreshed", extra={"fields": {"root": "/a\nb\udce9", "seconds": 0.1}})
    (line,) = lines(file)
    assert (line["event"], line["root"], line["seconds"], line["level"]) == ("project refreshed", "/a\nb\udce9", 0.1, "info")
    assert str(line["time"]).endswith("+00:00")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_of_an_exception_only_its_kind_and_places_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "daemon.log"
    with logged(file):
        try:
            raise ValueError("confidential")
        except ValueError:
            logging.getLogger("memoryd.daemon").exception("watcher crashed")
    (line,) = lines(file)
    assert line["error"] == "ValueError"
    assert "test_log.py" in str(line["trace"])
    assert "confidential" not in file.read_text()


def test_of_what_a_library_says_only_the_place_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "daemon.log"
    with logged(file):
        logging.getLogger("mcp.server").warning("could not read %s", "confidential")
        logging.getLogger("mcp.server").info("chatter")
    (line,) = lines(file)
    assert (line["logger"], line["level"]) == ("mcp.server", "warning")
    assert "test_log" in str(line["event"])
    assert "confidential" not in file.read_text()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full; run the tests on Linux")
def test_a_full_disk_costs_lines_and_nothing_is_said_about_it(capfd: pytest.CaptureFixture[str]) -> None:
    with logged(Path("/dev/full")):
        logging.getLogger("memoryd.daemon").info("project refreshed")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("existing", [False, True])
def test_its_size_is_bounded(tmp_path: Path, existing: bool) -> None:
    file = tmp_path / "daemon.log"
    if existing:
        file.write_text("x" * 10_000)
    with logged(file, size=4_000):
        for number in range(500):
            logging.getLogger("memoryd.daemon").info("event", extra={"fields": {"number": number}})
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert kept == ["daemon.log", "daemon.log.1", "daemon.log.2"]
    assert all(path.stat().st_size <= 4_000 for path in tmp_path.iterdir())
    assert lines(file)[-1]["number"] == 499
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_nothing_is_written_once_it_is_closed(tmp_path: Path) -> None:
    before = logging.getLogger().handlers[:]
    with logged(tmp_path / "daemon.log"):
        pass
    assert logging.getLogger().handlers == before
    logging.getLogger("memoryd.daemon").warning("late")
    assert lines(tmp_path / "daemon.log") == []
