"""Run a benchmark: `python -m scripts.bench PART …`; `python -m scripts.bench PART --help` says what a part takes."""

import argparse
from pathlib import Path

from scripts.bench.data import SHEET, Repositories
from scripts.bench.machine import origin
from scripts.bench.results import FOLDER


def main() -> None:
    """Parse the command line and run one part."""
    parser = argparse.ArgumentParser(prog="python -m scripts.bench", description=__doc__)
    parts = parser.add_subparsers(dest="part", required=True)
    retrieval = parts.add_parser("retrieval", help="ranks and packs on questions and on bug reports, beside baselines")
    savings = parts.add_parser("savings", help="tokens until the evidence is there, beside baselines")
    functions = parts.add_parser("functions", help="natural questions of our own that functions answer, on foreign repositories")
    functions.add_argument("--sheet", dest="data", type=Path, default=SHEET, help="other questions: those for learning, with --results")
    names = parts.add_parser("names", help="where is NAME: short functions and types by name, on foreign repositories")
    verdicts = parts.add_parser("verdicts", help="what packs say of themselves: questions asked of their own repository, and of another")
    names.add_argument("--draw", action="store_true", help="draw the names anew into scripts/bench/data/names.csv; measure nothing")
    for part in (retrieval, savings):
        part.add_argument("data", type=Path, help="the folder with questions/ and issues/")
        part.add_argument("--set", choices=("questions", "issues"), help="only this data set")
    for part in (retrieval, functions, names):
        part.add_argument("--ranking", default="version 0", metavar="NAME", help="what the ranking is called in the tables of figures")
    for part in (retrieval, savings, functions, names, verdicts):
        part.add_argument("--only", nargs="*", default=(), metavar="NAME", help="only these repositories")
        part.add_argument("--every", type=int, default=1, metavar="N", help="only every n-th task of a repository")
        part.add_argument("--processes", type=int, default=2, help="repositories at the same time")
    speed = parts.add_parser("speed", help="index, refresh and query times, and how they grow")
    speed.add_argument("trees", type=Path, nargs="*", help="source trees: a small, a middle and a large one")
    speed.add_argument("--data", type=Path, help="the folder with questions/: also time their repositories")
    load = parts.add_parser("load", help="the daemon under load, on one large tree")
    load.add_argument("tree", type=Path, help="a source tree, for example Django 5.2 unpacked")
    load.add_argument("--seconds", type=float, default=60, help="of each phase in which files change")
    load.add_argument("--rest", type=float, default=300, help="seconds of rest, after which memory is measured")
    doors = parts.add_parser("doors", help="how soon the command line, a first index and MCP answer, beside peers")
    doors.add_argument("large", type=Path, help="a large source tree, for example Django 5.2 unpacked")
    doors.add_argument("small", type=Path, help="a small one, for example Flask")
    for peer, what in (("codegraph", "its command"), ("semble", "its command"), ("aider", "the Python that has it")):
        doors.add_argument(f"--{peer}", default="", metavar="PROGRAM", help=f"{what}; without it, {peer} is not measured")
    replay = parts.add_parser("replay", help="consecutive commits through the change detector, against fresh indexes")
    replay.add_argument("--repository", default="pallets/flask")
    replay.add_argument("--commits", type=int, default=100)
    disk = parts.add_parser("disk", help="what an index takes on disk while consecutive commits go through it")
    disk.add_argument("repository", nargs="?", default="axios/axios")
    disk.add_argument("--commits", type=int, default=500)
    disk.add_argument("--every", type=int, default=50, metavar="N", help="compare with a fresh index after each N commits")
    worktrees = parts.add_parser("worktrees", help="a second work tree, and switches of branches, beside a first index")
    worktrees.add_argument("tree", type=Path, help="a large source tree, for example Django 5.2 unpacked")
    branches = parts.add_parser("branches", help="forty branches walked at random, and a bisect, against fresh indexes")
    branches.add_argument("repository", nargs="?", default="pallets/flask")
    held = parts.add_parser("held", help="memory and disk of a daemon by the number of work trees that it answers for")
    held.add_argument("tree", type=Path, help="a large source tree, for example Django 5.2 unpacked")
    scale = parts.add_parser("scale", help="opening, edits, memory and disk on trees up to ten million lines, and how they grow")
    scale.add_argument("trees", type=Path, nargs="+", metavar="FOLDER", help="source trees, the smallest first")
    remote = parts.add_parser("remote", help="a clone in a clean home with a filled remote, beside a first index; remotes that fail")
    remote.add_argument("tree", type=Path, help="a large source tree, for example Django 5.2 unpacked")
    notes = parts.add_parser("notes", help="whether notes stay true: claims 180 days later, times of checking, recall of decisions")
    notes.add_argument("--only", nargs="*", default=(), metavar="REPOSITORY", help="of the claims, only these repositories")
    notes.add_argument("--table", nargs="*", default=("rot", "times", "recall"), choices=("rot", "times", "recall"), help="only these")
    changes = parts.add_parser("changes", help="packs of merged changes beside whole diffs and whole files, in tokens")
    changes.add_argument("mirrors", type=Path, nargs="+", help="git repositories")
    changes.add_argument("--most", type=int, default=15, help="changes of each, the newest ones")
    selection = parts.add_parser("selection", help="the choice of tests for commits that changed code and tests")
    selection.add_argument("mirrors", type=Path, nargs="+", help="git repositories")
    selection.add_argument("--most", type=int, default=12, help="commits of each, the newest ones")
    history = parts.add_parser("history", help="what reading the history of repositories costs")
    history.add_argument("mirrors", type=Path, nargs="+", help="git repositories")
    overlay = parts.add_parser("overlay", help="the same with the exact edges of an imported SCIP index, judged by another indexer")
    overlay.add_argument("trees", type=Path, nargs="+", help="source trees")
    for role, name in (("imported", "ty-scip"), ("judge", "scip-python")):
        overlay.add_argument(f"--{role}", default=name, help="an indexer: ty-scip, scip-python or scip-typescript")
        overlay.add_argument(f"--{role}-program", metavar="PROGRAM", help="where it is, if it is not on the path")
    graph = parts.add_parser("graph", help="edges of the graph beside what compilers say, by tier and kind")
    graph.add_argument("trees", type=Path, nargs="+", help="source trees of Python or TypeScript")
    graph.add_argument("--ty-scip", default="ty-scip", metavar="PROGRAM", help="the indexer of Python")
    graph.add_argument("--scip-typescript", default="scip-typescript", metavar="PROGRAM", help="the indexer of TypeScript")
    graph.add_argument("--codegraph", default="", metavar="PROGRAM", help="its command; without it, codegraph is not measured")
    relations = parts.add_parser("relations", help="how long questions about relations take, asked of a process that follows a tree")
    relations.add_argument("tree", type=Path, help="a large source tree, for example Django 5.2 unpacked")
    references = parts.add_parser("references", help="links of references of nine languages that a person graded")
    references.add_argument("--draw", action="store_true", help="draw the references anew and write their sheet, with nothing graded")
    secrets = parts.add_parser("secrets", help="what the check for secrets finds in repositories, and what it costs of an index")
    secrets.add_argument("trees", type=Path, nargs="*", help="source trees, each in a folder OWNER+NAME")
    secrets.add_argument("--cost", type=Path, metavar="TREE", help="a source tree on which the cost is measured")
    loop = parts.add_parser("loop", help="what agents would have seen of the outputs of their tools, by transcripts of Claude Code")
    loop.add_argument("transcripts", type=Path, help="a folder with transcripts (*.jsonl)")
    hooks = parts.add_parser("hooks", help="what the hooks of clients cost: events to a daemon that is warm, cold, busy or down")
    hooks.add_argument("tree", type=Path, help="a source tree, for example Django 5.2 unpacked")
    hooks.add_argument("--places", action="store_true", help="only how often places are told: that needs no quiet machine")
    usage = parts.add_parser("usage", help="counting transcripts of Claude Code, beside ccusage; what counting a gigabyte costs")
    usage.add_argument("transcripts", type=Path, help="a folder with transcripts (*.jsonl)")
    usage.add_argument("--codex", type=Path, metavar="FOLDER", help="a folder with rollouts of Codex, to count, too")
    usage.add_argument("--ccusage", default="", metavar="PROGRAM", help="its command; without it, ccusage is not asked")
    extraction = parts.add_parser("extraction", help="what is read of languages, beside oracles; needs Universal Ctags")
    extraction.add_argument("--only", nargs="*", default=(), metavar="LANGUAGE", help="only these languages")
    fleet = parts.add_parser("fleet", help="many repositories as one: indexing by engine, questions across them, times and memory")
    fleet.add_argument("folder", type=Path, help="a folder with git repositories: OWNER/NAME, OWNER+NAME or OWNER+NAME/repo")
    fleet.add_argument("--copies", type=int, default=0, help="serve a fleet of as many copies of the repositories, too, under other names")
    fleet.add_argument("--ray", default="", metavar="PYTHON", help="the Python that has memoryd[fleet]; without it, Ray is not measured")
    served = parts.add_parser("served", help="a node that serves a fleet, over HTTP: times, questions a second, memory, pushes")
    served.add_argument("fleet", help="the address of its tables, for example WORK/fleet/filled-3 of the part `fleet`")
    hostile = parts.add_parser("hostile", help="what hostile files cost, and the memory of the index with them")
    damage = parts.add_parser("damage", help="flipped bits in the files of an index: wrong answers and rows, and what checksums cost")
    damage.add_argument(
        "trees", type=Path, nargs="+", metavar="TREE", help="a small source tree of Python; and others, only to open their index"
    )
    damage.add_argument("--bits", type=int, default=170)
    torture = parts.add_parser("torture", help="random edits, kills, damage, crowds and hostile inputs, against fresh indexes")
    torture.add_argument("repository", nargs="?", default="", help="a repository to work on a clone of (default: a project made for this)")
    torture.add_argument("--seed", type=int, default=1, help="decides the steps; the moments of kills are up to the machine")
    torture.add_argument("--seconds", type=float, default=180)
    torture.add_argument("--steps", type=int, default=1_000_000, help="at most")
    measured = (
        retrieval, savings, functions, names, verdicts, speed, notes, hostile, damage, torture, doors, hooks, usage, graph, references,
        relations, overlay, changes, selection, history, extraction, worktrees, branches, held, remote, scale, fleet, served,
    )  # fmt: skip
    for part in (*measured, secrets, loop):
        part.add_argument("--results", type=Path, help="where tables go (default: the published ones; of some tasks only, WORK/results)")
    for part in (*measured, load, replay, disk):
        part.add_argument("--work", type=Path, default=Path("build/bench"), help="where trees and indexes go")
        part.add_argument("--mirror", type=Path, help="a folder with git repositories, instead of cloning")
    origin()  # Looked up now: a commit made while a part runs is not what it measures.
    _run(parser.parse_args())


