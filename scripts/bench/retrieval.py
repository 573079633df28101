"""Measures retrieval: the ranks of search, and the share of the evidence in packs of a given size, beside the baselines.

Questions: NDCG@10; recall@B, the share of targets in a pack of B tokens; first_hit, the tokens until the first target. For first_hit
an agent asks for packs of 500, 1,000, … 16,000 tokens until one holds a target, and pays for all of them, for the last one up to
the end of the target's piece. A miss, or a later hit than 32,000 tokens, costs 32,000. first_hit_in_one reads one pack of 8,000.

Reports: acc@k, whether all gold files are among the first k distinct files; function_acc@k, the same for the innermost symbols
that hold gold lines, where there are any; function_hit@k, whether any of them is; files@B, the share of gold files with any line in a
pack of B tokens; symbols@B, the share of gold symbols whose whole body is in it; lines@B, the share of gold lines in it. A baseline
reads files, units or windows in its order, up to the line at which B tokens are spent. Each report is also asked joined to one line.

Of packs of 8,000 tokens also what they say of themselves, with what confidence, and whether they show something of every gold file.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial

from scripts.bench import figures, results
from scripts.bench.data import Task
from scripts.bench.measures import (
    ANSWER,
    Delivered,
    Told,
    accuracy,
    body_recall,
    calibration_error,
    file_recall,
    hit,
    kept_promises,
    line_recall,
    mean,
    ndcg,
    tokens_to_hit,
    within,
)  # fmt: skip
from scripts.bench.results import Row
from scripts.bench.subjects import CAP, OURS, Baseline, Packed, Plan, Subject, announce, count, over_issues, over_questions

QUESTION_BUDGETS = (500, 1_000, 2_000, 4_000, 8_000)
ISSUE_BUDGETS = (1_000, 2_000, 4_000, 8_000, 16_000)
GROWING = (500, 1_000, 2_000, 4_000, 8_000, 16_000)
ONE_PACK = 8_000
RANKS = (1, 5, 10)
HITS = 300
CATEGORIES = ("architecture", "semantic", "symbol")
JOINED_BUDGETS = (2_000, 8_000)
WRITTEN, JOINED = "as written", "joined"
PLACE = ("repository", "language", "task", "category", "half", "method", "text", "touched", "says", "confidence", "holds")
MANY = 4
"""The number of files from which on fixes form one group."""


def run(plan: Plan) -> None:
    """Measure; print and write the tables."""
    announce(plan, "retrieval")
    if "questions" in plan.sets:
        rows = over_questions(plan, measure_question)
        _write(plan, "questions", rows, _question_means)
        results.write("questions-verdicts", list(_verdicts(rows)), plan.results, results.aloud)
        figures.publish("questions", rows, plan)
    if "issues" in plan.sets:
        rows = over_issues(plan, measure_issue)
        written = [row for row in rows if row["text"] == WRITTEN]
        _write(plan, "issues", written, _means)
        results.write("issues-verdicts", list(_verdicts(rows)), plan.results, results.aloud)
        results.write("issues-touched", _by_touched(written), plan.results, results.aloud)
        figures.publish("issues", rows, plan)


def _write(plan: Plan, name: str, rows: Sequence[Row], means: Callable[[Sequence[Row]], Row]) -> None:
    """Write the sheet of memoryd's tasks, and the means by method, by repository and by language."""
    methods = list(dict.fromkeys(str(row["method"]) for row in rows))
    ours = [
        {key: _shown(value) for key, value in row.items() if key not in ("method", "text", "half")} for row in rows if row["method"] == OURS
    ]
    results.write(f"{name}-sheet", ours, plan.results, results.silently)
    table = [{"method": method, **means([row for row in rows if row["method"] == method])} for method in methods]
    by_repository = [
        {"repository": repository, "language": language, "method": method, **_means(found)}
        for repository, language in dict.fromkeys((row["repository"], "" if name == "issues" else row["language"]) for row in rows)
        for method in methods
        if (found := [row for row in rows if row["repository"] == repository and row["method"] == method])
    ]
    results.write(f"{name}-repositories", by_repository, plan.results, results.silently)
    results.write(f"{name}-languages", _by_language(rows), plan.results, results.aloud)
    results.write(name, table, plan.results, results.aloud)


