"""The daemon's metrics in Prometheus' text format. Labels come from our own routes, never from a request."""

import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from memoryd.daemon import Refreshes

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
STATM = Path("/proc/self/statm")


class Metrics:
    """Counters and histograms since the daemon started. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._buckets: Counter[tuple[str, float]] = Counter()
        self._events: Counter[str] = Counter()
        self.in_flight = 0

    def enter(self) -> None:
        """Count a request that begins."""
        with self._lock:
            self.in_flight += 1

    def leave(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request that has ended; status 0 means that its client went away."""
        with self._lock:
            self.in_flight -= 1
            self._requests[method, route, status] += 1
            self._seconds[route] += seconds
            for bound in BUCKETS:
                if seconds <= bound:
                    self._buckets[route, bound] += 1

    def count(self, event: str) -> None:
        """Count one of the events that `EVENTS` names."""
        with self._lock:
            self._events[event] += 1

    def text(self, gauges: Mapping[str, float], refreshes: Mapping[str, Refreshes]) -> str:
        """Return all metrics as text; `gauges` has a value for each name in `GAUGES`, `refreshes` are by cause."""
        with self._lock:
            lines = [
                *_requests(self._requests, self._seconds, self._buckets),
                *_events(self._events),
                *_refreshes(refreshes),
                *_gauges(gauges),
            ]
        return "".join(f"{line}\n" for line in lines)


EVENTS = {
    "memoryd_reindex_requests_total": "Refreshes that were asked for, refused ones included.",
    "memoryd_refused_total": "Requests turned away at the door: Host, Origin, token, size, slowness.",
    "memoryd_overloaded_total": "Requests turned away because too many were waiting.",
    "memoryd_timeouts_total": "Requests given up because their answer took too long.",
    "memoryd_hooks_unanswered_total": "Events of clients' hooks that were answered with nothing because something failed or took too long.",
}
REFRESHES = {
    "memoryd_refreshes_total": ("Refreshes done: asked for, or to load a project, or because watched files changed.", "done"),
    "memoryd_refresh_errors_total": ("Refreshes that failed.", "failed"),
    "memoryd_refresh_seconds_total": ("Seconds that refreshes took.", "seconds"),
    "memoryd_parsed_files_total": ("Files that refreshes parsed.", "parsed"),
}
GAUGES = {
    "memoryd_projects_registered": "Projects that are registered.",
    "memoryd_projects_loaded": "Projects that are in memory.",
    "memoryd_requests_in_flight": "Requests being answered.",
    "memoryd_requests_waiting": "Requests that wait for a thread.",
    "memoryd_resident_memory_bytes": "Memory of the daemon, without its parser processes.",
    "memoryd_start_time_seconds": "When the daemon started.",
}


def _requests(
    requests: Mapping[tuple[str, str, int], int], seconds: Mapping[str, float], buckets: Mapping[tuple[str, float], int]
) -> Iterator[str]:
    yield from _head("memoryd_requests_total", "Requests by route and status.", "counter")
    totals: Counter[str] = Counter()
    for (method, route, status), number in sorted(requests.items()):
        totals[route] += number
        yield f'memoryd_requests_total{{method="{method}",route="{route}",status="{status}"}} {number}'
    yield from _head("memoryd_request_seconds", "How long answers took.", "histogram")
    for route, total in sorted(totals.items()):
        for bound in BUCKETS:
            yield f'memoryd_request_seconds_bucket{{route="{route}",le="{bound}"}} {buckets.get((route, bound), 0)}'
        yield f'memoryd_request_seconds_bucket{{route="{route}",le="+Inf"}} {total}'
        yield f'memoryd_request_seconds_sum{{route="{route}"}} {seconds[route]:.6f}'
        yield f'memoryd_request_seconds_count{{route="{route}"}} {total}'


def _events(events: Mapping[str, int]) -> Iterator[str]:
    for name, text in EVENTS.items():
        yield from _head(name, text, "counter")
        yield f"{name} {events.get(name, 0)}"


def _refreshes(refreshes: Mapping[str, Refreshes]) -> Iterator[str]:
    for name, (text, field) in REFRESHES.items():
        yield from _head(name, text, "counter")
        for cause, found in refreshes.items():
            yield f'{name}{{cause="{cause}"}} {getattr(found, field):.15g}'


def _gauges(gauges: Mapping[str, float]) -> Iterator[str]:
    for name, text in GAUGES.items():
        yield from _head(name, text, "gauge")
        yield f"{name} {gauges[name]:.15g}"


def _head(name: str, text: str, kind: str) -> Iterable[str]:
    return (f"# HELP {name} {text}", f"# TYPE {name} {kind}")


def resident_bytes() -> int:
    """Return the resident memory of this process in bytes; its peak, where the system does not tell the present value."""
    import resource

    try:
        return int(STATM.read_text().split()[1]) * resource.getpagesize()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
