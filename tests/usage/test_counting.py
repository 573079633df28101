"""Every request counts once, with all of its tokens, whichever lines and files tell of it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.usage.writing import answer, counts, figures, moment, record, reported, write

SIDE: dict[str, Any] = {"isSidechain": True, "agentId": "a1"}
USED = (3, 100, 20, 7, 50)
META = {"type": "session_meta", "timestamp": moment(0), "payload": {"id": "root", "cwd": "/p", "git": {"branch": "main"}}}
FORK = {"type": "session_meta", "timestamp": moment(9), "payload": {"id": "fork", "cwd": "/p", "forked_from_id": "root"}}
SPAWNED = {"subagent": {"thread_spawn": {"parent_thread_id": "root", "depth": 1}}}
SUBAGENT = {"type": "session_meta", "timestamp": moment(9), "payload": {"id": "side", "cwd": "/p", "source": SPAWNED}}
MODEL = {"type": "turn_context", "timestamp": moment(0), "payload": {"model": "gpt-6.1-sol", "cwd": "/p"}}
FIRST, SECOND = counts(1, (100, 0, 10), (100, 0, 10)), counts(2, (300, 90, 30), (200, 90, 20))
SAME_SECOND = [counts(9, (100, 0, 10), (100, 0, 10)), counts(9.005, (300, 90, 30), (200, 90, 20))]
PROGRESS = {
    "type": "progress", "sessionId": "s", "timestamp": moment(1),
    "data": {"type": "agent_progress", "agentId": "a1", "message": answer("m1", usage=USED)},
}  # fmt: skip

OLD = answer("m1")
NO_PARTS: tuple[Any, ...] = (None, {}, {"total_token_usage": {"total_tokens": 1000}, "last_token_usage": {"total_tokens": 1000}})
THIRD = counts(11, (400, 90, 40), (100, 0, 10))

CASES: dict[str, tuple[dict[str, list[Any]], tuple[int, ...]]] = {
    "a line for each block, of which an early one has a placeholder": (
        {"s.jsonl": [answer("m1", usage=(3, 100, 20, 7, 1)), answer("m1", usage=USED), answer("m1", usage=(3, 100, 20, 7, 9))]},
        (1, *USED),
    ),
    "the same text that a client sent twice": ({"s.jsonl": [answer("m1", usage=USED), answer("m2", usage=USED)]}, (2, 6, 200, 40, 14, 100)),
    "a message of the client itself": ({"s.jsonl": [answer("m1", usage=USED), answer("m2", model="<synthetic>")]}, (1, *USED)),
    "an error that the client wrote down": ({"s.jsonl": [answer("m1", usage=USED), answer("m2", isApiErrorMessage=True)]}, (1, *USED)),
    "a session that was resumed in another file": (
        {"a.jsonl": [answer("m1", usage=USED)], "b.jsonl": [answer(name, usage=USED, sessionId="t") for name in ("m1", "m2")]},
        (2, 6, 200, 40, 14, 100),
    ),
    "a subagent with a file of its own": (
        {"s.jsonl": [answer("m1", usage=USED)], "s/subagents/agent-a1.jsonl": [answer("m2", usage=USED, **SIDE)]},
        (2, 6, 200, 40, 14, 100),
    ),
    "a subagent within the file of its session": ({"s.jsonl": [answer("m1"), answer("m2", isSidechain=True)]}, (2, 2, 0, 0, 0, 2)),
    "a sidechain that replays answers under other requests": (
        {"s.jsonl": [answer("m1", usage=USED)], "s/subagents/agent-a1.jsonl": [answer("m1", 0, "req_other", usage=USED, **SIDE)]},
        (1, *USED),
    ),
    "an answer of the same name in another family": (
        {"a.jsonl": [answer("m1", usage=USED)], "b.jsonl": [answer("m1", 0, "req_other", usage=USED, sessionId="t")]},
        (2, 6, 200, 40, 14, 100),
    ),
    "progress of a subagent whose file is there": (
        {"s.jsonl": [PROGRESS, PROGRESS], "s/subagents/agent-a1.jsonl": [answer("m1", usage=USED, **SIDE)]},
        (1, *USED),
    ),
    "progress of a subagent whose file is gone": ({"s.jsonl": [PROGRESS, PROGRESS]}, (1, *USED)),
    "answers without any name": (
        {"s.jsonl": [{**answer("", request=""), "requestId": None, "uuid": uuid} for uuid in ("u1", "u2", "u1")]},
        (2, 2, 0, 0, 0, 2),
    ),
    "an older version that does not tell how long a cache is written for": (
        {"s.jsonl": [{**OLD, "message": {**OLD["message"], "usage": {"cache_creation_input_tokens": 9, "output_tokens": 2}}}]},
        (1, 0, 0, 9, 0, 2),
    ),
    "Codex tells its sums again and again": (
        {"rollout-1.jsonl": [META, MODEL, FIRST, FIRST, {**FIRST, "timestamp": moment(1.5)}, SECOND, SECOND]},
        (2, 210, 90, 0, 0, 30),
    ),
    "Codex tells the last request alone": (
        {"rollout-1.jsonl": [META, MODEL, counts(1, (0, 0, 0), (100, 40, 10)), counts(1, (0, 0, 0), (100, 40, 10))]},
        (1, 60, 40, 0, 0, 10),
    ),
    "newer versions of Codex tell of each response besides, also of one that no sums tell of": (
        {"rollout-1.jsonl": [META, MODEL, FIRST, record("r2", 200, 90, 20), SECOND, SECOND, *2 * [record("r3", 50, 0, 5)]]},
        (3, 260, 90, 0, 0, 35),
    ),
    "a fork replays what its parent told of responses": (
        {"rollout-1.jsonl": [META, MODEL, record("r1", 9, 0, 1)], "rollout-2.jsonl": [FORK, META, *2 * [record("r1", 9, 0, 1)]]},
        (1, 9, 0, 0, 0, 1),
    ),
    "sums without parts, and none at all": (
        {"rollout-1.jsonl": [{"type": "event_msg", "payload": {"type": "token_count", "info": info}} for info in NO_PARTS]},
        (0, 0, 0, 0, 0, 0),
    ),
    "Codex resumes in another file": (
        {"rollout-1.jsonl": [META, MODEL, FIRST], "rollout-2.jsonl": [META, MODEL, FIRST, SECOND]},
        (2, 210, 90, 0, 0, 30),
    ),
    "a fork replays its parent": (
        {"rollout-1.jsonl": [META, MODEL, FIRST, SECOND], "rollout-2.jsonl": [FORK, META, MODEL, *SAME_SECOND, THIRD]},
        (3, 310, 90, 0, 0, 40),
    ),
    "a subagent replays a parent whose file is gone": (
        {"rollout-2.jsonl": [SUBAGENT, META, MODEL, *SAME_SECOND, THIRD]},
        (1, 100, 0, 0, 0, 10),
    ),
    "two sessions of Codex that happen to have the same sums": (
        {"rollout-1.jsonl": [META, MODEL, FIRST], "rollout-2.jsonl": [{**META, "payload": {"id": "other"}}, MODEL, FIRST]},
        (2, 200, 0, 0, 0, 20),
    ),
    "Gemini's input includes what was cached, its output not what it thought": (
        {"chats/session-1.json": [{"sessionId": "g", "messages": [
            {"type": "gemini", "id": "1", "model": "gemini-3.8-flash", "timestamp": moment(0),
             "tokens": {"input": 100, "cached": 60, "output": 10, "thoughts": 5, "tool": 2, "total": 117}},
        ]}]},
        (1, 42, 60, 0, 0, 15),
    ),
    "a chat of Gemini by lines, with an answer that is written again": (
        {"chats/session-1.jsonl": [{"sessionId": "g"}, *2 * [{"type": "gemini", "id": "1", "tokens": {"input": 7, "output": 1}}]]},
        (1, 7, 0, 0, 0, 1),
    ),
    "opencode's files of messages": (
        {"message/ses_1/msg_1.json": [{"role": "assistant", "id": "msg_1", "sessionID": "ses_1", "modelID": "m",
            "tokens": {"input": 5, "output": 2, "reasoning": 3, "cache": {"read": 40, "write": 6}}, "time": {"created": 1793000000000}}],
         "message/ses_1/msg_2.json": [{"role": "user", "id": "msg_2"}]},
        (1, 5, 40, 6, 0, 5),
    ),
}  # fmt: skip


@pytest.mark.parametrize("files, expected", CASES.values(), ids=CASES)
def test_a_request_counts_once(tmp_path: Path, files: dict[str, list[Any]], expected: tuple[int, ...]) -> None:
    for name, lines in files.items():
        write(tmp_path / "transcripts" / name, lines)
    assert figures(reported(tmp_path / "transcripts").total) == expected


def test_sums_tell_of_every_model_day_branch_and_agent(tmp_path: Path) -> None:
    lines = [
        answer("m1", 0, usage=USED), answer("m2", 60 * 30, usage=USED, model="free-model", gitBranch="fix"),
        answer("m3", usage=USED, **SIDE),
    ]  # fmt: skip
    write(tmp_path / "t" / "s.jsonl", lines)
    report = reported(tmp_path / "t")
    priced = 3 * 4.0 + 100 * 0.5 + 20 * 5.0 + 7 * 8.0 + 50 * 20.0
    assert {name: figures(sums)[0] for name, sums in report.by("model").items()} == {"claude-opus-5-5": 2, "free-model": 1}
    assert {name: figures(sums)[0] for name, sums in report.by("branch").items()} == {"fix": 1, "main": 2}
    assert {name: figures(sums)[0] for name, sums in report.by("agent").items()} == {"main": 2, "subagents": 1}
    assert len(report.by("day")) == 2
    assert report.total.cost.total == pytest.approx(2 * priced)
    assert report.unpriced == ("free-model",)
    assert figures(report.total)[0] == 3
    assert report.total.unpriced.requests == 1
    total = report.total.tokens
    assert (total.input_share, total.read_per_written, total.cached_share) == pytest.approx((390 / 540, 390 / 150, 300 / 390))


def test_limits_and_lines_read_again_are_told(tmp_path: Path) -> None:
    limits = {"primary": {"used_percent": 41.5, "window_minutes": 300}}
    write(tmp_path / "t" / "rollout-1.jsonl", [META, MODEL, counts(1, (9, 0, 1), (9, 0, 1), **limits)])
    file = {"type": "text", "file": {"filePath": "/p/a.py", "startLine": 1, "numLines": 50}}
    again = {"type": "text", "file": {"filePath": "/p/a.py", "startLine": 41, "numLines": 20}}
    use = {"type": "tool_use", "id": "t", "name": "Edit", "input": {"file_path": "/p/a.py"}}
    reads = [{"type": "user", "message": {"content": []}, "toolUseResult": one} for one in (file, again)]
    write(tmp_path / "t" / "s.jsonl", [*reads, answer("m1", content=[use]), reads[0]])
    report = reported(tmp_path / "t")
    assert [(one.client, one.minutes, one.percent) for one in report.pace.limits] == [("Codex", 300, 41.5)]
    assert (report.lines_read, report.lines_again) == (120, 10), "what was edited is not read again but anew"


def test_nothing_of_what_was_said_is_kept(tmp_path: Path) -> None:
    secret = "Xylophone-Quagmire"
    block = {"type": "tool_use", "id": f"t{secret}", "name": "Bash", "input": {"command": f"pytest {secret}"}}
    output = {"content": [{"type": "tool_result", "tool_use_id": f"t{secret}", "content": secret}]}
    read = {"file": {"filePath": f"/p/{secret}.py", "startLine": 1, "numLines": 3, "content": secret}}
    lines = [
        {"type": "user", "sessionId": "s", "message": {"content": secret}}, answer("m1", content=[{"type": "text", "text": secret}, block]),
        {"type": "user", "message": output, "toolUseResult": read}, {"type": "summary", "summary": secret}, f"{secret}\n".encode(),
    ]  # fmt: skip
    write(tmp_path / "t" / "s.jsonl", lines)
    report = reported(tmp_path / "t", tmp_path / "home")
    stored = b"".join(file.read_bytes() for file in (tmp_path / "home").iterdir())
    assert len(stored) > 1000
    assert secret.encode() not in stored
    assert secret not in json.dumps([one.name for one in report.sources])
    assert {one.name: one.characters for one in report.sources}["test runs and builds"] == len(secret)