def measure_question(subject: Subject, task: Task) -> Iterator[Row]:
    """Yield a row for memoryd and one for each baseline."""
    hits = subject.memory.search(task.text, HITS)
    packs = {budget: subject.packed(task.text, budget) for budget in QUESTION_BUDGETS}
    yield {
        "method": OURS,
        "text": WRITTEN,
        "ndcg10": ndcg([hit.path for hit in hits], task.targets),
        **{f"recall@{budget}": file_recall(pack.pieces, task.targets) for budget, pack in packs.items()},
        "first_hit": _capped(_first_hit(subject, task)),
        "first_hit_in_one": _capped(tokens_to_hit(packs[ONE_PACK].pieces, task.targets)),
        **_told(packs[ONE_PACK], task),
    }
    yield from subject.answered.rows(task.name, partial(_questioned, subject, task))


def _questioned(subject: Subject, task: Task) -> Iterator[Row]:
    """Yield a row for each baseline."""
    for baseline in subject.baselines(task.text):
        first = _capped(tokens_to_hit(baseline.read, task.targets))
        yield {
            "method": baseline.name,
            "text": WRITTEN,
            "ndcg10": ndcg(baseline.files, task.targets),
            **{f"recall@{budget}": file_recall(_read(subject, baseline, budget), task.targets) for budget in QUESTION_BUDGETS},
            "first_hit": first,
            "first_hit_in_one": first,
        }


def measure_issue(subject: Subject, task: Task) -> Iterator[Row]:
    """Yield a row for memoryd and one for each baseline, for the report as it was written and joined to one line."""
    for form, text, budgets in _forms(task):
        hits = subject.memory.search(text, HITS)
        packs = {budget: subject.packed(text, budget) for budget in budgets}
        pieces = {budget: pack.pieces for budget, pack in packs.items()}
        scored = _scored(subject, task, OURS, form, [hit.path for hit in hits], [hit.id for hit in hits if "#" in hit.id], pieces)
        yield {**scored, **_told(packs[ONE_PACK], task)}
    yield from subject.answered.rows(task.name, partial(_reported, subject, task))


def _told(pack: Packed, task: Task) -> Row:
    """Return what a pack says of itself, with what confidence that it shows something of every file, and whether what says so does."""
    verdict = pack.verdict
    if verdict is None:  # nothing in the project speaks of the task
        return {"says": "", "confidence": None, "holds": None}
    return {"says": verdict.kind, "confidence": verdict.confidence, "holds": float(file_recall(pack.pieces, task.targets) == 1)}


def _verdicts(rows: Sequence[Row]) -> Iterator[Row]:
    """Yield how true what packs say of themselves is, for each form and half of the tasks."""
    for form, half in dict.fromkeys((row["text"], half) for row in rows for half in ("all", row["half"])):
        told = [
            Told(str(row["says"]), float(str(row["confidence"])), row["holds"] == 1)
            for row in rows
            if row["method"] == OURS and row["text"] == form and half in ("all", row["half"]) and row["says"]
        ]
        yield {
            "text": form, "half": half, "packs": len(told), "say answer": sum(one.kind == ANSWER for one in told),
            "of these hold every file": _shown(kept_promises(told)), "hold every file": _shown(mean(one.holds for one in told)),
            "calibration error": _shown(calibration_error(told)),
        }  # fmt: skip


def _reported(subject: Subject, task: Task) -> Iterator[Row]:
    """Yield a row for each baseline and form."""
    for form, text, budgets in _forms(task):
        for baseline in subject.baselines(text):
            packs = {budget: _read(subject, baseline, budget) for budget in budgets}
            yield _scored(subject, task, baseline.name, form, baseline.files, baseline.symbols, packs)


def _forms(task: Task) -> tuple[tuple[str, str, tuple[int, ...]], ...]:
    """Return the forms of a report: what each is called, its text, and the packs to ask for."""
    return (WRITTEN, task.text, ISSUE_BUDGETS), (JOINED, " ".join(task.text.split()), JOINED_BUDGETS)


