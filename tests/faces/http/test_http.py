"""The daemon over HTTP: the answers of the command line, and a clear refusal for everything else."""

import json
import logging
import re
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import filelock
import httpx
import orjson
import pytest
from pydantic import TypeAdapter

from memoryd.config import Settings, project_folder
from memoryd.daemon import secret_of
from memoryd.faces.http.metrics import resident_bytes
from memoryd.faces.http.middleware import Limits
from memoryd.faces.http.problems import PROBLEMS, ProblemDocument
from memoryd.memory import ProjectMemory
from memoryd.versions.versions import REPAIR_SECONDS
from tests import warm
from tests.faces.serving import JSON, KEYED, Gate, Served, answer, head, serving
from tests.project import DEADLINE, FILES, MONEY, Shell, eventually, fail, index_folder, many, write

MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("http"), limits=Limits(body_seconds=0.5)) as one:
        one.post("/v1/reindex").raise_for_status()
        yield one


def problem(response: httpx.Response, kind: str) -> dict[str, Any]:
    """Check that a response is a problem document of a kind, and return it."""
    assert response.headers["content-type"] == "application/problem+json"
    return _problem(response.status_code, dict(response.headers), response.content, kind)


def _problem(status: int, headers: dict[str, str], body: bytes, kind: str) -> dict[str, Any]:
    said = asdict(TypeAdapter(ProblemDocument).validate_json(body, extra="forbid"))
    assert (status, said["type"]) == (PROBLEMS[kind].status, f"/docs#{kind}")
    assert said["status"] == status
    assert said["next"]
    assert headers.get("x-request-id", "none") == said["request_id"]
    return said


PHASES = ("reading", "parsing", "embedding")
"""The phases of a first index whose files are counted."""


def events(text: str) -> list[tuple[str, Any]]:
    """Read server-sent events."""
    return [
        (name, json.loads(data)) for name, data in re.findall(r"^event: (\w+)\ndata: (.*)\n\n", text, re.MULTILINE)
    ]  # fmt: skip


def test_python_command_line_and_http_give_the_same_pack(tmp_path: Path) -> None:
    with serving(tmp_path) as one:
        packed = one.post("/v1/pack", task="how is the total charged", budget=300).json()
        nothing = one.post("/v1/pack", task="zzzqqq xyzzy").json()
        searched = one.post("/v1/search", query="parse_money", limit=3).json()
        mapped = one.post("/v1/map", budget=200).json()
        toured = one.post("/v1/map", budget=900, tour=True).json()
        shown = one.post("/v1/show", handles=["shop/money.py#parse_money", "README.md:1-3"]).json()
        lines = one.post("/v1/search", query="parse_money", limit=3, lines=True).json()
        problem(one.post("/v1/show", handles=["shop/money.py:5-2"]), "unknown-handle")
        status = one.client.get("/v1/status", params={"root": str(one.root)}).json()
    shell = Shell(one.root, one.home)
    assert warm.run(shell, "map", "--tour", "--budget", "900", "--json").json == toured
    assert warm.run(shell, "pack", "how is the total charged", "--budget", "300", "--json").json == packed
    with ProjectMemory(one.root, Settings(one.home, embedder="hash", workers=1)) as memory:
        assert orjson.loads(orjson.dumps(memory.pack("how is the total charged", 300))) == packed
        assert orjson.loads(orjson.dumps(memory.pack("zzzqqq xyzzy"))) == nothing
        assert (nothing["verdict"], nothing["items"], nothing["omitted"]) == (
            {"kind": "grep", "confidence": 0.0, "next": [], "why": ""},
            [],
            [],
        )
        assert orjson.loads(orjson.dumps({"hits": memory.search("parse_money", 3)})) == searched
        assert orjson.loads(orjson.dumps({"hits": memory.search_with_lines("parse_money", 3)})) == lines
        assert orjson.loads(orjson.dumps(memory.map(200))) == mapped
        assert orjson.loads(orjson.dumps(memory.tour(900))) == toured
        handles = ("shop/money.py#parse_money", "README.md:1-3")
        assert orjson.loads(orjson.dumps({"shown": [memory.show(handle) for handle in handles]})) == shown
        assert orjson.loads(orjson.dumps(memory.status())) == status


