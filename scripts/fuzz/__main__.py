"""Fuzz a part of memoryd: `python -m scripts.fuzz TARGET … [--seconds N]`. Needs the extra `[fuzz]`; see README.md here."""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from scripts.fuzz.corpus import inputs_in, read_corpus, shrink, write_corpus
from scripts.fuzz.targets import TARGETS, target

SLOWEST = 20
"""Seconds after which an input counts as hanging."""
LONGEST = 8_192
"""Bytes of an input, at most."""
MEMORY_MB = 3_000


def main() -> None:
    """Fuzz each target in turn, grow its corpus, and exit with 1 if a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m scripts.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="+", choices=TARGETS, metavar="TARGET", help=f"one of {', '.join(TARGETS)}")
    parser.add_argument("--seconds", type=int, default=300, help="for each target")
    parser.add_argument("--work", type=Path, default=Path("build/fuzz"), help="where inputs go, and what broke a promise")
    given = parser.parse_args()
    broken = [name for name in given.targets if not fuzz(name, given.seconds, given.work.absolute())]
    if broken:
        raise SystemExit(f"broken: {', '.join(broken)}; {given.work} holds the inputs: see scripts/fuzz/README.md")


def fuzz(name: str, seconds: int, work: Path) -> bool:
    """Fuzz one target for some seconds, keep the inputs that reach something new, and tell whether all promises held."""
    inputs, found = work / name / "inputs", work / name / "found"
    shutil.rmtree(inputs, ignore_errors=True)
    inputs.mkdir(parents=True)
    found.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(read_corpus(name)):
        (inputs / f"kept-{number}").write_bytes(data)
    command = [sys.executable, "-m", "scripts.fuzz.engine", name, str(inputs), str(found),
               f"-max_total_time={seconds}", f"-timeout={SLOWEST}", f"-max_len={LONGEST}", f"-rss_limit_mb={MEMORY_MB}",
               f"-artifact_prefix={found}/", "-print_final_stats=1"]  # fmt: skip
    code = subprocess.run(command, check=False).returncode
    chosen = target(name)
    kept = shrink(chosen, inputs_in(inputs))
    write_corpus(name, kept)
    print(f"{name}: {len(kept)} inputs kept, {sum(map(len, kept))} bytes; exit code {code}", flush=True)
    return code == 0


if __name__ == "__main__":
    main()
