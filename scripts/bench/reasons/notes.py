"""Measures notes: whether they stay true (`rot.py`), how long checks take, whether recall finds decisions (`data/decisions.py`).

Writes `notes-rot.csv` (by kind of claim, beside an alert on every changed file), `notes-rot-repositories.csv`, `notes-renames.csv`,
`notes-times.csv` and `notes-recall.csv`. Claims on which memoryd and the oracle differ go to `<work>/rot/differences.txt`.
"""

import shutil
import statistics
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from memoryd.config import Settings
from memoryd.memory import ProjectMemory
from memoryd.notekinds import NoteKind
from memoryd.notes import Claim, Note, path_of, write_note
from scripts.bench import results
from scripts.bench.data import MAKINGS, PHRASINGS, Question, Repositories, WorkingTree, has_ctags, recall_set
from scripts.bench.measures import timed
from scripts.bench.reasons import rot
from scripts.bench.reasons.rot import Pair, Tally
from scripts.bench.results import Row

KINDS = ("path", "symbol", "signature", "constant", "calls")
NOTES = 1_000
REPEATS = 7
TIMED = "pytest-dev/pytest"


def run(repositories: Repositories, work: Path, tables: Path, parts: Sequence[str], only: Sequence[str]) -> None:
    """Measure the given parts (rot, times, recall); `only` names the repositories of rot."""
    if "rot" in parts:
        if not has_ctags():
            print("universal-ctags is not installed: symbols of Python only")
        _rot(repositories, work, tables, [pair for pair in rot.PAIRS if not only or pair.repository in only])
    if "times" in parts:
        results.write("notes-times", _times(repositories, work), tables)
    if "recall" in parts:
        results.write("notes-recall", _recall(repositories, work), tables)


def _rot(repositories: Repositories, work: Path, tables: Path, pairs: Iterable[Pair]) -> None:
    total = Tally()
    rows: list[Row] = []
    for pair in pairs:
        tally = rot.measure(repositories, work, pair)
        rows.append({"repository": pair.repository, **_scores(_summed(tally.claims.values())), **_served(tally.notes)})
        print(*(f"{key} {value}" for key, value in rows[-1].items()), sep="  ", flush=True)
        for kind, counted in tally.claims.items():
            total.claims[kind] += counted
        total.notes += tally.notes
        total.renames += tally.renames
        total.odd += [f"{pair.repository}\t{line}" for line in tally.odd]
    (work / "rot" / "differences.txt").write_text("\n".join(total.odd), encoding="utf-8")
    results.write("notes-rot-repositories", rows, tables)
    kinds = [kind for kind in KINDS if kind in total.claims]
    results.write("notes-rot", [
        *({"claims about": kind, **_scores(total.claims[kind])} for kind in kinds),
        {"claims about": "all", **_scores(_summed(total.claims.values()))},
    ], tables)  # fmt: skip
    results.write("notes-renames", [
        {"renamed files, as git sees them": share, "claims about": kind, "number": total.renames[f"{share} {kind}"],
         "followed": _share(total.renames[f"{share} {kind} followed"], total.renames[f"{share} {kind}"])}
        for share in ("100 %", "< 100 %") for kind in ("path", "symbol")
    ], tables)  # fmt: skip


def _summed(counters: Iterable[Counter[str]]) -> Counter[str]:
    return sum(counters, Counter())


def _scores(counted: Mapping[str, int]) -> Row:
    """Return the scores of some claims, and those of the baseline on the same claims."""
    claims = sum(counted[outcome] for outcome in ("caught", "missed", "false alert", "quiet"))
    refused = counted["refused"] + counted["refused as unknown"]
    ours, drift = _detected(counted, ""), _detected(counted, "drift ")
    return {
        "claims": claims, "refused at T0": refused, "left out at T1": counted["unclear"],
        "false at T1": counted["caught"] + counted["missed"], **ours, **{f"drift {key}": value for key, value in drift.items()},
    }  # fmt: skip


def _detected(counted: Mapping[str, int], prefix: str) -> Row:
    caught, missed, false, quiet = (counted[prefix + outcome] for outcome in ("caught", "missed", "false alert", "quiet"))
    recall, fall_out = _ratio(caught, caught + missed), _ratio(false, false + quiet)
    return {
        "precision": _share(caught, caught + false), "recall": _share(caught, caught + missed),
        "J": "" if recall is None or fall_out is None else round(recall - fall_out, 4),
        "alerts per catch": round((caught + false) / caught, 3) if caught else "",
    }  # fmt: skip


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _share(part: int, whole: int) -> float | str:
    ratio = _ratio(part, whole)
    return "" if ratio is None else round(ratio, 4)