def test_an_edit_is_seen_by_the_next_question(served: Served) -> None:
    before = served.post("/v1/reindex").json()["store_version"]
    write(served.root, {"shop/refund.py": "def refund_everything(order):\n    return order\n"})
    # The watcher may be there first: then the reindex finds nothing left to do, but one of the two took the file in.
    added = served.post("/v1/reindex").json()
    assert added["store_version"] > before
    assert served.post("/v1/search", query="refund_everything").json()["hits"][0]["id"] == "shop/refund.py#refund_everything"
    (served.root / "shop/refund.py").unlink()
    removed = served.post("/v1/reindex").json()
    assert (removed["removed"], removed["store_version"]) in ((1, added["store_version"] + 1), (0, added["store_version"] + 1))
    assert "shop/refund.py" not in {hit["path"] for hit in served.post("/v1/search", query="refund_everything").json()["hits"]}


def test_a_reindex_tells_its_progress_as_events(served: Served, tmp_path: Path) -> None:
    write(tmp_path / "big", many(40, lines=3))
    with served.client.stream(
        "POST", "/v1/reindex", json={"root": str(tmp_path / "big")}, headers={"Accept": "text/event-stream"}
    ) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        told = events(response.read().decode())
    *progress, last = told
    assert {name for name, _ in progress} == {"progress"}
    assert list(dict.fromkeys(said["what"] for _, said in progress)) == ["reading", "parsing", "embedding", "writing", "preparing"]
    assert [said for _, said in progress if said["done"] == 40] == [{"what": what, "done": 40, "total": 40} for what in PHASES]
    assert last[0] == "report"
    assert last[1]["added"] == 40
    again = served.client.post("/v1/reindex", json={"root": str(tmp_path / "big")}, headers={"Accept": "text/event-stream"})
    name, report = events(again.text)[-1]
    assert (name, report["added"], report["parsed"]) == ("report", 0, 0)


def test_a_file_that_failed_is_told_and_retried(tmp_path: Path) -> None:
    write(tmp_path / "project", FILES)
    fail(tmp_path / "project", tmp_path / "home")
    with serving(tmp_path) as one:
        assert one.post("/v1/reindex").json()["parsed"] == 0
        status = one.client.get("/v1/status", params={"root": str(one.root)}).json()
        assert (status["fresh"], status["failed"]) == (True, [{"path": "slow.py", "reason": "parsing took over 0.15 s of CPU time"}])
        assert one.post("/v1/reindex", retry=True).json()["parsed"] == 1
        assert one.client.get("/v1/status", params={"root": str(one.root)}).json()["failed"] == []


def test_a_stream_is_refused_before_it_begins_where_that_can_be(served: Served, tmp_path: Path) -> None:
    refused = served.client.post("/v1/reindex", json={"root": str(tmp_path / "none")}, headers={"Accept": "text/event-stream"})
    problem(refused, "no-project")


def test_a_failing_refresh_ends_its_stream_with_a_problem(tmp_path: Path) -> None:
    with serving(tmp_path) as one:
        one.projects.close()
        response = one.client.post("/v1/reindex", json={"root": str(one.root)}, headers={"Accept": "text/event-stream"})
    ((name, said),) = events(response.text)
    assert (name, said["status"], said["type"]) == ("error", 503, "/docs#unavailable")


def test_hostile_notes_cost_what_honest_ones_of_their_size_do_and_hold_up_nobody(tmp_path: Path) -> None:
    with serving(tmp_path) as one:
        one.post("/v1/reindex").raise_for_status()
        folder = one.root / ".memoryd/notes"
        folder.mkdir(parents=True)

        def cost(unit: str) -> float:
            """Return the processor time of this process for a note of one unit, and a pack with notes of it in the project."""
            for number in range(2):
                body = f"Totals of the cart.x{unit * (60_000 // len(unit))}y"
                (folder / f"note-{number}.md").write_text(f"---\ntitle: Cart {number}\nkind: decision\n---\n{body}", encoding="utf-8")
            began = time.process_time()
            with ThreadPoolExecutor(2) as pool:
                refused = pool.submit(one.post, "/v1/notes", title="Cart", kind="decision", body=f"x{unit * (190_000 // len(unit))}y")
                packed = pool.submit(one.post, "/v1/pack", task="totals of the cart", budget=500)
                assert one.client.get("/healthz").status_code == 200
                assert refused.result().status_code in (201, 409)
                assert "class Cart" in packed.result().json()["text"]
            return time.process_time() - began

        honest = max(cost("word "), 0.2)
        assert {unit: spent for unit in HOSTILE if (spent := cost(unit)) > 8 * honest} == {}


