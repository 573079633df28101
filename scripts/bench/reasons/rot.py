"""Measures rot: of claims true of real repositories, which does memoryd find disproved 180 days later, and is it right?

At T0 (the last first-parent commit 180 days before T1) the oracle (`data/oracle.py`, none of our code) lists true facts. A sample of
them, the same on every run, becomes notes of three claims about a file. A claim is admitted only if memoryd confirms it at T0 (those
it cannot confirm are counted as `refused`). Then the tree is moved to T1, the index is refreshed by the change detector, and every
note is judged. An alert is a claim that is not served as true: it is false, or cannot be decided. The oracle's facts of T1 decide
who is right.

Moves: where memoryd says that the subject of a claim is elsewhere now, it is right only if the oracle finds the same fact at that
place; then the claim needs no alert and has none. If the oracle does not, it counts as a missed false claim. The baseline alerts on
each claim that names a file whose bytes differ between T0 and T1 (a deleted file differs); a claim that is false at its old place
counts as caught by it, wherever it moved to. Facts that the oracle leaves undecided at T1 are left out.

Renames are those that git finds between the two commits, without empty files. The claims are the path of each renamed file and ten
of its symbols, as far as the oracle finds the same at the new path; followed means that the claim is served as true of exactly that
place.
"""

import hashlib
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from memoryd.config import Settings
from memoryd.errors import ClaimMalformed
from memoryd.memory import ProjectMemory
from memoryd.model import Secrets
from memoryd.notekinds import NoteKind
from memoryd.notes import (
    SERVED,
    Claim,
    ClaimKind,
    Disk,
    Ground,
    History,
    Note,
    Standing,
    Verdict,
    check,
    judge_note,
    split_name,
    verified_now,
)
from scripts.bench.data import Fact, Repositories, Truth, WorkingTree, truth

PER_KIND = 1_000
"""The most claims of one kind from one repository."""
A_NOTE = 3
IN_RENAMED = 10
"""The most symbols of one renamed file that become claims, besides its path."""


class Pair(NamedTuple):
    """A repository at two commits, 180 days apart."""

    repository: str
    before: str
    after: str


PAIRS = (
    Pair("pallets/flask", "adf363679da2d9a5ddc564bb2da563c7ca083916", "2ac89889f4cc330eabd50f295dcef02828522c69"),
    Pair("pytest-dev/pytest", "6b700f49fb59fc6cec43b9a550cf558954d83332", "df87db7b0462fb764ef73fa00561adf8ad047572"),
    Pair("scrapy/scrapy", "da1a6b7ebca5fc7d35458d821c93331e9080e993", "11079cb1c85b9e75a39a7269943c69d1a975d485"),
    Pair("psf/black", "2c8a4f635e7b4d3d56894d1d32c2f17b21b1902e", "8947c48ef2077c3a301b03c1e814dc2e3f78436e"),
    Pair("aio-libs/aiohttp", "4ec897bddfa84c23389d6bfe6764e549ba50b696", "495e778360d1924da63e16dba0f0d76baf56a56a"),
    Pair("sqlfluff/sqlfluff", "ffdcd3b61c5eb4a1184e46286335e8b8d3b0a39e", "e8e8c5d24dee8371acb94177fd8a7a86a783151c"),
    Pair("pylint-dev/astroid", "b649247c7e74134e43951f628fe8948fecb01183", "94b7090f1324e998a78372343e8452ab70b9280c"),
    Pair("pvlib/pvlib-python", "802dfc662d1e8e0578236f9fab0d7503897941cc", "6382338a7598a5b9d94473f47fcbc787b0ac6408"),
    Pair("celery/celery", "87db973f08dba416a0a605ed7fd72e47f5dbd5bd", "5dc781f0bd5f36186bfcc74e0a4f9f654452c69b"),
    Pair("pydantic/pydantic", "e2470302654d26c9691558af880fd47db3d3bee1", "2151025aa51263f3016502b00010b78e4481eaa1"),
    Pair("PrefectHQ/fastmcp", "e19f2396b33ffbb1b58f97f344b121e100348611", "743ddffd0a0722858a1eec6ebf93b9e315d75b96"),
    Pair("openai/openai-agents-python", "fabba01525b030f5d122298f2c5fa54b3981ab64", "7f7a44f8dc0650296bd5ab6c745c9bcbaa6ac3b7"),
    Pair("modelcontextprotocol/python-sdk", "0fe16dd5fddf71f6b07734748172c40b107d6932", "57394b0548d1e2dc2dce8d67d84985769df3b8bb"),
    Pair("fastapi/typer", "d1cb8632a634af6bc642ff976f0010b6d07f1bd6", "9a7b2e83f6b62c750d6026b0de9ebf2026a8b8fa"),
    Pair("BurntSushi/ripgrep", "0a88cccd5188074de96f54a4b6b44a63971ac157", "3fce3b5bb0236da2df6d99672afb8a719642eca7"),
    Pair("caddyserver/caddy", "76b198f586e4e2482a0278ba52c176cff70af8cf", "0cf03d32f7d99cf160d5375e8a40fbe3d910d515"),
    Pair("gin-gonic/gin", "f5c267d2f84ba8192dd9c4c67b0490abfa3dfe7a", "dcaa4296d111981ffb31ac3eba90bb63e1eb5ab9"),
    Pair("preactjs/preact", "4885f1d0aab2ecc1be7d5842bb128a5c005602d3", "f6c6cda581e1123095c56f9fc232b82fc518e426"),
    Pair("google/gson", "5aece58d3f287f52e9df55937c0e08216663c342", "9835b6f90192f79cdf5300c528fc6212455fb6c1"),
    Pair("tokio-rs/axum", "60a0d2838f1837eee2c359473f6d302f7f39b88e", "3d78036dcac289d6c1d54934708acb6a5bd73686"),
    Pair("sharkdp/bat", "8664cc9df9ace1d3813fd4fd87f42e2327232936", "2ba8db9c14e5794572f5ea338c2b90404c9769cb"),
    Pair("rack/rack", "ce6885a4b7b21d6a97f273ff4a0e155807ee2769", "8bf4eb078498edc9105fb04add80d89c5340e60b"),
    Pair("libuv/libuv", "b33162dd0b6767fbc3c833ecbe3c2f2607ba0dca", "6179e7af87413396d5853a1c3722c8b5749336c8"),
    Pair("rubocop/rubocop", "6351c5144e1d40217caf9ac1c7915391afdadd2d", "3a42c622171794510e03999c8d55129b73c5dc8f"),
)


