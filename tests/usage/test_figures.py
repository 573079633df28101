"""The figures are those that anybody can work out by hand."""

from pathlib import Path
from typing import Any

import pytest

from memoryd.config import SESSIONS_FOLDER, Settings, project_folder
from memoryd.limits import MOST_DEFINED
from memoryd.observations import Observations
from memoryd.tokens import counter
from memoryd.usage import Cache, Kept, Prices, Session, Sizes, Sums, compare, count_once, with_cache, with_model
from memoryd.usage.readers import Reading
from memoryd.usage.readers.claude_code import read_line
from memoryd.usage.requests import Request, Tokens, Where
from tests.usage.writing import answer, called, counts, rates, reported, result, write

COMPACTED = {"type": "system", "subtype": "compact_boundary"}
ASIDE = "FAILED a\n[memoryd: 900 of 901 lines kept aside; show_code obs:{}:FIRST-LAST shows them]"
KNOWN = "[memoryd: a.py is unchanged since you were shown all of its 40 lines, which are in your context; read it once more]"


def test_a_miss_has_its_reason_and_what_was_paid_for_it_again(tmp_path: Path) -> None:
    lines = [
        answer("m1", 0, usage=(0, 0, 10_000, 0, 1)),
        answer("m2", 1, usage=(0, 10_000, 500, 0, 1)),  # finds everything
        answer("m3", 2, usage=(0, 4_000, 7_000, 0, 1)),  # 10,500 were there: 6,500 are written anew
        answer("m4", 8, usage=(0, 0, 12_000, 0, 1)),  # six minutes later: all 11,000
        answer("m5", 9, usage=(12_500, 0, 0, 0, 1), model="claude-haiku-4-5"),  # nothing is written: 12,000 as input
        COMPACTED,
        answer("m6", 10, usage=(0, 0, 3_000, 0, 1), model="claude-haiku-4-5"),  # after one that wrote nothing there is nothing to miss
        answer("m7", 10.5, usage=(0, 3_000, 4_000, 0, 1), model="claude-haiku-4-5"),
        COMPACTED,
        answer("m8", 11, usage=(0, 1_000, 2_500, 0, 1), model="claude-haiku-4-5"),  # of 7,000 only 2,500 are sent again
        answer("m9", 12, usage=(0, 3_000, 0, 0, 1), model="claude-haiku-4-5"),  # 500 are too few
    ]
    write(tmp_path / "t" / "s.jsonl", lines)
    found = {one.reason.name: (one.number, one.tokens, one.cost) for one in reported(tmp_path / "t").misses}
    assert found == {
        "PREFIX": (1, 6_500, 6_500 * (5.0 - 0.5)), "IDLE": (1, 11_000, 11_000 * (5.0 - 0.5)),
        "MODEL": (1, 12_000, 12_000 * (4.0 - 0.5)), "COMPACTED": (1, 2_500, 2_500 * (5.0 - 0.5)),
    }  # fmt: skip


def test_a_cache_of_an_hour_is_not_missed_after_six_minutes(tmp_path: Path) -> None:
    lines = [
        answer("m1", 0, usage=(0, 0, 0, 9_000, 1)),
        answer("m2", 6, usage=(0, 0, 0, 9_000, 1)),
        answer("m3", 70, usage=(0, 0, 0, 9_000, 1)),
    ]
    write(tmp_path / "t" / "s.jsonl", lines)
    assert {one.reason.name: one.number for one in reported(tmp_path / "t").misses} == {"PREFIX": 1, "IDLE": 1}


def test_nothing_is_missed_where_the_requests_of_several_agents_are_mixed(tmp_path: Path) -> None:
    lines = [answer(f"m{number}", number, usage=(0, 0, 9_000, 0, 1), isSidechain=True) for number in range(3)]
    write(tmp_path / "t" / "s.jsonl", lines)
    assert reported(tmp_path / "t").misses == ()


