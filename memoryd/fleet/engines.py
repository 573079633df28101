"""Runs the tasks of a fleet: in processes of this machine, or with Ray on as many machines as it has. Nothing here schedules by itself.

A task that fails ends with its reason and disturbs no other; one whose process dies is done again, a few times. Processes of this
machine end with the one that began them, however it ends: the next run makes the same parts.
"""

import multiprocessing
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import Any

from memoryd.config import set_unless_given
from memoryd.errors import EngineUnavailable
from memoryd.fleet.tasks import Done, Task, run
from memoryd.runtime import end_with

ATTEMPTS = 3
"""How often a task is begun whose process dies: it may not be its own fault."""
TASKS_A_PROCESS = 50
START = "forkserver" if sys.version_info >= (3, 11, 1) else "spawn"
"""How processes are started: all are forks of one that has imported what tasks need, which takes as long as a small task.

Python 3.11.0 asks that one by an address that other users of the machine reach.
"""
STARTS = 3
"""How often Ray is started: it gives its processes half a minute, which a busy machine may not."""
STORE_BYTES = 128 << 20
"""What Ray may keep of results, which are small: rows go to the tables, not through it."""


@dataclass(frozen=True, slots=True)
class Resources:
    """How many tasks run at once, and for Ray the address of a cluster, "" for one that is started here and ends with the run."""

    workers: int = 1
    cluster: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """A task that ended: with what it took, or the reason why it failed."""

    task: Task
    done: Done | None = None
    why: str = ""


Engine = Callable[[Sequence[Task], Resources], Iterator[Ended]]
"""Yields each task as it ends."""


def local(tasks: Sequence[Task], resources: Resources) -> Iterator[Ended]:
    """Run tasks in processes of this machine."""
    waiting, begun = list(reversed(tasks)), Counter[str]()
    context = multiprocessing.get_context(START)
    context.set_forkserver_preload([run.__module__])
    theirs, ours = context.Pipe(duplex=False)
    with theirs, ours:
        while waiting:
            pool = ProcessPoolExecutor(resources.workers, context, end_with, (theirs,), max_tasks_per_child=TASKS_A_PROCESS)
            with pool:
                running: dict[Future[Done], Task] = {}
                try:
                    yield from _run_in(pool, resources.workers, waiting, running, begun)
                except BrokenProcessPool:
                    for task in running.values():
                        if begun[task.part] < ATTEMPTS:
                            waiting.append(task)
                        else:
                            yield Ended(task, why=f"its process died {ATTEMPTS} times")
                except BaseException:  # Ctrl-C, too
                    ours.close()
                    raise


def _run_in(
    pool: ProcessPoolExecutor, workers: int, waiting: list[Task], running: dict["Future[Done]", Task], begun: Counter[str]
) -> Iterator[Ended]:
    """Yield tasks as they end. Raises `BrokenProcessPool` where a process died; what did not end is then in `running`."""
    while waiting or running:
        while waiting and len(running) < workers:  # no more, so that what runs is what may have died
            task = waiting.pop()
            begun[task.part] += 1
            running[pool.submit(run, task)] = task
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            error = future.exception()
            if isinstance(error, BrokenProcessPool):
                raise error
            task = running.pop(future)
            yield Ended(task, future.result()) if error is None else Ended(task, why=reason_of(error))


def with_ray(tasks: Sequence[Task], resources: Resources) -> Iterator[Ended]:
    """Run tasks with Ray, which does those again whose worker dies. Raises `EngineUnavailable`."""
    # Ray prints what its processes meet with; standard output is for results.
    with redirect_stdout(sys.stderr):
        ray = _started(resources)
        try:
            remote = ray.remote(num_cpus=1, max_retries=ATTEMPTS - 1)(run)
            running = {remote.remote(task): task for task in tasks}
            while running:
                ended, _ = ray.wait(list(running))
                for one in ended:
                    yield _ended(ray, one, running.pop(one))
        finally:
            ray.shutdown()


def _ended(ray: Any, one: Any, task: Task) -> Ended:
    try:
        return Ended(task, ray.get(one))
    except ray.exceptions.RayError as error:
        return Ended(task, why=reason_of(getattr(error, "cause", None) or error))


def _started(resources: Resources) -> Any:
    # Read when Ray is imported. By default it tells its makers how it is used.
    set_unless_given("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ImportError as error:
        raise EngineUnavailable("Ray is not installed; run: pip install 'memoryd[fleet]', or use --engine local", error) from error
    at = (
        {"address": resources.cluster}
        if resources.cluster
        else {"num_cpus": resources.workers, "include_dashboard": False, "object_store_memory": STORE_BYTES}
    )
    # It starts its processes by fork and exec, in which LanceDB sees danger for what goes on after a fork.
    warnings.filterwarnings("ignore", message="lancedb fork support")
    for attempt in range(1, STARTS + 1):
        try:
            ray.init(**at, log_to_driver=False, logging_level="error")
        except Exception as error:  # of no other type where its processes are slow to start
            ray.shutdown()
            if attempt == STARTS:
                raise EngineUnavailable("Ray does not start; check --cluster, or use --engine local", error) from error
        else:
            break
    return ray


ENGINES: Mapping[str, Engine] = {"local": local, "ray": with_ray}
"""The engines by name."""


def reason_of(error: BaseException) -> str:
    """Return why a task failed, in a line."""
    said = str(error).strip().partition("\n")[0][:300]
    return said or type(error).__name__
