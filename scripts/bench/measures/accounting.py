"""Measures the seconds of a call, and the CPU, wall time and memory of a process with its children (Linux)."""

import os
import resource
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

Number = TypeVar("Number", int, float)


@dataclass(frozen=True, slots=True)
class Account:
    """CPU and wall seconds, and the peak of the summed resident megabytes."""

    cpu: float
    wall: float
    memory: float


def timed(call: Callable[[], object]) -> float:
    """Return the seconds that a call takes."""
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def accounted(command: Sequence[str], environment: Mapping[str, str], folder: Path = Path()) -> Account:
    """Run a command to its end in a folder; return the cost of it and its children. Raises `CalledProcessError` if it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, env={**os.environ, **environment}, stdout=subprocess.DEVNULL)
    with sampled(lambda: resident_megabytes(process.pid), 0.02) as memory:
        code = process.wait()
        wall = time.perf_counter() - started
    if code:
        raise subprocess.CalledProcessError(code, list(command))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Account(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall, max(memory))


@contextmanager
def sampled(measure: Callable[[], Number], seconds: float) -> Iterator[list[Number]]:
    """Yield a list that gets what `measure` returns, at once, then every so many seconds, and when the block ends."""
    found = [measure()]
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(seconds):
            found.append(measure())

    sampler = threading.Thread(target=look)
    sampler.start()
    try:
        yield found
    finally:
        ended.set()
        sampler.join()
        found.append(measure())


def cpu_seconds(pid: int) -> float:
    """Return the CPU seconds of a process, without its children."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def spent_seconds() -> float:
    """Return the CPU seconds of this process and of its children that ended."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


def resident_megabytes(pid: int) -> float:
    """Return the proportional resident megabytes (PSS) of a process and its children; 0 for processes that have ended."""
    total = 0.0
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1]) * 1024 / 1e6
    except OSError:
        return 0.0
    return total + sum(resident_megabytes(int(child)) for child in children)