@dataclass
class Tally:
    """The counts: claims by kind and outcome, notes, renames; `odd` lists the claims on which memoryd and the oracle differ."""

    claims: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    notes: Counter[str] = field(default_factory=Counter)
    renames: Counter[str] = field(default_factory=Counter)
    odd: list[str] = field(default_factory=list)


def measure(repositories: Repositories, work: Path, pair: Pair) -> Tally:
    """Take notes at one commit, judge them at the other, and compare with the oracle."""
    tally = Tally()
    name = pair.repository.replace("/", "+")
    tree = repositories.working_tree(pair.repository, work / "rot" / name)
    with ProjectMemory(tree.folder, Settings(work / "rot" / "home", embedder="hash")) as memory:
        told, blobs = at(tree, pair.before)
        memory.refresh()
        ground = _ground(memory)
        renamed = _renames(tree, pair)
        wanted = [*sampled(told.facts), *_in_renamed(told.facts, renamed)]
        claimed = {claim: fact for fact in wanted if (claim := claim_of(fact, told)) is not None}
        confirmed = {claim: fact for claim, fact in claimed.items() if _confirmed(claim, fact, ground, tally)}
        notes = list(_notes(confirmed, ground, pair.before))
        later, later_blobs = at(tree, pair.after)
        memory.refresh()
        ground = _ground(memory)
        changed = frozenset(path for path, blob in blobs.items() if later_blobs.get(path) != blob)
        for note in notes:
            _judge(note, confirmed, ground, later, changed, renamed, tally)
    return tally


def at(tree: WorkingTree, commit: str) -> tuple[Truth, Mapping[str, str]]:
    """Move to a commit; return the oracle's facts of it, and the blob of each file and symbolic link there."""
    tree.move(commit)
    listed = tree.git("ls-tree", "-r", "-z", commit).split("\0")
    entries = (entry.split("\t", 1) for entry in listed if entry.startswith(("100", "120")))
    blobs = {path: head.split()[2] for head, path in entries if os.path.lexists(tree.folder / path)}
    return truth(tree.folder, blobs), blobs


def _ground(memory: ProjectMemory) -> Ground:
    return Ground(memory.view(), Disk(memory.root, Secrets.MASK), History(memory.root, Secrets.MASK), {}, memory.notes.judge.texts)


def sampled(facts: Iterable[Fact]) -> Iterator[Fact]:
    """Yield a sample of the facts, the same on every run, with at most `PER_KIND` of a kind."""
    kinds: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        kinds[fact.kind].append(fact)
    for _, found in sorted(kinds.items()):
        yield from sorted(found, key=_chance)[:PER_KIND]


def _chance(fact: Fact) -> str:
    return hashlib.blake2b("\0".join(fact).encode("utf-8", "replace"), digest_size=8).hexdigest()


def _renames(tree: WorkingTree, pair: Pair) -> Mapping[str, tuple[str, bool]]:
    """Return git's renames by old path: the new path, and whether the bytes are equal. Empty files are no evidence, so left out."""
    options = ("-r", "-z", "-M", "-l0", "--no-rename-empty", "--diff-filter=R", "--name-status")
    fields = tree.git("diff-tree", *options, pair.before, pair.after).split("\0")
    return {old: (new, status == "R100") for status, old, new in zip(fields[0::3], fields[1::3], fields[2::3], strict=False)}


def _in_renamed(facts: Iterable[Fact], renamed: Mapping[str, tuple[str, bool]]) -> Iterator[Fact]:
    taken: Counter[str] = Counter()
    for fact in sorted((fact for fact in facts if fact.path in renamed and fact.kind in ("path", "symbol")), key=_chance):
        if fact.kind == "path" or taken[fact.path] < IN_RENAMED:
            taken[fact.path] += fact.kind == "symbol"
            yield fact