def _served(notes: Mapping[str, int]) -> Row:
    return {
        "notes": notes["notes"], "disproved": notes["false"], "stale served": notes["stale served"],
        "disproved, served as unchecked": notes["stale served as unchecked"],
    }  # fmt: skip


def _times(repositories: Repositories, work: Path) -> list[Row]:
    """Time checks of a thousand notes of three claims: by a new memory, again, and after the newest commit of the snapshot."""
    pair = next(pair for pair in rot.PAIRS if pair.repository == TIMED)
    tree = repositories.working_tree(pair.repository, work / "notes" / "tree")
    shutil.rmtree(work / "notes" / "home", ignore_errors=True)
    told = rot.at(tree, f"{pair.after}~1")[0]
    facts = [fact for fact in rot.sampled(told.facts) if rot.claim_of(fact, told) is not None]
    with ProjectMemory(tree.folder, Settings(work / "notes" / "home", embedder="hash")) as memory:
        memory.refresh()
        _write(tree, [claim for fact in facts if (claim := rot.claim_of(fact, told)) is not None])
        memory.refresh()
        first = timed(memory.notes.check)
        again = [timed(memory.notes.check) for _ in range(REPEATS)]
        count = len(memory.notes.check().judged)
        _commit(tree, pair.after)
        refresh = timed(memory.refresh)
        after = timed(memory.notes.check)
    return [
        {"what": "notes, of three claims each", "value": count, "unit": ""},
        {"what": "first check, notes read from disk", "value": round(first, 3), "unit": "s"},
        {"what": "check, nothing changed, median", "value": round(statistics.median(again), 3), "unit": "s"},
        {"what": "refresh after a commit", "value": round(refresh, 3), "unit": "s"},
        {"what": "check after a commit", "value": round(after, 3), "unit": "s"},
    ]


def _write(tree: WorkingTree, claims: Sequence[Claim]) -> None:
    """Write notes with true claims, as files."""
    for number in range(NOTES):
        held = tuple(claims[(3 * number + at) % len(claims)] for at in range(3))
        note = Note(
            f"note-{number:04}", f"What note {number} is about", NoteKind.LESSON, f"Because of {held[0]}.", held, created="2026-01-01"
        )
        _put(tree.folder, note)


def _put(root: Path, note: Note) -> None:
    file = root / path_of(note.id)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(write_note(note))


def _commit(tree: WorkingTree, commit: str) -> None:
    """Move the tree to a commit, keeping the notes."""
    aside = tree.folder.parent / "aside"
    shutil.rmtree(aside, ignore_errors=True)
    shutil.move(tree.folder / ".memoryd", aside)
    tree.move(commit)
    shutil.move(aside, tree.folder / ".memoryd")


def _recall(repositories: Repositories, work: Path) -> list[Row]:
    """Ask every question in a project with all notes of the set: once as written, once without lines that repeat the title."""
    rows: list[Row] = []
    for making in MAKINGS:
        notes, questions = recall_set(repositories, making)
        root = work / "notes" / "recall"
        shutil.rmtree(root, ignore_errors=True)
        for note in notes:
            _put(root, note)
        subprocess.run(["git", "init", "--quiet", root], check=True)
        with ProjectMemory(root, Settings(work / "notes" / "home")) as memory:
            memory.refresh()
            for phrasing in PHRASINGS:
                found = {question: _place(memory, phrasing.format(question.text), question.answer) for question in questions}
                rows += _recalled(found, {"notes": f"{len(notes)}, {making}", "asked": phrasing.format("TITLE")})
    return rows


def _place(memory: ProjectMemory, text: str, answer: str) -> int:
    """Return the place of the answer among the recalled notes; -1 if it is not among them."""
    served = [one.id for one in memory.notes.recall(text).served]
    return served.index(answer) if answer in served else -1


def _recalled(found: Mapping[Question, int], about: Row) -> Iterator[Row]:
    for source in ("adr", "commit", "all"):
        ranks = [rank for question, rank in found.items() if source in (question.source, "all")]
        yield {
            **about, "questions from": {"adr": "decision records", "commit": "commits"}.get(source, source), "questions": len(ranks),
            "recall@1": _share(sum(rank == 0 for rank in ranks), len(ranks)),
            "recall@5": _share(sum(0 <= rank < 5 for rank in ranks), len(ranks)),
        }  # fmt: skip