def _scored(
    subject: Subject,
    task: Task,
    method: str,
    form: str,
    files: Sequence[str],
    symbols: Sequence[str] | None,
    packs: Mapping[int, Sequence[Delivered]],
) -> Row:
    """Return the row of one answer to a report; a method without `symbols` finds only files."""
    gold, lines = gold_symbols(subject, task), gold_lines(task)
    wanted = [{id_} for id_ in gold] if symbols is not None else []
    return {
        "method": method,
        "text": form,
        "touched": len(task.targets),
        **_accuracies("acc", files, [target.paths for target in task.targets]),
        **_accuracies("function_acc", symbols or (), wanted),
        **{f"function_hit@{first}": hit(symbols or (), wanted, first) if wanted else None for first in RANKS},
        **{f"files@{budget}": file_recall(pieces, task.targets) for budget, pieces in packs.items()},
        **{f"symbols@{budget}": body_recall(pieces, gold.values()) if gold else None for budget, pieces in packs.items()},
        **{f"lines@{budget}": line_recall(pieces, lines) for budget, pieces in packs.items()},
    }


def gold_lines(task: Task) -> list[tuple[str, int]]:
    """Return the lines that a fix touched, as (path, line)."""
    return [(path, line) for target in task.targets for path in sorted(target.paths) for line in sorted(target.lines)]


def gold_symbols(subject: Subject, task: Task) -> dict[str, tuple[str, int, int]]:
    """Return the innermost symbols that hold gold lines, by id, as (path, first line, last line)."""
    catalog = subject.memory.view().catalog
    units = [unit for path, line in gold_lines(task) if (unit := catalog.at(path, line)) is not None and unit.is_symbol]
    return {unit.id: (unit.path, unit.first_line, unit.last_line) for unit in units}


def _first_hit(subject: Subject, task: Task) -> int | None:
    spent = 0
    for budget in GROWING:
        pack = subject.packed(task.text, budget)
        inside = tokens_to_hit(pack.pieces, task.targets)
        if inside is not None:
            return spent + min(inside, pack.tokens)
        spent += pack.tokens
    return None


def _capped(tokens: int | None) -> int:
    return CAP if tokens is None else min(tokens, CAP)


def _read(subject: Subject, baseline: Baseline, budget: int) -> list[Delivered]:
    return within(baseline.read, budget, subject.lines, count)


def _accuracies(name: str, found: Sequence[str], wanted: Sequence[Collection[str]]) -> Row:
    return {f"{name}@{first}": accuracy(found, wanted, first) if wanted else None for first in RANKS}


def _means(rows: Sequence[Row]) -> Row:
    """Return the number of tasks, and the mean of every measure over the tasks for which it is defined."""
    keys = [key for key in rows[0] if key not in PLACE]
    return {"tasks": len(rows), **{key: _shown(mean(_numbers(rows, key))) for key in keys}}


def _question_means(rows: Sequence[Row]) -> Row:
    """Return the means over questions; of NDCG also the means over repositories and languages and within each category."""
    by = {name: _mean_of_means(rows, name) for name in ("repository", "language")}
    by |= {name: mean(_numbers([row for row in rows if row["category"] == name], "ndcg10")) for name in CATEGORIES}
    return {**_means(rows), **{f"ndcg10_{name}": _shown(value) for name, value in by.items()}}


def _mean_of_means(rows: Sequence[Row], name: str) -> float | None:
    groups = dict.fromkeys(row[name] for row in rows)
    return mean(mean(_numbers([row for row in rows if row[name] == group], "ndcg10")) for group in groups)


def _by_language(rows: Sequence[Row]) -> list[Row]:
    ours = [row for row in rows if row["method"] == OURS]
    languages = sorted({str(row["language"]) for row in ours})
    return [{"language": language, **_means([row for row in ours if row["language"] == language])} for language in languages]


def _by_touched(rows: Sequence[Row]) -> list[Row]:
    """Return our means and the first baseline's by the number of files a fix touches; most published figures are for one file."""
    methods = list(dict.fromkeys(row["method"] for row in rows))[:2]
    groups = [(str(number) if number < MANY else f"{MANY} or more", number) for number in range(1, MANY + 1)]
    return [
        {"files of the fix": name, "method": method, **_means(found)}
        for name, number in groups
        for method in methods
        if (found := [row for row in rows if row["method"] == method and min(MANY, int(str(row["touched"]))) == number])
    ]


def _numbers(rows: Sequence[Row], key: str) -> list[float | None]:
    return [float(value) if isinstance(value, (int, float)) else None for value in (row[key] for row in rows)]


def _shown(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, float):
        return round(value) if value > 2 else round(value, 4)  # larger values are tokens, smaller ones shares
    return value