def test_what_was_saved_is_the_sum_worked_out_by_hand(tmp_path: Path) -> None:
    """An output of 10,000 tokens is shortened; two more requests read what is left, then the context is compacted."""
    shown = ASIDE.format("0000000001")
    said = "Three places."
    lines = [
        answer("m1", 0, usage=(0, 0, 900, 0, 1), content=[called("Bash", "t1", command="pytest")]),
        result("t1", shown),
        answer("m2", 1, usage=(0, 900, 50, 0, 1), content=[called("mcp__memoryd__search_code", "t2", task="x")]),
        result("t2", said),
        answer("m3", 2, usage=(0, 950, 50, 0, 1)),
        answer("m4", 3, usage=(0, 1000, 50, 0, 1)),
        COMPACTED,
        answer("m5", 4, usage=(700, 0, 0, 0, 1)),
    ]
    write(tmp_path / "t" / "s.jsonl", lines)
    saved = reported(tmp_path / "t").savings
    count = counter()
    once_and_twice, once_and_once = 5.0 + 2 * 0.5, 5.0 + 0.5
    by_hand = {
        "outputs that were shortened": (10_000 - count(shown)) * once_and_twice,
        "answers of memoryd's tools": -count(said) * once_and_once,
        "definitions of memoryd's tools": -MOST_DEFINED * (5.0 + 3 * 0.5 + 4.0),  # the last request reads nothing, and writes nothing
    }
    assert {line.name: line.saved for line in saved.lines} == pytest.approx(by_hand)
    assert saved.saved == pytest.approx(sum(by_hand.values()))
    assert saved.saved > 0
    assert saved.sessions == {"s": pytest.approx(saved.saved)}
    assert {line.basis for line in saved.lines} == {"measured"}


def test_a_loss_is_told_and_nothing_is_claimed_without_memoryd(tmp_path: Path) -> None:
    """An output that is fetched back at once, one whose size nobody knows any more, and a session that memoryd had no part in."""
    shown, unknown, fetched = ASIDE.format("0000000001"), ASIDE.format("00000000ff"), "line\n" * 12_000
    lines = [
        answer("m1", 0, usage=(0, 0, 900, 0, 1), content=[called("Bash", "t1", command="pytest")]),
        result("t1", shown),
        answer("m2", 1, usage=(0, 900, 50, 0, 1), content=[called("mcp__memoryd__show_code", "t2", ids=["obs:0000000001:1-9000"])]),
        result("t2", fetched),
        answer("m3", 2, usage=(0, 950, 50, 0, 1), content=[called("Bash", "t3", command="pytest")]),
        result("t3", unknown),
        answer("m4", 3, usage=(0, 1000, 50, 0, 1)),
    ]
    write(tmp_path / "t" / "s.jsonl", lines)
    write(tmp_path / "t" / "other.jsonl", [answer("n1", 0, usage=(0, 0, 900, 0, 1), sessionId="other")])
    saved, count = reported(tmp_path / "t").savings, counter()
    by_hand = (10_000 - count(shown)) * (5.0 + 2 * 0.5) - count(fetched) * (5.0 + 0.5) - MOST_DEFINED * (5.0 + 3 * 0.5)
    assert by_hand < 0
    assert saved.sessions == {"s": pytest.approx(by_hand)}
    assert saved.unknown == 1


def test_a_file_that_was_not_shown_again_is_an_estimate_from_its_characters(tmp_path: Path) -> None:
    read = {"toolUseResult": {"file": {"filePath": "/p/a.py", "startLine": 1, "numLines": 40, "totalLines": 40}}}
    lines = [
        answer("m1", 0, usage=(0, 0, 900, 0, 1), content=[called("Read", "t1", file_path="/p/a.py")]),
        result("t1", "x" * 8_000, **read),
        answer("m2", 1, usage=(0, 900, 9, 0, 1), content=[called("Read", "t2", file_path="/p/a.py")]),
        result("t2", KNOWN),
        answer("m3", 2, usage=(0, 909, 9, 0, 1)),
    ]
    write(tmp_path / "t" / "s.jsonl", lines)
    (line,) = [one for one in reported(tmp_path / "t").savings.lines if one.name.startswith("readings")]
    assert line.number == 1
    assert line.saved == pytest.approx((2_000 - counter()(KNOWN)) * 5.0)
    assert line.basis.startswith("estimated")