HOSTILE = (" ", "\n", "<!--", "ignore all ")
"""What texts are made of that are slow to read if they are read carelessly."""


def test_thirty_two_clients_are_answered_at_once(served: Served) -> None:
    expected = served.post("/v1/pack", task="parse money").content
    barrier = threading.Barrier(32)

    def ask(number: int) -> bytes:
        barrier.wait(DEADLINE)
        response = served.post("/v1/pack", task="parse money")
        assert response.status_code == 200, (number, response.text)
        return response.content

    with ThreadPoolExecutor(32) as pool:
        assert set(pool.map(ask, range(32))) == {expected}


def test_more_requests_than_can_wait_are_told_to_come_back(tmp_path: Path) -> None:
    with serving(tmp_path, limits=Limits(threads=1, queue=1)) as one, ThreadPoolExecutor(2) as pool:
        gate = Gate(one)
        first = pool.submit(one.client.get, "/work")
        assert gate.begun.acquire(timeout=DEADLINE)
        second = pool.submit(one.client.get, "/work")
        assert eventually(lambda: one.server.app.state.dispatcher.waiting == 1)
        refused = one.client.get("/work")
        gate.go.set()
        assert [first.result(DEADLINE).json(), second.result(DEADLINE).json()] == ["done", "done"]
        assert one.client.get("/work").json() == "done"
    problem(refused, "overloaded")
    assert refused.headers["retry-after"] == "1"


def test_an_answer_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    with serving(tmp_path, limits=Limits(query_seconds=0.1)) as one:
        gate = Gate(one)
        problem(one.client.get("/work"), "timeout")
        gate.go.set()
        assert one.client.get("/work").json() == "done"


def test_a_search_of_a_project_in_memory_needs_no_thread(tmp_path: Path) -> None:
    write(tmp_path / "project", FILES)
    asked = {"root": str(tmp_path / "project"), "query": "parse_money"}
    with serving(tmp_path / "home", limits=Limits(threads=1, queue=0)) as one, ThreadPoolExecutor(1) as pool:
        first = one.client.post("/v1/search", json=asked).json()
        gate = Gate(one)
        busy = pool.submit(one.client.get, "/work")
        assert gate.begun.acquire(timeout=DEADLINE)
        second = one.client.post("/v1/search", json=asked)
        # What takes longer has to wait for its turn.
        problem(one.client.post("/v1/search", json={**asked, "query": "parse_money " * 50}), "overloaded")
        gate.go.set()
        assert busy.result(DEADLINE).json() == "done"
    assert (second.status_code, second.json()) == (200, first)
    assert first["hits"][0]["id"] == "shop/money.py#parse_money"


