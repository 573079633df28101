"""Outputs that are kept: found by their handle, without secrets, for our user alone, and bounded."""

from pathlib import Path

import pytest

from memoryd.config import Settings
from memoryd.errors import UnknownHandle
from memoryd.memory import ProjectMemory
from memoryd.observations import Observations
from memoryd.observations import kept as module
from tests import warm
from tests.project import Shell
from tests.sessions.test_events import Client

KEY = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
OUTPUT = "\n".join(f"line {number}" for number in range(1, 101))


@pytest.fixture
def observations(tmp_path: Path) -> Observations:
    return Observations(tmp_path / "sessions")


def test_an_output_is_shown_by_its_handle_in_part_or_whole(observations: Observations) -> None:
    handle = observations.keep("pytest", OUTPUT)
    assert observations.show(handle).text == f"{OUTPUT}\n"
    assert observations.show(f"{handle}:40-41").text == "line 40\nline 41\n"
    assert observations.show(f"{handle}:99-400").text == "line 99\nline 100\n"
    assert observations.keep("make", OUTPUT) == handle
    for wrong in (f"{handle}:0-3", f"{handle}:300-400", f"{handle}:9-3", "obs:0000000000", f"{handle}:x"):
        with pytest.raises(UnknownHandle):
            observations.show(wrong)


def test_secrets_are_masked_and_what_is_private_or_secret_is_not_kept(observations: Observations, tmp_path: Path) -> None:
    handle = observations.keep("env", f"TOKEN={KEY}\n{OUTPUT}")
    assert KEY not in observations.show(handle).text
    assert not any(KEY.encode() in file.read_bytes() for file in (tmp_path / "sessions").iterdir())
    assert observations.keep("pytest", f"<private>{OUTPUT}") == ""
    assert observations.keep("pytest", f"<Private>{OUTPUT}") == ""


@pytest.mark.parametrize("named", [".env", "'.env'", '"app/.env"', "<.env", "x; cat .env; y", "$(cat .env)", ".env|sort", "--file=.env"])
def test_the_output_of_a_command_that_names_a_secret_file_is_not_kept(observations: Observations, named: str) -> None:
    assert observations.keep(f"cat {named}", f"PASSWORD=hunter2\n{OUTPUT}") == ""


def test_what_is_old_or_too_much_is_removed(observations: Observations, monkeypatch: pytest.MonkeyPatch) -> None:
    first = observations.keep("pytest", OUTPUT)
    monkeypatch.setattr(module, "MOST_BYTES", 400)
    second = observations.keep("pytest", OUTPUT + "\nmore")
    assert observations.show(second).text.endswith("more\n")
    with pytest.raises(UnknownHandle):
        observations.show(first)


def test_control_characters_are_shown_as_escapes(observations: Observations) -> None:
    assert observations.show(observations.keep("x", "a\x1b[31mb")).text == "a\\x1b[31mb\n"


def test_a_file_of_that_name_is_still_shown(root: Path, tmp_path: Path) -> None:
    (root / "obs").write_text("one\ntwo\n")
    with ProjectMemory(root, Settings(tmp_path / "home", "hash", 1)) as memory:
        memory.refresh()
        assert memory.show("obs:2").text == "two\n"
        handle = memory.observations.keep("pytest", OUTPUT)
        assert memory.show(f"{handle}:1-2").text == "line 1\nline 2\n"


def test_the_command_line_shows_what_an_agent_would_see(shell: Shell) -> None:
    output = "".join(f"tests/test_cart.py::test_case_{number} PASSED\n" for number in range(200)) + "1 failed\n"
    done = warm.run(shell, "observe", "shrink", "--command", "pytest -v", stdin=output.encode())
    assert "[memoryd: lines 5-" in done.text
    assert "1 failed" in done.text
    assert warm.run(shell, "observe", "shrink", "--command", "git diff", stdin=output.encode()).text == output


def test_a_run_that_failed_is_in_the_working_set_with_its_output(client: Client) -> None:
    error = "Exit code 1\n" + "\n".join(f"tests/test_cart.py::test_case_{number} PASSED" for number in range(200))
    client.tell("PostToolUseFailure", tool_name="Bash", tool_input={"command": "pytest -v"}, tool_use_id="1", error=error)
    from memoryd.sessions.contexts import working_set

    def told() -> str:
        return working_set(client.sessions._session(client.root, "one"))

    assert "failed when it last ran: pytest -v; its output: show_code obs:" in told()
    client.tool("Bash", {"command": "pytest -v"}, {"stdout": "1 passed", "stderr": ""})
    assert "pytest" not in told()


@pytest.fixture
def client(root: Path, tmp_path: Path) -> Client:
    return Client(root.resolve(), tmp_path / "home")
