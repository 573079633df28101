"""Transcripts are read as they grow, and whatever is in them."""

import json
import os
import random
from pathlib import Path
from typing import Any

from memoryd.usage import Follower, Kept, collect, find
from memoryd.usage.readers.lines import LONGEST
from tests.usage.writing import answer, called, counts, figures, moment, rates, reported, result, write

GOOD = [
    {"type": "user", "sessionId": "s", "message": {"content": "do it"}},
    answer("m1", 0, usage=(3, 100, 20, 7, 1), content=[called("Bash", "t1", command="pytest")]),
    answer("m1", 0, usage=(3, 100, 20, 7, 50)),
    result("t1", "passed" * 50, toolUseResult={"file": {"filePath": "/p/a.py", "startLine": 1, "numLines": 9}}),
    {"type": "system", "subtype": "compact_boundary"},
    answer("m2", 1, usage=(3, 100, 20, 7, 50)),
    result("t1", "x", toolUseResult={"file": {"filePath": "/p/a.py", "startLine": 3, "numLines": 9}}),
    answer("m3", 2, usage=(3, 100, 20, 7, 50), isSidechain=True),
]
TOTAL = (3, 9, 300, 60, 21, 150)


def test_a_file_that_grows_is_read_as_one_that_is_read_at_once(tmp_path: Path) -> None:
    data, chance, file = b"".join(json.dumps(line).encode() + b"\n" for line in GOOD), random.Random(7), tmp_path / "t" / "s.jsonl"
    write(file, [])
    at = 0
    while at < len(data):
        at = min(len(data), at + chance.randrange(1, len(data) // 5))
        file.write_bytes(data[:at])
        grown = reported(tmp_path / "t", tmp_path / "home")
    assert grown == reported(tmp_path / "t", tmp_path / "fresh")
    assert figures(grown.total) == TOTAL
    file.write_bytes(data[: data.index(b"\n", len(data) // 2) + 1] + data)  # not what was read, and longer
    assert reported(tmp_path / "t", tmp_path / "home") == reported(tmp_path / "t", tmp_path / "anew")


def test_what_was_read_is_not_read_again_and_what_is_gone_is_forgotten(tmp_path: Path) -> None:
    file, home = write(tmp_path / "t" / "s.jsonl", GOOD), tmp_path / "home"
    before, stat = reported(tmp_path / "t", home), os.stat(file)
    file.write_bytes(b"\0" * stat.st_size)
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert reported(tmp_path / "t", home) == before
    file.unlink()
    assert figures(reported(tmp_path / "t", home).total)[0] == 0
    kept = Kept(home)
    assert kept.files() == {}
    kept.close()


def test_records_that_are_damaged_are_made_anew(tmp_path: Path) -> None:
    write(tmp_path / "t" / "s.jsonl", GOOD)
    before = reported(tmp_path / "t", tmp_path / "home")
    (tmp_path / "home" / "usage.db").write_bytes(b"not a database" * 1000)
    assert reported(tmp_path / "t", tmp_path / "home") == before


def _hostile() -> list[bytes]:
    """Return lines that no client should write."""
    deep = b'{"type":"assistant","message":' + b"[" * 100_000
    values: list[Any] = [None, True, -5, 1e300, float(10**30), 2**70, "text", "9", [], {}, [[]], {"a": 1}, "\ud800", "\0", "x" * 100_000]
    lines = [
        b"",
        b"\n",
        b"null\n",
        b"[]\n",
        b'"x"\n',
        b"{}\n",
        deep + b"\n",
        b"\xff\xfe{\0}\0\n",
        b"\x80\x81\n",
        b"{" * 5_000 + b"\n",
        b'{"a":\n',
    ]
    lines += [json.dumps({"type": "assistant"}).encode("utf-16") + b"\n", b"\xef\xbb\xbf{}\n", b'{"type":"assistant","type":"user"}\n']
    shapes: list[Any] = []
    for value in values:
        shapes += [{"type": value}, {"type": "assistant", "message": value}, {"type": "user", "message": {"content": value}}]
        shapes += [{"type": "assistant", "message": {"content": value, "usage": value, "model": value}, "sessionId": value, "cwd": value}]
        shapes += [
            {
                **answer("x"),
                "timestamp": value,
                "message": {"id": value, "usage": {"input_tokens": value}},
                "requestId": value,
                "uuid": value,
            }
        ]
        shapes += [{"type": "progress", "data": value}, {"type": "progress", "data": {"type": "agent_progress", "message": value}}]
        shapes += [{"type": "attachment", "attachment": value}, {"type": "attachment", "attachment": {"rendered": value, "content": value}}]
        shapes += [
            {"type": "user", "message": {"content": [value]}, "toolUseResult": {"file": value}, "isSidechain": True, "agentId": value}
        ]
        shapes += [answer("y", content=[{"type": "tool_use", "name": value, "id": value, "input": value}, value])]
        shapes += [answer("y", content=[{"type": "tool_use", "name": "Bash", "id": "i", "input": {"command": value, "file_path": value}}])]
        shapes += [result("i", value), result("i", [value, {"text": value}]), {"type": "system", "subtype": value}]
    return lines + [json.dumps(shape).encode() + b"\n" for shape in shapes]


def test_no_line_of_a_hundred_hostile_ones_ends_a_report_or_hides_what_is_beside_it(tmp_path: Path) -> None:
    hostile = _hostile()
    assert len(hostile) >= 100
    write(tmp_path / "t" / "s.jsonl", [one for line in hostile for one in (line, b"\n" if not line.endswith(b"\n") else b"")] + GOOD)
    write(tmp_path / "t" / "cut.jsonl", [json.dumps(GOOD[1]).encode()[:-20]])
    write(tmp_path / "t" / "back.jsonl", [answer("b1", 9, sessionId="b"), answer("b2", -9, sessionId="b")])
    write(tmp_path / "t" / "binary.jsonl", [random.Random(3).randbytes(100_000)])
    (tmp_path / "t" / "folder.jsonl").mkdir()
    os.mkfifo(tmp_path / "t" / "pipe.jsonl")
    (tmp_path / "t" / "loop").symlink_to(tmp_path / "t")
    (tmp_path / "t" / "gone.jsonl").symlink_to(tmp_path / "nowhere")
    report = reported(tmp_path / "t")
    found = {one.id: one.sums.tokens.requests for one in report.sessions}
    assert found["b"] == 2
    mine = {name: figures(sums) for name, sums in report.by("session").items()}["s"]
    assert all(one >= least for one, least in zip(mine, TOTAL, strict=True))
    assert report.read.damaged > 20
    assert report.read.cut >= 1
    assert report.total.tokens.context < 10**12, "no count is believed that no request can have"


def test_a_line_that_no_client_writes_is_skipped_unread(tmp_path: Path) -> None:
    write(tmp_path / "t" / "s.jsonl", [b"[" + bytes(LONGEST) + b"]\n", answer("m1")])
    report = reported(tmp_path / "t")
    assert (figures(report.total)[0], report.read.damaged) == (1, 1)


def test_hostile_files_of_other_clients_end_no_report(tmp_path: Path) -> None:
    values: list[Any] = [None, True, -5, 1e300, "text", [], {}, [[]], {"a": 1}]
    rollout: list[Any] = [{"type": kind, "payload": value} for value in values for kind in ("session_meta", "turn_context", "event_msg")]
    for value in values:
        rollout += [{"type": "session_meta", "payload": {"id": value, "source": value, "git": value, "forked_from_id": value}}]
        rollout += [{"type": "event_msg", "payload": {"type": "token_count", "info": value, "rate_limits": {"primary": value}}}]
        for kind in ("message", "function_call", "function_call_output"):
            payload = {"type": kind, "name": value, "arguments": value, "output": value, "content": value}
            rollout += [{"type": "response_item", "payload": payload}]
    write(tmp_path / "t" / "rollout-1.jsonl", [*rollout, counts(1, (100, 40, 10), (100, 40, 10))])
    for number, value in enumerate(values):
        write(tmp_path / "t" / "chats" / f"session-{number}.json", [{"messages": [value, {"type": "gemini", "tokens": value}]}])
        write(tmp_path / "t" / "chats" / f"session-{number}a.json", [json.dumps(value).encode()])
        write(
            tmp_path / "t" / "message" / "s" / f"msg_{number}.json", [{"role": "assistant", "tokens": value, "path": value, "time": value}]
        )
    report = reported(tmp_path / "t")
    assert figures(report.by("client").get("Codex", report.total))[1:3] == (60, 40)


def test_following_tells_each_request_once_as_it_comes(tmp_path: Path) -> None:
    file, kept = write(tmp_path / "t" / "s.jsonl", [answer("m1", 0), answer("m2", 1)]), Kept(tmp_path / "home")
    follower = Follower([tmp_path / "t"], kept, rates)
    told = [[one.request.at for one in follower.news()]]
    write(tmp_path / "t" / "s" / "subagents" / "agent-a.jsonl", [answer("m3", 2, isSidechain=True, agentId="a", model="free-model")])
    with file.open("ab") as opened:
        opened.write(json.dumps(answer("m4", 3)).encode() + b"\n")
    news = follower.news()
    told += [[one.request.at for one in news], [one.request.at for one in follower.news()]]
    first = told[0][0]
    assert [[(at - first) // 60_000 for at in some] for some in told] == [[0], [1, 2], []]
    assert [one.cost is None for one in news] == [True, False]
    assert news[-1].total == 3 * 24.0
    kept.close()


def test_a_file_that_nobody_may_read_is_named(tmp_path: Path) -> None:
    write(tmp_path / "t" / "s.jsonl", [answer("m1")])
    found = find([tmp_path / "t"])
    (tmp_path / "t" / "s.jsonl").unlink()
    kept = Kept(tmp_path / "home")
    collected = collect(found, kept, lambda *_: None)
    kept.close()
    assert collected.unreadable == (str(tmp_path / "t" / "s.jsonl"),)
    assert moment(0) in json.dumps(answer("m1"))