def test_stopping_finishes_what_is_in_flight(tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as pool, serving(tmp_path) as one:
        gate = Gate(one)
        asked = pool.submit(one.client.get, "/work")
        assert gate.begun.acquire(timeout=DEADLINE)
        stopped = one.client.post("/v1/stop")
        assert eventually(lambda: one.server.should_exit)
        gate.go.set()
        assert asked.result(DEADLINE).json() == "done"
    assert (stopped.status_code, stopped.json()) == (202, {"status": "stopping"})


def test_stopping_does_not_wait_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("memoryd.faces.server.SHUTDOWN_SECONDS", 0.2)
    with ThreadPoolExecutor(1) as pool:
        with serving(tmp_path) as one:
            gate = Gate(one)
            asked = pool.submit(httpx.get, f"http://127.0.0.1:{one.port}/work", headers=KEYED, timeout=DEADLINE, trust_env=False)
            assert gate.begun.acquire(timeout=DEADLINE)
        problem(asked.result(DEADLINE), "unavailable")
        gate.go.set()


def test_a_refresh_goes_on_when_its_listener_leaves(served: Served, tmp_path: Path) -> None:
    write(tmp_path / "left", many(60, lines=3))
    asked = json.dumps({"root": str(tmp_path / "left")}).encode()
    sent = head("POST", "/v1/reindex", "Content-Type: application/json", "Accept: text/event-stream", f"Content-Length: {len(asked)}")
    connection = served.raw(sent, asked)
    assert b"200 OK" in connection.recv(1000)
    connection.close()
    assert eventually(lambda: any(one.root == str(tmp_path / "left") and one.files == 60 for one in served.projects.known()))


def test_a_daemon_ends_at_a_signal_and_leaves_no_trace_of_running(shell: Shell) -> None:
    process = shell.start("serve")
    assert process.stderr
    port = int(process.stderr.readline().decode().rpartition(":")[2])
    secret = {"Authorization": f"Bearer {secret_of(shell.home)}"}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=DEADLINE, trust_env=False, headers=secret) as client:
        assert client.post("/v1/search", json={"root": str(shell.root), "query": "secret_question_7"}).status_code == 200
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=DEADLINE)
    assert (process.returncode, out, err) == (0, b"", b"")
    assert not (shell.home / "daemon.json").exists()
    log = (shell.home / "daemon.log").read_text()
    assert all(json.loads(line)["event"] for line in log.splitlines())
    assert '"route": "/v1/search", "status": 200' in log
    assert "secret_question_7" not in log


def test_what_is_wrong_is_said_without_repeating_it(served: Served) -> None:
    said = problem(served.post("/v1/pack", task="hunter2", budget=0), "invalid")
    assert [mistake["field"] for mistake in said["errors"]] == ["body.budget"]
    said = problem(served.post("/v1/search", query="hunter2", limit="5", secret="hunter2"), "invalid")
    assert [mistake["field"] for mistake in said["errors"]] == ["body.limit", "body.secret"]
    said = problem(served.post("/v1/pack", task=" \n "), "invalid")
    assert "hunter2" not in json.dumps(said)


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'"hunter2"', b"{}"])
@pytest.mark.parametrize(
    ("path", "needed"),
    [
        ("/v1/pack", ["body.task", "body.since"]),
        ("/v1/notes/retract", ["body.id", "body.reason"]),
        ("/v1/notes/recall", ["body.task", "body.about"]),
    ],
)
def test_a_body_that_is_missing_or_of_another_type_is_told_the_fields_it_needs(
    served: Served, path: str, needed: list[str], body: bytes
) -> None:
    said = problem(served.client.post(path, content=body, headers=JSON), "invalid")
    assert [mistake["field"] for mistake in said["errors"]] == needed
    assert all(field.removeprefix("body.") in said["detail"] for field in needed)
    assert served.client.post(path, json={**said["example"], "root": str(served.root)}).status_code in (200, 404)
    assert "hunter2" not in json.dumps(said)


def test_a_body_that_needs_no_field_is_told_those_it_may_have(served: Served) -> None:
    said = problem(served.client.post("/v1/map"), "invalid")
    assert said["detail"] == "the body is missing; send a JSON object in which root, budget, tour may stand"
    assert (said["errors"][0]["field"], said["example"]["budget"]) == ("body", 500)
    assert problem(served.client.post("/v1/map", content=b"{", headers=JSON), "malformed")["example"] == said["example"]


def test_the_address_of_the_daemon_leads_to_its_documentation(served: Served) -> None:
    led = served.stranger.get("/")
    assert (led.status_code, led.headers["location"]) == (307, "/docs")
    assert served.stranger.get("/", follow_redirects=True).text.startswith("<!doctype html>")


