"""Processes that work for another: none outlives it."""

import subprocess
import sys
from pathlib import Path

STARTS_ONE = """\
import multiprocessing, signal
from concurrent.futures import ProcessPoolExecutor
from memoryd.runtime import end_with

if __name__ == "__main__":
    context = multiprocessing.get_context("spawn")
    theirs, ours = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(1, context, end_with, (theirs,))
    pool.submit(print, "begun", flush=True)
    pool.submit(signal.pause).result()
"""


def test_a_worker_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "starts_one.py"
    script.write_text(STARTS_ONE)
    root = str(Path(__file__).parents[2])
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, env={"PYTHONPATH": root}, text=True) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "begun\n"
        parent.kill()
        # Its end of the pipe is open for as long as the worker lives.
        assert parent.communicate(timeout=60)[0] == ""
