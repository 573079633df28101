"""Measures how many tokens of packs an agent reads to get the evidence, beside the tokens that it reads with each baseline.

The evidence is every target file (any of its lines) or, of a report, every gold line. Tokens to evidence are those read until all of
it was read; resident tokens are those that then stay in the context, of a pack its whole text. A baseline that has not found all
of the evidence after 32,000 tokens is charged those. Two ways of asking are compared: one pack of a fixed budget, and growing packs
of 500, 1,000, … 16,000 tokens until one holds the evidence, every one of them charged.

Ratios are given over the tasks whose packs hold the evidence, and over all tasks. In the latter a miss is charged the packs and the
baseline, since an agent would then go and look. Each is the ratio of totals and the median of the ratios of single tasks.
"""

import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from scripts.bench import results
from scripts.bench.data import Task
from scripts.bench.measures import Delivered, tokens_to_files, tokens_to_lines
from scripts.bench.results import Row
from scripts.bench.retrieval import GROWING, gold_lines
from scripts.bench.subjects import CAP, Plan, Subject, announce, over_issues, over_questions

ONE_PACK = (2_000, 4_000, 8_000, 16_000)
Reached = Callable[[Iterable[Delivered]], int | None]


@dataclass(frozen=True, slots=True)
class Cost:
    """The tokens read to find the evidence, the tokens that stay in the context, and whether the evidence was found."""

    tokens: int
    resident: int
    found: bool


def run(plan: Plan) -> None:
    """Measure, print and write the tables."""
    announce(plan, "savings")
    rows = []
    if "questions" in plan.sets:
        rows += _compared("questions", over_questions(plan, measure_question))
    if "issues" in plan.sets:
        rows += _compared("issues", over_issues(plan, measure_issue))
    results.write("savings", rows, plan.results, results.aloud)


def measure_question(subject: Subject, task: Task) -> Iterator[Row]:
    """Yield a row for each way of asking and each baseline."""
    yield from _paired(subject, task, "files", lambda pieces: tokens_to_files(pieces, task.targets))


def measure_issue(subject: Subject, task: Task) -> Iterator[Row]:
    """Yield a row for each way of asking, each baseline, and each kind of evidence."""
    lines = gold_lines(task)
    yield from _paired(subject, task, "files", lambda pieces: tokens_to_files(pieces, task.targets))
    yield from _paired(subject, task, "lines", lambda pieces: tokens_to_lines(pieces, lines))


def _paired(subject: Subject, task: Task, evidence: str, reached: Reached) -> Iterator[Row]:
    packs = [(budget, *subject.packed(task.text, budget)[:2]) for budget in GROWING]
    ways = {f"one pack of {budget:,}": packed([(pieces, tokens)], reached) for budget, pieces, tokens in packs if budget in ONE_PACK}
    ways["growing packs"] = packed([(pieces, tokens) for _, pieces, tokens in packs], reached)
    for baseline in subject.baselines(task.text):
        theirs = _read(baseline.read, reached)
        for way, ours in ways.items():
            yield {"evidence": evidence, "way": way, "baseline": baseline.name, "ours": ours, "theirs": theirs}


def packed(packs: Sequence[tuple[Sequence[Delivered], int]], reached: Reached) -> Cost:
    """Return the cost of asking for packs, each given with the tokens of its text, in order until one holds the evidence."""
    spent = 0
    for pieces, tokens in packs:
        inside = reached(pieces)
        if inside is not None:
            return Cost(spent + min(inside, tokens), spent + tokens, found=True)
        spent += tokens
    return Cost(spent, spent, found=False)


def _read(pieces: Sequence[Delivered], reached: Reached) -> Cost:
    inside = reached(pieces)
    if inside is not None and inside <= CAP:
        return Cost(inside, inside, found=True)
    return Cost(CAP, min(CAP, sum(piece.tokens for piece in pieces)), found=False)


def _compared(name: str, rows: Sequence[Row]) -> list[Row]:
    keys = dict.fromkeys((row["evidence"], row["way"], row["baseline"]) for row in rows)
    compared = []
    for evidence, way, baseline in keys:
        same = [row for row in rows if (row["evidence"], row["way"], row["baseline"]) == (evidence, way, baseline)]
        pairs = [(cast(Cost, row["ours"]), cast(Cost, row["theirs"])) for row in same]
        compared.append({"set": name, "evidence": evidence, "way": way, "baseline": baseline, **summary(pairs)})
    return compared


def summary(pairs: Sequence[tuple[Cost, Cost]]) -> Row:
    """Return the share of tasks whose evidence is found, and the ratios of our tokens to theirs, of totals and by task."""
    held = [(ours, theirs) for ours, theirs in pairs if ours.found]
    charged = [(ours.tokens if ours.found else ours.resident + theirs.tokens, theirs.tokens) for ours, theirs in pairs]
    stays = [(ours.resident if ours.found else ours.resident + theirs.resident, theirs.resident) for ours, theirs in pairs]
    return {
        "tasks": len(pairs),
        "held": round(len(held) / len(pairs), 4),
        "baseline_held": round(sum(theirs.found for _, theirs in pairs) / len(pairs), 4),
        "tokens_where_held": round(statistics.fmean(ours.tokens for ours, _ in held)) if held else "",
        "baseline_tokens_where_held": round(statistics.fmean(theirs.tokens for _, theirs in held)) if held else "",
        **_ratios("where_held", [(ours.tokens, theirs.tokens) for ours, theirs in held]),
        **_ratios("resident_where_held", [(ours.resident, theirs.resident) for ours, theirs in held]),
        **_ratios("misses_charged", charged),
        **_ratios("resident_misses_charged", stays),
    }


def _ratios(name: str, pairs: Sequence[tuple[int, int]]) -> Row:
    """Return the ratio of totals and the median of the ratios by task. A baseline counts as having read at least one token."""
    if not pairs:
        return {f"total_{name}": "", f"median_{name}": ""}
    return {
        f"total_{name}": round(sum(ours for ours, _ in pairs) / max(1, sum(theirs for _, theirs in pairs)), 4),
        f"median_{name}": round(statistics.median(ours / max(1, theirs) for ours, theirs in pairs), 4),
    }