def test_a_root_may_be_left_out_where_one_project_is_served_and_else_the_choice_is_named(tmp_path: Path) -> None:
    write(tmp_path / "lamp", {"lamp.py": "def switch_on_lamp():\n    return 'light'\n"})
    with serving(tmp_path) as one:
        assert "none is registered yet" in problem(one.client.post("/v1/search", json={"query": "x"}), "no-project")["detail"]
        asked = one.post("/v1/search", query="parse_money").json()
        assert one.client.post("/v1/search", json={"query": "parse_money"}).json() == asked
        assert one.client.post("/v1/search", json={"query": "parse_money", "root": None}).json() == asked
        assert one.client.get("/v1/status").json() == one.client.get("/v1/status", params={"root": str(one.root)}).json()
        assert one.client.post("/v1/reindex", json={}).json()["added"] == 0
        assert one.client.post("/v1/notes/list", json={}).json()["notes"] == []
        assert problem(one.client.delete("/v1/projects"), "invalid")["errors"][0]["field"] == "query.root"
        one.projects.register(tmp_path / "lamp")
        for refused in (one.client.post("/v1/pack", json={"task": "lamp"}), one.client.get("/v1/status")):
            said = problem(refused, "no-project")["detail"]
            assert said == f"say which project you mean with `root`; there are: {tmp_path / 'lamp'}, {one.root}"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"root": ', "malformed"),
        (b"\xff\xfe{}", "malformed"),
        (b"[" * 100_000, "malformed"),
        (b'{"root": "/x", "task": ' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"}", "malformed"),
        (b'{"root": "/x", "task": "x", "budget": ' + b"9" * 5_000 + b"}", "malformed"),
        (b'{"root": "/x", "task": "x", "budget": 1e999}', "invalid"),
        (b'{"root": "/x", "task": "\\ud800"}', "invalid"),
        (b"[]", "invalid"),
        (b"null", "invalid"),
        (b'"text"', "invalid"),
    ],
)
def test_a_malformed_body_is_refused(served: Served, body: bytes, kind: str) -> None:
    problem(served.client.post("/v1/pack", content=body, headers=JSON), kind)


def test_a_body_that_is_not_called_json_is_refused(served: Served) -> None:
    body = json.dumps({"root": str(served.root), "task": "x"}).encode()
    problem(served.client.post("/v1/pack", content=body, headers={"Content-Type": "text/plain"}), "media-type")
    problem(served.client.post("/v1/pack", content=body), "media-type")


def test_unknown_addresses_and_methods_are_problems_too(served: Served) -> None:
    problem(served.client.get("/v2/pack"), "no-route")
    problem(served.client.get("/v1/../../etc/passwd"), "no-route")
    problem(served.client.get("/v1/pack/"), "no-route")
    refused = served.client.put("/v1/projects")
    problem(refused, "method")
    assert refused.headers["allow"] == "DELETE, GET, POST"


def test_a_request_id_is_kept_if_it_is_sane(served: Served) -> None:
    assert served.client.get("/healthz", headers={"X-Request-Id": "turn-7.b"}).headers["x-request-id"] == "turn-7.b"
    for odd in ('"><script>', "x" * 65, ""):
        made = served.client.get("/nowhere", headers={"X-Request-Id": odd})
        assert re.fullmatch(r"[0-9a-f]{16}", made.json()["request_id"])


def test_a_declared_giant_is_refused_before_its_body_is_sent(served: Served) -> None:
    sent = head("POST", "/v1/pack", "Content-Type: application/json", f"Content-Length: {100 * MEGABYTE}", "Expect: 100-continue")
    status, headers, body = answer(served.raw(sent))
    _problem(status, headers, body, "too-large")
    assert headers["connection"] == "close"


@pytest.mark.parametrize("framing", ["Content-Length: 104857600", "Transfer-Encoding: chunked"])
def test_a_giant_body_is_thrown_away_without_taking_memory(served: Served, framing: str) -> None:
    before = resident_bytes()
    connection = served.raw(head("POST", "/v1/pack", "Content-Type: application/json", framing))
    piece = b"x" * MEGABYTE
    chunk = b"100000\r\n%s\r\n" % piece if "chunked" in framing else piece
    for _ in range(100):
        try:
            connection.sendall(chunk)
        except OSError:
            break
    status, headers, body = answer(connection)
    _problem(status, headers, body, "too-large")
    assert resident_bytes() - before < 24 * MEGABYTE


@pytest.mark.parametrize(
    "sent",
    [
        head("POST", "/v1/pack", "Content-Type: application/json", "Content-Length: 500") + b'{"root"',
        head("POST", "/v1/pack", "Content-Type: application/json", "Transfer-Encoding: chunked") + b"5\r\n{",
    ],
    ids=["less than declared", "half a chunk"],
)
def test_a_body_that_does_not_come_is_given_up(served: Served, sent: bytes) -> None:
    status, headers, body = answer(served.raw(sent))
    _problem(status, headers, body, "slow-body")


