"""Natural questions, answered by functions: are these first in a search, and whole in a pack of 2,000, 4,000 or 8,000 tokens?

whole@B: the share of the answer functions whose whole body is in a pack of B tokens; all@B: whether all are; function_acc@k and
function_hit@k: whether all, or any, are among the first k symbols; acc@k: whether all their files are among the first k files.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby

from scripts.bench import figures, results
from scripts.bench.data import FunctionQuestion, function_questions
from scripts.bench.measures import Delivered, accuracy, body_recall, hit, mean, within
from scripts.bench.results import Row
from scripts.bench.subjects import OURS, Plan, Subject, announce, count, over_judged

BUDGETS = (2_000, 4_000, 8_000)
RANKS = (1, 5, 10)
HITS = 300
MEANS = ("whole@2000", "whole@4000", "whole@8000", "function_hit@1", "function_hit@10", "function_acc@10", "acc@1", "acc@5")


def run(plan: Plan) -> None:
    """Measure; print and write the tables."""
    announce(plan, "functions")
    rows = over_judged(plan, function_questions(plan.data), measure)
    ours = [row for row in rows if row["method"] == OURS]
    sheet = [{"ranking": plan.ranking, **{key: value for key, value in row.items() if key not in ("method", "text")}} for row in ours]
    results.renew("functions-sheet", sheet, ("ranking",), plan.results, results.silently)
    results.renew("functions-repositories", _by_repository(ours, plan.ranking), ("ranking",), plan.results, results.aloud)
    figures.publish("functions", rows, plan)


def measure(subject: Subject, task: FunctionQuestion) -> Iterator[Row]:
    """Yield a row for memoryd and one for each baseline."""
    hits = subject.memory.search(task.text, HITS)
    packs = {budget: subject.packed(task.text, budget).pieces for budget in BUDGETS}
    yield _scored(subject, task, OURS, [found.path for found in hits], [found.id for found in hits if "#" in found.id], packs)
    yield from subject.answered.rows(task.name, partial(_baselines, subject, task))


def _baselines(subject: Subject, task: FunctionQuestion) -> Iterator[Row]:
    for baseline in subject.baselines(task.text):
        packs = {budget: within(baseline.read, budget, subject.lines, count) for budget in BUDGETS}
        yield _scored(subject, task, baseline.name, baseline.files, baseline.symbols, packs)


def _scored(
    subject: Subject,
    task: FunctionQuestion,
    method: str,
    files: Sequence[str],
    symbols: Sequence[str] | None,
    packs: Mapping[int, Sequence[Delivered]],
) -> Row:
    """Return the row of one answer; a method without `symbols` finds only files."""
    bodies = _bodies(subject, task)
    wanted, paths = [{id_} for id_ in task.answers], [{path} for path in {path for path, _, _ in bodies}]
    whole = {budget: body_recall(pieces, bodies) for budget, pieces in packs.items()}
    return {
        "method": method,
        "text": "as written",
        "question": task.text,
        "functions": len(bodies),
        **{f"whole@{budget}": share for budget, share in whole.items()},
        **{f"all@{budget}": float(share == 1) for budget, share in whole.items()},
        **{f"function_hit@{first}": hit(symbols, wanted, first) if symbols is not None else None for first in RANKS},
        **{f"function_acc@{first}": accuracy(symbols, wanted, first) if symbols is not None else None for first in RANKS},
        **{f"acc@{first}": accuracy(files, paths, first) for first in RANKS},
    }


def _bodies(subject: Subject, task: FunctionQuestion) -> list[tuple[str, int, int]]:
    """Return the places of the functions that answer a question. Ends the run if the tree does not have one of them."""
    known = subject.memory.view().catalog.by_id
    if missing := [answer for answer in task.answers if answer not in known]:
        raise SystemExit(f"{task.name} names {', '.join(missing)}, which is no symbol of that commit; correct the sheet")
    return [(unit.path, unit.first_line, unit.last_line) for unit in (known[answer] for answer in task.answers)]


def _by_repository(ours: Sequence[Row], ranking: str) -> list[Row]:
    """Return our means by repository; those of whole functions count each function."""
    found: list[Row] = []
    for (repository, language), group in groupby(ours, key=lambda row: (row["repository"], row["language"])):
        rows = list(group)
        functions = sum(_number(row, "functions") for row in rows)
        shares: Row = {
            key: round(sum(_number(row, key) * _number(row, "functions") for row in rows) / functions, 4)
            if key.startswith("whole")
            else round(mean(_number(row, key) for row in rows) or 0.0, 4)
            for key in MEANS
        }
        place = {"ranking": ranking, "repository": repository, "language": language}
        found.append({**place, "questions": len(rows), "functions": int(functions), **shares})
    return found


def _number(row: Row, key: str) -> float:
    return float(str(row[key]))
