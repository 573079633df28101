"""Sessions of Claude Code itself, offline: compacted, resumed, forked, two at once, without a daemon and with one that hangs."""

import json
import socket
import sys
import threading
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from memoryd.faces.install import Machine, add_hooks
from memoryd.standalone import hook
from tests.faces.clients import claude
from tests.faces.clients.claude import SUMMARY, Block, Model, Ran, said_by, text, use
from tests.faces.clients.forwarding import forwarding
from tests.faces.clients.test_claude_hooks import ALLOWED, EVENTS, FIND, HEAD, TASK, TOTAL, told
from tests.faces.serving import KEYED, Served, warm

QUESTION = use(FIND, task="grand_total of the basket of a customer")
SHOWN, NAMED = "subtotal = sum(", "lines 1-5 are in your context already"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with warm(tmp_path_factory.mktemp("sessions"), {HEAD: TOTAL}) as one:
        yield one


def settings(folder: Path, command: list[str]) -> str:
    """Write settings in which every event starts a command, and return the path."""
    handler = {"type": "command", "command": command[0], "args": command[1:], "timeout": 60}
    file = folder / "settings.json"
    file.write_text(json.dumps({"hooks": {event: [{"hooks": [handler]}] for event in (*EVENTS, "PostCompact")}}))
    return str(file)


def run(program: str, one: Served, folder: Path, model: Model, *arguments: str) -> Ran:
    url = f"http://127.0.0.1:{one.port}/mcp?root={one.root}"
    servers: Mapping[str, Any] = {"memoryd": {"type": "http", "url": url, "headers": KEYED, "alwaysLoad": True}}
    given = (TASK, "--settings", settings(folder, forwarding(folder, one, "claude-code")), *arguments, *ALLOWED, "Write")
    ran = claude.run_with(program, one.root, servers, model, *given)
    assert ran.code == 0, ran.err
    return ran


def read(one: Served) -> Block:
    return use("Read", file_path=str(one.root / HEAD))


def test_the_working_set_survives_an_automatic_compaction_and_the_ledger_does_not(program: str, served: Served, tmp_path: Path) -> None:
    wrote = use("Write", file_path=str(served.root / "shop/added.py"), content="ADDED = 1\n")
    turns = [[read(served)], [wrote], [use("Bash", command="echo FULL-NOW")], [QUESTION], [QUESTION], [text("done")]]
    ran = run(program, served, tmp_path, Model(turns, full="FULL-NOW"))
    (asked,) = (json.dumps(body["messages"]) for body in ran.model.others if "Do NOT call any tools" in json.dumps(body["messages"]))
    assert "files edited: shop/added.py" in asked
    after = next(number for number in range(len(ran.model.requests)) if SUMMARY in told(ran, number))
    assert "The working set of this session" in told(ran, after)
    assert "files edited: shop/added.py" in told(ran, after)
    later = [said_by(one) for request in range(after, len(ran.model.requests)) for one in ran.model.results(request)]
    assert any(SHOWN in one for one in later)
    assert not any(NAMED in one for one in later)


def test_who_resumes_or_forks_a_session_is_told_the_working_set_and_nothing_of_its_context(
    program: str, served: Served, tmp_path: Path
) -> None:
    name = str(uuid.uuid4())
    wrote = use("Write", file_path=str(served.root / "shop/more.py"), content="MORE = 1\n")
    first = run(program, served, tmp_path, Model([[read(served)], [wrote], [QUESTION], [text("done")]]), "--session-id", name)
    assert NAMED in said_by(first.model.results()[-1])
    resumed = run(program, served, tmp_path, Model([[QUESTION], [text("done")]]), "--resume", name)
    assert "files edited: shop/more.py" in told(resumed)
    assert SHOWN in said_by(resumed.model.results()[-1])
    forked = run(program, served, tmp_path, Model([[QUESTION], [text("done")]]), "--resume", name, "--fork-session")
    assert SHOWN in said_by(forked.model.results()[-1])


def test_two_sessions_at_once_do_not_take_each_other_s_context_for_theirs(program: str, served: Served, tmp_path: Path) -> None:
    found: dict[str, Ran] = {}

    def session(name: str, *before: list[Block]) -> None:
        (tmp_path / name).mkdir()
        found[name] = run(program, served, tmp_path / name, Model([*before, [QUESTION], [QUESTION], [text("done")]]))

    both = [threading.Thread(target=session, args=("reads", [read(served)])), threading.Thread(target=session, args=("asks",))]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert [NAMED in said_by(one) for one in found["reads"].model.results()[-2:]] == [True, True]
    assert [NAMED in said_by(one) for one in found["asks"].model.results()[-2:]] == [False, True]


@pytest.mark.parametrize("hangs", [False, True], ids=["no daemon", "a daemon that hangs"])
def test_without_answers_a_session_is_as_if_there_were_no_hooks(program: str, served: Served, tmp_path: Path, hangs: bool) -> None:
    home = Path("/tmp") / f"memoryd-{uuid.uuid4().hex[:8]}"
    home.mkdir(mode=0o700)
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
            if hangs:
                listener.bind(str(home / hook.SOCKET))
                listener.listen(64)
            machine = Machine(tmp_path, {}, settings={"MEMORYD_HOME": str(home)}, python=Path(sys.executable))
            file = tmp_path / "installed.json"
            file.write_text(add_hooks("claude-code", machine, "user", served.root).after or "")
            turns = [[use("Bash", command="find . -name '*.py'")], [text("done")]]
            ran = claude.run(program, served.root, {}, turns, TASK, "--settings", str(file), *ALLOWED)
        assert (ran.code, ran.out.strip()) == (0, "done"), ran.err
        assert said_by(ran.model.results()[-1]).count("module_") == 120
        assert "memoryd" not in told(ran).replace(str(served.root), "")
        assert (home / hook.MARK).exists()
    finally:
        for one in home.iterdir():
            one.unlink()
        home.rmdir()