def _run(given: argparse.Namespace) -> None:
    """Import and run the requested part; each part imports only its own needs."""
    if given.part == "torture":
        from scripts.bench import torture

        ordeal = torture.Plan(given.seed, given.seconds, given.steps, given.repository, given.work.absolute() / "torture")
        torture.run(ordeal, given.results or FOLDER)
        return
    if given.part == "changes":
        from scripts.bench import commits

        commits.changes.run(given.mirrors, given.most, given.work, given.results or FOLDER)
        return
    if given.part == "selection":
        from scripts.bench import commits

        commits.selection.run(given.mirrors, given.most, given.work, given.results or FOLDER)
        return
    if given.part == "history":
        from scripts.bench import commits

        commits.history.run(given.mirrors, given.work, given.results or FOLDER)
        return
    if given.part == "overlay":
        from scripts.bench import edges

        pairs = [(given.imported, given.imported_program or given.imported), (given.judge, given.judge_program or given.judge)]
        suffixes = (".py",) if "typescript" not in given.imported else (".ts", ".tsx", ".mts", ".cts")
        edges.overlay.run(given.trees, pairs[0], pairs[1], suffixes, given.work, given.results or FOLDER)
        return
    if given.part == "graph":
        from scripts.bench import edges

        programs = {"ty-scip": given.ty_scip, "scip-typescript": given.scip_typescript}
        edges.graph.run(given.trees, programs, given.codegraph, given.work, given.results or FOLDER)
        return
    if given.part == "relations":
        from scripts.bench import edges

        edges.answers.run(given.tree.resolve(), given.work.absolute(), given.results or FOLDER)
        return
    if given.part == "doors":
        from scripts.bench import doors

        programs = {"codegraph": given.codegraph, "semble": given.semble, "aider": given.aider}
        measured = doors.Plan(given.large.resolve(), given.small.resolve(), programs, given.work.absolute() / "doors")
        doors.run(measured, given.results or FOLDER)
        return
    if given.part == "fleet":
        from scripts.bench import shared

        shared.fleet.run(
            shared.fleet.Plan(given.folder.resolve(), given.work.absolute() / "fleet", given.results or FOLDER, given.ray, given.copies)
        )
        return
    if given.part == "served":
        from scripts.bench import shared

        shared.fleet.serve(given.fleet, given.work.absolute() / "served", given.results or FOLDER)
        return
    if given.part == "loop":
        from scripts.bench import agents

        agents.loop.run(given.transcripts, given.results or FOLDER)
        return
    if given.part == "hooks":
        from scripts.bench import agents

        measure = agents.hooks.run_places if given.places else agents.hooks.run
        measure(given.tree.resolve(), given.work.absolute(), given.results or FOLDER)
        return
    if given.part == "usage":
        from scripts.bench import agents

        codex = given.codex and given.codex.resolve()
        counted = agents.usage.Plan(
            given.transcripts.resolve(), codex, given.ccusage, given.work.absolute() / "usage", given.results or FOLDER
        )
        agents.usage.run(counted)
        return
    if given.part == "secrets":
        from scripts.bench import secrets

        secrets.run([tree.resolve() for tree in given.trees], given.cost and given.cost.resolve(), given.results or FOLDER)
        return
    repositories = Repositories(given.work, given.mirror)
    if given.part == "names" and given.draw:
        from scripts.bench import judges

        judges.names.draw_sheet(repositories, given.work.absolute())
    elif given.part in ("retrieval", "savings", "functions", "names", "verdicts"):
        _measure(given, repositories)
    elif given.part == "references":
        from scripts.bench import edges

        if given.draw:
            edges.references.draw_sheet(repositories)
        else:
            edges.references.run(repositories, given.results or FOLDER)
    elif given.part == "load":
        from scripts.bench import load

        load.run(given.tree.resolve(), given.work, given.seconds, given.rest)
    elif given.part == "hostile":
        from scripts.bench import hostile

        hostile.run(given.work.absolute(), given.results or FOLDER)
    elif given.part == "damage":
        from scripts.bench import damage

        damage.run([tree.resolve() for tree in given.trees], given.work.absolute() / "damage", given.bits, given.results or FOLDER)
    elif given.part == "speed":
        from scripts.bench import speed

        tables = given.results or FOLDER
        if given.trees:
            speed.run_trees([tree.resolve() for tree in given.trees], given.work.absolute(), tables)
        if given.data:
            speed.run_repositories(given.data, repositories, given.work.absolute(), tables)
    elif given.part == "extraction":
        from scripts.bench import extraction

        extraction.run(repositories, given.only, given.results or FOLDER)
    elif given.part == "worktrees":
        from scripts.bench import shared

        shared.worktrees.run(given.tree.resolve(), given.work.absolute() / "worktrees", given.results or FOLDER)
    elif given.part == "branches":
        from scripts.bench import shared

        shared.branches.run(repositories, given.repository, given.work.absolute() / "branches", given.results or FOLDER)
    elif given.part == "held":
        from scripts.bench import shared

        shared.held.run(given.tree.resolve(), given.work.absolute() / "held", given.results or FOLDER)
    elif given.part == "scale":
        from scripts.bench import scale

        scale.run([tree.resolve() for tree in given.trees], given.work.absolute() / "scale", given.results or FOLDER)
    elif given.part == "remote":
        from scripts.bench import shared

        shared.remote.run(given.tree.resolve(), given.work.absolute() / "remote", given.results or FOLDER)
    elif given.part == "disk":
        from scripts.bench import disk

        disk.run(repositories, given.repository, given.commits, given.every, given.work)
    elif given.part == "notes":
        from scripts.bench import reasons

        work = given.work.absolute()
        reasons.notes.run(repositories, work, given.results or (work / "results" if given.only else FOLDER), given.table, given.only)
    else:
        from scripts.bench import replay

        replay.run(repositories, given.repository, given.commits, given.work)


def _measure(given: argparse.Namespace, repositories: Repositories) -> None:
    """Run a part that measures tasks, one by one."""
    from scripts.bench import judges, retrieval, savings
    from scripts.bench.subjects import SETS, Plan

    parts = {"retrieval": retrieval, "savings": savings, "functions": judges.functions, "names": judges.names, "verdicts": judges.verdicts}
    work, wanted = given.work.absolute(), vars(given)
    tables = given.results or (work / "results" if given.only or given.every > 1 else FOLDER)
    sets = (wanted["set"],) if wanted.get("set") else SETS
    data, ranking = wanted.get("data", Path()), wanted.get("ranking", "")
    parts[given.part].run(Plan(data, sets, repositories, work, tuple(given.only), given.every, given.processes, tables, ranking))


if __name__ == "__main__":
    main()