def test_a_client_that_leaves_in_the_midst_of_its_body_harms_nobody(served: Served) -> None:
    for _ in range(5):
        served.raw(head("POST", "/v1/pack", "Content-Type: application/json", "Content-Length: 500") + b"{").close()
    assert served.post("/v1/search", query="parse_money").status_code == 200


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * 33_000,
        head("POST", "/v1/pack", "Content-Length: -1"),
        head("POST", "/v1/pack", "Content-Length: 1", "Content-Length: 2"),
    ],
    ids=["tls", "two hosts", "no host", "long head", "negative length", "two lengths"],
)
def test_what_is_no_http_is_refused_with_a_problem(served: Served, sent: bytes, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        status, headers, body = answer(served.raw(sent))
    _problem(status, headers, body, "malformed")
    assert "malformed" in [record.fields.get("problem") for record in _told(caplog)]  # type: ignore[attr-defined]


def test_a_head_that_does_not_come_is_given_up(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("memoryd.faces.server.HEADER_SECONDS", 0.2)
    status, headers, body = answer(served.raw(b"GET /healthz HT"))
    _problem(status, headers, body, "slow-body")


def test_a_client_that_does_not_read_is_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr("memoryd.faces.server.READING_SECONDS", 0.2)
    write(tmp_path / "project", {"long.txt": "".join(f"line {number} of a long text\n" for number in range(40_000))})
    with serving(tmp_path) as one:
        asked = json.dumps({"root": str(one.root), "handles": ["long.txt"] * 30}).encode()
        connection = one.raw(head("POST", "/v1/show", "Content-Type: application/json", f"Content-Length: {len(asked)}"), asked)
        assert eventually(lambda: 'route="/v1/show",status="200"' in one.client.get("/metrics").text)
        assert eventually(lambda: len(one.server.server_state.connections) == 1)
        assert "answer not read" in caplog.messages
        connection.close()


def test_a_file_that_changed_is_shown_once_the_refresh_that_runs_has_ended(tmp_path: Path) -> None:
    with serving(tmp_path, limits=Limits(busy_seconds=DEADLINE)) as one:
        one.post("/v1/search", query="x").raise_for_status()
        # Another process refreshes for longer than a thread waits for it.
        lock = filelock.FileLock(index_folder(one.root, one.home).parent / "refresh.lock", DEADLINE, thread_local=False)
        lock.acquire()
        write(one.root, {"shop/money.py": MONEY.replace("* 100", "* 1000")})
        threading.Timer(3 * REPAIR_SECONDS, lock.release).start()
        shown = one.post("/v1/show", handles=["shop/money.py#parse_money"]).raise_for_status()
        assert "* 1000" in shown.json()["shown"][0]["text"]


def test_a_page_of_projects_leads_to_the_next(tmp_path: Path) -> None:
    roots = sorted(str(tmp_path / f"project {number}é") for number in range(5))
    for root in roots:
        Path(root).mkdir()
    with serving(tmp_path) as one:
        made = [one.client.post("/v1/projects", json={"root": root}) for root in roots]
        assert [response.status_code for response in made] == [201] * 5
        assert made[0].json()["loaded"] is False
        found: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            told = one.client.get("/v1/projects", params={"limit": 2, "cursor": cursor}).json()
            assert len(told["projects"]) <= 2
            found += [project["root"] for project in told["projects"]]
            cursor = told["next"]
        assert found == roots
        assert one.client.delete("/v1/projects", params={"root": roots[0]}).status_code == 204
        problem(one.client.get("/v1/status", params={"root": roots[0]}), "outside-root")
        assert [project["root"] for project in one.client.get("/v1/projects").json()["projects"]] == roots[1:]
        problem(one.client.get("/v1/projects", params={"cursor": "§"}), "invalid")


def test_an_unexpected_error_is_told_without_its_message(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        raise ZeroDivisionError("hunter2")

    with serving(tmp_path) as one, caplog.at_level(logging.INFO):
        one.server.app.add_api_route("/fail", fail)
        said = problem(one.client.get("/fail?q=hunter2", headers={"Cookie": "hunter2"}), "internal")
        # The last line is written after the answer is sent.
        assert eventually(lambda: len(_told(caplog)) == 2)
    failed, request = _told(caplog)
    assert failed.fields["error"] == "ZeroDivisionError"  # type: ignore[attr-defined]
    assert failed.fields["frames"][-1].endswith("fail")  # type: ignore[attr-defined]
    assert failed.fields["request_id"] == request.fields["request_id"] == said["request_id"]  # type: ignore[attr-defined]
    assert "hunter2" not in str([vars(record) for record in caplog.records if record.name.startswith("memoryd")]) + json.dumps(said)


def _told(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.name == "memoryd.http"]


def test_the_metrics_count_requests_by_route_and_status(tmp_path: Path) -> None:
    with serving(tmp_path) as one:
        one.post("/v1/search", query="money")
        one.post("/v1/search", query="money", limit=0)
        one.client.get("/nowhere/secret")
        response = one.client.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = response.text.splitlines()
    samples = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    assert all(re.fullmatch(r"[a-z_]+(\{[a-z]+=\"[^\"]*\"(,[a-z]+=\"[^\"]*\")*\})?", name) for name in samples)
    assert samples['memoryd_requests_total{method="POST",route="/v1/search",status="200"}'] == "1"
    assert samples['memoryd_requests_total{method="POST",route="/v1/search",status="422"}'] == "1"
    assert samples['memoryd_requests_total{method="GET",route="other",status="404"}'] == "1"
    assert samples['memoryd_request_seconds_bucket{route="/v1/search",le="+Inf"}'] == "2"
    assert samples['memoryd_request_seconds_count{route="/v1/search"}'] == "2"
    assert (samples["memoryd_projects_loaded"], samples["memoryd_requests_in_flight"]) == ("1", "1")
    assert float(samples["memoryd_resident_memory_bytes"]) > 10 * MEGABYTE
    assert "secret" not in response.text


def test_the_metrics_count_refreshes_by_cause(tmp_path: Path) -> None:
    def counted(name: str, cause: str) -> float:
        found = re.findall(rf'^memoryd_{name}_total\{{cause="{cause}"\}} (\S+)$', one.client.get("/metrics").text, re.MULTILINE)
        return float(found[0])

    with serving(tmp_path) as one:
        one.post("/v1/search", query="money")
        assert [counted(name, "loaded") for name in ("refreshes", "parsed_files", "refresh_errors")] == [1, 5, 0]
        assert counted("refresh_seconds", "loaded") > 0
        one.post("/v1/reindex")
        assert [counted(name, "asked") for name in ("refreshes", "parsed_files")] == [1, 0]
        write(one.root, {"shop/new.py": "def arrives(): ...\n"})
        assert eventually(lambda: counted("parsed_files", "watched") == 1)
        assert counted("refreshes", "watched") >= 1
        (one.root / "gone").mkdir()
        one.client.post("/v1/projects", json={"root": str(one.root / "gone")})
        (one.home / "projects" / project_folder(Settings(one.home), one.root / "gone").name).write_text("in the way")
        assert one.client.post("/v1/reindex", json={"root": str(one.root / "gone")}).status_code == 503
        assert counted("refresh_errors", "asked") == 1


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [(tag, value or "") for name, value in attrs if name in ("href", "src", "action", "srcset")]
        self.ids.update(value or "" for name, value in attrs if name == "id")


def test_the_documentation_needs_nothing_from_elsewhere(served: Served) -> None:
    response = served.client.get("/docs")
    links = _Links()
    links.feed(response.text)
    assert {tag for tag, _ in links.found} == {"a"}
    assert {link for _, link in links.found if not link.startswith("#")} == {"/openapi.json"}
    assert {link[1:] for _, link in links.found if link.startswith("#")} <= links.ids
    assert set(PROBLEMS) <= links.ids
    assert not re.search(r"@import|url\(|<script", response.text)
    assert set(re.findall(r"https?://([^/$\s]*)", response.text)) == {"127.0.0.1:"}
    assert response.headers["content-security-policy"].startswith("default-src 'none'")


def test_the_environment_cannot_make_the_daemon_report_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    with serving(tmp_path) as one:
        # No exporter is installed here that could be seen to connect, so this looks at what FastAPI would give one.
        kept = vars(one.server.app)["_telemetry"]
    assert not any(kept[name] for name in ("tracing", "metrics", "logs", "auto_configure"))