def test_codex_and_the_command_line_count_as_other_ways_to_memoryd(tmp_path: Path) -> None:
    def item(kind: str, **more: Any) -> dict[str, Any]:
        return {"type": "response_item", "payload": {"type": kind, **more}}

    shown, found, places = ASIDE.format("0000000001"), "a.py:3 run", "Places in this project that likely matter, by memoryd's index"
    lines = [
        {"type": "session_meta", "payload": {"id": "c", "cwd": "/p"}},
        item("message", role="developer", content=[{"type": "input_text", "text": places}]),
        item("function_call", name="exec_command", arguments='{"cmd": "pytest"}', call_id="1"),
        item("function_call_output", call_id="1", output=shown),
        item("function_call", name="exec_command", arguments='{"cmd": "memoryd search run"}', call_id="2"),
        item("function_call_output", call_id="2", output=found),
        item("function_call", name="mcp__memoryd__show_code", arguments='{"ids": ["obs:0000000001:1-9"]}', call_id="3"),
        item("function_call_output", call_id="3", output=found),
        counts(1, (100, 0, 10), (100, 0, 10)), counts(2, (300, 90, 30), (200, 90, 20)),
    ]  # fmt: skip
    write(tmp_path / "t" / "rollout-1.jsonl", lines)
    saved, count = reported(tmp_path / "t").savings, counter()
    once = 4.0 + 0.5  # Codex writes down no price of its own for writing to the cache
    assert {line.name: line.saved for line in saved.lines} == pytest.approx({
        "outputs that were shortened": (10_000 - count(shown)) * once, "definitions of memoryd's tools": -MOST_DEFINED * once,
        "what hooks put in": -count(places) * once, "answers of memoryd's tools": -count(found) * once,
        "outputs that were fetched back": -count(found) * once,
    })  # fmt: skip


def test_the_same_requests_at_other_prices(tmp_path: Path) -> None:
    used = ((0, (0, 0, 1_000, 0, 0)), (1, (0, 1_000, 100, 0, 0)), (20, (0, 0, 1_200, 0, 0)))
    lines = [answer(f"m{minutes}", minutes, usage=usage) for minutes, usage in used]
    reading = _read(lines)
    agents = count_once([("s", reading)]).agents
    costs = {cache.value: with_cache(agents, rates, cache).cost for cache in Cache}
    assert costs == {
        "none": 3_300 * 4.0, "5m": 2_300 * 5.0 + 1_000 * 0.5,
        "1h": 1_200 * 8.0 + 2_100 * 0.5,  # what was there before the pause of 19 minutes is found
    }  # fmt: skip
    assert with_model(agents, rates, "free").unpriced == 3


def _read(lines: list[dict[str, Any]]) -> Reading:
    reading = Reading()
    for line in lines:
        read_line(line, reading)
    return reading


def _session(number: int, requests: int) -> Session:
    sums = Sums(Tokens(requests, 10 * requests, output=requests))
    return Session(f"s{number}", "c", "/p", "main", 0, 0, sums, Sums(), 10, 0, 0, 0.0, False)


def test_two_groups_differ_or_not_and_few_sessions_say_nothing() -> None:
    few, low, high = ([_session(n, start + n % 5) for n in range(size)] for size, start in ((7, 10), (20, 10), (20, 40)))

    def verdict(a: list[Session], b: list[Session]) -> str:
        return next(one.verdict for one in compare(a, b).measures if one.name == "requests")

    assert [verdict(low, high), verdict(high, low), verdict(low, low), verdict(few, high)] == [
        "more", "less", "no difference shown", "too few to say",
    ]  # fmt: skip
    assert compare(low, high) == compare(low, high)