def claim_of(fact: Fact, told: Truth) -> Claim | None:
    """Return a fact as a claim, or `None` if it cannot be written on one line."""
    subject = f"{fact.path}#{fact.name}" if fact.name else fact.path
    value = told.texts.get(fact, "") if fact.kind in ("signature", "constant") else ""
    if fact.kind in ("signature", "constant") and not value:
        return None
    with suppress(ClaimMalformed):
        return Claim(ClaimKind(fact.kind), subject, fact.value if fact.kind == "calls" else "", value)
    return None


def _confirmed(claim: Claim, fact: Fact, ground: Ground, tally: Tally) -> bool:
    verdict = check(claim, ground)
    outcome = "confirmed" if verdict.holds else "refused" if verdict.holds is False else "refused as unknown"
    tally.claims[fact.kind][outcome] += 1
    if not verdict.holds:
        tally.odd.append(f"{outcome}\t{claim}\t{verdict.because}")
    return bool(verdict.holds)


def _notes(claims: Mapping[Claim, Fact], ground: Ground, commit: str) -> Iterator[Note]:
    """Yield notes of at most three claims about a file, verified at T0."""
    files: dict[str, list[Claim]] = defaultdict(list)
    for claim, fact in claims.items():
        files[fact.path].append(claim)
    for path, found in sorted(files.items()):
        found.sort(key=lambda claim: _chance(claims[claim]))
        for start in range(0, len(found), A_NOTE):
            held = tuple(found[start : start + A_NOTE])
            paths = dict.fromkeys(path for claim in held for path in claim.paths())
            symbols = dict.fromkeys(id_ for claim in held for id_ in claim.symbols())
            yield Note(f"note-{start}", path, NoteKind.LESSON, "", held, verified=verified_now(ground, commit, paths, symbols))


def _judge(
    note: Note, facts: Mapping[Claim, Fact], ground: Ground, later: Truth, changed: frozenset[str],
    renamed: Mapping[str, tuple[str, bool]], tally: Tally,
) -> None:  # fmt: skip
    judged = judge_note(note, ground)
    false = False
    for verdict in judged.verdicts:
        fact = facts[verdict.claim]
        holds = later.tells(fact)
        moved = later.tells(_moved(fact, verdict)) if verdict.moved_to and verdict.holds else False
        _count_rename(verdict, fact, later, renamed, tally)
        if moved is None or (holds is None and not moved):
            tally.claims[fact.kind]["unclear"] += 1
            continue
        needs_alert = not holds and not moved
        false = false or needs_alert
        if needs_alert and verdict.holds is None:
            tally.odd.append(f"caught as unknown\t{verdict.claim}\t{verdict.because}")
        _count(tally, fact.kind, verdict, needs_alert, bool(holds), not changed.isdisjoint(verdict.claim.paths()))
    tally.notes["notes"] += 1
    tally.notes["false"] += false
    tally.notes["withheld"] += judged.standing == Standing.FALSE
    tally.notes["stale served"] += false and judged.standing == Standing.HOLDS
    tally.notes["stale served as unchecked"] += false and judged.standing in SERVED - {Standing.HOLDS}


def _count(tally: Tally, kind: str, verdict: Verdict, needs_alert: bool, holds: bool, drifted: bool) -> None:
    alert = verdict.holds is not True
    outcome = _outcome(needs_alert, alert)
    tally.claims[kind].update((outcome, f"drift {_outcome(not holds, drifted)}"))
    if alert != needs_alert:
        tally.odd.append(f"{outcome}\t{verdict.claim}\t{verdict.now if verdict.moved_to else ''} {verdict.because}")


def _outcome(needs_alert: bool, alert: bool) -> str:
    return ("caught" if alert else "missed") if needs_alert else "false alert" if alert else "quiet"


def _moved(fact: Fact, verdict: Verdict) -> Fact:
    """Return the fact that the claim states at its new place."""
    has_name = bool(fact.name)
    path, name = split_name(verdict.now.subject) if has_name else (verdict.now.subject, "")
    return fact._replace(path=path, name=name, value=verdict.now.target if fact.kind == "calls" else fact.value)


def _count_rename(verdict: Verdict, fact: Fact, later: Truth, renamed: Mapping[str, tuple[str, bool]], tally: Tally) -> None:
    if fact.path not in renamed or fact.kind not in ("path", "symbol") or later.tells(fact):
        return
    new, is_exact = renamed[fact.path]
    if later.tells(fact._replace(path=new)):
        share = "100 %" if is_exact else "< 100 %"
        tally.renames[f"{share} {fact.kind}"] += 1
        followed = verdict.holds is True and verdict.moved_to in (new, f"{new}#{fact.name}")
        tally.renames[f"{share} {fact.kind} followed"] += followed
        if not followed:
            tally.odd.append(f"not followed ({share})\t{verdict.claim}\t{new}: {verdict.because} {verdict.moved_to}")
