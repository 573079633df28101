"""Run a benchmark: `python -m scripts.bench PART [DATA] --work FOLDER [--mirror FOLDER]`."""

import argparse
from pathlib import Path

from scripts.bench.repositories import Repositories


def main() -> None:
    """Parse the command line and run one part."""
    parser = argparse.ArgumentParser(prog="python -m scripts.bench", description=__doc__)
    parts = parser.add_subparsers(dest="part", required=True)
    questions = parts.add_parser("questions", help="NDCG@10 on annotated questions, beside BM25 over files")
    questions.add_argument("data", type=Path, help="the folder with repos.json and annotations/")
    questions.add_argument("--only", nargs="*", default=(), help="names of repositories")
    issues = parts.add_parser("issues", help="where packs hold the code that fixes of real reports touched")
    issues.add_argument("data", type=Path, help="the file of issues (JSON lines, gzip)")
    issues.add_argument("--only", nargs="*", default=(), help="names of repositories")
    issues.add_argument("--every", type=int, default=1, help="measure every n-th issue of a repository")
    speed = parts.add_parser("speed", help="index, refresh and query times on one large tree")
    speed.add_argument("tree", type=Path, help="a source tree, for example Django 5.2 unpacked")
    load = parts.add_parser("load", help="the daemon under load, on one large tree")
    load.add_argument("tree", type=Path, help="a source tree, for example Django 5.2 unpacked")
    load.add_argument("--seconds", type=float, default=60, help="of the first phase")
    replay = parts.add_parser("replay", help="consecutive commits through the change detector, against fresh indexes")
    replay.add_argument("--repository", default="pallets/flask")
    replay.add_argument("--commits", type=int, default=100)
    for part in (questions, issues, speed, load, replay):
        part.add_argument("--work", type=Path, default=Path("build/bench"), help="where trees and indexes go")
        part.add_argument("--mirror", type=Path, help="a folder with git repositories, instead of cloning")
    given = parser.parse_args()
    repositories = Repositories(given.work, given.mirror)
    if given.part == "questions":
        from scripts.bench import questions as measure

        measure.run(given.data, repositories, given.work, given.only)
    elif given.part == "issues":
        from scripts.bench import issues as measure_issues

        measure_issues.run(given.data, repositories, given.work, given.only, given.every)
    elif given.part == "load":
        from scripts.bench import load as measure_load

        measure_load.run(given.tree.resolve(), given.work, given.seconds)
    elif given.part == "speed":
        from scripts.bench import speed as measure_speed

        measure_speed.run(given.tree.resolve(), given.work)
    else:
        from scripts.bench import replay as measure_replay

        measure_replay.run(repositories, given.repository, given.commits, given.work)


if __name__ == "__main__":
    main()
