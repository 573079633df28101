"""What packs say of themselves where they should know nothing: natural questions about one repository, asked of another.

Of a pack of 4,000 tokens: what it says (`nothing`, if nothing in the project speaks of the question), with what confidence, and whether it
shows something of every file that answers. The same questions are asked of their own repositories.
"""

from collections.abc import Iterator, Sequence

from scripts.bench import results
from scripts.bench.data import FunctionQuestion, foreign_questions, function_questions
from scripts.bench.measures import ANSWER, Told, calibration_error, kept_promises
from scripts.bench.results import Row
from scripts.bench.subjects import Plan, Subject, announce, over_judged

BUDGET = 4_000
NOTHING = "nothing"
SAID = (ANSWER, "look", "grep", NOTHING)


def run(plan: Plan) -> None:
    """Measure; print and write the tables."""
    announce(plan, "verdicts")
    rows = [
        {"asked": asked, **row}
        for asked, sets in (("its own repository", function_questions()), ("another repository", foreign_questions()))
        for row in over_judged(plan, sets, measure)
    ]
    results.write("verdicts-sheet", rows, plan.results, results.silently)
    results.write("verdicts", list(_told(rows)), plan.results, results.aloud)


def measure(subject: Subject, task: FunctionQuestion) -> Iterator[Row]:
    """Yield what a pack says of itself, and whether that is so."""
    pack = subject.memory.pack(task.text, BUDGET)
    files = {answer.partition("#")[0] for answer in task.answers}
    holds = bool(files) and files <= {item.path for item in pack.items}
    said = pack.verdict.kind if pack.items else NOTHING
    yield {"question": task.text, "says": said, "confidence": pack.verdict.confidence if pack.items else 0.0, "holds": float(holds)}


def _told(rows: Sequence[Row]) -> Iterator[Row]:
    for asked, half in [(asked, half) for asked in dict.fromkeys(row["asked"] for row in rows) for half in ("all", "even", "odd")]:
        of = [row for row in rows if row["asked"] == asked and half in ("all", row["half"])]
        told = [Told(str(row["says"]), float(str(row["confidence"])), row["holds"] == 1) for row in of]
        yield {
            "asked of": asked, "half": half, "questions": len(told),
            **{f"say {kind}": sum(one.kind == kind for one in told) for kind in SAID},
            "of those that say answer hold every file": _rounded(kept_promises(told)), "hold every file": sum(one.holds for one in told),
            "calibration error": _rounded(calibration_error(told)),
        }  # fmt: skip


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
