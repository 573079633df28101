"""Draws what a fleet of the size of an organisation needs, from what the fleet of the bench took. Rows are proportional but for routing."""

from collections.abc import Callable

from scripts.documentation.markdown import table
from scripts.documentation.tables import NOT_MEASURED, results, rows_of

LINES, REPOSITORIES = 100_000_000, 5_000
CORES = (1, 16, 64)
RUN = "all"


def needs() -> str:
    """Return the table of what 5,000 repositories and 100 million lines need."""
    run = next((row for row in rows_of("fleet") if row["run"] == RUN), None)
    if run is None:
        return NOT_MEASURED
    lines, units = int(run["lines"]), int(run["units"])
    times = LINES / lines
    cpu = float(run["tasks_cpu_s"]) * times
    tables = float(run["table_mb"]) * times / 1_000
    rows = [
        ["lines; repositories", f"{lines:,}; {run['repositories']}", f"{LINES:,}; {REPOSITORIES:,}"],
        ["units", f"{units:,}", f"{units * times:,.0f}"],
        ["CPU of all tasks", f"{float(run['tasks_cpu_s']):,.0f} s", f"{cpu / 3600:.1f} hours"],
        *([f"… spread over {cores} cores", "", f"{cpu / 3600 / cores * 60:,.0f} minutes"] for cores in CORES),
        ["tables on disk", f"{float(run['table_mb']):,.0f} MB", f"{tables:,.0f} GB"],
        ["… of it copied by a node that has answered about every repository", "", f"{_images(run) * times / 1_000:,.0f} GB"],
    ]
    return table(["what", "measured", "in proportion"], rows)


def _images(run: dict[str, str]) -> float:
    return float(run["images_mb"])


def efficiency() -> str:
    """Return what a second worker costs, in CPU seconds of the tasks."""
    cpu = {row["run"]: float(row["tasks_cpu_s"]) for row in rows_of("fleet")}
    if not {"small-ray-1", "small-ray-2"} <= cpu.keys():
        return NOT_MEASURED
    share = cpu["small-ray-1"] / cpu["small-ray-2"]
    return f"With Ray, the CPU seconds of the same tasks on one worker are {share:.2f} of those on two, on two busy cores.\n"


PARTS: dict[str, Callable[[], str]] = {
    "fleet-needs": needs,
    "fleet-efficiency": efficiency,
    "fleet-runs": results(
        "fleet", ("run", "engine", "workers", "repositories", "lines", "units", "tasks_cpu_s", "wall_s", "killed", "same_table")
    ),
    "fleet-answers": results("fleet-answers", ("what", "asked", "repository_1", "repository_3", "unit_10")),
    "fleet-served": results(
        "fleet-served",
        (
            "what", "units", "asked", "refused", "cpu_ms_mean", "wall_ms_p50", "wall_ms_p95", "answered_a_second", "memory_mb",
            "memory_without_mapped_files_mb",
        ),
    ),
    "fleet-pushes": results("fleet-pushes", ("units", "pushes", "visible_s_median", "visible_s_most")),
}  # fmt: skip