def test_prices_are_those_of_the_table_by_day_tier_and_speed(tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from genai_prices import Usage, calc_price

    kept = Kept(tmp_path)
    prices = Prices(kept)
    cases = (
        ("claude-opus-5-5", "", "2026-11-02", 90_000), ("claude-opus-5-5", "fast", "2026-11-02", 90_000),
        ("claude-opus-4-6", "", "2026-02-11", 150_000), ("claude-opus-4-6", "", "2026-02-11", 250_000),
        ("claude-opus-4-6", "", "2026-04-11", 250_000),
    )  # fmt: skip
    for model, speed, day, read in cases:
        noon = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=UTC)
        at = int(noon.timestamp() * 1000)
        request = Request(1, 1, at, 0, 100, read, 2_000, 3_000, 400, 0)
        priced = prices.of(Where("Claude Code", "s", "", model, "/p", "", speed), at)
        cost = priced.tiers[priced.tier(request.context)][1].cost(Tokens(1, *request.counts))
        used = Usage(
            input_tokens=request.context, cache_read_tokens=read, cache_write_tokens=5_000, cache_write_1h_tokens=3_000, output_tokens=400,
        )  # fmt: skip
        context = {"speed": speed} if speed else None
        paid = calc_price(used, model, provider_id="anthropic", genai_request_timestamp=noon, price_context=context)
        assert cost == pytest.approx(float(paid.total_price)), (model, speed, day, read)
    prices.keep()
    assert prices.of(Where("Claude Code", "s", "", "our-own-model-7", "/p", "", ""), 1_793_000_000_000).tiers == ()
    assert Prices(kept).of(Where("Claude Code", "s", "", "claude-opus-5-5", "/p", "", ""), at) is not None
    kept.close()


def test_what_an_output_measured_is_known_after_it_is_forgotten(tmp_path: Path) -> None:
    root, settings = tmp_path / "project", Settings(tmp_path / "home")
    folder = project_folder(settings, root) / SESSIONS_FOLDER
    observations = Observations(folder)
    output = "".join(f"test_{number} PASSED\n" for number in range(500))
    handle = observations.keep("pytest", output)
    observations.close()
    kept = Kept(settings.home)
    assert Sizes(settings, kept).of(str(root / "src"), handle) == counter()(output + "\n")
    for file in folder.iterdir():
        file.unlink()
    assert Sizes(settings, kept).of(str(root), handle) == counter()(output + "\n")
    assert Sizes(settings, kept).of(str(root), "obs:0123456789") is None
    kept.close()


def test_sources_are_told_apart_and_weighed_by_the_requests_that_carry_them(tmp_path: Path) -> None:
    def attached(kind: str, size: int) -> dict[str, Any]:
        return {"type": "attachment", "attachment": {"type": kind, "rendered": [{"content": "x" * size}]}}

    uses = [
        called("Read", "1", file_path="/a"), called("Bash", "2", command="pytest -q"), called("Bash", "3", command="git status"),
        called("mcp__tracker__issue", "4"), called("WebFetch", "5"), called("Grep", "6"), called("Task", "7"),
    ]  # fmt: skip
    lines = [
        {"type": "user", "message": {"content": "x" * 7}}, attached("skill_listing", 8), attached("session_context", 9),
        answer("m1", 0, content=uses), *(result(str(number), "x" * 10 * number) for number in range(1, 8)),
        answer("m2", 1), answer("m3", 2), COMPACTED,
        {"type": "user", "isCompactSummary": True, "message": {"content": "x" * 11}}, answer("m4", 3),
    ]  # fmt: skip
    write(tmp_path / "t" / "s.jsonl", lines)
    found = {one.name: (one.characters, one.carried) for one in reported(tmp_path / "t").sources}
    said = found.pop("what the model wrote")
    assert said == (len("/apytest -qgit status"), 2 * said[0])
    assert found == {
        "prompts": (7, 21), "skills": (8, 24), "instructions": (9, 27), "files read": (10, 20), "test runs and builds": (20, 40),
        "other commands": (30, 60), "MCP tracker": (40, 80), "web": (50, 100), "searches": (60, 120), "subagents": (70, 140),
        "summaries": (11, 11),
    }  # fmt: skip
